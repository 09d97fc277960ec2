"""Markdown that would not show as meant: boxes, lists, tables and headings that an engine reads in another way.

Python-Markdown drops, hides or shows raw what it does not understand, and says nothing. Each rule here stands for
one such case; what is refused is written in another way, never guessed at.
"""

import re
from collections.abc import Callable, Iterator

from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.problems import Place, Problem
from patientguide.prose import tokens

_BOX = re.compile(r'(!!!|\?\?\?) (danger|warning|note|info|tip) "[^"]+"$')
_LIST = re.compile(r"([-*+]|[0-9]+\.) +\S")
_LIST_IN_LIST = re.compile(r"([-*+]|[0-9]+\.) +(([-*+]|[0-9]+\.|:) |>)")
_DEEPEST = 12
_COLUMNS = 12
_OWNER = re.compile(r"([-*+]|[0-9]+\.) |!!!|\?\?\?|: {3}")
_RULE = re.compile(r":?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?")
_NESTED = 4
"""Text belongs to the list item or box above it when it is indented by this many spaces."""

Lines = list[str]
Fault = tuple[str, str, str]


def layout(guide: Guide) -> Iterator[Problem]:
    """Boxes, lists, tables and headings must be written in the one way that always shows as meant."""
    for entry in guide.entries_looked_at:
        lines = _without_code(entry.body).split("\n")
        for number, line in enumerate(lines):
            if line.strip():
                for fault in _faults(entry, lines, number):
                    yield Problem(Place(entry.path, entry.body_line + number), *fault)


def _without_code(body: str) -> str:
    """The body with code blocks as plain words, so that no rule reads them."""
    pieces = (re.sub(r"[^\n]", "x", t.text) if t.kind == "fence" else t.text for t in tokens(body))
    return "".join(pieces)


def _faults(entry: Entry[Dated], lines: Lines, number: int) -> Iterator[Fault]:
    if entry.kind == "faqs" and lines[number].lstrip().startswith("#"):
        yield "heading-in-answer", "An answer has no headings.", "Write paragraphs, or several questions."
        return
    for rule in _RULES:
        if fault := rule(lines, number):
            yield fault


def _tab(lines: Lines, number: int) -> Fault | None:
    if "\t" not in lines[number]:
        return None
    return "tab", "There is a tab in this line.", "Use spaces: four of them under a list item or a box."


def _heading(lines: Lines, number: int) -> Fault | None:
    line = lines[number]
    if line.startswith("# "):
        return "second-title", "A page has one title.", "Start the line with ## instead."
    if line.lstrip().startswith("#") and not re.match(r"#{2,3} \S", line):
        return (
            "heading",
            "This is not a heading yet.",
            "Write ## or ###, one space and the words, at the start of a line.",
        )
    if len(line) > 200 and line.startswith("#"):
        return "heading", "This heading is longer than 200 characters.", "Use a few words."
    if line.startswith("#") and "[@" in line:
        return "citation-in-heading", "A heading carries no citation.", "Move it to the text below."
    if re.fullmatch(r"\s*(=+|-+|([-*_])( *\2){2,})\s*", line):
        return (
            "line-of-signs",
            "A line of signs would become a heading or a rule.",
            "Remove it, or write ## before a heading.",
        )
    return None


def _box(lines: Lines, number: int) -> Fault | None:
    line = lines[number].strip()
    if not line.startswith(("!!!", "???")):
        return None
    if not _BOX.match(line):
        advice = (
            'Write !!! then danger, warning, note, info or tip, then a title in straight quotes: !!! warning "Title"'
        )
        return "box", "This is not a box yet.", advice
    inside = lines[number + 1] if number + 1 < len(lines) else ""
    inside = inside or (lines[number + 2] if number + 2 < len(lines) else "")
    if _indent(inside) < _indent(lines[number]) + _NESTED or not inside.strip():
        return "empty-box", "The box has no text.", "Indent the text under it by four spaces."
    return _unless_parted(lines, number, "box")


def _list(lines: Lines, number: int) -> Fault | None:
    if not _LIST.match(lines[number].strip()):
        return None
    if _LIST_IN_LIST.match(lines[number].strip()):
        return "list", "This list item starts with the sign of another one.", "Start it with a word."
    if _indent(lines[number]) % _NESTED:
        return "list", "This list item is indented by a wrong number of spaces.", "Indent by none or by four spaces."
    return _unless_parted(lines, number, "list", _LIST)


