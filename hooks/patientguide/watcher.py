"""Which files were saved, said by the system at once instead of by looking at every file again and again.

Some drives send no such events: those of a network, and folders that a virtual machine shares. There, and where the
system can watch no more files, files are looked at twice a second. `PATIENTGUIDE_WATCH=poll` asks for that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

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
