"""One build of a site, for any engine."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from patientguide.build import stylesheet
from patientguide.build.dependencies import Planned
from patientguide.build.markdown import Rendered, Renderer
from patientguide.build.page import Finished, LostWordsError, PageBuild, looked_at
from patientguide.build.prepare import Prepared
from patientguide.build.stylesheet import Sheets
from patientguide.core.cache import BuildCache, bytes_hash, digest
from patientguide.core.problems import Problem
from patientguide.export.data import BETWEEN, GUIDE, SCHEMA, DataFiles, data_uris, review_and_status, schema_text
from patientguide.model import routes
from patientguide.model.entries import Entry
from patientguide.model.guide import Guide
from patientguide.pages.navigation import MenuView

# -- reusing folders of the last site
#
# Creating a folder and a file takes four times as long as overwriting a file. An engine that empties its folder skips
# hidden ones, so these are hidden, and restored with emptied files for the planned pages. Files that are still empty at
# the end were not written, and are removed.


_AWAY = ".patientguide-kept"


@dataclass(frozen=True)
class KeptFolders:
    """The folders of a site with `pages`, and the folder of `data`, whose files may stay."""

    site: Path
    pages: frozenset[str]
    data: frozenset[str]

    def put_away(self) -> None:
        """Hide the folders. Those that cannot be moved are left to the engine."""
        for name in _tops(self.pages | self.data):
            _moved(self.site / name, self.site / _AWAY / name)

    def bring_back(self) -> None:
        """Restore the folders of pages, before anything is written."""
        data = _tops(self.data)
        for folder in _inside(self.site / _AWAY):
            if folder.name not in data:
                self._show(folder, self.pages, emptied=True)

    def bring_back_data(self) -> None:
        """Restore the data, after the pages are written."""
        for folder in _inside(self.site / _AWAY):
            self._show(folder, self.data, emptied=False)

    def _show(self, folder: Path, files: frozenset[str], *, emptied: bool) -> None:
        shown = self.site / folder.name
        if _moved(folder, shown):
            try:
                _only(str(shown), f"{folder.name}/", files, emptied=emptied)
            except OSError:
                shutil.rmtree(shown, ignore_errors=True)

    def finish(self) -> None:
        """Remove pages that were not written, and folders that were not restored."""
        for page in self.pages:
            file = self.site / page
            try:
                if file.stat().st_size == 0:
                    file.unlink()
                    file.parent.rmdir()
            except OSError:  # it does not exist, or its folder is not empty
                continue
        shutil.rmtree(self.site / _AWAY, ignore_errors=True)


def _tops(files: Iterable[str]) -> set[str]:
    """The top folders of a site with these files."""
    return {file.partition("/")[0] for file in files if "/" in file}


def _moved(folder: Path, to: Path) -> bool:
    """Move a folder if the target is free. Returns whether it was moved."""
    try:
        if folder.is_symlink() or not folder.is_dir() or to.exists() or to.is_symlink():
            return False
        to.parent.mkdir(exist_ok=True)
        folder.rename(to)
    except OSError:
        return False
    return True


def _inside(folder: Path) -> Iterable[Path]:
    try:
        return [] if folder.is_symlink() else list(folder.iterdir())
    except OSError:
        return []


def _only(folder: str, prefix: str, files: frozenset[str], *, emptied: bool) -> bool:
    """Remove everything except `files` from a folder, and the folder if it is empty. Returns whether it stays."""
    stays = False
    with os.scandir(folder) as found:
        inside = list(found)
    for one in inside:
        path = Path(one.path)
        if one.is_dir(follow_symlinks=False):
            stays |= _only(one.path, f"{prefix}{one.name}/", files, emptied=emptied)
        elif prefix + one.name in files and _has_one_name(path):
            stays = True
            if emptied:
                os.truncate(path, 0)
        else:
            path.unlink()
    if not stays:
        Path(folder).rmdir()
    return stays


def _has_one_name(file: Path) -> bool:
    """Whether a file has only one name: writing a hard link would change another file."""
    return file.is_file() and not file.is_symlink() and file.lstat().st_nlink == 1


# -- the JSON export; files whose inputs did not change are skipped


_KIND = "data"


@dataclass(frozen=True)
class DataSite:
    """The JSON export of a site, with the keys of its pages."""

    site: Path
    guide: Guide
    plan: Sequence[Planned]
    cache: BuildCache
    site_url: str = ""

    def write(self) -> None:
        """Write what changed. The file of the whole guide is written in pieces, since it may not fit into memory."""
        data = DataFiles(self.guide, {page.draft.uri: page.cites for page in self.plan}, self.site_url)
        for folder in {(self.site / uri).parent for uri in data_uris(self.guide)}:
            folder.mkdir(parents=True, exist_ok=True)
        with (self.site / GUIDE).open("wb") as whole:
            whole.write(data.before(GUIDE).encode())
            for number, text in enumerate(self._entries(data)):
                whole.write(BETWEEN.encode() + text if number else text)
            whole.write(data.after().encode())
        (self.site / SCHEMA).write_bytes(schema_text(self.guide).encode())

    def _entries(self, data: DataFiles) -> Iterator[bytes]:
        """Every entry, after its own file was brought up to date."""
        keys, common = {page.draft.uri: page.key for page in self.plan}, digest(data.facts, self.site_url)
        for entry in self.guide.entries:
            # A page of many answers says less about their reviews than each file does.
            standing = repr(review_and_status(self.guide, entry.name))
            key = digest(common, keys.get(routes.target_of(entry).uri), entry.digest, standing)
            yield self._there(entry, key) or self._written(entry, key, data)

    def _there(self, entry: Entry[Any], key: str) -> bytes | None:
        """An entry from its file, if an earlier build wrote it from the same inputs."""
        known = self.cache.get(_KIND, entry.path, key)
        if known is None:
            return None
        try:
            found = (self.site / routes.data_uri(entry)).read_bytes()
        except OSError:
            return None
        hash_, start, end = known
        return found[start:end] if bytes_hash(found) == hash_ else None

    def _written(self, entry: Entry[Any], key: str, data: DataFiles) -> bytes:
        uri = routes.data_uri(entry)
        before, text = data.before(uri).encode(), data.entry(entry).encode()
        whole = b"".join((before, text, data.after(entry).encode()))
        (self.site / uri).write_bytes(whole)
        self.cache.put(_KIND, entry.path, key, [bytes_hash(whole), len(before), len(before) + len(text)])
        return text


# -- the state of one build between its steps


@dataclass
class SiteBuild:
    """A build of a prepared guide. `shell` is the hash of the inputs of all pages: templates and settings."""

    prepared: Prepared
    cache: BuildCache
    shell: str
    plan: Sequence[Planned]
    renderer: Renderer = field(init=False)
    sheets: Sheets = field(init=False)
    finished: dict[str, Finished] = field(default_factory=dict)
    lost: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """The hash of the inputs of each page."""
    hashes: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of the pages, by file."""

    def folders(self, site: Path) -> KeptFolders:
        """The folders of a site that this build fills."""
        pages = frozenset(routes.file(planned.draft.uri) for planned in self.plan)
        return KeptFolders(site, pages, frozenset(data_uris(self.prepared.planner.guide)))

    def menu(self, uri: str | None = None) -> MenuView:
        """The menu of a page; without a Markdown path, that of a page in no section."""
        edition = self.prepared.edition_of(uri)
        return (edition.view if edition else self.prepared.view).beside(uri)

    def context(self, uri: str | None = None) -> dict[str, Any]:
        """The variables of a page's templates besides its text."""
        return {"pg_menu": self.menu(uri), **self.prepared.language_context(uri)}

    def key(self, planned: Planned) -> str:
        """The hash of the inputs of a page."""
        uri = planned.draft.uri
        return digest(planned.key, self.shell, self.menu(uri).mark, repr(self.prepared.language_context(uri)))

    def page(self, planned: Planned) -> PageBuild:
        """The build of a planned page."""
        return PageBuild(planned.draft, partial(self.key, planned), self.cache, planned)

    def render(self, page: PageBuild) -> tuple[dict[str, str], Rendered]:
        """The template variables and HTML of a page. Raises LostWordsError for this and all remaining pages."""
        try:
            head, rendered = self._rendered(page)
        except LostWordsError as error:
            raise LostWordsError([*error.problems, *self._lost_elsewhere(page)]) from None
        self.lost[page.draft.uri] = rendered.lost
        return head, rendered

    def _rendered(self, page: PageBuild) -> tuple[dict[str, str], Rendered]:
        return page.render(self.prepared.planner_of(page.draft.uri).composer, self.renderer)

    def _lost_elsewhere(self, page: PageBuild) -> Iterator[Problem]:
        """The lost words of the remaining pages, so that all are reported at once."""
        for planned in self.plan:
            other = self.page(planned)
            if planned.draft.uri not in self.finished and other.file != page.file and other.kept() is None:
                try:
                    self._rendered(other)
                except LostWordsError as error:
                    yield from error.problems

    def finish(self, uri: str, html: str, page: PageBuild | None = None) -> None:
        """Check a whole page, by path, and cache it if it belongs to the guide. Raises PolicyError."""
        self.finished[uri] = page.finish(html) if page else Finished(looked_at(html, uri))
        if page:
            self.keys[uri] = page.key
            self.hashes |= {page.file: self.finished[uri].hash} if self.finished[uri].hash else {}

    def styles(self) -> str:
        """The style sheet of the site, after all pages are finished."""
        return self.sheets.joined(
            {name for page in self.finished.values() for name in page.classes.split()}, self.cache
        )

    def lost_links(self) -> Iterator[str]:
        """A sentence for each link to a missing page, file or anchor."""
        for uri, links in self.lost.items():
            for link in links:
                yield f"{uri} contains a link '{link}', which leads to no page or file."
        for link, uri in {link: uri for uri, page in self.finished.items() for link in page.anchors.split()}.items():
            target, _, anchor = link.partition("#")
            if target in self.finished and f" {anchor} " not in f" {self.finished[target].ids} ":
                yield f"{uri} contains a link to '#{anchor}' on {target}, where nothing has that id."


