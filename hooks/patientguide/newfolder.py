"""A new folder that is whole or not there: a killed run leaves nothing that passes for it, or blocks the next."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from patientguide import safefile

_KEPT = ".git"
"""What a folder may hold already: a repository that was begun first."""
_LAST = "mkdocs.yml"
_MARK = ".not-whole-yet"


def others(target: Path, files: Mapping[str, str]) -> list[str]:
    """What a folder holds besides a repository, and besides what a killed run wrote of `files`."""
    if not target.is_dir():
        return []
    there = [path for path in sorted(target.rglob("*")) if path.relative_to(target).parts[0] != _KEPT]
    return [str(path.relative_to(target)) for path in there if not _is_ours(path, target, files)]


def _is_ours(path: Path, target: Path, files: Mapping[str, str]) -> bool:
    name = path.relative_to(target).as_posix()
    if path.is_symlink():
        return False
    if path.is_dir():
        return any(file.startswith(f"{name}/") for file in files)
    if name in files:
        return path.read_bytes() == files[name].encode()
    return any(safefile.beside(target / file) == path for file in files)


def write(target: Path, files: Mapping[str, str]) -> None:
    """Write texts by their paths to a folder that holds no `others`. Raises OSError."""
    if target.is_dir():
        # It stays the same folder: somebody may be working in it.
        _complete(target, files)
        return
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.new-*"):
        if (left / _MARK).exists() or not any(left.iterdir()):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.new-", dir=target.parent) as folder:
        (Path(folder) / _MARK).touch()
        made = Path(folder) / target.name
        _complete(made, files)
        made.rename(target)


def _complete(target: Path, files: Mapping[str, str]) -> None:
    """Write the files that are not there yet; last the one that makes a folder a guide."""
    for path in sorted(files, key=lambda path: (path == _LAST, path)):
        file, text = target / path, files[path]
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            safefile.create(file, text)
