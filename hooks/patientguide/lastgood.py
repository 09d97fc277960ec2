"""The last good site stays whole until the next one is, whatever happens in between."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class SiteError(Exception):
    """Why a site was left as it is, in a sentence for people."""


def replaced(site: Path, build: Callable[[], object]) -> None:
    """Let `build` fill the empty folder `site`. When it fails, with any exception, what stood there is there again."""
    with tempfile.TemporaryDirectory(dir=site.parent) as folder:
        last_good = Path(folder) / "site"
        site.rename(last_good)
        site.mkdir()
        try:
            build()
        except BaseException:
            shutil.rmtree(site)
            last_good.rename(site)
            raise


def swap(new: Path, site: Path) -> Path | None:
    """Put the folder `new` in the place of `site`, which is moved aside first and then removed.

    Answers the folder aside, if it could not be removed. Raises SiteError; then the old site is where it was.
    """
    if not (new / "index.html").is_file():
        raise SiteError(f"{new} is no built site, so {site} was left as it is.")
    if site.is_symlink() or (site.exists() and not site.is_dir()):
        what = "a link to another place" if site.is_symlink() else "a file"
        raise SiteError(f"{site} is {what}, and was left as it is. Remove it; the new site is in {new}.")
    left = sorted(site.parent.glob(f".{site.name}.last-*"))
    near = _beside(site, "new")
    try:
        if new.stat().st_dev == site.parent.stat().st_dev:
            near = new
        else:
            shutil.copytree(new, near)
        if not site.exists() and left:
            # What a run left that was killed between the two moves below.
            left.pop().rename(site)
        aside = put(near, site)
    except (OSError, shutil.Error) as error:
        if near != new:
            shutil.rmtree(near, ignore_errors=True)
        why = getattr(error, "strerror", None) or error
        raise SiteError(f"{site} was left as it is: it cannot be replaced ({why}). The new site is in {new}.") from None
    for folder in (*left, new):
        _remove(folder)
    return aside


def put(new: Path, place: Path) -> Path | None:
    """Move the folder at `place` aside and `new` to its place, or neither; then remove what is aside.

    Answers the folder aside, if it could not be removed. Raises OSError.
    """
    if not place.exists():
        new.rename(place)
        return None
    aside = _beside(place, "last")
    place.rename(aside)
    try:
        new.rename(place)
    except BaseException:
        aside.rename(place)
        raise
    _remove(aside)
    return aside if aside.exists() else None


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f".{folder.name}.{name}-{secrets.token_hex(4)}")


def _remove(folder: Path) -> None:
    """Remove a folder as far as possible, with folders in it that are closed to their own owner."""
    _open(folder)
    for here, inside, _ in os.walk(folder):
        for name in inside:
            _open(Path(here, name))
    shutil.rmtree(folder, ignore_errors=True)


def _open(folder: Path) -> None:
    if not folder.is_symlink():
        with suppress(OSError):
            folder.chmod(0o700)
