"""Pages of a preview after an edit: the one that is looked at comes first, the others follow when it has been shown.

Editing a title changes half of a guide, and whoever edits waits for one page. Until the others are done, each is made
when it is asked for, so that a browser never shows an older state. One thing is done at a time: whatever reads or
writes the build holds `lock`.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

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
