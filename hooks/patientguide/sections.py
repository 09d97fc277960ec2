"""The body of an entry as its `##` sections."""

from dataclasses import dataclass

from patientguide.prose import tokens


@dataclass(frozen=True)
class Section:
    """A `##` section of an entry's body: its heading, the line of the file that it stands on, and its text."""

    heading: str
    line: int
    text: str


def sections(body: str, first_line: int) -> tuple[Section, ...]:
    """Split at `## ` headings, but not inside code. Text before the first heading has the heading ''."""
    starts = [0]
    for token in tokens(body):
        if token.kind == "fence":
            continue
        offset = token.start
        for line in token.text.splitlines(keepends=True):
            if line.startswith("## ") and (offset == 0 or body[offset - 1] == "\n"):
                starts.append(offset)
            offset += len(line)
    found = []
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        piece = body[start:end]
        head, _, text = piece.partition("\n") if piece.startswith("## ") else ("", "", piece)
        found.append(Section(head[3:].strip(), first_line + body[:start].count("\n"), text.strip()))
    return tuple(section for section in found if section.heading or section.text)
