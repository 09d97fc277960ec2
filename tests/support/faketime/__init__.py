"""Tests under faketime, which lets what it starts see another day: `faketime 2031-01-01 make test`.

Without it nothing is changed.
"""

import os
from pathlib import Path


def help_waiting() -> None:
    """Let waits end in this process and in every Python that it starts, if faketime is what it runs under."""
    if "libfaketime" not in os.environ.get("LD_PRELOAD", ""):
        return
    # Every Python imports a module of this name as it starts, if one is found.
    from support.faketime import sitecustomize  # noqa: F401

    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
