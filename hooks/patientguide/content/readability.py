"""The reading grade of each section, and other facts about texts that several checks use."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from patientguide.content.blocks import TO_DO, Block, blocks, sections, sources_of, statements
from patientguide.markup.words import count_syllables, matcher
from patientguide.model.guide import EXAMPLE, Guide, once_per_guide
from patientguide.model.reference import is_checked

# -- reading grade: the Flesch-Kincaid formula (Kincaid et al. 1975), with explained words masked
#
# Glossary words and names of medicines are explained on the page, so each counts as one short word. Grades are for
# comparing a text with itself; they do not say whether readers understand it.


LEAST_WORDS = 40
"""The grade of a shorter text depends mostly on chance."""

K = TypeVar("K")
_LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_READ = ("paragraph", "item", "row")


@once_per_guide
def reading_grades(guide: Guide) -> Mapping[tuple[str, str], float]:
    """The grade, in years of school in the United States, of every long enough section, by file and heading."""
    return _grades(guide, _texts(guide))


@once_per_guide
def page_grades(guide: Guide) -> Mapping[str, float]:
    """The grade of all sections of a file together, by file."""
    together: dict[str, tuple[list[str], int]] = {}
    for (path, _), (words, count) in _texts(guide).items():
        before, sentences = together.get(path, ([], 0))
        together[path] = [*before, *words], sentences + count
    return _grades(guide, together)


@once_per_guide
def _texts(guide: Guide) -> Mapping[tuple[str, str], tuple[list[str], int]]:
    """The words and the number of sentences of every section, by file and heading."""
    known = matcher([*guide.medicine_names, *(form for term in guide.terms for form in term.forms)])
    return {key: _read(together, known) for key, together in sections(guide).items()}


def _grades(guide: Guide, texts: Mapping[K, tuple[list[str], int]]) -> Mapping[K, float]:
    long = {key: (words, count) for key, (words, count) in texts.items() if len(words) >= LEAST_WORDS and count}
    lengths = count_syllables({word for words, _ in long.values() for word in words}, guide.settings.language)
    return {key: _grade(words, count, lengths) for key, (words, count) in long.items()}


def _read(blocks: list[Block], known: re.Pattern[str]) -> tuple[list[str], int]:
    """The words of a section in lower case, and the number of its sentences."""
    read = [sentence.text for block in blocks if block.kind in _READ for sentence in block.sentences]
    return [word.casefold() for text in read for word in _LETTERS.findall(known.sub("it", text))], len(read)


def _grade(words: list[str], sentences: int, lengths: Mapping[str, int]) -> float:
    return 0.39 * len(words) / sentences + 11.8 * sum(lengths[word] for word in words) / len(words) - 15.59


# -- facts about texts, for checks, search and the page on how the guide is made; cached for unchanged texts


_WARNING = re.compile(r"(!!!|\?\?\?) (warning|danger) ")


def text_facts(guide: Guide) -> Mapping[str, dict[str, Any]]:
    """The fields of `TextFacts` for every text to analyze, by path."""
    by_path: dict[str, list[Block]] = defaultdict(list)
    for block in blocks(guide):
        by_path[block.path].append(block)
    stated: dict[str, list[bool | None]] = defaultdict(list)
    for block in statements(guide):
        checked = is_checked(guide.references, block.citations)
        stated[block.path].append(checked if sources_of(guide, block) else None)
    grades: dict[str, float] = {}
    for (path, _), grade in reading_grades(guide).items():
        grades[path] = max(grade, grades.get(path, grade))
    return {path: _facts(by_path[path], stated[path], grades.get(path)) for path in guide.looked_at}


def _facts(blocks: Sequence[Block], stated: Sequence[bool | None], grade: float | None) -> dict[str, Any]:
    boxes = [b.place() for b in blocks if b.entry and b.kind == "title" and _WARNING.match(b.text.strip())]
    return {
        "cites": "\n".join(" ".join(dict.fromkeys(block.cites)) for block in blocks if block.cites),
        "passages": " ".join(f"{c.key}#{c.passage}" for block in blocks for c in block.citations if c.passage),
        "statements": len(stated),
        "sourced": sum(checked is not None for checked in stated),
        "unchecked": stated.count(False),
        "grade": grade,
        "to_do": _beginning(TO_DO, blocks),
        "examples": _beginning(EXAMPLE, blocks),
        "warnings": [(place.line, place.col) for place in boxes],
        "words": " ; ".join(" ".join(block.words.split()) for block in blocks),
        "lead": next((block.text for block in blocks if block.kind == "paragraph"), ""),
    }


def _beginning(words: str, blocks: Sequence[Block]) -> list[tuple[int, int, str]]:
    """The places and first words of texts that begin with these words."""
    found = [(b.place(), b.quote()) for b in blocks if words in b.text and b.quote().startswith(words)]
    return [(place.line, place.col, quote) for place, quote in found]
