"""One page on its way from its plan to its HTML, and what the rest of the site must know of it then."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from patientguide import policy, stylesheet
from patientguide.buildcache import BuildCache
from patientguide.compose import Composer
from patientguide.pageplan import Planned
from patientguide.render import Rendered, Renderer


class PolicyError(Exception):
    """What a page holds that a browser would refuse."""


@dataclass(frozen=True)
class Finished:
    """A page's classes and ids, the anchors that it links to, and the hash of its HTML."""

    classes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()
    hash: str = ""


class PageBuild:
    """A page that is made, or was made by an earlier build of the same: then `known` says what is known of it."""

    def __init__(self, planned: Planned, key: str, file: str, cache: BuildCache) -> None:
        """`key` is the hash of all that it is made of; `file` the path of its HTML in the site."""
        self.planned, self.key = planned, key
        self._uri, self._file, self._cache = planned.draft.uri, file, cache
        self.known = _known(cache.get("html", self._uri, key))
        if self.known and cache.text(file, self.known.hash) is None:
            self.known = None

    def kept(self) -> str:
        """The HTML that an earlier build made."""
        return (self.known and self._cache.text(self._file, self.known.hash)) or ""

    def render(self, composer: Composer, renderer: Renderer) -> tuple[str, Rendered]:
        """Its description, and its text as HTML."""
        page = self.planned.page or composer.compose(self.planned.draft)
        rendered = renderer.render(page)
        self._ids, self._anchors = tuple(sorted(rendered.ids)), tuple(sorted(rendered.anchors))
        return page.description, rendered

    def finish(self, html: str) -> Finished:
        """Keep the whole page for the next build. Raises PolicyError."""
        if self.known:
            return self.known
        classes = tuple(sorted(looked_at(html, self._file)))
        done = Finished(classes, self._ids, self._anchors, self._cache.put_text(self._file, html))
        self._cache.put("html", self._uri, self.key, asdict(done))
        return done


def looked_at(html: str, file: str) -> set[str]:
    """The classes of a page that the policy lets pass. Raises PolicyError for another."""
    if faults := list(policy.faults(html)):
        raise PolicyError(f"{file} would break in a browser, under the policy in its head:\n" + "\n".join(faults))
    return stylesheet.classes(html)


def _known(kept: Mapping[str, Any] | None) -> Finished | None:
    if kept is None:
        return None
    anchors = tuple((target, anchor) for target, anchor in kept["anchors"])
    return Finished(tuple(kept["classes"]), tuple(kept["ids"]), anchors, kept["hash"])
