"""Read a CSV table of words or medicines into rows, with the peculiarities of Excel.

The separator is the one of comma, semicolon and tab that gives the first line the most known columns. Several values
in a cell are separated by semicolons. Form: RFC 4180.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from patientguide.authoring.rows import Row
from patientguide.core.problems import Place, Problem, Severity, suggest
from patientguide.core.text import is_shown, plain_text
from patientguide.model.entries import Medication, Term
from patientguide.model.fields import meanings


@dataclass(frozen=True)
class Kind:
    """A kind of table: its model, which describes the columns, and its columns."""

    model: type[BaseModel]
    columns: tuple[str, ...]
    """Names of model fields, in order. `id` and `source` belong to the table."""
    several: frozenset[str]
    """Columns that may have several values in a cell."""
    needed: tuple[str, ...]
    """Columns that must not be empty."""
    mark: str
    """The column that identifies such a table."""


KINDS = {
    "glossary": Kind(
        Term,
        ("id", "term", "text", "source", "forms", "lay", "misspellings", "see"),
        frozenset({"forms", "lay", "misspellings", "see", "source"}),
        ("term", "text"),
        "term",
    ),
    "medications": Kind(
        Medication,
        (
            *("id", "title", "generic", "brands", "class", "pronunciation", "given", "test", "summary"),
            *("main_message", "boxed_warning", "therapies", "phases", "also_called", "questions"),
        ),
        frozenset({"brands", "therapies", "phases", "also_called", "questions"}),
        ("generic",),
        "generic",
    ),
}
_OWN = {
    "id": "The last part of its address; made of its name when the cell is empty.",
    "source": "Keys of sources in references/, added to the end of the text.",
}
_SEPARATORS = (",", ";", "\t")
_BROKEN = re.compile(r"#(NAME\?|REF!|VALUE!|N/A|DIV/0!|NULL!|NUM!)")
LONGEST_CELL = 20_000


def columns() -> str:
    """The columns of each kind of table with their descriptions, for people."""
    lines = []
    for name, kind in KINDS.items():
        lines.append(f"{name}: the first line of the table names its columns, in any order.")
        for column in kind.columns:
            notes = [
                said
                for known, said in ((kind.needed, "needed"), (kind.several, "several; in one cell"))
                if column in known
            ]
            said = f" ({', '.join(notes)})" if notes else ""
            lines.append(f"  {column}{said}: {_meaning(kind, column)}")
    return "\n".join(lines)


def _meaning(kind: Kind, column: str) -> str:
    names = {field.alias or name: name for name, field in kind.model.model_fields.items()}
    return _OWN.get(column) or meanings(kind.model).get(names[column], "")


def kind_of(text: str) -> str | None:
    """The kind of table according to the first line, or None."""
    first = {name for separator in _SEPARATORS for name in _names(text.split("\n", 1)[0].split(separator))}
    return next((name for name in ("medications", "glossary") if KINDS[name].mark in first), None)


def read(text: str, path: str, kind: Kind) -> tuple[list[Row], list[Problem]]:
    """Every line of a table. Problems: import-table, if the first line has no column names, or lacks a required one."""
    separator = max(_SEPARATORS, key=lambda sign: len({*_names(text.split("\n", 1)[0].split(sign))} & {*kind.columns}))
    cells = _cells(text, separator)
    first = next(cells, (1, [], ""))
    names = _names(first[1])
    problems = [_problem(path, f"There is no column '{name}'.", kind) for name in kind.needed if name not in names]
    if doubled := sorted({name for name in names if name and names.count(name) > 1}):
        problems.append(_problem(path, f"There are two columns '{doubled[0]}'.", kind))
    if problems:
        return [], problems
    rows = [_row(Place(path, line), names, found, fault, kind) for line, found, fault in cells]
    unknown = [name for name in names if name not in kind.columns]
    return rows, [_unknown(path, name, kind) for name in unknown if name]


def _problem(path: str, message: str, kind: Kind) -> Problem:
    return Problem(Place(path), "import-table", message, f"The first line names columns: {', '.join(kind.columns)}.")


def _unknown(path: str, name: str, kind: Kind) -> Problem:
    message = f"The column '{plain_text(name, 40)}' is not known: it is left out."
    return Problem(Place(path), "import-column", message, suggest(name, kind.columns), Severity.WARNING)


def _names(cells: list[str]) -> list[str]:
    return [re.sub(r"[\s-]+", "_", cell.strip(' "\ufeff').casefold()) for cell in cells]


def _cells(text: str, separator: str) -> Iterator[tuple[int, list[str], str]]:
    """The cells of each non-empty row, the number of its first line, and its fault."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, [], "A quote is not closed, or text follows a quote that closes."
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells, ""


def _row(place: Place, names: list[str], cells: list[str], fault: str, kind: Kind) -> Row:
    row = Row(place, cells[names.index(kind.mark)].strip() if len(cells) > names.index(kind.mark) else "")
    if fault:
        row.refuse("import-cell", fault, "Write a quote inside of a cell twice, and close the one that opens it.")
    elif (len(cells) != len(names) and any(cells[len(names) :])) or len(cells) < len(names):
        message = f"It has {len(cells)} cells, and the first line {len(names)}."
        row.refuse("import-cell", message, "Put a cell that holds the separator between double quotes.")
    else:
        for name, cell in zip(names, cells, strict=False):
            if name in kind.columns:
                _cell(row, name, cell, kind)
    return row


def _cell(row: Row, name: str, cell: str, kind: Kind) -> None:
    text = " ".join(cell.split())
    if _BROKEN.fullmatch(text):
        row.refuse("import-cell", f"'{text}' in '{name}' is an error of a spreadsheet.", "Write the value itself.")
    elif len(text) > LONGEST_CELL or not is_shown(text):
        row.refuse("import-cell", f"'{name}' is too long or holds hidden characters.", "Type the text again.")
    elif name in kind.several:
        row.fields[name] = [part for part in (part.strip() for part in text.split(";")) if part]
    elif text:
        row.fields[name] = text
    elif name in kind.needed:
        row.refuse("import-cell", f"'{name}' is empty.", "Every row needs it.")
