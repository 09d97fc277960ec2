"""What one build knows between its steps, whatever engine takes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from patientguide import datafiles, routes
from patientguide.buildcache import BuildCache, digest
from patientguide.keptfolders import KeptFolders
from patientguide.lostwords import LostWordsError
from patientguide.navigation import MenuView
from patientguide.pagebuild import Finished, PageBuild, looked_at
from patientguide.pageplan import Planned
from patientguide.prepared import Prepared
from patientguide.problems import Problem
from patientguide.render import Rendered, Renderer
from patientguide.sitestyles import Sheets


@dataclass
class SiteBuild:
    """A build of a prepared guide. `shell` is the hash of what is the same on every page: templates, settings."""

    prepared: Prepared
    cache: BuildCache
    shell: str
    plan: Sequence[Planned]
    renderer: Renderer = field(init=False)
    sheets: Sheets = field(init=False)
    finished: dict[str, Finished] = field(default_factory=dict)
    lost: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """The hash of all that each page was made of."""
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the pages, by their files."""

    def folders(self, site: Path) -> KeptFolders:
        """The folders of a site that it fills."""
        pages = frozenset(routes.file(planned.draft.uri) for planned in self.plan)
        return KeptFolders(site, pages, frozenset(datafiles.uris(self.prepared.planner.guide)))

    def menu(self, uri: str | None = None) -> MenuView:
        """What a page shows of the menu; without its Markdown path, a page that stands in no section."""
        edition = self.prepared.edition_of(uri)
        return (edition.view if edition else self.prepared.view).beside(uri)

    def context(self, uri: str | None = None) -> dict[str, Any]:
        """What the templates of a page are given besides its text."""
        return {"pg_menu": self.menu(uri), **self.prepared.language_context(uri)}

    def key(self, planned: Planned) -> str:
        """The hash of all that a page is made of."""
        uri = planned.draft.uri
        return digest(planned.key, self.shell, self.menu(uri).mark, repr(self.prepared.language_context(uri)))

    def page(self, planned: Planned) -> PageBuild:
        """A page that is to be made."""
        return PageBuild(planned.draft, partial(self.key, planned), self.cache, planned)

    def render(self, page: PageBuild) -> tuple[dict[str, str], Rendered]:
        """What the template of a page says of it, and its HTML. Raises LostWordsError, of all pages to come."""
        try:
            head, rendered = self._rendered(page)
        except LostWordsError as error:
            raise LostWordsError([*error.problems, *self._lost_elsewhere(page)]) from None
        self.lost[page.draft.uri] = rendered.lost
        return head, rendered

    def _rendered(self, page: PageBuild) -> tuple[dict[str, str], Rendered]:
        return page.render(self.prepared.planner_of(page.draft.uri).composer, self.renderer)

    def _lost_elsewhere(self, page: PageBuild) -> Iterator[Problem]:
        """The words that pages would lose that are still to be made: nobody mends one to hear of the next."""
        for planned in self.plan:
            other = self.page(planned)
            if planned.draft.uri not in self.finished and other.file != page.file and other.kept() is None:
                try:
                    self._rendered(other)
                except LostWordsError as error:
                    yield from error.problems

    def finish(self, uri: str, html: str, page: PageBuild | None = None) -> None:
        """Look at a whole page, by its path; one of the guide is kept for the next build. Raises PolicyError."""
        self.finished[uri] = page.finish(html) if page else Finished(looked_at(html, uri))
        if page:
            self.keys[uri] = page.key
            self.hashes |= {page.file: self.finished[uri].hash} if self.finished[uri].hash else {}

    def styles(self) -> str:
        """The one style sheet of the site, when all pages are finished."""
        return self.sheets.joined(
            {name for page in self.finished.values() for name in page.classes.split()}, self.cache
        )

    def lost_links(self) -> Iterator[str]:
        """A sentence for each link to a page, file or spot that is not there."""
        for uri, links in self.lost.items():
            for link in links:
                yield f"{uri} contains a link '{link}', which leads to no page or file."
        for link, uri in {link: uri for uri, page in self.finished.items() for link in page.anchors.split()}.items():
            target, _, anchor = link.partition("#")
            if target in self.finished and f" {anchor} " not in f" {self.finished[target].ids} ":
                yield f"{uri} contains a link to '#{anchor}' on {target}, where nothing has that id."
