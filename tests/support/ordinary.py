"""Commands run as an ordinary user would run them: root may read and write what it has no right to."""

import os
import subprocess
import sys
from pathlib import Path

from support.project import ROOT

# Root gives up the rights to do so (CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH) by PR_CAPBSET_DROP before the next exec.
# The child does so itself: `preexec_fn` is not safe while other threads run.
_CHILD = """
import ctypes, os, sys
if os.geteuid() == 0:
    for right in (1, 2):
        ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def ordinary(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command in a folder answers to an ordinary user."""
    return subprocess.run(
        [sys.executable, "-IS", "-c", _CHILD, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT / "hooks"), "NO_MKDOCS_2_WARNING": "1", **environment},
    )


def patientguide(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same for a command of this project."""
    return ordinary(folder, sys.executable, "-m", "patientguide", *arguments, **environment)