# -- rebuilding single pages while everything else is the same


_STALE = ""
"""The key of a page that was rendered before all inputs were known. It is rendered again with the others."""


@dataclass
class LiveSite:
    """A build in the folder `site`. `draw` renders a page as the engine does; `warn` prints a warning."""

    build: SiteBuild
    site: Path
    draw: Callable[[PageBuild], str]
    warn: Callable[[str], object]
    _beside: AbstractSet[str] = field(init=False)
    """The files beside the pages in the site."""

    def __post_init__(self) -> None:
        """Start with the files that the build has written."""
        self._beside = self.build.prepared.beside.keys()

    def fits(self, prepared: Prepared) -> bool:
        """True if only page text changed, so that pages can be rebuilt one by one."""
        return prepared.frame == self.build.prepared.frame

    def page(self, path: str) -> bool:
        """Rebuild the page at an address, if there is one. Returns whether nothing else is needed."""
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
        """Rebuild all that changed, in steps. `done` gets the numbers of rebuilt pages and of all pages."""
        build = self.build
        build.prepared = prepared
        for uri, key in build.keys.items():
            # Rendered for the last edit; this one may have changed it.
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
        """Write the JSON export and the style sheet, and warn of links to missing anchors."""
        planner = self.build.prepared.planner
        DataSite(self.site, planner.guide, self.build.plan, self.build.cache, planner.site_url).write()
        for sentence in self.build.lost_links():
            self.warn(sentence)
        self._style()

    def _write(self, page: PageBuild) -> None:
        html = self.draw(page)
        (self.site / page.file).write_bytes(html.encode(errors="xmlcharrefreplace"))

    def _style(self) -> None:
        (self.site / stylesheet.URI).write_text(self.build.styles(), encoding="utf-8")
