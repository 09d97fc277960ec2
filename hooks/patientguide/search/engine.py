"""The search engine: normalization of words, and ranking."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from patientguide.core.text import split_words

# -- normalization of queries and texts: without accents, capitals, endings and stop words
#
# docs/assets/searchrank.js has the same functions in the same order; tests/test_search.py compares their results. Only
# English endings are removed (Harman's S-stemmer, with -ed, -ing and -ness).


_PLURAL = (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""))
_FORM = (("ness", ""), ("eed", "eed"), ("ing", ""), ("ed", ""))
_DOUBLE = re.compile(r"([^aeiou])\1$")


class Word(NamedTuple):
    """A word as written, and the stem of all its forms."""

    said: str
    stem: str


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A lower-case word without its English ending."""
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
    """Normalizes words with the vocabulary of a guide: stop words, and groups of synonyms."""

    def __init__(self, ignore: Iterable[str], same: Iterable[Sequence[str]], english: bool) -> None:
        """`ignore` and `same` are those under `search` in guide.yml; `english` says whether endings are removed."""
        self._stem = stem if english else str
        self._ignore = {word for text in ignore for word in split_words(text)}
        self._same: dict[str, list[tuple[list[str], list[Word]]]] = {}
        for first, *others in same:
            instead = self.each(first)
            for text in (first, *others):
                stems = [word.stem for word in self.each(text)]
                self._same.setdefault(stems[0], []).append((stems, instead))
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
        for stems, instead in self._same.get(words[at].stem, ()):
            if [word.stem for word in words[at : at + len(stems)]] == stems:
                return stems, instead
        return (), ()


# -- ranking
#
# A word counts by its inverse document frequency and by its field: title, other names, headings, summary, text (BM25F,
# Robertson and others 2004). A unit whose name is the query comes first. An unknown word is completed if it is the last
# one, or corrected: one letter in five to seven, two in eight or more, none in shorter words. If most of the query is
# unknown, nothing is found.
#
# docs/assets/searchrank.js has the same functions in the same order; tests/test_search.py compares their results.


TITLE, NAME, LABEL, LEAD, TEXT = 5.0, 4.0, 2.5, 1.5, 1.0
"""The weight of a word by field."""
SATURATION = 3.0
CALLED = 2.0
"""The bonus for a unit whose name is the query."""
MEDICINE = 2.0
"""The weight of a medicine that was searched for by name, in place of that of its kind."""
KNOWN = 0.5
"""The share of the query that must be known."""
FAR_BELOW = 0.05
"""Hits below this share of the best score are left out."""
MOST = 10
ZERO = 40
"""The character for step 0 in postings; all characters after it can be in a string."""
SOUNDS = ("aeiouy", "ckq", "szx", "gj")
"""First letters that sound alike: two edits are corrected only after the same sound."""


class Unit(NamedTuple):
    """A part of the guide that can be found, as in the index."""

    url: str
    title: str
    kind: int
    note: str
    text: str
    names: Sequence[str]
    sections: Sequence[Sequence[str]]


@dataclass
class _Spelling:
    """A word of the guide: its spelling, whether readers see it, whether it names a medicine, and its units."""

    said: str
    shown: bool = False
    medicine: bool = False
    units: set[int] = field(default_factory=set)


class Term(NamedTuple):
    """A word of a query: as typed, as interpreted, its weight, and whether it names a medicine."""

    said: str
    stems: Sequence[str]
    worth: float
    medicine: bool = False


class Hit(NamedTuple):
    """A hit: its unit, the best section, its score, and the words that matched."""

    unit: Unit
    section: Sequence[str]
    score: float
    words: Sequence[str]


class Answer(NamedTuple):
    """The result of a search: hits, the corrected query if any, and unknown words."""

    hits: Sequence[Hit]
    meant: str
    unknown: Sequence[str]


