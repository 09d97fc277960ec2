"""The search engine: normalization of words, and ranking by the script that browsers run."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from patientguide.core.files import ROOT
from patientguide.core.text import split_words

# -- normalization of queries and texts: without accents, capitals, endings and stop words
#
# The index is built with it. docs/assets/searchrank.js reads queries with the same functions; tests/test_search.py
# compares their results. Only English endings are removed (Harman's S-stemmer, with -ed, -ing and -ness).


_PLURAL = (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""))
_FORM = (("ness", ""), ("eed", "eed"), ("ing", ""), ("ed", ""))
_SHORT = re.compile(r"[^aeiou][aeiou][^aeiouwxy]\Z")
"""What is left of cared and curing: care is no car."""
_ENDS = ("", "s", "es", "ed", "ing")
_LONG = 6
"""A shorter stem is that of too many words, as in scar and scared: a synonym then needs one of these ends."""
_DOUBLE = re.compile(r"([^aeiou])\1$")


class Word(NamedTuple):
    """A word as written, and the stem of all its forms."""

    said: str
    stem: str


@lru_cache(maxsize=16384)
def stem(said: str) -> str:
    """A lower-case word without its English ending."""
    word = said
    if len(word) < 4:
        return word
    for endings in (_PLURAL, _FORM):
        for ending, instead in endings:
            if word.endswith(ending):
                if len(word) - len(ending) >= 3:
                    word = word[: len(word) - len(ending)] + instead
                break
    if said.endswith(("ed", "ing")) and _SHORT.match(word):
        return word + "e"
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return _DOUBLE.sub(r"\1", word)


class Reader:
    """Normalizes words with the vocabulary of a guide: stop words, and groups of synonyms."""

    def __init__(self, ignore: Iterable[str], same: Iterable[Sequence[str]], english: bool) -> None:
        """`ignore` and `same` are those under `search` in guide.yml; `english` says whether endings are removed."""
        self._stem = stem if english else str
        self._ignore = {word for text in ignore for word in split_words(text)}
        self._same: dict[str, list[tuple[list[str], list[Word], set[str]]]] = {}
        for first, *others in same:
            instead = self.each(first)
            for text in (first, *others):
                words = self.each(text)
                stems = [word.stem for word in words]
                forms = {words[0].said + end for end in _ENDS} if len(stems) == 1 and len(stems[0]) < _LONG else set()
                self._same.setdefault(stems[0], []).append((stems, instead, forms))
        for phrases in self._same.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def words(self, text: str) -> list[Word]:
        """The normalized words of a text, without stop words; synonyms become one word."""
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
        """Every word of a text with its stem."""
        return [Word(word, self._stem(word)) for word in split_words(text)]

    def _phrase(self, words: Sequence[Word], at: int) -> tuple[Sequence[str], Sequence[Word]]:
        """The longest phrase with synonyms that starts here, and its normalized word."""
        for stems, instead, forms in self._same.get(words[at].stem, ()):
            is_said = [word.stem for word in words[at : at + len(stems)]] == stems
            if is_said and (not forms or words[at].said in forms):
                return stems, instead
        return (), ()


# -- ranking: docs/assets/searchrank.js, the script that readers' browsers run, in an embedded JavaScript engine


ZERO = 40
"""The character for step 0 in postings; all characters after it can be in a string."""
_SCRIPT = ROOT / "docs" / "assets" / "searchrank.js"


class Unit(NamedTuple):
    """A part of the guide that can be found, as in the index."""

    url: str
    title: str
    kind: int
    note: str
    text: str
    names: Sequence[str]
    sections: Sequence[Sequence[str]]
    facets: Sequence[int] = ()
    passages: Sequence[Sequence[Any]] = ()


class Hit(NamedTuple):
    """A hit: its unit, the best section, its best sentence, its score, the words that matched, and if it is urgent."""

    unit: Unit
    section: Sequence[str]
    text: str
    score: float
    words: Sequence[str]
    urgent: bool


class Answer(NamedTuple):
    """The result of a search: hits, the corrected query if any, and unknown words.

    `near` says that the unknown words count for more than the known ones, `asks` that the answer differs by the facet
    that readers are asked about.
    """

    hits: Sequence[Hit]
    meant: str
    unknown: Sequence[str]
    near: bool
    asks: bool


class Engine:
    """The search engine of one guide."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """`data` is the index made by `index.index`."""
        import quickjs  # not needed for a build

        self.units = [Unit(*unit) for unit in data["units"]]
        self._context = quickjs.Context()
        self._context.eval(_SCRIPT.read_text(encoding="utf-8"))
        # JSON is JavaScript, but a string in it is safe to embed only as JSON of JSON.
        self._context.eval(f"const engine = new patientguideSearch.Engine(JSON.parse({json.dumps(json.dumps(data))}))")
        self._find = self._context.eval("(query, chosen) => JSON.stringify(engine.find(query, chosen))")

    def find(self, query: str, chosen: str = "") -> Answer:
        """The best hits for a query of a reader who chose this value of a facet, if any."""
        found = json.loads(self._find(query, chosen))
        hits = [Hit(**{**hit, "unit": Unit(**hit["unit"])}) for hit in found["hits"]]
        return Answer(hits, found["meant"], found["unknown"], found["near"], bool(found["ask"]))
