"""Projects that MkDocs can build: the real one, the small guide, and copies of it."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MINI = ROOT / "tests" / "mini"
DAY = {"SOURCE_DATE_EPOCH": "1795262400"}
"""The day of a build whose date matters: 21 November 2026."""

Tree = dict[str, bytes]


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
        env={**os.environ, "PYTHONPATH": str(ROOT / "hooks")},
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
    )