class Engine:
    """The search engine of one guide."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """`data` is the index made by `index.index`."""
        self.reader = Reader(data["ignore"], data["same"], data["english"])
        self.kinds: Sequence[tuple[str, float]] = data["kinds"]
        self.units = [Unit(*unit) for unit in data["units"]]
        self.weights: dict[str, dict[int, float]] = {}
        self.called: list[list[list[str]]] = []
        self.own: list[list[str]] = []
        self.spellings: dict[str, _Spelling] = {}
        self.others = {word.stem for name in data["others"] for word in self.reader.each(name)}
        for text in (*data["ignore"], *(text for group in data["same"] for text in group)):
            self._spell((), text, shown=True)
        for number, unit in enumerate(self.units):
            self._add_unit(number, unit)
        for said, steps in zip(data["words"].split(" "), data["steps"].split(" "), strict=True):
            self._add(list(accumulate(ord(step) - ZERO for step in steps)), said, TEXT)
        for name in data["medicines"]:
            for word in self.reader.each(name):
                self.spellings[word.stem] = _Spelling(name, True, True, self.spellings[word.stem].units)

    def find(self, query: str) -> Answer:
        """The best hits for a query."""
        mended, longer = self._mended(query)
        words = {word.stem: word for word in self.reader.words(" ".join(mended or split_words(query)))}
        terms = [self._term(word, longer) for word in words.values()]
        worth = sum(term.worth for term in terms)
        known = [term for term in terms if term.stems]
        unknown = [term.said for term in terms if not term.stems]
        enough = sum(term.worth for term in known) >= KNOWN * worth or any(term.medicine for term in known)
        if not known or not enough:
            return Answer((), "", unknown)
        numbers = {number for term in known for stem in term.stems for number in self.weights[stem]}
        hits = sorted((-self._score(number, known, worth), number) for number in numbers)
        best = [(-score, number) for score, number in hits if score <= FAR_BELOW * hits[0][0]][:MOST]
        return Answer([self._hit(number, score, known) for score, number in best], " ".join(mended), unknown)

    def _add_unit(self, number: int, unit: Unit) -> None:
        names = (unit.title, unit.title.split(" (")[0], *unit.names)
        self.called.append([list({word.stem: word for word in self.reader.words(name)}) for name in names])
        self.own.append([word.stem for word in self.reader.words(f"{unit.title} ; {unit.note}")])
        self._add([number], unit.title, TITLE)
        self._add([number], unit.note, LABEL)
        self._add([number], unit.text, LEAD)
        self._add([number], " ; ".join(part for section in unit.sections for part in section[1:]), LABEL)
        self._add([number], " ; ".join(unit.names), NAME, shown=False)

    def _add(self, numbers: Sequence[int], text: str, weight: float, shown: bool = True) -> None:
        """Add the words of a text to units, each once."""
        self._spell(numbers, text, shown)
        for stem in {word.stem: word for word in self.reader.words(text)}:
            for number in numbers:
                units = self.weights.setdefault(stem, {})
                units[number] = units.get(number, 0.0) + weight

    def _spell(self, numbers: Sequence[int], text: str, shown: bool) -> None:
        """Record the spelling of the words of a text; without numbers, they are in no unit."""
        for word in self.reader.each(text):
            spelling = self.spellings.setdefault(word.stem, _Spelling(word.said))
            spelling.shown = spelling.shown or shown
            spelling.units.update(numbers)

    def _rarity(self, stem: str) -> float:
        """The inverse document frequency of a word."""
        have = len(self.weights.get(stem, ()))
        return math.log(1 + (len(self.units) - have + 0.5) / (have + 0.5))

    def _mended(self, query: str) -> tuple[list[str], dict[str, list[str]]]:
        """The words of a query with corrections, if any, and completions of an unfinished last word.

        A known name of a medicine that is not in the guide is never corrected to one that is.
        """
        words, mended, longer = self.reader.each(query), list[str](), dict[str, list[str]]()
        for place, word in enumerate(words):
            known = self.spellings.get(word.stem)
            unfinished = place == len(words) - 1 and not query[-1:].isspace()
            if (known and known.shown) or word.stem in self.others:
                mended.append(word.said)
            elif not known and unfinished and (found := self._longer(word.said)):
                longer[word.said] = found
                mended.append(word.said)
            else:
                mended.append(self._near(word, known) or word.said)
        return (mended if mended != [word.said for word in words] else []), longer

    def _longer(self, said: str) -> list[str]:
        """The completions of an unfinished word; for three letters only names of medicines."""
        found = [s for s in self.spellings.values() if s.said.lower().startswith(said) and len(said) > 2]
        words = (word for s in found if len(said) > 3 or s.medicine for word in self.reader.words(s.said))
        return list({word.stem: word for word in words if word.stem in self.weights})

    def _near(self, word: Word, known: _Spelling | None) -> str:
        """The word that was probably meant; if it only names a unit, a medicine in that unit."""
        size, near = len(word.said), []
        for other in self.spellings.values():
            name = other.said.lower()
            most = 0 if size < 5 else 2 if size > (7 if other.medicine else 9) else 1
            if abs(len(name) - size) > most or not other.shown:
                continue
            if known and not (other.medicine and known.units & other.units):
                continue
            far = OSA.distance(word.said, name, score_cutoff=most)
            if far <= most and (far < 2 or _sounds_alike(word.said, name)):
                near.append((far, not other.medicine, -len(other.units), name, other.said))
        return min(near)[4] if near else ""

    def _term(self, word: Word, longer: Mapping[str, Sequence[str]]) -> Term:
        """The term for a word of a query; the name of a medicine that is not in the guide is unknown."""
        if word.said in longer:
            stems = longer[word.said]
        else:
            stems = [word.stem] if word.stem in self.weights and word.stem not in self.others else []
        medicine = any(self.spellings[stem].medicine for stem in stems if stem in self.spellings)
        return Term(word.said, stems, max(map(self._rarity, stems or [""])), medicine)

    def _score(self, number: int, terms: Sequence[Term], worth: float) -> float:
        """The score of a unit, to six digits."""
        score = covered = 0.0
        for term in terms:
            weight = max(self.weights[stem].get(number, 0.0) for stem in term.stems)
            score += term.worth * weight / (weight + SATURATION)
            covered += term.worth if weight else 0.0
        called = max(self._closeness(stems, terms) for stems in self.called[number])
        named = any(term.medicine and any(stem in self.own[number] for stem in term.stems) for term in terms)
        kind = self.kinds[self.units[number].kind][1]
        score *= (covered / worth) * (1 + CALLED * called**2) * (MEDICINE if named else kind)
        return math.floor(score * 1e6 + 0.5) / 1e6

    def _closeness(self, stems: Sequence[str], terms: Sequence[Term]) -> float:
        """The similarity of a name and a query (weighted Jaccard)."""
        both = rest = 0.0
        for term in terms:
            both += term.worth if any(stem in term.stems for stem in stems) else 0.0
            rest += term.worth
        for stem in stems:
            rest += 0.0 if any(stem in term.stems for term in terms) else self._rarity(stem)
        return both / rest

    def _hit(self, number: int, score: float, terms: Sequence[Term]) -> Hit:
        met = [term.said for term in terms if any(number in self.weights[stem] for stem in term.stems)]
        return Hit(self.units[number], self._section(number, terms), score, met)

    def _section(self, number: int, terms: Sequence[Term]) -> Sequence[str]:
        """The section that matches query terms the title does not already match, or an empty one."""
        named = {stem for stems in self.called[number] for stem in stems}
        best: float = 0.0
        found: Sequence[str] = ()
        for section in self.units[number].sections:
            stems = {word.stem for word in self.reader.words(" ; ".join(section[1:]))} - named
            worth = sum(term.worth for term in terms if any(stem in stems for stem in term.stems))
            if worth > best + 1e-9:
                best, found = worth, section
        return found


def _sounds_alike(one: str, other: str) -> bool:
    """Whether two words start with the same sound, or with the same two letters swapped."""
    first, second = (next((str(n) for n, sound in enumerate(SOUNDS) if w[0] in sound), w[0]) for w in (one, other))
    return first == second or one[:2] == other[1::-1]
