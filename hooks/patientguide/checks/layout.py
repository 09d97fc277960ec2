"""Checks of Markdown that would not display as intended: boxes, lists, tables and headings.

Python-Markdown silently drops, hides or shows raw what it does not understand. Each check here is for one such case;
the advice says how to write it instead, and nothing is guessed.
"""

import re
from collections.abc import Callable, Iterator

from patientguide.core.problems import Place, Problem
from patientguide.markup.tokens import tokens
from patientguide.model import routes
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide

_BOX = re.compile(r'(!!!|\?\?\?) (danger|warning|note|info|tip) "[^"]+"$')
_LIST = re.compile(r"([-*+]|[0-9]+\.) +\S")
# Item markers of people and other programs that Python-Markdown reads as running text.
_NO_LIST = re.compile(
    r"\(?([0-9]{1,3}\.?|[A-Za-z]|[ivx]{1,4})\)\s|([a-z]|[ivx]{2,4})\.\s(?![a-z]\.)|[0-9]{1,2}\.([^\W\d_]|\u00a0)"
    r"|[\u00b7\u2022\u2023\u2043\u2192\u2219\u25a0-\u25ff\u2605-\u2612\u2713-\u2718\u27a1-\u27be\u30fb\u2460-\u24ff\u2776-\u2793]"
    r"|[\u2010-\u2015\u2212]\s|[-+][^\W\d_]|[-*+]\u00a0|--+ ?\w"
)
_BOX_OF_ANOTHER = re.compile(r":::+|/// ?\w|\.\. [a-z-]+::|(> ?)*\[!\w+\]")
_LIST_IN_LIST = re.compile(r"([-*+]|[0-9]+\.) +(([-*+]|[0-9]+\.|:) |>)")
_HOW_TO_BOX = 'Write !!! then danger, warning, note, info or tip, then a title in straight quotes: !!! warning "Title"'
_DEEPEST = 12
_COLUMNS = 12
_OWNER = re.compile(r"([-*+]|[0-9]+\.) |!!!|\?\?\?|: {3}")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_ROW_OF_SIGNS = re.compile(r"[|:\- ]+")
_NESTED = 4
"""Text belongs to the list item or box above it if it is indented by this many spaces."""

Lines = list[str]
Fault = tuple[str, str, str]


def layout(guide: Guide) -> Iterator[Problem]:
    """Boxes, lists, tables and headings must be written in the one form that always displays as intended."""
    for entry in guide.entries_looked_at:
        lines = _without_code(entry.body).split("\n")
        for number, line in enumerate(lines):
            if line.strip():
                for fault in _faults(entry, lines, number):
                    yield Problem(Place(entry.path, entry.body_line + number), *fault)


def _without_code(body: str) -> str:
    """The body with code blocks masked."""
    pieces = (re.sub(r"[^\n]", "x", t.text) if t.kind == "fence" else t.text for t in tokens(body))
    return "".join(pieces)


def _faults(entry: Entry[Dated], lines: Lines, number: int) -> Iterator[Fault]:
    if entry.kind == "faqs" and lines[number].lstrip().startswith("#"):
        yield "heading-in-answer", "An answer has no headings.", "Write paragraphs, or several questions."
        return
    if lines[number].startswith("### ") or entry.kind == "pages":
        yield from _second_heading(lines, number)
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
    if line.startswith("#"):
        return _words_of_heading(line)
    if re.match(r"h[1-6]\. \S", line):
        return "heading", "This is not a heading yet.", "Write ## or ###, one space and the words."
    if re.fullmatch(r"\s*(=+|-+|([-*_])( *\2){2,})\s*", line):
        return (
            "line-of-signs",
            "A line of signs would become a heading or a rule.",
            "Remove it, or write ## before a heading.",
        )
    return None


def _words_of_heading(line: str) -> Fault | None:
    if re.search(r"[*`{\[\\]|(?<!\w)_|_(?!\w)", line):
        return (
            "heading",
            "A heading is plain words.",
            "Take out stars, links and settings; they may be used in the text.",
        )
    return None


def _second_heading(lines: Lines, number: int) -> Iterator[Fault]:
    """Refuse equal headings: links and search find a heading by its words."""
    if not lines[number].startswith("##"):
        return
    words = lines[number].lstrip("#").strip()
    above = (line.lstrip("#") for line in _above(lines, number) if line.startswith("##"))
    if any((routes.anchor(other.strip()) or other.strip()) == (routes.anchor(words) or words) for other in above):
        message = f"A second heading of this page is '{words[:60]}'."
        yield "heading", message, "Say in each heading what its part is about."


def _box(lines: Lines, number: int) -> Fault | None:
    line = lines[number].strip()
    if _BOX_OF_ANOTHER.match(line):
        return "box", "This is not a box yet.", f"{_HOW_TO_BOX}, and indent its text by four spaces."
    if not line.startswith(("!!!", "???")):
        return None
    if not _BOX.match(line):
        return "box", "This is not a box yet.", _HOW_TO_BOX
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
    if fault := _other_list(lines, number):
        return fault
    return _unless_parted(lines, number, "list", _LIST)


