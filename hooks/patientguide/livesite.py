"""The site of a preview, renewed page by page while its frame is as it was."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from patientguide import routes, sitestyles
from patientguide.buildcache import BuildCache
from patientguide.datasite import DataSite
from patientguide.pagebuild import PageBuild
from patientguide.prepared import Prepared
from patientguide.sitebuild import SiteBuild

_STALE = ""
"""The key of a page that was made before anybody knew what else it rests on. It is made again with the others."""


@dataclass
class LiveSite:
    """A build in the folder `site`. `draw` fills the template of a page, as the engine does; `warn` tells an editor."""

    build: SiteBuild
    site: Path
    draw: Callable[[PageBuild], str]
    warn: Callable[[str], object]
    _beside: AbstractSet[str] = field(init=False)
    """The files beside the pages that stand in the site."""

    def __post_init__(self) -> None:
        """The build has written its own."""
        self._beside = self.build.prepared.beside.keys()

    def fits(self, prepared: Prepared) -> bool:
        """Whether what is prepared differs in nothing but what its pages say."""
        return prepared.frame == self.build.prepared.frame

    def page(self, path: str) -> bool:
        """Make the page at an address, if there is one; answers whether that is all that is needed."""
        uris = {routes.address(uri)[1:]: uri for uri in self.build.keys}
        uri = uris.get(path.removesuffix("index.html"))
        if uri is None:
            return path not in self._beside and not path.startswith(f"{routes.DATA}/")
        draft = self.build.prepared.draft(uri)
        if draft is None:
            return False
        if self.build.keys[uri] != _STALE:
            self._write(PageBuild(draft, lambda: _STALE, BuildCache()))
            self._style()
        return True

    def renew(self, prepared: Prepared, done: Callable[[int, int], None]) -> Iterator[None]:
        """Make all that changed, bit by bit; `done` is told how many pages of how many these were."""
        build = self.build
        build.prepared = prepared
        for uri, key in build.keys.items():
            # Made for the last edit; this one may have changed it.
            build.keys[uri] = f"{key}?" if key == _STALE else key
        yield
        plan, changed = list(prepared.pages()), []
        for planned in plan:
            if build.key(planned) != build.keys.get(planned.draft.uri):
                changed.append(planned)
            yield
        build.plan = plan
        for planned in changed:
            self._write(build.page(planned))
            yield
        for uri in self._beside - prepared.beside.keys():
            (self.site / uri).unlink(missing_ok=True)
        self._beside = prepared.beside.keys()
        for uri, text in prepared.beside.items():
            (self.site / uri).parent.mkdir(exist_ok=True)
            (self.site / uri).write_bytes(text.encode())
        self.complete()
        done(len(changed), len(plan))

    def complete(self) -> None:
        """Write the guide as data and the one style sheet, and say which links lead to no spot."""
        planner = self.build.prepared.planner
        DataSite(self.site, planner.guide, self.build.plan, self.build.cache, planner.site_url).write()
        for sentence in self.build.lost_links():
            self.warn(sentence)
        self._style()

    def _write(self, page: PageBuild) -> None:
        html = self.draw(page)
        (self.site / page.file).write_bytes(html.encode(errors="xmlcharrefreplace"))

    def _style(self) -> None:
        (self.site / sitestyles.URI).write_text(self.build.styles(), encoding="utf-8")
