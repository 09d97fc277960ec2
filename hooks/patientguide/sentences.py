"""Sentences and words of plain text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import sentencex

WORD = re.compile(r"[^\W_](?:[^\W_]|['\u2019./-](?=[^\W_]))*")
"""A word: letters and digits, with apostrophes, hyphens, points and slashes inside (`B-12`, `and/or`, `100.4`)."""

_OTHER_SPACE = re.compile(r"[^\S ]")


class Sentence(NamedTuple):
    """A sentence, and how many characters into the text it starts."""

    start: int
    text: str


def sentences(text: str, language: str) -> Iterator[Sentence]:
    """The sentences of a text that hold a word. A sentence that ends with a colon before a list is one as well."""
    start = 0
    # sentencex panics at "C" + a no-break space + "."; every space is one character wide, so offsets stay.
    for piece in sentencex.segment(language.partition("-")[0], _OTHER_SPACE.sub(" ", text)):
        if WORD.search(piece):
            blank = len(piece) - len(piece.lstrip())
            yield Sentence(start + blank, piece.strip())
        start += len(piece)


def count_words(text: str) -> int:
    """How many words a text has."""
    return len(WORD.findall(text))
