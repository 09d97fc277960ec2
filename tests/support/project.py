"""Projects that MkDocs can build: the real one, the small guide, a large one that stays as it is, and copies."""

import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from patientguide.core import dates

ROOT = Path(__file__).resolve().parent.parent.parent
MINI = ROOT / "tests" / "mini"
FROZEN = ROOT / "tests" / "guides" / "frozen"
"""The real guide as it was on one day: tests of code may name its words, which no edit of the real one changes."""
DAY = {"SOURCE_DATE_EPOCH": "1795262400"}
"""The day of every build that names no other: 21 November 2026."""

Tree = dict[str, bytes]
Shared = Callable[[str, Callable[[Path], object]], Path]
"""Makes a folder once for all processes of a run, and answers where it is: the fixture `shared`."""


def epoch(day: date) -> dict[str, str]:
    """A day as processes are told it."""
    return {"SOURCE_DATE_EPOCH": str((day - date(1970, 1, 1)).days * 86_400)}


def newest_day(project: Path) -> date:
    """The last day that a guide names anywhere. On that day nothing it says is still to come, and no clock was asked.

    Time alone makes no errors, so a later day than needed does no harm.
    """
    texts = [file.read_text() for file in sorted(project.glob("content/**/*.*")) + sorted(project.glob("docs/*.md"))]
    found = {day for text in texts for day in re.findall(r"\b[12]\d{3}-\d\d(?:-\d\d)?\b", text)}
    return max(dates.last_day(day) for day in found if _is_day(day))


def _is_day(text: str) -> bool:
    try:
        return bool(dates.parts(text))
    except ValueError:
        return False


def make_buildable(project: Path, source: Path = ROOT) -> Path:
    """Give a guide what MkDocs needs besides its content."""
    shutil.copy(source / "mkdocs.yml", project)
    for name in ("hooks", "overrides"):
        (project / name).symlink_to(source / name)
    shutil.copytree(source / "docs" / "assets", project / "docs" / "assets", dirs_exist_ok=True)
    return project


def tree(folder: Path) -> Tree:
    """Every file of a folder, by its path."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def begun(folder: Path, *arguments: str, limit: int | None = None) -> "subprocess.Popen[str]":
    """A command in a process of its own, to be stopped in the middle; `limit` is the most bytes a file may have."""
    return subprocess.Popen(
        [sys.executable, "-m", "patientguide", *arguments],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
    )
