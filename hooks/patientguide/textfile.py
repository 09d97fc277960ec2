"""The text of an ordinary UTF-8 file without hidden characters, or the reason why it cannot be had."""

import stat
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from patientguide.problems import MANY, Place, Problem

# Controls, formatting and private characters hide text or turn its direction; a dose must read as it is written.
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
MAX_BYTES = 200_000
# The engine needs time that grows with the square of some texts: a page is short, or it is several.
MAX_PAGE_BYTES = 40_000
MAX_PAGE_LINES = 1_000
HARMLESS = "\t\u00ad\u200c\u200d"


def read(file: Path, path: str) -> tuple[str | None, list[Problem]]:
    """Read `file`, named `path` in problems. Problems: not-a-file, file-size, encoding, hidden-character."""
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
    harmless = text.replace("\n", "").isprintable()
    return text, [] if harmless else list(islice(_hidden(text, path), MANY))


def is_hidden(sign: str) -> bool:
    """Whether nobody sees a character, though it may change how others are read. A line break is seen."""
    return unicodedata.category(sign) in HIDDEN and sign not in HARMLESS + "\n"


def hidden(text: str) -> str | None:
    """The first character of a text that nobody sees, such as U+202E."""
    if text.isascii() and text.isprintable():
        return None
    found = next(filter(is_hidden, text), None)
    return f"U+{ord(found):04X}" if found else None


def _hidden(text: str, path: str) -> Iterator[Problem]:
    for line, content in enumerate(text.split("\n"), 1):
        for col, sign in enumerate(content, 1):
            if is_hidden(sign):
                yield Problem(
                    Place(path, line, col),
                    "hidden-character",
                    f"There is a hidden character here (U+{ord(sign):04X}).",
                    "Delete it and type the text again.",
                )