def _other_list(lines: Lines, number: int) -> Fault | None:
    """Refuse adjacent lists, which become one list of the first kind, and numbers that would be shown differently."""
    line, above = lines[number].strip(), _item_above(lines, number)
    own = re.match(r"[0-9]+", line)
    before = re.match(r"[0-9]+", above) if above else None
    if above is None:
        if own and own[0] != "1":
            return "list", "A numbered list starts with 1.", "Number from 1, or start the line with a word."
    elif bool(own) != bool(before) or (own and own[0] == "1" and not lines[number - 1].strip()):
        return "list", "This list would go on with the list above.", "Write a sentence between the two lists."
    elif own and before and int(own[0]) != int(before[0]) + 1:
        message = f"The page would show {int(before[0]) + 1} here, not {own[0]}."
        return "list", message, "Number the items 1, 2, 3, and so on."
    elif line[0] != above[0] and not own:
        return (
            "list",
            f"This item starts with {line[0]}, and the one above with {above[0]}.",
            "Start all with a hyphen.",
        )
    return None


def _look_alike(lines: Lines, number: int) -> Fault | None:
    """Refuse what looks like a list or a comparison to a person, but not to Python-Markdown."""
    line = lines[number].strip()
    if line.startswith(">") and not _BOX_OF_ANOTHER.match(line):
        return "quotation", "A line that starts with > loses this sign.", "Write 'more than' in words."
    if _NO_LIST.match(line):
        return "list", "This is not a list yet.", "Start each item with a hyphen, or with 1. and a space."
    return None


def _item_above(lines: Lines, number: int) -> str | None:
    """The previous item of the same depth, if only its own text is between the two."""
    indent = _indent(lines[number])
    for index in range(number - 1, -1, -1):
        line = lines[index]
        if not line.strip() or _indent(line) > indent:
            continue
        if _LIST.match(line.strip()):
            return line.strip() if _indent(line) == indent else None
        if not _wraps(lines, index):
            return None
    return None


def _wraps(lines: Lines, number: int) -> bool:
    """Whether the lines above, up to an empty one, are the wrapped text of a list item."""
    start = number
    while start and lines[start - 1].strip():
        start -= 1
    return start < number and bool(_LIST.match(lines[start].strip()))


def _table(lines: Lines, number: int) -> Fault | None:
    line, before = lines[number].strip(), lines[number - 1].strip() if number else ""
    if line.count("|") > _COLUMNS + 1:
        return "table", f"This line has more than {_COLUMNS} cells.", "Make several tables, or a list."
    if not line.startswith("|"):
        if ("|" in line and _RULE.fullmatch(line)) or before.startswith("|"):
            message = "This line would become part of a table."
            return "table", message, "Start every line of it with |, and end it with an empty line."
        return None
    if lines[number].startswith("|") and (fault := _unless_parted(lines, number, "table", re.compile(r"\|"))):
        return fault
    return _row(lines, number)


def _row(lines: Lines, number: int) -> Fault | None:
    """Refuse rows with more cells than the first one: they would not be shown."""
    first = number
    while first and lines[first - 1].strip().startswith("|"):
        first -= 1
    line, rule = lines[number].strip(), lines[first + 1].strip() if first + 1 < len(lines) else ""
    cells, columns = _cells(line), _cells(lines[first].strip())
    if number == first and not (rule.startswith("|") and _RULE.fullmatch(rule)):
        message = "This is not a table yet: the line of dashes under its first line is missing."
        return "table", message, f"Write {'|---' * columns}| under this line."
    if number == first or not _RULE.fullmatch(rule):
        return None
    if number > first + 1 and _ROW_OF_SIGNS.fullmatch(line):
        return "table", "This line of the table has no words.", "Remove it, or leave an empty line before a new table."
    if cells > columns or (number == first + 1 and cells != columns):
        message = f"This line has {_count(cells)}, and the first line of the table has {columns}."
        return "table", message, "Give all lines the same number of cells; within a cell, write / or a word for |."
    return None


def _cells(row: str) -> int:
    return row.removeprefix("|").removesuffix("|").count("|") + 1


def _count(cells: int) -> str:
    return f"{cells} cell{'s' * (cells != 1)}"


def _unless_parted(lines: Lines, number: int, what: str, same: re.Pattern[str] | None = None) -> Fault | None:
    """A fault unless an empty line, the parent of this line, or more of the same comes before."""
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
    """Refuse indented text without a parent: it is shown as code."""
    indent = _indent(lines[number])
    if indent > _DEEPEST:
        return "indent", "This line is indented too far.", "Use at most three levels."
    if not indent or (number and lines[number - 1].strip() and indent < _NESTED):
        return None
    for line in _above(lines, number):
        # Wrapped text with another indent belongs to the item above it, and does not matter for this line.
        is_wrapped = _indent(line) % _NESTED and not _OWNER.match(line.strip())
        if line.strip() and _indent(line) < indent and not is_wrapped:
            owned = _OWNER.match(line.strip()) and indent == _indent(line) + _NESTED
            wrapped = lines[number - 1].strip() and indent <= _indent(line) + _NESTED
            return None if owned or wrapped else _INDENTED
    return _INDENTED


_INDENTED = (
    "indent",
    "This line starts with spaces for no reason.",
    "Remove the spaces, or use four under a list item or a box.",
)


def _above(lines: Lines, number: int) -> Iterator[str]:
    """The lines above, nearest first, without copying them."""
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
