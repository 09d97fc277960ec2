"""Reading grade of each section: the Flesch-Kincaid formula (Kincaid et al. 1975), with explained words masked.

Words of the glossary and names of medicines are explained where they stand, so each counts as one short word.
Grades are for comparing a text with itself; they say nothing about whether it is understood.
"""

import re
from collections.abc import Mapping

from patientguide import syllables
from patientguide.blocks import Block, sections
from patientguide.guide import Guide, once_per_guide
from patientguide.wordlists import matcher

LEAST_WORDS = 40
"""Below this a grade says more about chance than about the text."""

_LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_READ = ("paragraph", "item", "row")


@once_per_guide
def grades(guide: Guide) -> Mapping[tuple[str, str], float]:
    """The grade, in years of school in the United States, of every section that is long enough, by file and heading."""
    known = matcher([*guide.medicine_names, *(form for term in guide.terms for form in term.forms)])
    texts: dict[tuple[str, str], tuple[list[str], int]] = {}
    for key, blocks in sections(guide).items():
        words, count = _read(blocks, known)
        if len(words) >= LEAST_WORDS and count:
            texts[key] = words, count
    lengths = syllables.count({word for words, _ in texts.values() for word in words}, guide.settings.language)
    return {key: _grade(words, count, lengths) for key, (words, count) in texts.items()}


def _read(blocks: list[Block], known: re.Pattern[str]) -> tuple[list[str], int]:
    """The words of a section in small letters, and the number of its sentences."""
    read = [sentence.text for block in blocks if block.kind in _READ for sentence in block.sentences]
    return [word.casefold() for text in read for word in _LETTERS.findall(known.sub("it", text))], len(read)


def _grade(words: list[str], sentences: int, lengths: Mapping[str, int]) -> float:
    return 0.39 * len(words) / sentences + 11.8 * sum(lengths[word] for word in words) / len(words) - 15.59
