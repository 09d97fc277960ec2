"""The folders of an earlier site that this one fills again, kept while the engine empties the site.

To make a folder and a file in it takes four times as long as to write a file that is there. An engine that empties its
folder leaves hidden ones alone; so these are hidden, and brought back with nothing but emptied files for the pages that
are planned. What is still empty in the end was not written, and is removed.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_AWAY = ".patientguide-kept"


@dataclass(frozen=True)
class KeptFolders:
    """The folders of a site that hold `pages`, and the folder of `data`, whose files may stay as they are."""

    site: Path
    pages: frozenset[str]
    data: frozenset[str]

    def put_away(self) -> None:
        """Hide them. What cannot be moved is left to the engine."""
        for name in _tops(self.pages | self.data):
            _moved(self.site / name, self.site / _AWAY / name)

    def bring_back(self) -> None:
        """Show those of pages again, before anything is written."""
        data = _tops(self.data)
        for folder in _inside(self.site / _AWAY):
            if folder.name not in data:
                self._show(folder, self.pages, emptied=True)

    def bring_back_data(self) -> None:
        """Show the data again, when the pages are written."""
        for folder in _inside(self.site / _AWAY):
            self._show(folder, self.data, emptied=False)

    def _show(self, folder: Path, files: frozenset[str], *, emptied: bool) -> None:
        shown = self.site / folder.name
        if _moved(folder, shown):
            try:
                _only(str(shown), f"{folder.name}/", files, emptied=emptied)
            except OSError:
                shutil.rmtree(shown, ignore_errors=True)

    def finish(self) -> None:
        """Remove pages that were not written after all, and what was not brought back."""
        for page in self.pages:
            file = self.site / page
            try:
                if file.stat().st_size == 0:
                    file.unlink()
                    file.parent.rmdir()
            except OSError:  # it is not there, or its folder holds more
                continue
        shutil.rmtree(self.site / _AWAY, ignore_errors=True)


def _tops(files: Iterable[str]) -> set[str]:
    """The folders at the top of a site that hold these files."""
    return {file.partition("/")[0] for file in files if "/" in file}


def _moved(folder: Path, to: Path) -> bool:
    """Whether a folder has another place now, which was free."""
    try:
        if folder.is_symlink() or not folder.is_dir() or to.exists() or to.is_symlink():
            return False
        to.parent.mkdir(exist_ok=True)
        folder.rename(to)
    except OSError:
        return False
    return True


def _inside(folder: Path) -> Iterable[Path]:
    try:
        return [] if folder.is_symlink() else list(folder.iterdir())
    except OSError:
        return []


def _only(folder: str, prefix: str, files: frozenset[str], *, emptied: bool) -> bool:
    """Leave nothing in a folder but `files`, nor the folder if it has none; answers whether it stays."""
    stays = False
    with os.scandir(folder) as found:
        inside = list(found)
    for one in inside:
        path = Path(one.path)
        if one.is_dir(follow_symlinks=False):
            stays |= _only(one.path, f"{prefix}{one.name}/", files, emptied=emptied)
        elif prefix + one.name in files and _has_one_name(path):
            stays = True
            if emptied:
                os.truncate(path, 0)
        else:
            path.unlink()
    if not stays:
        Path(folder).rmdir()
    return stays


def _has_one_name(file: Path) -> bool:
    """Whether nothing else changes when a file is written: one with a second name may be somebody's copy."""
    return file.is_file() and not file.is_symlink() and file.lstat().st_nlink == 1
