"""The live preview: changed pages are rebuilt one by one, and errors are shown above the last good page."""

import errno
import ipaddress
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

from patientguide.build.prepare import ContentError, Prepared
from patientguide.build.site import LiveSite
from patientguide.core import files, process
from patientguide.core.problems import Problem, one_line

# -- access: only requests with the host name of the preview
#
# Another site could let its own name resolve to this computer and read the preview as its own (DNS rebinding). The Host
# header shows it: it is the name of the other site.


WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_OWN = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104


def port_fault(host: str, port: int) -> str | None:
    """Why a port cannot be used, as a sentence, or None if it is free."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            # On some systems two programs may bind to a port, but only one may listen.
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is taken, perhaps by another preview. Use another: patientguide serve --port {port + 1}"
            )
        return f"Nothing can be shown at {host}, port {port}: {error.strerror}."
    return None


def own_hosts_only(app: WsgiApp, host: str) -> WsgiApp:
    """Restrict the application to requests with `host` or a name of this computer as Host header."""

    def served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if _is_own(environ.get("HTTP_HOST"), host):
            return app(environ, start)
        text = b"This preview answers to localhost only."
        start("403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
        return [text]

    return served


def _is_own(asked: str | None, host: str) -> bool:
    if asked is None:  # every browser sends it
        return True
    try:
        name = "" if re.search(r"[@/?#\s]", asked) else (urlsplit(f"//{asked}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in {*_OWN, host.lower()}:
        return True
    # In a network it is reached by IP addresses, which cannot be rebound.
    return host in _ANY and _is_number(name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


# -- the error overlay; all texts are escaped, and hidden characters named


MOST = 20
"""The most problems in the overlay; the terminal lists all."""
_TEMPLATES = Path(__file__).parent.parent / "templates"
OVERLAY_STYLES = (_TEMPLATES / "panel.css").read_bytes()


def overlay_html(problems: Sequence[Problem], text: str, styles: str) -> str:
    """The overlay for problems of the content, or for another error; `styles` is the address of its styles."""
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
    """A page with the overlay at the end of its body."""
    before, end, after = page.rpartition(b"</body>")
    return before + panel.encode() + end + after if end else page + panel.encode()


# -- after an edit: first the open page, then the others
#
# Editing a title changes half of a guide, but the editor waits for one page. Until the others are done, each is rebuilt
# on request, so that a browser never shows an old state. Everything that reads or writes the build holds `lock`.


WAIT = 0.4
"""Seconds for the browser to reload the page before the others are rebuilt."""


@dataclass
class Renewal:
    """The rebuild after an edit. `page` rebuilds one page, or returns that all are needed; `steps` rebuild all."""

    page: Callable[[str], bool]
    steps: Iterator[None]
    lock: threading.RLock
    _stopped: threading.Event = field(default_factory=threading.Event)
    _is_done: bool = False

    def ask(self, path: str) -> None:
        """Rebuild the page that a browser requests."""
        with self.lock:
            if not self._is_done and not self.page(path):
                for _ in self.steps:
                    pass
                self._is_done = True

    def begin(self) -> None:
        """Rebuild all others in the background, those left from the last edit included."""
        self._stopped.clear()
        threading.Thread(target=self._follow, daemon=True).start()

    def stop(self) -> None:
        """Stop; the rest is left to the next edit."""
        with self.lock:
            self._stopped.set()

    def _follow(self) -> None:
        wait = WAIT
        while not (self._stopped.wait(wait) or self._is_done):
            with self.lock:
                if not self._stopped.is_set():
                    self._is_done = next(self.steps, self) is self
            # Let a browser that waits for the lock have it.
            wait = 0.001


# -- watching files by events of the system instead of polling
#
# Network drives and shared folders of virtual machines send no events. There, and where the system cannot watch more
# files, files are polled twice a second. `PATIENTGUIDE_WATCH=poll` forces that.


VARIABLE = "PATIENTGUIDE_WATCH"
QUIET = 0.03
"""Seconds without another event until a save is complete: editors write a file in several steps."""
LOOKED_EVERY = 0.5
"""Seconds between two polls of all files."""
_SAVED: list[type[events.FileSystemEvent]] = [
    events.FileClosedEvent,
    events.FileCreatedEvent,
    events.FileDeletedEvent,
    events.FileModifiedEvent,
    events.FileMovedEvent,
]
"""Not when a file is opened or read: a build reads all files, and would trigger the next one."""


@dataclass
class Watcher:
    """The subset of watchdog's observer API that MkDocs' server uses."""

    observer: BaseObserver = field(default_factory=Observer)
    _wanted: dict[ObservedWatch, tuple[events.FileSystemEventHandler, str, bool]] = field(default_factory=dict)

    def schedule(self, handler: events.FileSystemEventHandler, path: str, *, recursive: bool = False) -> ObservedWatch:
        """Call `handler` for every file saved at `path`.

        A single file is watched through its folder, since many editors save by replacing the file.
        """
        folder = path
        if Path(path).is_file():
            folder, recursive, handler = str(Path(path).parent), False, _Only(path, handler)
        watch = self.observer.schedule(handler, folder, recursive=recursive, event_filter=_SAVED)
        self._wanted[watch] = handler, folder, recursive
        return watch

    def unschedule(self, watch: ObservedWatch) -> None:
        """Stop watching one path."""
        del self._wanted[watch]
        self.observer.unschedule(watch)

    def start(self) -> None:
        """Start; poll if the system cannot watch so many files."""
        try:
            self.observer.start()
        except OSError:
            self.observer = PollingObserver(timeout=LOOKED_EVERY)
            for handler, folder, recursive in self._wanted.values():
                self.observer.schedule(handler, folder, recursive=recursive, event_filter=_SAVED)
            self.observer.start()

    def stop(self) -> None:
        """Stop watching."""
        self.observer.stop()

    def join(self) -> None:
        """Wait until watching has stopped."""
        self.observer.join()


class _Only(events.FileSystemEventHandler):
    """Forwards the events of one file of a folder."""

    def __init__(self, path: str, handler: events.FileSystemEventHandler) -> None:
        self.path, self.handler = path, handler

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        if self.path in (event.src_path, event.dest_path):
            self.handler.dispatch(event)


class Listening(Protocol):
    """A server with an observer, such as that of MkDocs."""

    observer: Any
    build_delay: float

    def watch(self, path: str) -> None:
        """Watch a path."""

    def unwatch(self, path: str) -> None:
        """Stop watching a path."""


def chosen(environment: Mapping[str, str]) -> Watcher:
    """The fastest observer that the environment allows."""
    return Watcher(PollingObserver(timeout=LOOKED_EVERY)) if environment.get(VARIABLE) == "poll" else Watcher()


def listen(server: Listening, paths: Iterable[str], environment: Mapping[str, str]) -> None:
    """Replace the observer of a server, which already watches `paths`, by the fastest one that is possible."""
    paths = [*paths]
    for path in paths:
        server.unwatch(path)
    server.observer = chosen(environment)
    server.build_delay = QUIET
    for path in paths:
        server.watch(path)


# -- the preview: errors are shown above the last good page
#
# The overlay is added to a page on its way to the browser (PEP 3333, middleware), never to a file: the folder of the
# site always has the last good site.


App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
STYLES = "assets/preview.css"
PROGRAM = "This is a fault of the program, not of your text."
LAST_GOOD = "Your browser shows the last version without errors. Fix this and save again."


@dataclass
class Preview:
    """The site below `mount` of a server. `again` returns what rebuilds single pages, if that is enough.

    Otherwise `whole` builds all. `expected` are exceptions caused by texts and templates, not by the program.
    """

    mount: str
    site: Path
    whole: Callable[[], object]
    again: Callable[[], tuple[LiveSite, Prepared] | None]
    expected: tuple[type[BaseException], ...]
    log: logging.LoggerAdapter[Any]
    panel: str = ""
    _is_whole: bool = True
    """Whether the site and its state belong to one complete build, on which the next may be based."""
    _renewal: Renewal | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Let the garbage collector skip what the first build left in memory."""
        process.freeze()

    def rebuild(self) -> None:
        """Rebuild and show what was saved."""
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
        """Report errors on the terminal and in the browser."""
        # The engine has already logged the reason of an exit.
        reason = error.__context__ if isinstance(error, SystemExit) else error
        if not isinstance(error, self.expected):
            self.log.exception(PROGRAM)
        fault = reason.__cause__ if reason else None
        if isinstance(fault, ContentError):
            self.panel = overlay_html(fault.problems, "" if fault.problems else str(fault), f"{self.mount}{STYLES}")
        else:
            self.panel = overlay_html([], str(reason or error), f"{self.mount}{STYLES}")
        if not isinstance(fault, ContentError) or fault.halfway:
            # A later failure leaves an incomplete build.
            self._is_whole, self._renewal = False, None
        self.log.error(("" if isinstance(error, SystemExit) else f"{error}\n") + LAST_GOOD)

    def over(self, app: App) -> App:
        """Wrap the application that serves the site: rebuild pages on request, and add the overlay."""

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
