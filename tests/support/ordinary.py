"""Commands run as an ordinary user would run them: root may read and write what it has no right to."""

import os
import subprocess
from pathlib import Path

from support.programs import program


def mkdocs(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What MkDocs answers to an ordinary user."""
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    return program("mkdocs").run(folder, arguments, surroundings, unprivileged=True)


def patientguide(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command of this project answers to an ordinary user."""
    return program("patientguide").run(folder, arguments, {**os.environ, **environment}, unprivileged=True)
