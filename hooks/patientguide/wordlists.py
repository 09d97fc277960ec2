"""Lists of words and phrases of a guide as patterns, and which of an editor's words come close to a known name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_NOTHING = re.compile(r"(?!)")


def matcher(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words or phrases as whole words, in capitals or not."""
    return _matcher(tuple(sorted(set(words), key=len, reverse=True)))


@lru_cache(maxsize=64)
def _matcher(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return _NOTHING
    # Grouped by first letter: tried one by one at every word, some hundred phrases cost seconds on a large guide.
    groups: dict[str, list[str]] = defaultdict(list)
    for word in words:
        first, *rest = word.split()
        groups[first[0].casefold()].append(r"\s+".join(map(_typed, [first[1:], *rest])))
    parts = (f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in groups.items())
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])", re.IGNORECASE)


def _typed(word: str) -> str:
    """A word as a pattern, with the apostrophe of a keyboard or of a printer."""
    return re.sub("['\u2019]", "['\u2019]", re.escape(word))


def near(word: str, names: Collection[str]) -> str | None:
    """The name that differs from a word in one letter, or in two when it is long; None if there is none.

    A letter too many, missing, wrong, or changed places with its neighbour counts as one (optimal string alignment).
    """
    longest = 2 if len(word) >= 6 else 1
    found = process.extract(word, names, scorer=OSA.distance, score_cutoff=longest, limit=None)
    right = [(distance, name) for name, distance, _ in found if 0 < distance <= (1 if len(name) < 8 else 2)]
    return min(right)[1] if right else None
