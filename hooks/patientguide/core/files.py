"""Reading and writing files safely: UTF-8 text in, atomic writes and folder swaps out, refusals in words."""

import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from errno import EEXIST
from itertools import islice
from os import strerror
from os.path import lexists
from pathlib import Path

from patientguide.core.problems import MANY, Place, Problem
from patientguide.core.text import all_hidden, may_hide

# -- reading text: UTF-8 without hidden characters, or the problems that prevent it

_PACKAGE = Path(__file__).parent.parent
_IN_WHEEL = _PACKAGE / "shipped"
ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent.parent
"""The folder with mkdocs.yml, overrides/ and docs/assets/ of this program: the repository, or its copy in a wheel."""


MAX_BYTES = 200_000
# On some texts Python-Markdown takes time quadratic in their length, so a page has a limit.
MAX_PAGE_BYTES = 40_000
MAX_PAGE_LINES = 1_000
_CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7})( .*)?$", re.MULTILINE)


def read_text(file: Path, path: str) -> tuple[str | None, list[Problem]]:
    """Read `file`, named `path` in problems. Problems: not-a-file, file-size, encoding, conflict, hidden-character."""
    try:
        found = file.lstat()
    except OSError:
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        return None, [Problem(Place(path), "not-a-file", "This is not an ordinary file.", "Put the file itself here.")]
    most = MAX_PAGE_BYTES if file.suffix == ".md" else MAX_BYTES
    if found.st_size > most:
        message = f"The file has more than {most:,} bytes."
        return None, [Problem(Place(path), "file-size", message, "Split it into smaller files.")]
    try:
        with file.open("rb", buffering=0) as opened:
            text = opened.read().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}."
        return None, [
            Problem(
                Place(path), "not-a-file", message, "Ask the administrator of this computer for the right to read it."
            )
        ]
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} is not UTF-8 text."
        return None, [Problem(Place(path), "encoding", message, "Save the file with the encoding UTF-8.")]
    if file.suffix == ".md" and text.count("\n") > MAX_PAGE_LINES:
        message = f"The file has more than {MAX_PAGE_LINES:,} lines."
        return None, [Problem(Place(path), "file-size", message, "Split it into smaller files.")]
    if mark := _CONFLICT.search(text):
        place = Place(path, text.count("\n", 0, mark.start()) + 1)
        advice = "Keep one of the two, and delete the lines that start with <<<<<<<, ======= and >>>>>>>."
        return None, [Problem(place, "conflict", "Two versions of this text are in the file.", advice)]
    return text, list(islice(_hidden(text, path), MANY)) if may_hide(text) else []


def _hidden(text: str, path: str) -> Iterator[Problem]:
    for line, content in enumerate(text.split("\n"), 1):
        for number, sign in all_hidden(content):
            yield Problem(
                Place(path, line, number + 1),
                "hidden-character",
                f"There is a hidden character here (U+{ord(sign):04X}).",
                "Delete it and type the text again.",
            )


# -- writing files atomically: after a kill or on a full disk, the old file is still there


def write_file(file: Path, text: str | Iterable[bytes]) -> None:
    """Replace a file atomically. Raises OSError; then the old file is unchanged."""
    new = _written(file, text)
    with suppress(OSError):
        shutil.copymode(file, new)
    try:
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    _settle(file.parent)


def create_file(file: Path, text: str) -> None:
    """Create a file atomically. Raises FileExistsError if it exists, and OSError if it cannot be written."""
    new = _written(file, text)
    try:
        file.hardlink_to(new)  # unlike a rename, a link never replaces a file
    except FileExistsError:
        raise
    except OSError:  # some file systems have no links
        if lexists(file):
            raise FileExistsError(EEXIST, strerror(EEXIST), str(file)) from None
        new.rename(file)
    finally:
        new.unlink(missing_ok=True)
    _settle(file.parent)


def temporary_file(file: Path) -> Path:
    """The temporary file that replaces `file`. Its name is fixed, so that killed runs leave at most one behind."""
    return file.with_name(f".{file.name}.new")


