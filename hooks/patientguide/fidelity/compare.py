"""Compare what a page shows with what was written.

Every word, number and citation that a page takes from a file must be on it, in the same order. There is no list of
faults: the lines of a source text are compared with the lines of the page, and missing words are reported.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from patientguide.fidelity import lines
from patientguide.fidelity.lines import CELL, CITE, CITE_END, ITEM, LOCATOR, LOCATOR_END, seen

_BEFORE_NUMBER, _AFTER_NUMBER = re.compile(r"[\w.,<>≤≥±+~*/\u2010-\u2015\u2212-]"), re.compile(r"\w|[%°*/]|[.,]\d")
_LETTER = re.compile(
    r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc]"
)
_APART = frozenset(" \n:;()")
_DRAWN = ("## ", "{part:")
"""Prefixes of lines that templates render in their own way: headings of sections, and parts of pages."""
_SIGNS = str.maketrans({CITE: " [@", CITE_END: "] ", LOCATOR: " [", LOCATOR_END: "] ", ITEM: " ", CELL: " "})
_MOST = 12
"""The most lost words that are reported for a stretch, and the most stretches for a text."""


class Shown(NamedTuple):
    """A text that a page takes from a file: the file's path, and the lines of the text."""

    path: str
    text: str
    lines: tuple[lines.Line, ...]


class Loss(NamedTuple):
    """A text with lost `words`, and the offset of the piece that contained them.

    Adjacent words count as one. `path` is that of the file, and empty for a name or label.
    """

    path: str
    text: str
    start: int
    words: tuple[str, ...]


@dataclass
class Placed:
    """The texts that a page takes from files, in their order on the page.

    The order holds within each run: what is rendered later may be further up.
    """

    runs: list[list[Shown | str]] = field(default_factory=lambda: [[]])

    def text(self, path: str, text: str, lines: tuple[lines.Line, ...]) -> None:
        """Record a field of a file, or a stretch of a body."""
        self.runs[-1].append(Shown(path, text, lines))

    def name(self, text: str, at: int | None = None) -> None:
        """Record a plain text, such as a name. With `at`, from `so_far`, it is above all that was recorded since."""
        if text:
            self.runs[-1].insert(self.so_far() if at is None else at, text)

    def so_far(self) -> int:
        """How many texts of this run were recorded."""
        return len(self.runs[-1])

    def run(self) -> None:
        """Start a new run: what follows may be above what was recorded."""
        self.runs.append([])


def lost(placed: Placed, html: str) -> Iterator[Loss]:
    """The texts that a page does not show as they were written."""
    page = seen(html)
    for run in placed.runs:
        at = 0
        for shown in run:
            if isinstance(shown, str):
                said = shown if shown.isascii() and "  " not in shown else " ".join(shown.split())
                if (found := _words_at(page, said, at)) < 0:
                    yield Loss("", shown, 0, _lost_words(said, page[at:]))
                else:
                    at = found
                continue
            for said, number, whole in shown.lines:
                if (found := (_line if whole else _words_at)(page, said, at)) < 0:
                    start = lines.place(shown.text, number)
                    yield Loss(shown.path, shown.text, start, _lost_words(said, page[at:]))
                else:
                    at = found


def left_out(placed: Placed, bodies: Iterable[tuple[str, str]]) -> Iterator[Loss]:
    """The lines of `bodies`, by file, that are in no text of the page."""
    shown = [text for run in placed.runs for text in run if text.__class__ is Shown]
    for path, body in bodies:
        rest = body
        for text in sorted({one.text.strip() for one in shown if one.path == path}, key=len, reverse=True):
            rest = rest.replace(text, "\n", 1)
        for line in map(str.strip, rest.split("\n")):
            if line and not line.startswith(_DRAWN):
                yield Loss(path, body, body.find(line), (" ".join(line.split()[:_MOST]),))


def _line(page: str, said: str, at: int) -> int:
    """The end of the first line after `at` with exactly these words, or -1."""
    place = page.find(f"\n{said}\n", at)
    if place >= 0:
        return place + len(said) + 1
    if said.startswith(f"{ITEM}1."):
        # Markdown numbers the items itself when all are written as the first.
        counted = re.compile(rf"\n{ITEM}\d+\.{re.escape(said[len(ITEM) + 2 :])}\n").search(page, at)
        return counted.end() - 1 if counted else -1
    return -1


def _words_at(page: str, said: str, at: int) -> int:
    """The end of the first occurrence of these words after `at`, or -1."""
    while (at := page.find(said, at)) >= 0:
        end = at + len(said)
        if (page[at - 1] in _APART and page[end] in _APART) or not _is_joined(page, at, end):
            return end
        at += 1
    return -1


def _is_joined(page: str, start: int, end: int) -> bool:
    """Whether a stretch of a page starts or ends within a word or number."""
    first, last, before, after = page[start], page[end - 1], page[start - 1], page[end]
    if first.isdigit() and _BEFORE_NUMBER.match(before):
        return True
    if last.isdigit() and _AFTER_NUMBER.match(page, end):
        return True
    return (_joins(before) and not _is_unspaced(first)) or (_joins(after) and not _is_unspaced(last))


def _joins(sign: str) -> bool:
    return bool(_LETTER.match(sign))


def _is_unspaced(sign: str) -> bool:
    """Whether a letter belongs to a script without spaces between words."""
    return sign.isalpha() and not _LETTER.match(sign)


def _lost_words(said: str, page: str) -> tuple[str, ...]:
    """The words of a line that are missing at the most similar place of a page."""
    words = _words(said)
    wanted = set(words)
    near: Sequence[str] = max((_words(line) for line in page.split("\n")), key=lambda found: _alike(wanted, found))
    steps = SequenceMatcher(None, words, near, autojunk=False).get_opcodes()
    missing = [
        " ".join(words[start:end][:_MOST]) for kind, start, end, _, _ in steps if kind != "equal" and start < end
    ]
    return tuple(missing[:_MOST]) or (" ".join(words[:_MOST]),)


def _alike(wanted: set[str], found: Iterable[str]) -> float:
    found = set(found)
    return len(wanted & found) - len(found) / 1000


def _words(line: str) -> list[str]:
    return line.translate(_SIGNS).split()
