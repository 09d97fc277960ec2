"""The text of an ordinary UTF-8 file without hidden characters, or the reason why it cannot be had."""

import re
import stat
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from patientguide.problems import MANY, Place, Problem

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


def read(file: Path, path: str) -> tuple[str | None, list[Problem]]:
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
            Problem(Place(path), "not-a-file", message, "Ask whoever keeps this computer for the right to read it.")
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
        return None, [Problem(place, "conflict", "Two versions of this text stand here.", advice)]
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


def hidden(text: str) -> str | None:
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
