"""Waits of threads that end under faketime, in each Python that starts with this folder on its path.

Python measures how long to wait for a lock by the monotonic clock, which faketime moves, but waits with
sem_clockwait(), which faketime (0.9.10) does not know: the end lies years ahead, or in the past. Sleeping and reading
the clock agree with each other, so wait by looking again and again, as Python itself did before 3.2.
"""

import threading
import time
from collections.abc import Callable

LONGEST = 0.05

_make_lock = threading.Lock
_join = threading.Thread.join


def looked_for(done: Callable[[], bool], seconds: float) -> bool:
    """Whether it was done within this time."""
    end, pause = time.monotonic() + seconds, 0.0005
    while not done():
        left = end - time.monotonic()
        if left <= 0:
            return False
        pause = min(pause * 2, left, LONGEST)
        time.sleep(pause)
    return True


class Lock:
    """What Condition.wait() waits for; of a lock it needs only this. Event, Timer, Semaphore and Queue wait there."""

    def __init__(self) -> None:
        self._lock = _make_lock()
        self.release = self._lock.release

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking or timeout < 0:
            return self._lock.acquire(blocking)
        return looked_for(lambda: self._lock.acquire(False), timeout)


def join(thread: threading.Thread, timeout: float | None = None) -> None:
    """Wait for the end of a thread."""
    if timeout is None:
        _join(thread)
        return
    _join(thread, 0)  # which says whether it may be waited for at all
    looked_for(lambda: not thread.is_alive(), timeout)


threading._allocate_lock = Lock  # type: ignore[attr-defined]
threading.Thread.join = join  # type: ignore[method-assign]
