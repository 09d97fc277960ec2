"""The live preview: changed pages are rebuilt one by one, and errors are shown above the last good page."""

import errno
import ipaddress
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from patientguide.build import stylesheet
from patientguide.build.page import PageBuild
from patientguide.build.prepare import ContentError, Prepared
from patientguide.build.site import DataSite, SiteBuild
from patientguide.core import files, process
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Problem, one_line
from patientguide.model import routes

# The site of a preview, renewed page by page while its frame is as it was.


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
        (self.site / stylesheet.URI).write_text(self.build.styles(), encoding="utf-8")


# Where a preview is shown: at an address that is free, and only to whoever asks for it by that address.
#
# A page of another site could let its own name lead to this computer, and then read the preview as if it were its own
# (DNS rebinding). The name that a browser asks for tells: it is the other site's.


WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_OWN = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104


def port_fault(host: str, port: int) -> str | None:
    """Why nothing can be shown at an address, in a sentence; None when it is free."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            # On some systems two programs may bind, but only one may listen.
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is taken, perhaps by another preview. Use another: patientguide serve --port {port + 1}"
            )
        return f"Nothing can be shown at {host}, port {port}: {error.strerror}."
    return None


def own_hosts_only(app: WsgiApp, host: str) -> WsgiApp:
    """The application, for requests that name this computer as the preview does: `host`, or one of its own names."""

    def served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if _is_own(environ.get("HTTP_HOST"), host):
            return app(environ, start)
        text = b"This preview answers to localhost only."
        start("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
        return [text]

    return served


def _is_own(asked: str | None, host: str) -> bool:
    if asked is None:  # no browser leaves it out
        return True
    try:
        name = "" if re.search(r"[@/?#\s]", asked) else (urlsplit(f"//{asked}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in {*_OWN, host.lower()}:
        return True
    # Shown to a whole network, it is asked for by numbers, which lead nowhere else.
    return host in _ANY and _is_number(name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


# What a preview shows on top of its pages while something must be mended: what, where, and what to write instead.
#
# All texts are escaped, and hidden characters in them are named.


MOST = 20
"""So many problems are shown; the terminal lists all."""
_TEMPLATES = Path(__file__).parent.parent / "templates"
OVERLAY_STYLES = (_TEMPLATES / "panel.css").read_bytes()


def overlay_html(problems: Sequence[Problem], text: str, styles: str) -> str:
    """The panel for problems of the content, or for the text of another fault; `styles` is where its styles are."""
    template = SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=lambda value: one_line(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("panel.html.j2")
    more = max(0, len(problems) - MOST)
    return template.render(problems=problems[:MOST], more=more, lines=text.splitlines(), styles=styles)


def with_overlay(page: bytes, panel: str) -> bytes:
    """A page with the panel as the last thing in its body."""
    before, end, after = page.rpartition(b"</body>")
    return before + panel.encode() + end + after if end else page + panel.encode()


# Pages of a preview after an edit: the one that is looked at comes first, the others follow when it has been shown.
#
# Editing a title changes half of a guide, and whoever edits waits for one page. Until the others are done, each is
# made when it is asked for, so that a browser never shows an older state. One thing is done at a time: whatever reads
# or writes the build holds `lock`.


WAIT = 0.4
"""Seconds in which a browser loads the page again before the others are begun."""


@dataclass
class Renewal:
    """The work of one edit. `page` makes one page or says that it takes all; `steps` make all, bit by bit."""

    page: Callable[[str], bool]
    steps: Iterator[None]
    lock: threading.RLock
    _stopped: threading.Event = field(default_factory=threading.Event)
    _is_done: bool = False

    def ask(self, path: str) -> None:
        """Make what a browser asks for."""
        with self.lock:
            if not self._is_done and not self.page(path):
                for _ in self.steps:
                    pass
                self._is_done = True

    def begin(self) -> None:
        """Make all the others, beside what else is done; also those that were left."""
        self._stopped.clear()
        threading.Thread(target=self._follow, daemon=True).start()

    def stop(self) -> None:
        """Leave the rest to the next edit."""
        with self.lock:
            self._stopped.set()

    def _follow(self) -> None:
        wait = WAIT
        while not (self._stopped.wait(wait) or self._is_done):
            with self.lock:
                if not self._stopped.is_set():
                    self._is_done = next(self.steps, self) is self
            # A browser that waits for the lock gets it.
            wait = 0.001


# Which files were saved, said by the system at once instead of by looking at every file again and again.
#
# Some drives send no such events: those of a network, and folders that a virtual machine shares. There, and where the
# system can watch no more files, files are looked at twice a second. `PATIENTGUIDE_WATCH=poll` asks for that.


VARIABLE = "PATIENTGUIDE_WATCH"
QUIET = 0.03
"""Seconds without a further event after which all is saved: an editor writes a file in a few steps."""
LOOKED_EVERY = 0.5
"""Seconds between two looks at all files."""
_SAVED: list[type[events.FileSystemEvent]] = [
    events.FileClosedEvent,
    events.FileCreatedEvent,
    events.FileDeletedEvent,
    events.FileModifiedEvent,
    events.FileMovedEvent,
]
"""Not when a file is opened or read: a build reads them all, and would be the reason for the next."""


@dataclass
class Watcher:
    """What `watchdog` calls an observer, for as much as a server asks of one."""

    observer: BaseObserver = field(default_factory=Observer)
    _wanted: dict[ObservedWatch, tuple[events.FileSystemEventHandler, str, bool]] = field(default_factory=dict)

    def schedule(self, handler: events.FileSystemEventHandler, path: str, *, recursive: bool = False) -> ObservedWatch:
        """Tell `handler` of every file saved at `path`.

        A single file is watched through its folder: many editors save by putting a new file in its place.
        """
        folder = path
        if Path(path).is_file():
            folder, recursive, handler = str(Path(path).parent), False, _Only(path, handler)
        watch = self.observer.schedule(handler, folder, recursive=recursive, event_filter=_SAVED)
        self._wanted[watch] = handler, folder, recursive
        return watch

    def unschedule(self, watch: ObservedWatch) -> None:
        """Tell of it no more."""
        del self._wanted[watch]
        self.observer.unschedule(watch)

    def start(self) -> None:
        """Begin; where the system cannot watch so many files, by looking at them."""
        try:
            self.observer.start()
        except OSError:
            self.observer = PollingObserver(timeout=LOOKED_EVERY)
            for handler, folder, recursive in self._wanted.values():
                self.observer.schedule(handler, folder, recursive=recursive, event_filter=_SAVED)
            self.observer.start()

    def stop(self) -> None:
        """Watch no more."""
        self.observer.stop()

    def join(self) -> None:
        """Wait until nothing is watched."""
        self.observer.join()


class _Only(events.FileSystemEventHandler):
    """Hands on what happens to one file of a folder."""

    def __init__(self, path: str, handler: events.FileSystemEventHandler) -> None:
        self.path, self.handler = path, handler

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        if self.path in (event.src_path, event.dest_path):
            self.handler.dispatch(event)


class Listening(Protocol):
    """A server that has an observer, as that of MkDocs."""

    observer: Any
    build_delay: float

    def watch(self, path: str) -> None:
        """Listen to what happens there."""

    def unwatch(self, path: str) -> None:
        """No more."""


def chosen(environment: Mapping[str, str]) -> Watcher:
    """The quickest watcher that its user allows."""
    return Watcher(PollingObserver(timeout=LOOKED_EVERY)) if environment.get(VARIABLE) == "poll" else Watcher()


def listen(server: Listening, paths: Iterable[str], environment: Mapping[str, str]) -> None:
    """Let a server, which listens to `paths` already, hear in the quickest way that the system and its user allow."""
    paths = [*paths]
    for path in paths:
        server.unwatch(path)
    server.observer = chosen(environment)
    server.build_delay = QUIET
    for path in paths:
        server.watch(path)


# A preview: every edit is seen at once, and what is wrong stands on top of the last good page.
#
# The panel is put into a page on its way to the browser (PEP 3333, middleware), never into a file: what stands in the
# site's folder is the last good site and nothing else.


App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
STYLES = "assets/preview.css"
PROGRAM = "This is a fault of the program, not of your text."
LAST_GOOD = "Your browser shows the last version without errors. Fix this and save again."


@dataclass
class Preview:
    """The site below `mount` of a server. `again` answers what single pages are renewed with, if these are enough.

    Otherwise `whole` builds all. `expected` are faults of texts and templates, not of the program.
    """

    mount: str
    site: Path
    whole: Callable[[], object]
    again: Callable[[], tuple[LiveSite, Prepared] | None]
    expected: tuple[type[BaseException], ...]
    log: logging.LoggerAdapter[Any]
    panel: str = ""
    _is_whole: bool = True
    """Whether the site and what is known of it are those of one build, on which the next may rest."""
    _renewal: Renewal | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """What the first build left in memory stays: it is not searched for garbage at every edit."""
        process.freeze()

    def rebuild(self) -> None:
        """Show what was saved."""
        if self._renewal:
            self._renewal.stop()
        with self._lock:
            taken = process.Progress()
            try:
                found = self.again() if self._is_whole else None
                if found:
                    self._renewal = Renewal(found[0].page, self._steps(*found, taken), self._lock)
                else:
                    self._renewal = None
                    files.rebuilt(self.site, self.whole)
                    self._is_whole = True
            except (Exception, SystemExit) as error:
                self._explain(error)
                if self._renewal:
                    self._renewal.begin()
                return
            self.panel = ""
            if found and self._renewal:
                next(self._renewal.steps)
                self._renewal.begin()
            else:
                self.log.info(f"All pages renewed in {taken.seconds:.1f} s")

    def _steps(self, live: LiveSite, prepared: Prepared, taken: process.Progress) -> Iterator[None]:
        def done(pages: int, total: int) -> None:
            self.log.info(f"{pages} of {total} pages renewed in {taken.seconds:.1f} s")

        try:
            yield from live.renew(prepared, done)
        except Exception as error:
            self._explain(error)

    def _make(self, path: str) -> None:
        try:
            if self._renewal:
                self._renewal.ask(path)
        except Exception as error:
            self._explain(error)

    def _explain(self, error: BaseException) -> None:
        """Say on the terminal and in the browser what must be mended."""
        # The engine has logged the reason of an exit already.
        reason = error.__context__ if isinstance(error, SystemExit) else error
        if not isinstance(error, self.expected):
            self.log.exception(PROGRAM)
        fault = reason.__cause__ if reason else None
        if isinstance(fault, ContentError):
            self.panel = overlay_html(fault.problems, "" if fault.problems else str(fault), f"{self.mount}{STYLES}")
        else:
            self.panel = overlay_html([], str(reason or error), f"{self.mount}{STYLES}")
        if not isinstance(fault, ContentError) or fault.halfway:
            # What fails later leaves half a build.
            self._is_whole, self._renewal = False, None
        self.log.error(("" if isinstance(error, SystemExit) else f"{error}\n") + LAST_GOOD)

    def over(self, app: App) -> App:
        """The application that serves the site, with pages made when they are asked for, and the panel in them."""

        def served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            path = environ["PATH_INFO"].removeprefix(self.mount)
            if path == STYLES:
                start("200 OK", [("Content-Type", "text/css"), ("Content-Length", str(len(OVERLAY_STYLES)))])
                return [OVERLAY_STYLES]
            self._make(path)
            begun: list[Any] = []
            body = app(environ, lambda *arguments: begun.extend(arguments))
            status, headers, *more = begun
            kinds = dict(headers)
            if not self.panel or not kinds.get("Content-Type", "").startswith("text/html"):
                start(status, headers, *more)
                return body
            text = with_overlay(b"".join(body), self.panel)
            start(status, list({**kinds, "Content-Length": str(len(text))}.items()), *more)
            return [text]

        return served
