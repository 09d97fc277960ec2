"""Words of a search and of what is searched, read in the same way: no accents, capitals, endings or question words.

docs/assets/searchrank.js holds the same functions in the same order; tests/test_search.py holds both to one answer.
The endings are those of English (Harman's S-stemmer, with -ed, -ing and -ness); other languages keep theirs.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from patientguide.lettering import spelt

_PLURAL = (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""))
_FORM = (("ness", ""), ("eed", "eed"), ("ing", ""), ("ed", ""))
_DOUBLE = re.compile(r"([^aeiou])\1$")


class Word(NamedTuple):
    """A word as it was said, and what stands for all its forms."""

    said: str
    stem: str


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word in small letters without its English ending."""
    if len(word) < 4:
        return word
    for endings in (_PLURAL, _FORM):
        for ending, instead in endings:
            if word.endswith(ending):
                if len(word) - len(ending) >= 3:
                    word = word[: len(word) - len(ending)] + instead
                break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return _DOUBLE.sub(r"\1", word)


class Reader:
    """Reads words with the vocabulary of one guide: words to ignore, and groups of words that mean the same."""

    def __init__(self, ignore: Iterable[str], same: Iterable[Sequence[str]], english: bool) -> None:
        """`ignore` and `same` as guide.yml has them under `search`; `english` says whether endings are taken off."""
        self._stem = stem if english else str
        self._ignore = {word for text in ignore for word in spelt(text)}
        self._same: dict[str, list[tuple[list[str], list[Word]]]] = {}
        for first, *others in same:
            instead = self.each(first)
            for text in (first, *others):
                stems = [word.stem for word in self.each(text)]
                self._same.setdefault(stems[0], []).append((stems, instead))
        for phrases in self._same.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def words(self, text: str) -> list[Word]:
        """The words that say what a text is about; one word stands for all that mean the same."""
        found, at, words = list[Word](), 0, self.each(text)
        while at < len(words):
            stems, instead = self._phrase(words, at)
            if stems:
                found += instead
            elif words[at].said not in self._ignore:
                found.append(words[at])
            at += len(stems) or 1
        return found

    def each(self, text: str) -> list[Word]:
        """Every word of a text, with what stands for its forms."""
        return [Word(word, self._stem(word)) for word in spelt(text)]

    def _phrase(self, words: Sequence[Word], at: int) -> tuple[Sequence[str], Sequence[Word]]:
        """The longest phrase with words of the same meaning that starts here, and what stands for it."""
        for stems, instead in self._same.get(words[at].stem, ()):
            if [word.stem for word in words[at : at + len(stems)]] == stems:
                return stems, instead
        return (), ()
