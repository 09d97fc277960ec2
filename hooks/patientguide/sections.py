"""The body of an entry as its `##` sections."""

import re
from dataclasses import dataclass

from patientguide.prose import tokens

_HEADING = re.compile("^## ", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A `##` section of an entry's body: its heading, the line of the file that it stands on, and its text."""

    heading: str
    line: int
    text: str


def sections(body: str, first_line: int) -> tuple[Section, ...]:
    """Split at `## ` headings, but not inside code. Text before the first heading has the heading ''."""
    has_code = "```" in body or "~~~" in body
    code = [range(t.start, t.start + len(t.text)) for t in tokens(body) if t.kind == "fence"] if has_code else []
    headings = [found.start() for found in _HEADING.finditer(body)]
    starts = [0, *(start for start in headings if not any(start in part for part in code))]
    found = []
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        piece = body[start:end]
        head, _, text = piece.partition("\n") if piece.startswith("## ") else ("", "", piece)
        found.append(Section(head[3:].strip(), first_line + body[:start].count("\n"), text.strip()))
    return tuple(section for section in found if section.heading or section.text)
