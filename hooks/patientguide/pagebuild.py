"""One page on its way from its plan to its HTML, and what the rest of the site must know of it then."""

from dataclasses import asdict, dataclass

from patientguide import notes, policy, routes, stylesheet
from patientguide.buildcache import BuildCache
from patientguide.compose import Composer
from patientguide.memory import one
from patientguide.page import Draft
from patientguide.pageplan import Planned
from patientguide.render import Rendered, Renderer


class PolicyError(Exception):
    """What a page holds that a browser would refuse."""


@dataclass(frozen=True)
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
    """A page that is made, or was made by an earlier build of the same: then `known` says what is known of it."""

    def __init__(self, draft: Draft, key: str, cache: BuildCache, planned: Planned | None = None) -> None:
        """`key` is the hash of all that it is made of; when it was `planned`, it may be composed already."""
        self.draft, self.key = draft, key
        self.file = routes.file(draft.uri)
        self._uri, self._planned, self._cache = draft.uri, planned, cache
        kept = cache.get("html", self._uri, key)
        self.known = Finished(**kept) if kept else None

    def kept(self) -> str | None:
        """The HTML that an earlier build made; when that is gone, or not as it was, nothing is known any more."""
        html = self._cache.text(self.file, self.known.hash) if self.known else None
        self.known = self.known if html is not None else None
        return html

    def render(self, composer: Composer, renderer: Renderer) -> tuple[dict[str, str], Rendered]:
        """What its template says of it before its text, and its text as HTML."""
        draft = self.draft
        page = (self._planned and self._planned.page) or composer.compose(draft)
        rendered = renderer.render(page)
        led_to = {f"{uri}#{id_}" for uri, id_ in rendered.anchors if uri != draft.uri or id_ not in rendered.ids}
        # Only notes lead to notes.
        ids = (id_ for id_ in rendered.ids if not id_.startswith(notes.IDS))
        self._ids, self._anchors = " ".join(sorted(ids)), " ".join(sorted(led_to))
        return page.head, rendered

    def finish(self, html: str) -> Finished:
        """Keep the whole page for the next build. Raises PolicyError."""
        if self.known:
            return self.known
        classes, hash_ = looked_at(html, self.file), self._cache.put_text(self.file, html)
        done = Finished(classes, self._ids, self._anchors, hash_ or "")
        if hash_:
            self._cache.put("html", self._uri, self.key, asdict(done))
        return done


def looked_at(html: str, file: str) -> str:
    """The classes of a page that the policy lets pass. Raises PolicyError for another."""
    if faults := list(policy.faults(html)):
        raise PolicyError(f"{file} would break in a browser, under the policy in its head:\n" + "\n".join(faults))
    return one(" ".join(sorted(stylesheet.classes(html))))
