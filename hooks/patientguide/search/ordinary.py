"""Ordinary words of a language, which a search never takes for a misspelling of a word of the guide.

The lists are those of pyspellchecker: words that films and books use, cleaned with spelling dictionaries. A browser
needs only the words that the engine would otherwise complete or correct to one of the guide.
"""

import gzip
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import chain
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from patientguide.core.cache import BuildCache, digest
from patientguide.core.text import split_words
from patientguide.search.engine import Reader

_COMMON = 200
"""How often a word must have been counted. Rarer ones are too often names and misspellings themselves."""
_LEAST = 3
"""Letters of the shortest word that the engine completes."""


def words(data: Mapping[str, Any], language: str, reader: Reader, cache: BuildCache) -> list[str]:
    """The ordinary words that a search in the index `data` would take for a misspelled or unfinished word of it.

    `language` is that of the guide; the index names others that its readers use.
    """
    fields = [text for u in data["units"] for text in (u[1], u[3], u[4], *u[5], *(t for s in u[6] for t in s[1:]))]
    signs = [text for _, sign, words in data["urgent"]["signs"] for text in (sign, *words)]
    texts = [*chain(*data["same"]), *signs, *data["others"], data["words"], *fields]
    ignored = {word for text in data["ignore"] for word in split_words(text)}
    spelt = sorted({word for text in texts for word in split_words(text) if not word.isdecimal()} - ignored)
    medicines = sorted({word for name in data["medicines"] for word in split_words(name)})
    languages = sorted({language.partition("-")[0], *data["languages"]})
    made_of = digest(spelt, sorted(ignored), medicines, languages, data["english"])
    return cache.cached("search", "ordinary", made_of, lambda: _near(spelt, ignored, medicines, languages, reader))


def _near(
    spelt: Sequence[str], ignored: set[str], medicines: Sequence[str], languages: Iterable[str], reader: Reader
) -> list[str]:
    known = {reader.each(word)[0].stem for word in (*spelt, *ignored)}
    words = sorted({word for language in languages for word in _common(language)})
    unknown = [word for word in words if len(word) >= _LEAST and reader.each(word)[0].stem not in known]
    long = [word for word in spelt if len(word) >= 8]
    close = {edit for word in spelt if len(word) > 3 for edit in _edits(word)}
    return [
        word
        for word in unknown
        if _begins(word, spelt if len(word) > _LEAST else medicines)
        or (len(word) > 4 and word in close)
        or (len(word) > 7 and extractOne(word, medicines, scorer=OSA.distance, score_cutoff=2))
        or (len(word) > 9 and extractOne(word, long, scorer=OSA.distance, score_cutoff=2))
    ]


def _begins(word: str, spelt: Sequence[str]) -> bool:
    """Whether one of the sorted words begins with this one."""
    at = bisect_left(spelt, word)
    return at < len(spelt) and spelt[at].startswith(word)


def _edits(word: str) -> Iterator[str]:
    """All texts that differ from a word in one letter, or in the order of two."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after[1:]
            yield before + letter + after


@cache
def _common(language: str) -> Sequence[str]:
    """The words of a language that are used often, or none if there is no list for it."""
    try:
        packed = resources.files("spellchecker").joinpath("resources", f"{language}.json.gz").read_bytes()
    except FileNotFoundError:
        return ()
    counts = json.loads(gzip.decompress(packed))
    return sorted({word for text, count in counts.items() if count >= _COMMON for word in split_words(text)})


def packed(words: Iterable[str]) -> str:
    """Sorted words, each after the number of letters that it shares with the one before, as a capital letter."""
    pieces, last = [], ""
    for word in words:
        shared = next((at for at in range(25) if word[: at + 1] != last[: at + 1] or at == len(word)), 25)
        pieces.append(ascii_uppercase[shared] + word[shared:])
        last = word
    return "".join(pieces)
