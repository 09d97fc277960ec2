"""Which item of one list became which of another: equal ones in order, then those that say much the same."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from rapidfuzz.distance import Indel

LARGEST = 250_000
"""More comparisons than this take too long: what is longer counts as replaced as a whole."""

LEAST = 0.5
"""From this share of equal words on, a text counts as the other one, changed."""

_WORD = re.compile(r"\w+")


class Stretch(NamedTuple):
    """A run of items: whether it is the same in both lists, and where it stands in each, from and up to."""

    same: bool
    old_start: int
    old_end: int
    new_start: int
    new_end: int


class Pair(NamedTuple):
    """The position of an item in both lists, None where it is not; `moved` when it is equal and out of order."""

    old: int | None
    new: int | None
    moved: bool = False


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


def pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Every item of both lists once, in the order of the new one; what is gone stands where it stood."""
    partner: dict[int, int] = {}
    for stretch in stretches(old, new):
        if stretch.same:
            in_new, in_old = range(stretch.new_start, stretch.new_end), range(stretch.old_start, stretch.old_end)
            partner.update(zip(in_new, in_old, strict=True))
    in_order = set(partner)
    taken = set(partner.values())
    free_old = [number for number in range(len(old)) if number not in taken]
    free_new = [number for number in range(len(new)) if number not in partner]
    for one, other in similar([old[number] for number in free_old], [new[number] for number in free_new]):
        partner[free_new[other]] = free_old[one]
    place = {one: other for other, one in partner.items()}
    found = [((n, 0, 0), _pair(partner.get(n), n, old, new, n in in_order)) for n in range(len(new))]
    last = -1
    for number in range(len(old)):
        last = place.get(number, last)
        if number not in place:
            found.append(((last, 1, number), Pair(number, None)))
    return [pair for _, pair in sorted(found)]


def _pair(one: int | None, other: int, old: Sequence[str], new: Sequence[str], in_order: bool) -> Pair:
    return Pair(one, other, moved=one is not None and not in_order and old[one] == new[other])


def similar(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of texts that say much the same, each at most once, the likest first."""
    if len(old) * len(new) > LARGEST:
        return []
    old_words, new_words = ([_WORD.findall(text) for text in texts] for texts in (old, new))
    scores = []
    for one, words in enumerate(old_words):
        for other, others in enumerate(new_words):
            score = 1.0 if old[one] == new[other] else Indel.normalized_similarity(words, others) if words else 0.0
            if score >= LEAST:
                scores.append((-score, abs(one - other), one, other))
    found: dict[int, int] = {}
    for _, _, one, other in sorted(scores):
        if one not in found and other not in found.values():
            found[one] = other
    return list(found.items())
