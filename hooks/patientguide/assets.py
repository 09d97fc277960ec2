"""Files of docs/ that are published as they stand: styles, pictures, scripts. Nothing active hides in them."""

import os
import re
import stat
from pathlib import Path, PurePath

from patientguide import filekind, svg
from patientguide.filelimits import FileLimits, in_words
from patientguide.lettering import unaccented
from patientguide.problems import Place, Problem

_SCRIPTS = "docs/assets"
"""Scripts and styles stand here and not deeper: no file of the theme, as in assets/javascripts/, may be replaced."""
_GOOD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST = 200  # of a path: the folder of a site, of a copy or of a web server comes before it
_PICTURE = "Save it with fewer pixels (1,600 across fill a screen), or as JPEG or WebP of medium quality."
_OTHER = "Save it in a smaller form (for a PDF: export it for the screen), or link to where it is published."

Fault = tuple[str, str, str]


def inside(folder: Path, path: str) -> tuple[list[Path], list[Problem]]:
    """What a folder named `path` in problems holds, in order. Problems: not-a-file."""
    try:
        return sorted(folder.iterdir()), []
    except OSError as error:
        advice = "Ask whoever keeps this computer for the right to read it."
        message = f"The folder cannot be opened: {error.strerror}."
        return [], [Problem(Place(path), "not-a-file", message, advice)]


def good_name(path: str) -> str:
    """The path of a picture as it may be: each name in it is small letters, digits and single hyphens."""
    return "/".join(name if name == ".." or _GOOD.fullmatch(name) else _renamed(name) for name in path.split("/"))


def _renamed(name: str) -> str:
    file = PurePath(name.casefold())
    return "-".join(re.findall("[a-z0-9]+", unaccented(file.stem))) + file.suffix


def find(root: Path, limits: FileLimits) -> tuple[frozenset[str], list[Problem]]:
    """The files of docs/ that are published as they stand, by their path in it.

    Problems: not-a-file, file-name, file-size, file-kind, picture, unknown-file.
    """
    found: dict[str, int] = {}
    problems: list[Problem] = []
    waiting = [] if (root / "docs").is_symlink() else [root / "docs"]
    while waiting:
        folder = waiting.pop()
        files, unread = inside(folder, folder.relative_to(root).as_posix())
        problems += unread
        for file in files:
            path = file.relative_to(root).as_posix()
            mode, size = _state(file)
            if file.name.startswith(".") or (file.suffix == ".md" and folder == root / "docs" and stat.S_ISREG(mode)):
                continue
            if stat.S_ISDIR(mode):
                waiting.append(file)
            elif fault := _fault(file, path, mode, size, limits):
                problems.append(Problem(Place(path), *fault))
            else:
                found[file.relative_to(root / "docs").as_posix()] = size
    return frozenset(found), problems + _together(found, limits)


def _state(file: Path) -> tuple[int, int]:
    """Mode and size of a file itself; no mode at all when it cannot be known."""
    try:
        state = file.lstat()
    except (OSError, ValueError):
        return 0, 0
    return state.st_mode, state.st_size


def _together(sizes: dict[str, int], limits: FileLimits) -> list[Problem]:
    """Whether all files are too large together, at the largest of them."""
    total = sum(sizes.values())
    if total <= limits.total * 1000:
        return []
    largest = max(sizes, key=lambda name: (sizes[name], name))
    message = (
        f"The files of docs/ have {in_words(total)} together, more than {in_words(limits.total * 1000)}. "
        f"This is the largest, with {in_words(sizes[largest])}."
    )
    advice = "Make files smaller, remove what no page shows, or raise file_limits in guide.yml."
    return [Problem(Place(f"docs/{largest}"), "file-size", message, advice)]


def _fault(file: Path, path: str, mode: int, size: int, limits: FileLimits) -> Fault | None:
    """Why a file is not published: code, message and advice."""
    suffix = file.suffix.lower()
    if not stat.S_ISREG(mode):
        return "not-a-file", "This is not an ordinary file.", "Put the file itself here."
    if path != "docs/CNAME" and suffix not in filekind.SUFFIXES:
        advice = f"Pages stand directly in docs/ and end with .md. Others may end with {', '.join(filekind.SUFFIXES)}."
        return "unknown-file", "This file would be published without any check.", advice
    if suffix in (".css", ".js") and path.rpartition("/")[0] != _SCRIPTS:
        return "unknown-file", "A script or style cannot stand here.", f"They stand directly in {_SCRIPTS}/."
    is_picture = suffix in filekind.PICTURES
    if is_picture and (good := good_name(path)) != path:
        return "file-name", f"'{file.name}' cannot be the name of a picture.", f"Rename it: {good}"
    if not all(_NAME.fullmatch(part) for part in path.split("/")):
        advice = "Rename it: letters from a to z, digits, hyphens, points and underscores."
        return "file-name", "An address cannot show this name as it is.", advice
    if len(path) > _LONGEST:
        return "file-name", f"Its path has more than {_LONGEST} letters.", "Give the file or its folders shorter names."
    most = (limits.picture if is_picture else limits.other) * 1000
    if size > most:
        message = f"The {'picture' if is_picture else 'file'} has {in_words(size)}, more than {in_words(most)}."
        advice = f"{_PICTURE if is_picture else _OTHER} The limit is file_limits in guide.yml."
        return "file-size", message, advice
    return _content_fault(file, suffix, most)


def _content_fault(file: Path, suffix: str, most: int) -> Fault | None:
    try:
        # Not through a link that took its place meanwhile, and never waiting for a pipe.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(file, flags), "rb") as opened:  # noqa: PTH123
            data = opened.read(most if suffix == ".svg" else filekind.HEAD)
    except OSError as error:
        advice = "Ask whoever keeps this computer for the right to read it."
        return "not-a-file", f"The file cannot be opened: {error.strerror}.", advice
    if suffix == ".svg":
        advice = "Export it as plain SVG, with attributes instead of styles; or as PNG."
        why = svg.fault(data)
        return ("picture", f"This picture is no plain drawing: {why}.", advice) if why else None
    wrong = filekind.fault(suffix, data)
    return ("file-kind", *wrong) if wrong else None
