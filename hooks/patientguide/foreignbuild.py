"""Files below build/ that came with a checkout: a build would take them for its own of an earlier day."""

from pathlib import Path

from patientguide import gitbase
from patientguide.problems import Place, Problem

_FOLDER = "build"


def problems(root: Path) -> list[Problem]:
    """What is wrong with the folder build/ of a project. Problems: tracked-build."""
    folder = root / _FOLDER
    if not (folder.is_symlink() or folder.exists()):
        return []
    listed = (gitbase.git(root, "ls-files", "-z", "--", _FOLDER) or b"").decode(errors="replace")
    if not listed:
        return []
    first, *others = listed.rstrip("\0").split("\0")
    more = f", and {len(others)} more of {_FOLDER}/" if others else ""
    message = f"Git tracks this file{more}. Only a build writes to {_FOLDER}/, and takes what is there for its own."
    return [Problem(Place(first), "tracked-build", message, f"Run: git rm -r --cached {_FOLDER}")]
