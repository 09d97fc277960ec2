"""What was read in each text: the sources it cites, what bears it out, how hard it reads, the words search finds.

Checks, the page on how the guide is made and search all ask for these. A text that did not change is not read again.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patientguide import reading
from patientguide.blocks import EXAMPLE, TO_DO, Block

if TYPE_CHECKING:
    from patientguide.guide import Guide

_WARNING = re.compile(r"(!!!|\?\?\?) (warning|danger) ")


@dataclass(frozen=True)
class TextFacts:
    """The facts of one file, as plain data. Places are line and column.

    `cites` has a line for each block that cites any, with a space between its sources; `grade` is that of its hardest
    part. `to_do` has the places of texts of a starting file with their first words, `examples` those of a new guide,
    `warnings` the places of boxes that warn.
    """

    cites: str
    statements: int
    sourced: int
    unread: int
    grade: float | None
    to_do: Sequence[tuple[int, int, str]]
    examples: Sequence[tuple[int, int, str]]
    warnings: Sequence[tuple[int, int]]
    words: str
    lead: str


def of(guide: "Guide") -> Mapping[str, dict[str, Any]]:
    """The fields of the facts of every text that the guide looks at, by its path."""
    blocks: dict[str, list[Block]] = defaultdict(list)
    for block in guide.blocks:
        blocks[block.path].append(block)
    stated: dict[str, list[list[bool]]] = defaultdict(list)
    for block in guide.statements:
        stated[block.path].append([source.custom.read for source in guide.sources_of(block)])
    grades: dict[str, float] = {}
    for (path, _), grade in reading.grades(guide).items():
        grades[path] = max(grade, grades.get(path, grade))
    return {path: _facts(blocks[path], stated[path], grades.get(path)) for path in guide.looked_at}


def _facts(blocks: Sequence[Block], stated: Sequence[list[bool]], grade: float | None) -> dict[str, Any]:
    boxes = [b.place() for b in blocks if b.entry and b.kind == "title" and _WARNING.match(b.text.strip())]
    return {
        "cites": "\n".join(" ".join(dict.fromkeys(block.cites)) for block in blocks if block.cites),
        "statements": len(stated),
        "sourced": sum(map(bool, stated)),
        "unread": sum(bool(read) and not any(read) for read in stated),
        "grade": grade,
        "to_do": _beginning(TO_DO, blocks),
        "examples": _beginning(EXAMPLE, blocks),
        "warnings": [(place.line, place.col) for place in boxes],
        "words": " ; ".join(" ".join(block.words.split()) for block in blocks),
        "lead": next((block.text for block in blocks if block.kind == "paragraph"), ""),
    }


def _beginning(words: str, blocks: Sequence[Block]) -> list[tuple[int, int, str]]:
    """The places of texts that begin with these words, and how they go on."""
    found = [(b.place(), b.quote()) for b in blocks if words in b.text and b.quote().startswith(words)]
    return [(place.line, place.col, quote) for place, quote in found]
