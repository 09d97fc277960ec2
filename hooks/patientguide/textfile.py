"""The text of an ordinary UTF-8 file without hidden characters, or the reason why it cannot be had."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from patientguide.problems import Place, Problem

# Controls, formatting and private characters hide text or turn its direction; a dose must read as it is written.
HIDDEN = {"Cc", "Cf", "Co", "Cs"}
MAX_BYTES = 200_000
HARMLESS = "\t\u00ad\u200c\u200d"


def read(file: Path, path: str) -> tuple[str | None, list[Problem]]:
    """Read `file`, named `path` in problems. Problems: not-a-file, file-size, encoding, hidden-character."""
    if file.is_symlink() or not file.is_file():
        return None, [Problem(Place(path), "not-a-file", "This is not an ordinary file.", "Put the file itself here.")]
    if file.stat().st_size > MAX_BYTES:
        message = f"The file has more than {MAX_BYTES:,} bytes."
        return None, [Problem(Place(path), "file-size", message, "Split it into smaller files.")]
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        message = f"The file cannot be opened: {error.strerror}."
        return None, [
            Problem(Place(path), "not-a-file", message, "Ask whoever keeps this computer for the right to read it.")
        ]
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} is not UTF-8 text."
        return None, [Problem(Place(path), "encoding", message, "Save the file with the encoding UTF-8.")]
    return text, [] if text.isascii() and text.replace("\n", "").isprintable() else list(_hidden(text, path))


def _hidden(text: str, path: str) -> Iterator[Problem]:
    for line, content in enumerate(text.split("\n"), 1):
        for col, sign in enumerate(content, 1):
            if unicodedata.category(sign) in HIDDEN and sign not in HARMLESS:
                yield Problem(
                    Place(path, line, col),
                    "hidden-character",
                    f"There is a hidden character here (U+{ord(sign):04X}).",
                    "Delete it and type the text again.",
                )
