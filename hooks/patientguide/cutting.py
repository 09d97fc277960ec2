"""A body cut into paragraphs, list items, table rows, headings and titles of boxes, line by line."""

import re
from dataclasses import dataclass, field

from patientguide.prose import tokens

ITEM = re.compile(r"( *)([-*+]|[0-9]+\.) +")
TITLE = re.compile(r' *(!!!|\?\?\?) \w+ "')


def cut(body: str) -> list[tuple[str, int, int]]:
    """The kind of each piece, where it starts and where it ends. Blocks of code are no text, and left out."""
    cutter, inside, start = _Cutter(), False, 0
    if "```" in body or "~~~" in body:
        body = "".join(re.sub(r"[^\n]", " ", t.text) if t.kind == "fence" else t.text for t in tokens(body))
    for line in body.split("\n"):
        inside = cutter.line(line, start, inside)
        start += len(line) + 1
    return cutter.found


@dataclass
class _Cutter:
    """Cuts a body into blocks, line by line."""

    found: list[tuple[str, int, int]] = field(default_factory=list)

    def line(self, text: str, start: int, inside: bool) -> bool:
        """Take in a line; answers whether the next one may continue its block."""
        kind = _kind(text)
        end = start + len(text)
        if kind == "paragraph" and inside:
            last, first, _ = self.found[-1]
            self.found[-1] = (last, first, end)
            return True
        if kind:
            self.found.append((kind, start, end))
        return kind in ("paragraph", "item")


def _kind(line: str) -> str:
    text = line.strip()
    if not text:
        return ""
    if text.startswith("#"):
        return "heading"
    if TITLE.match(line):
        return "title"
    if text.startswith("|"):
        return "rule" if re.fullmatch(r"[|:\- ]+", text) else "row"
    if ITEM.match(line):
        return "item"
    if text.startswith(("{part:", "{figure:")):
        return "drawn"
    return "paragraph"
