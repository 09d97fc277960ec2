"""Read CSL JSON, as Zotero and Better BibTeX write it, into rows.

The file is read item by item with Python's own JSON decoder, because no CSL library reports the line of an item:
citeproc-py works on whole files, and has no positions. Fields and types: CSL 1.0.2, appendices III and IV.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from patientguide.authoring.rows import Row, extra
from patientguide.core.problems import Place, Problem

TYPES = {
    "article-journal": "article-journal",
    "webpage": "webpage",
    "post-weblog": "webpage",
    "report": "report",
    "standard": "report",
    "thesis": "report",
    "book": "book",
    "chapter": "chapter",
    "paper-conference": "chapter",
    "entry-dictionary": "chapter",
    "entry-encyclopedia": "chapter",
}
"""The source type for each supported CSL type."""

FIELDS = (
    *("title", "container-title", "publisher", "volume", "issue", "page"),
    *("DOI", "PMID", "PMCID", "ISBN", "URL"),
)
"""Fields with the same name here."""

_IGNORED = (
    "abstract keyword note language source archive archive_location call-number "
    "ISSN container-title-short title-short shortTitle journalAbbreviation event-place publisher-place "
    "license annote number-of-pages categories"
)
IGNORED = frozenset(_IGNORED.split())
"""Fields that sources do not have; they are counted."""

_READ = ("id", "type", "citation-key", "citekey")

_ADVICE = "Export the list again as CSL JSON; take out what was edited by hand."


def read(text: str, path: str) -> tuple[list[Row], list[Problem]]:
    """Every item of a file. Problems: import-file, if it is not a list of items; then there are no rows."""
    rows: list[Row] = []
    try:
        for start, item in _items(text):
            rows.append(_row(item, _place(text, path, start)))
    except json.JSONDecodeError as error:
        place = Place(path, error.lineno, error.colno)
        return [], [Problem(place, "import-file", f"This is not JSON from here on: {error.msg}.", _ADVICE)]
    except (RecursionError, ValueError):
        return [], [Problem(Place(path), "import-file", "This JSON cannot be read as a list of references.", _ADVICE)]
    return rows, []


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Each item of the list, and its offset."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        raise json.JSONDecodeError("a list in square brackets should start here", text, at)
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        item, end = decoder.raw_decode(text, at)
        yield at, item
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise json.JSONDecodeError("a comma or ] is missing", text, at)
    if _skip(text, at + 1) != len(text):
        raise json.JSONDecodeError("something follows the list", text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\n", "\t", "\r"):
        at += 1
    return at


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. A name that appears twice is kept separately, so that the row can be refused."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[f"{name} (twice)" if name in found else name] = value
    return found


def _place(text: str, path: str, at: int) -> Place:
    return Place(path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _row(item: Any, place: Place) -> Row:
    if not isinstance(item, dict):
        row = Row(place)
        row.refuse("import-file", "This item is no reference.", _ADVICE)
        return row
    row = Row(place, _name(item))
    if "itemType" in item:
        advice = "Choose the format CSL JSON when you export."
        row.refuse("import-file", "This is Zotero's own form of JSON.", advice)
        return row
    row.fields |= {"type": TYPES.get(str(item.get("type"))), "said-type": str(item.get("type", "no type"))}
    for name, value in item.items():
        _field(row, name, value)
    for name, value in extra(str(item.get("note", ""))).items():
        row.fields.setdefault(name, value)
    return row


def _name(item: dict[str, Any]) -> str:
    """The citation key. The id that Zotero itself writes is the address of a library item, not a key."""
    name = str(item.get("citation-key") or item.get("citekey") or item.get("id") or "")
    return "" if re.match(r"https?://|[0-9]+(/|$)", name) else name


def _field(row: Row, name: str, value: Any) -> None:
    if name in ("author", "issued", "accessed"):
        row.fields[name] = _names(row, value) if name == "author" else _date(value)
    elif name.endswith(" (twice)"):
        row.refuse("import-field", f"'{name.removesuffix(' (twice)')}' appears twice.", "Keep one of the two.")
    elif name in FIELDS:
        if isinstance(value, str | int) and not isinstance(value, bool):
            row.fields[name] = str(value)
        elif value is not None:
            row.refuse("import-field", f"'{name}' is no text.", f"Write {name} as a text in double quotes.")
    elif name not in _READ and value not in ("", None, [], {}):
        row.unmapped(name, IGNORED)


def _names(row: Row, value: Any) -> list[dict[str, str]]:
    people = value if isinstance(value, list) else [value]
    names = [_person(row, person) for person in people if isinstance(person, dict)]
    if len(names) != len(people) or not all(names):
        row.refuse("import-author", "An author is no name.", "Write family and given, or literal.")
    return names


def _person(row: Row, person: dict[str, Any]) -> dict[str, str]:
    text = {name: value for name, value in person.items() if isinstance(value, str) and value.strip()}
    if text.get("suffix"):
        row.remark("import-author", f"'{text['suffix']}' after a name is left out.", "A source has no field for it.")
    particles = (text.get("dropping-particle"), text.get("non-dropping-particle"))
    if family := " ".join(filter(None, (*particles, text.get("family")))):
        return {"family": family} | ({"given": text["given"]} if "given" in text else {})
    return {"literal": literal} if (literal := text.get("literal") or text.get("given")) else {}


def _date(value: Any) -> str:
    """A date as text, in the order year, month, day, followed by a season or a second date in words."""
    if not isinstance(value, dict):
        return str(value)
    parts = value.get("date-parts") or []
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and any(parts[0]):
        more = ["season"] if value.get("season") else ["to"] if len(parts) > 1 else []
        return " ".join([*(str(part) for part in parts[0] if part is not None), *more])
    return str(value.get("raw") or value.get("literal") or "")
