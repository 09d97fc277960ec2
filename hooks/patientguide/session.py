"""One run of an engine: what it keeps from one build to the next, and how it begins each."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment

from patientguide import cachekey, clock, programversion, progress, report
from patientguide.buildcache import BuildCache, digest
from patientguide.keptfolders import KeptFolders
from patientguide.livesite import LiveSite
from patientguide.offline import firstvisit, worker
from patientguide.prepared import ContentError, Prepared, prepare
from patientguide.templatecache import TemplateCache


@dataclass
class Session:
    """`config` and `env` are what the engine built the site of a preview with: its settings, its templates."""

    preview: bool = False
    site_url: str = ""
    cache: BuildCache | None = None
    live: LiveSite | None = None
    config: Any = None
    env: tuple[str, Environment] | None = None
    kept: KeptFolders = field(default_factory=lambda: KeptFolders(Path(), frozenset(), frozenset()))
    steps: progress.Progress = field(default_factory=progress.Progress)

    def opened(self, root: Path, addresses: Sequence[str | None], forget: bool, without: bool = False) -> BuildCache:
        """What earlier builds of the project at `root` found out, for a site and repository there.

        To `forget` it is to begin again; a build `without` a cache reads none and leaves none.
        """
        self.site_url = next(iter(addresses), None) or ""
        if not (self.preview and self.cache):
            name = "preview" if self.preview else f"site-{digest(*addresses)[:8]}"
            folder = root / "build" / "cache" / name
            if forget:
                shutil.rmtree(folder, ignore_errors=True)
            kept = None if without else folder
            self.cache = BuildCache(kept, programversion.current(), self.preview, cachekey.key())
        return self.cache

    def templates(self, made_of: str, env: Environment) -> Environment:
        """The templates of the last build, which are compiled already, if they are made of the same."""
        if self.env is None or self.env[0] != made_of:
            self.env = made_of, self._compiled(env)
        return self.env[1]

    def _compiled(self, env: Environment) -> Environment:
        """Templates that are compiled once for all builds that keep what they find out."""
        env.bytecode_cache = TemplateCache(self.cache) if self.cache else None
        return env

    def prepared(self, content: Path, cache: BuildCache, say: Callable[[str], object]) -> Prepared:
        """The guide. Problems that are no errors are counted for the record: only errors may fail a strict build.

        Raises ContentError for a guide with errors, and for a day that is none.
        """
        self.steps = progress.Progress()
        progress.line("Reading and checking the content")
        try:
            today = clock.today()
        except ValueError as error:
            raise ContentError(str(error)) from None
        prepared = prepare(content, today, cache, self.site_url)
        self._compiled(prepared.planner.composer.environment)
        if prepared.listed:
            say(f"The content has {report.count(prepared.listed)}. `make check` lists them.")
        return prepared

    def completed(self, config: Any, live: LiveSite, say: Callable[[str], object]) -> None:
        """Write what rests on all pages: data, the style sheet, and the service worker over all that was built."""
        progress.line()
        self.kept.bring_back_data()
        self.kept.finish()
        live.complete()
        # A preview has no service worker: it would show yesterday's pages.
        if not self.preview:
            worker.write(live.site, firstvisit.plan(live.build.prepared), live.build.hashes)
        try:
            live.build.cache.close()
        except OSError as error:
            say(f"The next build takes as long as this one: what it found out cannot be kept. {error}")
        if self.preview:
            self.config, self.live = config, live
