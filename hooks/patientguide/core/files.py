"""Reading and writing files safely: UTF-8 text in, atomic writes and folder swaps out."""

import os
import re
import secrets
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from errno import EEXIST
from itertools import islice
from os import strerror
from os.path import lexists
from pathlib import Path

from patientguide.core.problems import MANY, Place, Problem

# The text of an ordinary UTF-8 file without hidden characters, or the reason why it cannot be had.


# Controls, formatting, private and unassigned characters hide text or turn its direction; a dose must read as it is
# written, and a rule must find a word that readers see.
HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters, marks and signs that have no shape of their own: fillers and selectors."""
_JOINERS = "\u200c\u200d"
MAX_BYTES = 200_000
# The engine needs time that grows with the square of some texts: a page is short, or it is several.
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
    return text, list(islice(_hidden(text, path), MANY)) if _may_hide(text) else []


def _may_hide(text: str) -> bool:
    return not text.replace("\n", "").isprintable() or bool(BLANK.search(text))


def is_hidden(sign: str, before: str = "", after: str = "") -> bool:
    """Whether nobody sees a character, though it may change how others are read.

    A line break is seen, and a tab is named where it matters. A joiner belongs to letters that are joined, as in Hindi
    or Persian, and to the parts of a picture sign; a selector belongs to the picture sign before it.
    """
    if sign in "\n\t":
        return False
    if sign in _JOINERS:
        return not (_is_joined(before) and (sign == "\u200c" or _is_joined(after) or not after.strip()))
    if sign == "\ufe0f" or "\u180b" <= sign <= "\u180d":
        return unicodedata.category(before or " ") not in ("So", "Sm", "Lo")
    return unicodedata.category(sign) in HIDDEN or bool(BLANK.match(sign))


def _is_joined(sign: str) -> bool:
    """Whether a character is of a script whose letters are joined, or a picture sign."""
    kind = unicodedata.category(sign or " ")
    return kind in ("So", "Sk") or sign == "\ufe0f" or (kind[0] in "LM" and "\u0590" <= sign < "\u1e00")


def first_hidden(text: str) -> str | None:
    """The first character of a text that nobody sees, such as U+202E."""
    return next((f"U+{ord(sign):04X}" for _, sign in all_hidden(text)), None) if _may_hide(text) else None


def all_hidden(text: str) -> Iterator[tuple[int, str]]:
    """Every character of a text that nobody sees, with its place."""
    for number, sign in enumerate(text):
        if not sign.isascii() or not sign.isprintable():
            before, after = text[number - 1 : number] if number else "", text[number + 1 : number + 2]
            if is_hidden(sign, before, after):
                yield number, sign


def _hidden(text: str, path: str) -> Iterator[Problem]:
    for line, content in enumerate(text.split("\n"), 1):
        for number, sign in all_hidden(content):
            yield Problem(
                Place(path, line, number + 1),
                "hidden-character",
                f"There is a hidden character here (U+{ord(sign):04X}).",
                "Delete it and type the text again.",
            )


# Files that are whole or not there: a run that is killed, or a disk that is full, leaves what was there before.


def write_file(file: Path, text: str | Iterable[bytes]) -> None:
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


def create_file(file: Path, text: str) -> None:
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


def temporary_file(file: Path) -> Path:
    """Where a text is written before it takes its place. The name is fixed, so that killed runs do not pile up."""
    return file.with_name(f".{file.name}.new")


def _written(file: Path, text: str | Iterable[bytes]) -> Path:
    """The text in a hidden file beside the real one."""
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
    """Make the new name last through a loss of power, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems open no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# A new folder that is whole or not there: a killed run leaves nothing that passes for it, or blocks the next.


_REPOSITORY = ".git"
"""What a folder may hold already: a repository that was begun first."""
_LAST = "mkdocs.yml"
_MARK = ".not-whole-yet"


def other_files(target: Path, files: Mapping[str, str]) -> list[str]:
    """What a folder holds besides a repository, and besides what a killed run wrote of `files`."""
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
            create_file(file, text)


# The last good site stays whole until the next one is, whatever happens in between.


class SiteError(Exception):
    """Why a site was left as it is, in a sentence for people."""


def rebuilt(site: Path, build: Callable[[], object]) -> None:
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


def swap_site(new: Path, site: Path) -> Path | None:
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


# What a file is by its first bytes: browsers go by these, too, whatever its name says.


PICTURES = (".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp")
TEXTS = (".css", ".js", ".txt", "")
HEAD = 512
"""How many bytes tell."""

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
"""How the names of files may end that are published as they stand."""


def file_kind(head: bytes) -> str:
    """The kind of a file by its first bytes; empty for one that is not known."""
    kind = next((name for name, sign in _KINDS.items() if sign.match(head)), "")
    return kind or ("" if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head) else "text")


def file_kind_fault(suffix: str, head: bytes) -> tuple[str, str] | None:
    """What is wrong with a file whose name ends in `suffix`, and what to do; None if it is what its name says."""
    found, wanted = file_kind(head), _WANTED[suffix]
    if found == wanted:
        return None
    if not head:
        return "The file is empty.", "Save it again, or remove it."
    ends = next((known for known, kind in _WANTED.items() if known and kind == found and kind != "text"), "")
    advice = f"Let its name end with {ends}, or save it as {wanted}." if ends else f"Save it as {wanted}."
    is_now = f"It is {found}" if found else "It is of a kind that is not known"
    return f"The name says that this is {wanted}. {is_now}.", advice
