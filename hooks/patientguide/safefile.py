"""Files that are whole or not there: a run that is killed, or a disk that is full, leaves what was there before."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from errno import EEXIST
from os import strerror
from os.path import lexists
from pathlib import Path


def replace(file: Path, text: str | Iterable[bytes]) -> None:
    """Put a text, or its bytes, in the place of a file, at once. Raises OSError, and then the old one is as it was."""
    new = _written(file, text)
    with suppress(OSError):
        shutil.copymode(file, new)
    try:
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    _settle(file.parent)


def create(file: Path, text: str) -> None:
    """Write a new file, at once. Raises FileExistsError when there is one of that name, else OSError."""
    new = _written(file, text)
    try:
        file.hardlink_to(new)  # unlike a rename, a link never takes the place of a file
    except FileExistsError:
        raise
    except OSError:  # some disks have no links
        if lexists(file):
            raise FileExistsError(EEXIST, strerror(EEXIST), str(file)) from None
        new.rename(file)
    finally:
        new.unlink(missing_ok=True)
    _settle(file.parent)


def beside(file: Path) -> Path:
    """Where a text is written before it takes its place. The name is fixed, so that killed runs do not pile up."""
    return file.with_name(f".{file.name}.new")


def _written(file: Path, text: str | Iterable[bytes]) -> Path:
    """The text in a hidden file beside the real one."""
    new = beside(file)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(os.open(new, flags, 0o666), "wb") as out:  # noqa: PTH123
            out.writelines([text.encode()] if isinstance(text, str) else text)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return new


def _settle(folder: Path) -> None:
    """Make the new name last through a loss of power, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems open no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
