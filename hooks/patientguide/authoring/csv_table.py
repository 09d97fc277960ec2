"""CSV tables of words or medicines, with the peculiarities of Excel, as glossary words and starting files of medicines.

The separator is the one of comma, semicolon and tab that gives the first line the most known columns. Several values
in a cell are separated by semicolons. Form: RFC 4180.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import BaseModel

from patientguide.authoring import scaffold
from patientguide.authoring.rows import Row
from patientguide.checks import runner
from patientguide.content import documents
from patientguide.content.loader import is_entry_name
from patientguide.core import yaml
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Place, Problem, Severity, suggest
from patientguide.core.text import is_shown, plain_text, slug
from patientguide.model.entries import Glossary, Medication, Term
from patientguide.model.fields import meanings
from patientguide.model.guide import Guide
from patientguide.model.records import flow


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
            *("id", "title", "generic", "brands", "class", "pronunciation", "names", "given", "test", "summary"),
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


# -- medicines: starting files as `new` writes them, with the values of a row; they are drafts


def medicine_files(rows: Iterable[Row], guide: Guide, taken: Iterable[str], today: date) -> dict[str, str]:
    """The text of a starting file for each valid row, by id.

    Problems: import-there, import-key, import-name, and those of the file itself, such as wrong-value.
    """
    known = {name: name for name in taken} | _taken(guide)
    texts = {}
    for row in rows:
        if row.is_refused:
            continue
        fields = _fields(row, guide)
        if there := next((known[name] for name in _called(fields) if name in known), None):
            advice = f"Change medications/{there}.md by hand, or take the row out."
            row.refuse("import-there", f"The guide has it already, as {there}.", advice)
        id_ = fields.pop("id")
        if not is_entry_name(id_):
            row.refuse("import-key", f"'{id_}' cannot be an id.", "Write small letters, digits and hyphens.")
        if row.is_refused:
            continue
        text = scaffold.entry_text("medications", guide, today, {name: flow(value) for name, value in fields.items()})
        _prove_medicine(row, text, id_)
        if not row.is_refused:
            texts[id_] = text
            known |= dict.fromkeys(_called({**fields, "id": id_}), id_)
    return texts


def _taken(guide: Guide) -> dict[str, str]:
    """Every name of a medicine in the guide, with the id of the medicine."""
    found: dict[str, str] = {}
    for entry in guide.medications:
        front = entry.front
        called = _called({"id": entry.id, "title": front.title, "generic": front.generic, "brands": front.brands})
        found |= dict.fromkeys(called, entry.id)
    return found


def _called(fields: dict[str, Any]) -> list[str]:
    names = [fields["id"], fields.get("title", ""), fields.get("generic", ""), *fields.get("brands", [])]
    return [name.casefold() for name in names if name]


def _fields(row: Row, guide: Guide) -> dict[str, Any]:
    fields = {name: value for name, value in row.fields.items() if value}
    fields.setdefault("id", slug(fields["generic"]))
    fields.setdefault("title", fields["generic"][:1].upper() + fields["generic"][1:])
    for kind, entries in (("therapies", guide.therapies), ("phases", guide.phases)):
        ids = [entry.id for entry in entries]
        for name in fields.get(kind, []):
            if name not in ids:
                shown = plain_text(name, 60)
                row.refuse("import-name", f"There is no '{shown}' in {kind}/.", suggest(name, ids))
    return fields


def _prove_medicine(row: Row, text: str, id_: str) -> None:
    """Refuse a row whose file could not be read again."""
    document, problems = documents.read_front_matter(text, f"content/medications/{id_}.md")
    problems += documents.validate(Medication, document.facts)[1] if document else []
    for problem in problems:
        row.refuse(problem.code, problem.message, problem.advice)


# -- words, added at the end of glossary.yml, whose content is not changed
#
# The checks themselves validate each word, so that no imported row stops the next build.


PATH = "content/glossary.yml"
_ORDER = ("id", "term", "text", "forms", "lay", "misspellings", "see")
_LIST = re.compile(r"^( *)- ", re.MULTILINE)


class CannotAddError(Exception):
    """The reason why nothing can be added to the file, as a sentence for people."""


def glossary_text(rows: Iterable[Row], guide: Guide, before: str, today: str) -> str:
    """The new text of the file. Invalid rows are refused.

    Problems: import-there, import-source, and those of the checks, such as unknown-name.
    Raises CannotAddError if the list of words is not the last part of the file.
    """
    before = before or f'changed: "{today}"\nevidence_checked: "{today[:7]}"\nterms: []\n'
    cache = BuildCache()
    wrong = _lasting(guide, runner.run_checks(guide, cache)[1])
    known = {term.id: term.term for term in guide.terms} | {
        form.casefold(): t.term for t in guide.terms for form in t.forms
    }
    terms = [(row, term) for row in rows if not row.is_refused and (term := _term(row, known))]
    while terms:
        after, starts = _added(before, [term for _, term in terms], today)
        data, problems = yaml.read_yaml(after, PATH)
        glossary, faults = documents.validate(Glossary, data) if data else (None, [])
        problems += faults
        if glossary and data:
            trial = replace(guide, glossary=glossary, records={**guide.records, PATH: data})
            problems = [p for p in runner.run_checks(trial, cache)[1] if p not in wrong]
        problems = [p for p in problems if p.severity is Severity.ERROR and p.place.path == PATH]
        if not problems:
            return after
        for problem in problems:
            number = sum(start <= problem.place.line for start in starts) - 1
            if number < 0:
                raise CannotAddError(f"{PATH}, line {problem.place.line}: {problem.message}")
            terms[number][0].refuse(problem.code, problem.message, problem.advice)
        terms = [(row, term) for row, term in terms if not row.is_refused]
    return before


def _lasting(guide: Guide, problems: list[Any]) -> set[Any]:
    return {problem for problem in problems if problem.place.path == PATH} if guide.glossary else set()


def _term(row: Row, known: dict[str, str]) -> dict[str, Any] | None:
    """The fields of a word. A row with an existing word is refused."""
    fields = dict(row.fields)
    sources = fields.pop("source", [])
    fields["id"] = fields.get("id") or slug(fields["term"])
    if not is_entry_name(fields["id"]):
        row.refuse("import-key", f"'{fields['id']}' cannot be an id.", "Write small letters, digits and hyphens.")
        return None
    fields["forms"] = fields.get("forms") or [fields["term"]]
    for name in (fields["id"], *(form.casefold() for form in fields["forms"])):
        if name in known:
            advice = "Change that word in glossary.yml by hand, or take the row out."
            row.refuse("import-there", f"The glossary has it already, as '{known[name]}'.", advice)
            return None
    if sources:
        fields["text"] = _cited(fields["text"], sources)
    if "[@" not in fields["text"]:
        row.refuse(
            "import-source", "Its meaning has no source.", "Fill the column source, or write [@key] in the text."
        )
        return None
    known |= dict.fromkeys([fields["id"], *(form.casefold() for form in fields["forms"])], fields["term"])
    return {name: fields[name] for name in _ORDER if fields.get(name)}


def _cited(text: str, sources: list[str]) -> str:
    """The text with a citation before the last full stop."""
    keys = "; ".join(f"@{key.strip('[]@')}" for key in sources)
    return f"{text.rstrip('. ')} [{keys}]."


def _added(before: str, terms: list[dict[str, Any]], today: str) -> tuple[str, list[int]]:
    """The text with the words at its end, indented like those before, and the line of each."""
    head = re.sub(r"^terms: *\[\] *$", "terms:", before.rstrip(), flags=re.MULTILINE)
    head = re.sub(r'^changed: "[^"\n]*"', f'changed: "{today}"', head, count=1, flags=re.MULTILINE)
    last = head.rfind("\nterms:")
    indent = (
        (found[1] if (found := _LIST.search(head, last + 1)) else "  ")
        if last >= 0 or head.startswith("terms:")
        else None
    )
    if indent is None:
        raise CannotAddError(f"{PATH} has no list terms: to add to.")
    starts = []
    lines = head.split("\n")
    for term in terms:
        lines.append("")
        starts.append(len(lines) + 1)
        first, *rest = (f"{name}: {flow(value)}" for name, value in term.items())
        lines += [
            f"{indent}- {first}".replace(f'"{term["id"]}"', term["id"], 1),
            *(f"{indent}  {line}" for line in rest),
        ]
    after = "\n".join(lines) + "\n"
    _prove_terms(before, after, terms)
    return after, starts


def _prove_terms(before: str, after: str, terms: list[dict[str, Any]]) -> None:
    """Verify that the new file has the old content, unchanged, and the new words."""
    old, new = (yaml.read_yaml(text, PATH)[0] for text in (before, after))
    if not old or not new or not isinstance(old.data, dict) or not isinstance(new.data, dict):
        raise CannotAddError(f"{PATH} could not be read after adding to it; put the list terms: last.")
    expected = {**old.data, "changed": None, "terms": [*(old.data.get("terms") or []), *terms]}
    if {**new.data, "changed": None} != expected or Term.model_fields.keys() < terms[0].keys():
        raise CannotAddError(f"Words can only be added when the list terms: is the last part of {PATH}.")
