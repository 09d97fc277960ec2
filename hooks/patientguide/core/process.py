"""The running process: a progress line on a terminal, and tuning of the garbage collector."""

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

# -- progress: one line that is rewritten in place on a terminal, and nothing in a log


AFTER = 1.0
"""Seconds after which progress is shown."""
_BETWEEN = 0.1


def progress_line(text: str = "") -> None:
    """Replace the progress line by a text, or clear it. What is printed next starts at the same place."""
    if sys.stderr.isatty():
        click.echo(f"\033[K{text}\r", nl=False, err=True)


@dataclass
class Progress:
    """Counts the steps of a task, and shows them if it takes long."""

    _begun: float = field(default_factory=time.monotonic)
    _shown: float = 0.0

    def step(self, text: str) -> None:
        """Count a step, and show it unless one was shown a moment ago."""
        now = time.monotonic()
        if now - self._begun >= AFTER and now - self._shown >= _BETWEEN:
            self._shown = now
            progress_line(text)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._begun


# -- garbage collection: it takes a tenth of a build of a large guide to search objects that stay anyway


def freeze() -> None:
    """Let the garbage collector skip all present objects."""
    gc.collect()
    gc.freeze()


@contextmanager
def long_lived() -> Iterator[None]:
    """Let the garbage collector skip the objects made inside until the next build starts."""
    gc.unfreeze()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
