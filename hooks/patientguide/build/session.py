"""State between builds, the fingerprint of the program, and the plan of the service worker."""

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from jinja2 import Environment

from patientguide.build.prepare import ContentError, Prepared, prepare
from patientguide.build.site import KeptFolders, LiveSite
from patientguide.core import dates, problems, process
from patientguide.core.cache import BuildCache, cache_key, digest
from patientguide.core.templates import TemplateCache
from patientguide.export import offline
from patientguide.export.offline import Plan
from patientguide.model import registry, routes
from patientguide.model.settings import Settings

# -- the fingerprint of the program: its files, and the versions of the packages it uses


_NAME = re.compile(r"[\w.-]+")
_FOLDER = Path(__file__).parent.parent


def program_version() -> str:
    """The hash of everything that turns texts into pages."""
    return digest(sys.version, files_hash(_FOLDER), [[name, _version(name)] for name in _packages()])


def files_hash(*folders: Path) -> str:
    """The hash of the names and contents of all files in folders, except compiled Python."""
    whole = sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            data = file.read_bytes()
            whole.update(f"{file.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


def settings_hash(text: str, settings: Mapping[str, Any], *more: Any) -> str:
    """The hash of a settings file: its text and its values, since some come from elsewhere.

    Values that are not plain data, such as functions, are named in the text and come with a package.
    """
    plain = json.dumps([settings, *more], default=lambda v: {**v} if isinstance(v, Mapping) else "", sort_keys=True)
    return digest(text, plain)


def _packages() -> list[str]:
    try:
        wanted = requires("patientguide") or []
    except PackageNotFoundError:  # run from its folder, without being installed
        return []
    return sorted({found[0] for requirement in wanted if (found := _NAME.match(requirement))})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


# -- offline copies after a first visit, in order of importance: first the page on when to call


def first_visit_plan(prepared: Prepared) -> Plan:
    """The service worker plan of a guide."""
    files = tuple(dict.fromkeys(_files(prepared)))
    forms = tuple(routes.file(one.uri) for one in (registry.PATH, registry.APPOINTMENT))
    return Plan(files, forms, prepared.planner.guide.settings.offline_days)


def _files(prepared: Prepared) -> Iterator[str]:
    """The page on when to call in each language, then the pages in the menu, then all others."""
    settings = {"": prepared.planner.guide.settings}
    settings |= {root: edition.planner.guide.settings for root, edition in prepared.editions.items()}
    for root, own in settings.items():
        yield routes.file(root + own.safety_page)
    for root, own in settings.items():
        yield from (routes.file(root + uri) for uri in _menu(own))
        yield f"{root}search/search_index.js"
    for planned in prepared.pages():
        yield routes.file(planned.draft.uri)


def _menu(settings: Settings) -> Iterator[str]:
    """The pages in the menu, without the entries of collections."""
    for group in settings.navigation:
        for item in group.items:
            yield registry.known(settings)[item].uri if item.isupper() else item


# -- a run of an engine with one or more builds


@dataclass
class Session:
    """The state of a run. `config` and `env` are the engine's settings and templates of a preview."""

    preview: bool = False
    site_url: str = ""
    cache: BuildCache | None = None
    live: LiveSite | None = None
    config: Any = None
    env: tuple[str, Environment] | None = None
    kept: KeptFolders = field(default_factory=lambda: KeptFolders(Path(), frozenset(), frozenset()))
    steps: process.Progress = field(default_factory=process.Progress)

    def opened(self, root: Path, addresses: Sequence[str | None], forget: bool, without: bool = False) -> BuildCache:
        """The build cache of the project at `root`, for a site and repository address.

        `forget` empties it; a build `without` a cache reads and writes none.
        """
        self.site_url = next(iter(addresses), None) or ""
        if not (self.preview and self.cache):
            name = "preview" if self.preview else f"site-{digest(*addresses)[:8]}"
            folder = root / "build" / "cache" / name
            if forget:
                shutil.rmtree(folder, ignore_errors=True)
            kept = None if without else folder
            self.cache = BuildCache(kept, program_version(), self.preview, cache_key())
        return self.cache

    def templates(self, made_of: str, env: Environment) -> Environment:
        """The compiled templates of the last build, if their sources are the same."""
        if self.env is None or self.env[0] != made_of:
            self.env = made_of, self._compiled(env)
        return self.env[1]

    def _compiled(self, env: Environment) -> Environment:
        """A template environment with the bytecode cache of the build cache."""
        env.bytecode_cache = TemplateCache(self.cache) if self.cache else None
        return env

    def prepared(self, content: Path, cache: BuildCache, say: Callable[[str], object]) -> Prepared:
        """The prepared guide. Warnings are only counted: they must not fail a strict build.

        Raises ContentError for a guide with errors, and for an invalid date.
        """
        self.steps = process.Progress()
        process.progress_line("Reading and checking the content")
        try:
            today = dates.today()
        except ValueError as error:
            raise ContentError(str(error)) from None
        prepared = prepare(content, today, cache, self.site_url)
        self._compiled(prepared.planner.composer.environment)
        if prepared.listed:
            say(f"The content has {problems.count(prepared.listed)}. `make check` lists them.")
        return prepared

    def completed(self, config: Any, live: LiveSite, say: Callable[[str], object]) -> None:
        """Write the files that depend on all pages: data, the style sheet, and the service worker."""
        process.progress_line()
        self.kept.bring_back_data()
        self.kept.finish()
        live.complete()
        # No service worker in a preview: it would show old pages.
        if not self.preview:
            offline.write_worker(live.site, first_visit_plan(live.build.prepared), live.build.hashes)
        try:
            live.build.cache.close()
        except OSError as error:
            say(f"The next build takes as long as this one: what it found out cannot be kept. {error}")
        if self.preview:
            self.config, self.live = config, live