def _look_alike(lines: Lines, number: int) -> Fault | None:
    """Signs that look like a list or a comparison to a person, and like something else to Python-Markdown."""
    line = lines[number].strip()
    if line.startswith(">"):
        return "quotation", "A line that starts with > loses this sign.", "Write 'more than' in words."
    if re.match(r"([0-9]+|[a-z])\) |[\u2022\u2013] ", line):
        return "list", "This is not a list yet.", "Start each item with a hyphen, or with 1. and a space."
    if (first := re.match(r"([0-9]+)\. ", line)) and first[1] != "1" and not _in_list(lines, number):
        return "list", "A numbered list starts with 1.", "Number from 1, or start the line with a word."
    return None


def _in_list(lines: Lines, number: int) -> bool:
    """Whether an item of the same depth stands above, without a paragraph in between."""
    indent = _indent(lines[number])
    for line in _above(lines, number):
        if line.strip() and _indent(line) <= indent and _LIST.match(line.strip()):
            return _indent(line) == indent
        if line.strip() and _indent(line) <= indent and not _wraps(lines, number):
            return False
    return False


def _wraps(lines: Lines, number: int) -> bool:
    """Whether the lines above, up to an empty one, began with a list item: then they are its wrapped text."""
    start = number
    while start and lines[start - 1].strip():
        start -= 1
    return start < number and bool(_LIST.match(lines[start].strip()))


def _table(lines: Lines, number: int) -> Fault | None:
    line, before = lines[number].strip(), lines[number - 1].strip() if number else ""
    if line.count("|") > _COLUMNS + 1:
        return "table", f"This line has more than {_COLUMNS} cells.", "Make several tables, or a list."
    if not line.startswith("|") and (_RULE.fullmatch(line) or before.startswith("|")):
        return (
            "table",
            "This line would become part of a table.",
            "Start every line of it with |, and end it with an empty line.",
        )
    if not lines[number].startswith("|"):
        return None
    return _unless_parted(lines, number, "table", re.compile(r"\|"))


def _unless_parted(lines: Lines, number: int, what: str, same: re.Pattern[str] | None = None) -> Fault | None:
    """A fault unless an empty line, an owner of this one, or more of the same stands before."""
    before = lines[number - 1] if number else ""
    if before.startswith("#") or not before.strip() or (same and same.match(before.strip())):
        return None
    if what == "list" and _wraps(lines, number):
        return None
    if _indent(before) >= _NESTED and _indent(before) > _indent(lines[number]):
        return None
    if _OWNER.match(before.strip()) and _indent(lines[number]) == _indent(before) + _NESTED:
        return None
    return f"no-line-before-{what}", f"The {what} follows a line of text at once.", "Leave an empty line before it."


def _stray_indent(lines: Lines, number: int) -> Fault | None:
    """Indented text without an owner is shown as code, tags and all."""
    indent = _indent(lines[number])
    if indent > _DEEPEST:
        return "indent", "This line is indented too far.", "Use at most three levels."
    if not indent or (number and lines[number - 1].strip() and indent < _NESTED):
        return None
    for line in _above(lines, number):
        # What was wrapped with an indent of its own belongs to the item above it, and says nothing of this line.
        is_wrapped = _indent(line) % _NESTED and not _OWNER.match(line.strip())
        if line.strip() and _indent(line) < indent and not is_wrapped:
            owned = _OWNER.match(line.strip()) and indent == _indent(line) + _NESTED
            wrapped = lines[number - 1].strip() and indent <= _indent(line) + _NESTED
            return None if owned or wrapped else _INDENTED
    return _INDENTED


_INDENTED = (
    "indent",
    "This line is indented, but belongs to nothing.",
    "Remove the spaces, or use four under a list item or a box.",
)


def _above(lines: Lines, number: int) -> Iterator[str]:
    """The lines above, the nearest first, without a copy of them all."""
    return (lines[index] for index in range(number - 1, -1, -1))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_RULES: tuple[Callable[[Lines, int], Fault | None], ...] = (
    _tab,
    _heading,
    _box,
    _list,
    _look_alike,
    _table,
    _stray_indent,
)
