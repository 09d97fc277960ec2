"""What is in memory to stay is not searched for garbage: on a large guide that takes a tenth of a build."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def settled() -> None:
    """What is there now stays."""
    gc.collect()
    gc.freeze()


@contextmanager
def lasting() -> Iterator[None]:
    """What is made inside stays as long as the build, and is not looked at again until the next one begins."""
    gc.unfreeze()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
