"""The folders of an earlier site that this one fills again, kept while the engine empties the site.

To make a folder and a file in it takes four times as long as to write a file that is there. An engine that empties its
folder leaves hidden ones alone; so these are hidden, and brought back without anything that is not written again.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

_AWAY = ".patientguide-kept"


def put_away(site: Path, files: Iterable[str]) -> None:
    """Hide the folders at the top of a site that hold these files. What cannot be moved is left to the engine."""
    away = site / _AWAY
    for name in {file.partition("/")[0] for file in files if "/" in file}:
        folder = site / name
        if folder.is_dir() and not folder.is_symlink():
            try:
                away.mkdir(exist_ok=True)
                folder.rename(away / name)
            except OSError:
                continue


def bring_back(site: Path, files: frozenset[str]) -> None:
    """Show them again, with no file but `files`, which are all written anew."""
    away = site / _AWAY
    for folder in list(away.iterdir()) if away.is_dir() and not away.is_symlink() else []:
        shown = site / folder.name
        if not shown.exists() and not folder.is_symlink() and folder.is_dir():
            folder.rename(shown)
            _only(str(shown), f"{folder.name}/", files)
    shutil.rmtree(away, ignore_errors=True)


def _only(folder: str, prefix: str, files: frozenset[str]) -> bool:
    """Remove all else from a folder, and the folder itself when nothing is left; answers whether it stays."""
    stays = False
    with os.scandir(folder) as found:
        inside = list(found)
    for one in inside:
        if one.is_dir(follow_symlinks=False):
            stays |= _only(one.path, f"{prefix}{one.name}/", files)
        elif prefix + one.name in files and _is_ours(one):
            stays = True
        else:
            Path(one.path).unlink()
    if not stays:
        Path(folder).rmdir()
    return stays


def _is_ours(one: "os.DirEntry[str]") -> bool:
    """Whether nothing else changes when the file is written: one that has a second name may be somebody's copy."""
    return one.is_file(follow_symlinks=False) and one.stat(follow_symlinks=False).st_nlink == 1