def _written(file: Path, text: str | Iterable[bytes]) -> Path:
    """Write to the temporary file beside the real one, and return its path."""
    new = temporary_file(file)
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
    """Sync the folder, so that the new name survives a loss of power, where the system supports it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems cannot open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# -- writing a new folder: a killed run leaves nothing that looks complete, or that blocks the next run


_REPOSITORY = ".git"
"""The only thing that a target folder may contain: a repository that was initialized first."""
_LAST = "mkdocs.yml"
_MARK = ".not-whole-yet"


def other_files(target: Path, files: Mapping[str, str]) -> list[str]:
    """The names in a folder, except a repository and those of `files` that a killed run wrote."""
    if not target.is_dir():
        return []
    there = [path for path in sorted(target.rglob("*")) if path.relative_to(target).parts[0] != _REPOSITORY]
    return [str(path.relative_to(target)) for path in there if not _is_ours(path, target, files)]


def _is_ours(path: Path, target: Path, files: Mapping[str, str]) -> bool:
    name = path.relative_to(target).as_posix()
    if path.is_symlink():
        return False
    if path.is_dir():
        return any(file.startswith(f"{name}/") for file in files)
    if name in files:
        return path.read_bytes() == files[name].encode()
    return any(temporary_file(target / file) == path for file in files)


def write_folder(target: Path, files: Mapping[str, str]) -> None:
    """Write texts, by path, to a folder without `other_files`. Raises OSError."""
    if target.is_dir():
        # The folder itself is kept: it may be the working directory of a shell.
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
    """Write the files that are missing; last the one that makes the folder a guide."""
    for path in sorted(files, key=lambda path: (path == _LAST, path)):
        file, text = target / path, files[path]
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            create_file(file, text)


# -- replacing a built site: the old one stays complete until the new one is


class SiteError(Exception):
    """The reason why a site was not replaced, as a sentence for people."""


def rebuilt(site: Path, build: Callable[[], object]) -> None:
    """Let `build` fill the empty folder `site`. On any exception the old content is restored."""
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


def swap_site(new: Path, site: Path) -> Path | None:
    """Replace the folder `site` by `new`. The old one is moved aside first, and removed afterwards.

    Returns the old folder if it could not be removed. Raises SiteError; then the old site is still in place.
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
            # Left by a run that was killed between the two renames below.
            left.pop().rename(site)
        aside = replace_dir(near, site)
    except (OSError, shutil.Error) as error:
        if near != new:
            shutil.rmtree(near, ignore_errors=True)
        why = getattr(error, "strerror", None) or error
        raise SiteError(f"{site} was left as it is: it cannot be replaced ({why}). The new site is in {new}.") from None
    for folder in (*left, new):
        _remove(folder)
    return aside


def replace_dir(new: Path, place: Path) -> Path | None:
    """Replace the folder `place` by `new`, or leave both; then remove the old one.

    Returns the old folder if it could not be removed. Raises OSError.
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
    """Remove a folder as far as possible, even subfolders without permissions for their owner."""
    _open(folder)
    for here, inside, _ in os.walk(folder):
        for name in inside:
            _open(Path(here, name))
    shutil.rmtree(folder, ignore_errors=True)


def _open(folder: Path) -> None:
    if not folder.is_symlink():
        with suppress(OSError):
            folder.chmod(0o700)


# -- file types by their first bytes, as browsers detect them, whatever the name says


PICTURES = (".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp")
TEXTS = (".css", ".js", ".txt", "")
HEAD = 512
"""How many bytes are needed to detect a type."""

_KINDS: Mapping[str, re.Pattern[bytes]] = {
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "GIF": re.compile(rb"GIF8"),
    "icon": re.compile(rb"\x00\x00\x01\x00"),
    "PDF": re.compile(rb"%PDF-"),
    "WOFF2": re.compile(rb"wOF2"),
    "HTML": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!(?:\?xml|!--|svg))", re.IGNORECASE),
    "XML": re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
}
_WANTED = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WebP",
    ".ico": "icon",
    ".pdf": "PDF",
    ".woff2": "WOFF2",
    ".svg": "XML",
    **dict.fromkeys(TEXTS, "text"),
}
SUFFIXES = tuple(sorted(filter(None, _WANTED)))
"""The suffixes of files that are published unchanged."""


def file_kind(head: bytes) -> str:
    """The type of a file by its first bytes, or an empty string if it is unknown."""
    kind = next((name for name, sign in _KINDS.items() if sign.match(head)), "")
    return kind or ("" if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head) else "text")


def file_kind_fault(suffix: str, head: bytes) -> tuple[str, str] | None:
    """Message and advice if the content of a file does not match its `suffix`, else None."""
    found, wanted = file_kind(head), _WANTED[suffix]
    if found == wanted:
        return None
    if not head:
        return "The file is empty.", "Save it again, or remove it."
    ends = next((known for known, kind in _WANTED.items() if known and kind == found and kind != "text"), "")
    advice = f"Let its name end with {ends}, or save it as {wanted}." if ends else f"Save it as {wanted}."
    is_now = f"It is {found}" if found else "It is of a kind that is not known"
    return f"The name says that this is {wanted}. {is_now}.", advice


# Errors of the system, such as a closed file or a full disk, as sentences for people.


def os_error_text(error: OSError) -> str | None:
    """A sentence about the file and the error, or None for an error of the program."""
    if isinstance(error, shutil.Error):
        # shutil.Error: each file that could not be copied, with its reason as text
        source, _, why = error.args[0][0]
        found = re.match(r"\[Errno \d+\] ([^:]+)", why)
        return f"{source}: {found[1] if found else why}."
    if error.errno is None:
        return None
    why = error.strerror or os.strerror(error.errno)
    names = [
        os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes | os.PathLike)
    ]
    shown = " and ".join(name.encode(errors="backslashreplace").decode() for name in names)
    return f"{shown}: {why}." if shown else f"{why}."
