"""The running process: a progress line on a terminal, and tuning of the garbage collector."""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

# How far a long task is: one line that is rewritten in place, for whoever sits before a terminal; nothing in a log.


AFTER = 1.0
"""Seconds after which a task is a long one."""
_BETWEEN = 0.1


def progress_line(text: str = "") -> None:
    """Show a text in place of the last; without one, none. What is printed next begins where it began."""
    if sys.stderr.isatty():
        click.echo(f"\033[K{text}\r", nl=False, err=True)


@dataclass
class Progress:
    """Counts the steps of a task, and shows them once it takes long."""

    _begun: float = field(default_factory=time.monotonic)
    _shown: float = 0.0

    def step(self, text: str) -> None:
        """Say where it is, unless it was said a moment ago."""
        now = time.monotonic()
        if now - self._begun >= AFTER and now - self._shown >= _BETWEEN:
            self._shown = now
            progress_line(text)

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self._begun


# What is in memory to stay is not searched for garbage: on a large guide that takes a tenth of a build.


def freeze() -> None:
    """What is there now stays."""
    gc.collect()
    gc.freeze()


@contextmanager
def long_lived() -> Iterator[None]:
    """What is made inside stays as long as the build, and is not looked at again until the next one begins."""
    gc.unfreeze()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
