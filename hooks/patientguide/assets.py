"""Files of docs/ that are published as they stand: styles, pictures, scripts. Nothing active hides in them."""

from pathlib import Path

from patientguide import svg
from patientguide.problems import Place, Problem

SUFFIXES = (".css", ".ico", ".jpeg", ".jpg", ".js", ".pdf", ".png", ".svg", ".txt", ".webp", ".woff2")
_SCRIPTS = "docs/assets"
"""Scripts and styles stand here and not deeper: no file of the theme, as in assets/javascripts/, may be replaced."""


def inside(folder: Path, path: str) -> tuple[list[Path], list[Problem]]:
    """What a folder named `path` in problems holds, in order. Problems: not-a-file."""
    try:
        return sorted(folder.iterdir()), []
    except OSError as error:
        advice = "Ask whoever keeps this computer for the right to read it."
        message = f"The folder cannot be opened: {error.strerror}."
        return [], [Problem(Place(path), "not-a-file", message, advice)]


def find(root: Path) -> tuple[frozenset[str], list[Problem]]:
    """The files of docs/ that are published as they stand, by their path in it.

    Problems: not-a-file, file-name, picture, unknown-file.
    """
    found: set[str] = set()
    problems: list[Problem] = []
    waiting = [] if (root / "docs").is_symlink() else [root / "docs"]
    while waiting:
        folder = waiting.pop()
        files, unread = inside(folder, folder.relative_to(root).as_posix())
        problems += unread
        for file in files:
            path = file.relative_to(root).as_posix()
            is_page = file.suffix == ".md" and folder == root / "docs" and file.is_file() and not file.is_symlink()
            if file.name.startswith(".") or is_page:
                continue
            if file.is_dir() and not file.is_symlink():
                waiting.append(file)
            elif fault := _fault(file, path):
                problems.append(Problem(Place(path), *fault))
            else:
                found.add(file.relative_to(root / "docs").as_posix())
    return frozenset(found), problems


def _fault(file: Path, path: str) -> tuple[str, str, str] | None:
    """Why a file is not published: code, message and advice."""
    suffix = file.suffix.lower()
    if file.is_symlink() or not file.is_file():
        return "not-a-file", "This is not an ordinary file.", "Put the file itself here."
    if path != "docs/CNAME" and suffix not in SUFFIXES:
        advice = f"Pages stand directly in docs/ and end with .md. Others may end with {', '.join(SUFFIXES)}."
        return "unknown-file", "This file would be published without any check.", advice
    if suffix in (".css", ".js") and path.rpartition("/")[0] != _SCRIPTS:
        return "unknown-file", "A script or style cannot stand here.", f"They stand directly in {_SCRIPTS}/."
    if not file.name.isprintable():
        return "file-name", "This name cannot be shown.", "Use letters, digits and hyphens."
    if suffix == ".svg" and not svg.is_plain(file.read_bytes()):
        return "picture", "This picture holds more than a drawing.", "Export it as plain SVG without scripts."
    return None
