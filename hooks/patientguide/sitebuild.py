"""What one build knows between its steps, whatever engine takes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from patientguide.buildcache import BuildCache, digest
from patientguide.navigation import MenuView
from patientguide.pagebuild import Finished, PageBuild, looked_at
from patientguide.pageplan import Planned
from patientguide.prepared import Prepared
from patientguide.render import Rendered, Renderer
from patientguide.sitestyles import Sheets


@dataclass
class SiteBuild:
    """A build of a prepared guide. `shell` is the hash of what is the same on every page: templates, settings."""

    prepared: Prepared
    cache: BuildCache
    shell: str
    renderer: Renderer = field(init=False)
    sheets: Sheets = field(init=False)
    finished: dict[str, Finished] = field(default_factory=dict)

    def menu(self, uri: str | None = None) -> MenuView:
        """What a page shows of the menu; without its Markdown path, a page that stands in no section."""
        return self.prepared.view.beside(uri)

    def key(self, planned: Planned) -> str:
        """The hash of all that a page is made of."""
        return digest(planned.key, self.shell, repr(self.menu(planned.draft.uri)))

    def page(self, planned: Planned, file: str) -> PageBuild:
        """A page that is to be made; `file` is the path of its HTML in the site."""
        return PageBuild(planned, self.key(planned), file, self.cache)

    def render(self, page: PageBuild) -> tuple[str, Rendered]:
        """The description and the HTML of a page."""
        return page.render(self.prepared.planner.composer, self.renderer)

    def finish(self, uri: str, html: str, page: PageBuild | None = None) -> None:
        """Look at a whole page, by its path; one of the guide is kept for the next build. Raises PolicyError."""
        self.finished[uri] = page.finish(html) if page else Finished(tuple(looked_at(html, uri)))

    def styles(self) -> str:
        """The one style sheet of the site, when all pages are finished."""
        return self.sheets.joined(chain.from_iterable(page.classes for page in self.finished.values()), self.cache)

    def lost_anchors(self) -> Iterator[str]:
        """A sentence for each link to a spot that no page has."""
        ids = {uri: set(page.ids) for uri, page in self.finished.items()}
        for uri, page in self.finished.items():
            for target, anchor in page.anchors:
                if anchor not in ids.get(target, {anchor}):
                    yield f"{uri} contains a link to '#{anchor}' on {target}, where nothing has that id."
