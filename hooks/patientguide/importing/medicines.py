"""Rows of a table into starting files of medicines, as `new` writes them, with what the row says filled in.

They are drafts: nothing is published before somebody wrote the rest and took out `draft: true`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from patientguide import frontmatter, parse, starting
from patientguide.guide import Guide
from patientguide.importing.rows import Row
from patientguide.loader import is_entry_name
from patientguide.models import Medication
from patientguide.problems import suggest
from patientguide.sourcewatch import tidy
from patientguide.sourcewatch.watchfile import flow


def files(rows: Iterable[Row], guide: Guide, taken: Iterable[str], today: date) -> dict[str, str]:
    """The text of a starting file for each row that can be one, by its id.

    Problems: import-there, import-key, import-name, and those of the file itself, such as wrong-value.
    """
    known = {name: name for name in taken} | _names(guide)
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
        text = starting.text("medications", guide, today, {name: flow(value) for name, value in fields.items()})
        _prove(row, text, id_)
        if not row.is_refused:
            texts[id_] = text
            known |= dict.fromkeys(_called({**fields, "id": id_}), id_)
    return texts


def _names(guide: Guide) -> dict[str, str]:
    """Every name of a medicine that the guide has, with its id."""
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
    fields.setdefault("id", tidy.slug(fields["generic"]))
    fields.setdefault("title", fields["generic"][:1].upper() + fields["generic"][1:])
    for kind, entries in (("therapies", guide.therapies), ("phases", guide.phases)):
        ids = [entry.id for entry in entries]
        for name in fields.get(kind, []):
            if name not in ids:
                shown = tidy.plain(name, 60)
                row.refuse("import-name", f"There is no '{shown}' in {kind}/.", suggest(name, ids))
    return fields


def _prove(row: Row, text: str, id_: str) -> None:
    """Refuse a row whose file could not be read again."""
    document, problems = frontmatter.read(text, f"content/medications/{id_}.md")
    problems += parse.model(Medication, document.facts)[1] if document else []
    for problem in problems:
        row.refuse(problem.code, problem.message, problem.advice)
