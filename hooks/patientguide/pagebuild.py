"""One page on its way from its plan to its HTML, and what the rest of the site must know of it then."""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from patientguide import fidelity, lostwords, notes, policy, routes, stylesheet
from patientguide.buildcache import BuildCache
from patientguide.compose import Composer
from patientguide.page import Draft
from patientguide.pageplan import Planned
from patientguide.render import Rendered, Renderer


class PolicyError(Exception):
    """What a page holds that a browser would refuse."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A page's classes, its ids but for those of notes, the spots elsewhere that it links to, and the hash of its HTML.

    A spot is written as `path#id`. Classes, ids and spots are one text each, with spaces between: thousands of them
    wait until the last page is finished.
    """

    classes: str = ""
    ids: str = ""
    anchors: str = ""
    hash: str = ""


class PageBuild:
    """A page that is made, or was made by an earlier build of the same: then it is kept."""

    def __init__(self, draft: Draft, key: Callable[[], str], cache: BuildCache, planned: Planned | None = None) -> None:
        """`key` finds the hash of all that it is made of; when it was `planned`, it may be composed already."""
        self.draft, self.file = draft, routes.file(draft.uri)
        self._uri, self._look, self._planned, self._cache = draft.uri, key, planned, cache
        self.key, self._ids, self._anchors = "", "", ""
        self._known: Finished | None = None

    def kept(self) -> str | None:
        """The HTML that an earlier build made of the same; None when there is none, or it is not as it was."""
        self.key = self._look()
        found = self._cache.get("html", self._uri, self.key)
        known = Finished(**found) if found else None
        html = self._cache.text(self.file, known.hash) if known else None
        self._known = known if html is not None else None
        return html

    def render(self, composer: Composer, renderer: Renderer) -> tuple[dict[str, str], Rendered]:
        """What its template says of it before its text, and its text as HTML. Raises LostWordsError."""
        draft = self.draft
        page = self._planned.taken(composer) if self._planned else composer.compose(draft)
        rendered = renderer.render(page)
        if losses := [*fidelity.lost(page.placed, rendered.html), *fidelity.left_out(page.placed, page.bodies)]:
            raise lostwords.LostWordsError(lostwords.problems(composer.guide, draft.source, losses))
        led_to = {f"{uri}#{id_}" for uri, id_ in rendered.anchors if uri != draft.uri or id_ not in rendered.ids}
        # Only notes lead to notes.
        ids = (id_ for id_ in rendered.ids if not id_.startswith(notes.IDS))
        self._ids, self._anchors = " ".join(sorted(ids)), " ".join(sorted(led_to))
        return page.head, rendered

    def finish(self, html: str) -> Finished:
        """Hold the page, kept or new, to the policy, and keep it for the next build. Raises PolicyError."""
        if self._known:
            _hold_to_policy(html, self.file)
            return self._known
        classes, hash_ = looked_at(html, self.file), self._cache.put_text(self.file, html)
        done = Finished(classes, self._ids, self._anchors, hash_ or "")
        if hash_:
            self._cache.put("html", self._uri, self.key, asdict(done))
        return done


def looked_at(html: str, file: str) -> str:
    """The classes of a page that the policy lets pass. Raises PolicyError for another."""
    _hold_to_policy(html, file)
    return sys.intern(" ".join(sorted(stylesheet.classes(html))))


def _hold_to_policy(html: str, file: str) -> None:
    if faults := list(policy.faults(html)):
        raise PolicyError(f"{file} would break in a browser, under the policy in its head:\n" + "\n".join(faults))
