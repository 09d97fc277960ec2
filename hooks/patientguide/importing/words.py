"""Rows of a table into words of the glossary, added at the end of glossary.yml; nothing that stands there is changed.

Whether a word can be shown is asked of the checks themselves, so that no row that was written stops the next build.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from patientguide import checks, parse, yamlfile
from patientguide.buildcache import BuildCache
from patientguide.guide import Guide
from patientguide.importing.rows import Row
from patientguide.loader import is_entry_name
from patientguide.models import Glossary, Term
from patientguide.problems import Severity
from patientguide.sourcewatch import tidy
from patientguide.sourcewatch.watchfile import flow

PATH = "content/glossary.yml"
_ORDER = ("id", "term", "text", "forms", "lay", "misspellings", "see")
_LIST = re.compile(r"^( *)- ", re.MULTILINE)


class CannotAddError(Exception):
    """Why nothing can be added to the file, in a sentence for people."""


def text(rows: Iterable[Row], guide: Guide, before: str, today: str) -> str:
    """The new text of the file; rows that cannot be a word are refused.

    Problems: import-there, import-source, and those of the checks, such as unknown-name.
    Raises CannotAddError when the list of words is not the last part of the file.
    """
    before = before or f'changed: "{today}"\nevidence_checked: "{today[:7]}"\nterms: []\n'
    cache = BuildCache()
    wrong = _lasting(guide, checks.run(guide, cache)[1])
    known = {term.id: term.term for term in guide.terms} | {
        form.casefold(): t.term for t in guide.terms for form in t.forms
    }
    terms = [(row, term) for row in rows if not row.is_refused and (term := _term(row, known))]
    while terms:
        after, starts = _added(before, [term for _, term in terms], today)
        data, problems = yamlfile.read(after, PATH)
        glossary, faults = parse.model(Glossary, data) if data else (None, [])
        problems += faults
        if glossary and data:
            trial = replace(guide, glossary=glossary, records={**guide.records, PATH: data}, lookups={})
            problems = [p for p in checks.run(trial, cache)[1] if p not in wrong]
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
    """The fields of a word; a row of a word that is there already is refused."""
    fields = dict(row.fields)
    sources = fields.pop("source", [])
    fields["id"] = fields.get("id") or tidy.slug(fields["term"])
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
    """The text with its sources before the last full stop."""
    keys = "; ".join(f"@{key.strip('[]@')}" for key in sources)
    return f"{text.rstrip('. ')} [{keys}]."


def _added(before: str, terms: list[dict[str, Any]], today: str) -> tuple[str, list[int]]:
    """The text with the words at its end, in the indent of those before, and the line on which each starts."""
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
    _prove(before, after, terms)
    return after, starts


def _prove(before: str, after: str, terms: list[dict[str, Any]]) -> None:
    """Whatever the file looked like, what it held is unchanged, and only the words came to it."""
    old, new = (yamlfile.read(text, PATH)[0] for text in (before, after))
    if not old or not new or not isinstance(old.data, dict) or not isinstance(new.data, dict):
        raise CannotAddError(f"{PATH} could not be read after adding to it; put the list terms: last.")
    expected = {**old.data, "changed": None, "terms": [*(old.data.get("terms") or []), *terms]}
    if {**new.data, "changed": None} != expected or Term.model_fields.keys() < terms[0].keys():
        raise CannotAddError(f"Words can only be added when the list terms: is the last part of {PATH}.")
