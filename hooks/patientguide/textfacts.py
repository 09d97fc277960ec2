"""What was read in each text: the sources it cites, what bears it out, how hard it reads, the words search finds.

Checks, the page on how the guide is made and search all ask for these. A text that did not change is not read again.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from patientguide import reading
from patientguide.blocks import TO_DO, Block, blocks, sources_of, statements
from patientguide.guide import EXAMPLE, Guide

_WARNING = re.compile(r"(!!!|\?\?\?) (warning|danger) ")


def of(guide: Guide) -> Mapping[str, dict[str, Any]]:
    """The fields of the facts of every text that the guide looks at, by its path."""
    by_path: dict[str, list[Block]] = defaultdict(list)
    for block in blocks(guide):
        by_path[block.path].append(block)
    stated: dict[str, list[list[bool]]] = defaultdict(list)
    for block in statements(guide):
        stated[block.path].append([source.custom.read for source in sources_of(guide, block)])
    grades: dict[str, float] = {}
    for (path, _), grade in reading.grades(guide).items():
        grades[path] = max(grade, grades.get(path, grade))
    return {path: _facts(by_path[path], stated[path], grades.get(path)) for path in guide.looked_at}


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
