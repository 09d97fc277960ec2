"""Read RIS into rows, with rispy: small, maintained, and without dependencies.

rispy reports no line numbers, and takes a continued line for another author. So records are split here, continued
lines are joined, and rispy reads one record at a time. Tags: the RIS specification of 2011, as Zotero,
EndNote and PubMed write it.
"""

import re
from collections.abc import Iterator
from itertools import chain

import rispy
from rispy.config import TAG_KEY_MAPPING

from patientguide.authoring.rows import Row, extra
from patientguide.core.problems import Place, Problem

TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "ELEC": "webpage",
    "BLOG": "webpage",
    "RPRT": "report",
    "GOVDOC": "report",
    "STAND": "report",
    "THES": "report",
    "BOOK": "book",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CONF": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "CPAPER": "chapter",
    "DICT": "chapter",
    "ENCYC": "chapter",
}
"""The source type for each supported RIS type."""

FIELDS = {
    "title": ("TI", "T1"),
    "publisher": ("PB",),
    "issued": ("DA", "PY", "Y1"),
    "accessed": ("Y2",),
    "volume": ("VL",),
    "issue": ("IS",),
    "DOI": ("DO",),
}
"""The tags of each field; the first with a value is used."""

CONTAINERS = {"article-journal": ("JF", "JO", "T2", "JA", "J2"), "chapter": ("T2", "BT")}
"""The tags for the journal or book, by our type; for other types they name a series."""

_IGNORED = "AB N1 N2 KW AD LA DB DP CY ID J1 J2 JA L1 L2 L3 L4 LK M3 ST SN AN CN C7"
IGNORED = frozenset(_IGNORED.split())
"""Tags that sources do not have, or that repeat another; they are counted."""

_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?: |$)")
_ADVICE = "A record starts with a line 'TY  - ' and its type, with two spaces before the hyphen."
_TAGS = {tag: tag for tag in (*TAG_KEY_MAPPING, "BT", "J1", "L3", "LK")}


def read(text: str, path: str) -> tuple[list[Row], list[Problem]]:
    """Every record of a file. Problems: import-file, for text outside of records."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for first, lines in _records(text):
        place = Place(path, first)
        if lines[0].startswith("TY  -"):
            rows.append(_row(lines, place))
        else:
            message = f"'{lines[0][:40]}' belongs to no record."
            problems.append(Problem(place, "import-file", message, _ADVICE))
    return rows, problems


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of each record with the number of the first; stray text line by line."""
    record: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        found = _TAG.match(line)
        tag = found[1] if found else ""
        if tag == "TY" and record:
            yield first, record
            record = []
        if tag == "TY":
            first, record = number, [line]
        elif record:
            record.append(line)
        elif line.strip():
            yield number, [line]
        if tag == "ER" and record:
            yield first, record
            record = []
    if record:
        yield first, record


def _row(lines: list[str], place: Place) -> Row:
    row = Row(place)
    joined: list[str] = []
    for number, line in enumerate(lines, place.line):
        if found := _TAG.match(line):
            row.places.setdefault(found[1], place._replace(line=number))
            joined.append(line)
        elif line.strip():
            joined[-1] += f" {line.strip()}"
    if not joined[-1].startswith("ER"):
        row.refuse("import-file", "This record has no end.", "End it with a line 'ER  - '.")
        return row
    record = rispy.loads("\n".join(joined), mapping=_TAGS, list_tags=[*_TAGS], delimiter_tags_mapping={})[0]
    unknown = record.pop("UK", {})
    tags = {tag: [value] if isinstance(value, str) else value for tag, value in {**record, **unknown}.items()}
    _fill(row, {tag: [value for value in values if value] for tag, values in tags.items()})
    return row


def _fill(row: Row, tags: dict[str, list[str]]) -> None:
    said = next(iter(tags.get("TY", [])), "no type")
    type_ = TYPES.get(said)
    row.fields |= {"type": type_, "said-type": said}
    row.name = next(iter(tags.pop("ID", [])), "")
    used = {"TY", "ER", "AU", "A1", "SP", "EP", "UR", "M1"}
    for name, wanted in {**FIELDS, "container-title": CONTAINERS.get(type_ or "", ())}.items():
        used |= {*wanted}
        row.locate(name, *wanted)
        values = list(chain.from_iterable(tags.get(tag, []) for tag in wanted))
        row.fields[name] = values[0] if name in ("issued", "container-title") and values else row.only_one(name, values)
    row.locate("URL", "UR")
    row.locate("ISBN", "SN")
    row.fields["issue"] = row.fields["issue"] or row.only_one("issue", tags.get("M1", []))
    row.fields["page"] = "-".join(tags.get("SP", [])[:1] + tags.get("EP", [])[:1])
    row.fields["URL"] = [part for value in tags.get("UR", []) for part in re.split(r";\s*(?=https?:)|\s+", value)]
    row.fields["author"] = [_person(row, name) for name in tags.get("AU", []) + tags.get("A1", [])]
    if type_ in ("book", "chapter", "report"):
        row.fields["ISBN"] = " ".join(tags.get("SN", []))
    row.fields |= extra("\n".join(tags.get("N1", [])))
    for tag, values in tags.items():
        if values and tag not in used:
            row.unmapped(tag, IGNORED)


def _person(row: Row, name: str) -> dict[str, str]:
    """A person as family, given and suffix. A name without a comma is an organization, or ambiguous."""
    family, given, *suffix = (*(part.strip() for part in name.split(",")), "")
    if suffix and suffix[0]:
        row.remark("import-author", f"'{suffix[0]}' after a name is left out.", "A source has no field for it.")
    return {"family": family, "given": given} if given and family else {"literal": name.strip(" ,")}
