"""Convert rows to source files as `patientguide cite` writes them; every row is written whole or refused.

A row is refused if anything that identifies the work (title, type, date, DOI, PMID, PMCID, ISBN) is invalid. An address
that a guide must not show is left out, with a remark, if the work has a number. Such lists do not have the kind of
evidence: the file starts with the most careful kind and a note, which `check` reports once the source is cited.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from patientguide.authoring.rows import Row
from patientguide.content import documents
from patientguide.content.loader import is_entry_name
from patientguide.core import yaml
from patientguide.core.text import is_shown, plain_text, slug
from patientguide.model import identifiers
from patientguide.model.guide import Guide
from patientguide.model.reference import Reference
from patientguide.sources import cite, metadata
from patientguide.sources.metadata import SourceFacts

_TO_CHOOSE = "To do: choose the kind of evidence. Nobody has chosen it yet, so this is the most careful one."
_UNDATED = "The list that it was imported from gives no date."
_NOT_OPENED = "It was imported from a list; nobody of this project has opened it."
_TYPES = "article-journal, webpage, report, book and chapter"


@dataclass
class KnownSources:
    """The existing sources: the guide, its file names, and the marks of its works. It grows row by row."""

    guide: Guide
    taken: set[str]
    day: str
    evidence: str | None = None
    """The kind of evidence of all rows, if the user gave one."""
    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with the works of the guide."""
        self.marks |= cite.marks_in(self.guide)


def files(rows: Iterable[Row], known: KnownSources) -> dict[str, str]:
    """The text of a file for each valid row, by key. Problems are kept in the rows.

    Problems: import-type, import-title, import-date, import-number, import-address, import-duplicate, import-key,
    import-evidence, and those of the file itself, such as wrong-value.
    """
    texts: dict[str, str] = {}
    for row in rows:
        if not row.is_refused and (found := _file(row, known)):
            texts[found[0]] = found[1]
    return texts


def _file(row: Row, known: KnownSources) -> tuple[str, str] | None:
    facts = SourceFacts(*_facts(row, known))
    if row.is_refused:
        return None
    facts = metadata.tidied(facts)
    marks = cite.marks({**facts.fields, "NCT": None})
    if there := next((known.marks[mark] for mark in sorted(marks) if mark in known.marks), None):
        row.refuse("import-duplicate", f"This work is there already, as {there}.", f"Cite it as [@{there}].")
        return None
    if not (key := _key(row, facts, known)):
        return None
    evidence = facts.custom.get("evidence") or cite.most_careful(known.guide.settings.evidence).id
    text = cite.source_file_text(facts, evidence, known.day)
    _prove(row, text, key)
    if row.is_refused:
        return None
    known.taken.add(key)
    known.marks |= dict.fromkeys(marks, key)
    return key, text


def _facts(row: Row, known: KnownSources) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a source, and those under custom."""
    fields = dict(row.fields)
    said, evidence = fields.pop("said-type", "no type"), fields.pop("evidence", None)
    if not fields.get("type"):
        advice = f"A source is one of: {_TYPES}. Choose the nearest in the program that made the list, or leave it out."
        row.refuse("import-type", f"'{plain_text(said, 40)}' is no type of source here.", advice)
    if not plain_text(fields.get("title") or ""):
        row.refuse("import-title", "It has no title.", "Write the title as printed.", "title")
    fields["issued"] = _issued(row, fields.get("issued") or "")
    fields["accessed"] = _accessed(row, fields.get("accessed") or "", fields["issued"], known.day)
    _address(row, fields)
    _numbers(row, fields)
    if fields["type"] == "article-journal":
        fields.pop("publisher", None)
    custom: dict[str, Any] = {"undated": _UNDATED} if not fields["issued"] else {}
    if fields["type"] == "webpage" and not fields["accessed"]:
        custom["not_opened"] = _NOT_OPENED
    return fields, custom | _evidence(row, evidence, known)


def _evidence(row: Row, said: str | None, known: KnownSources) -> dict[str, str]:
    if kind := known.evidence or said:
        if kind in known.guide.evidence:
            return {"evidence": kind}
        names = ", ".join(known.guide.evidence)
        row.refuse(
            "import-evidence", f"There is no kind of evidence '{plain_text(kind, 40)}'.", f"Write one of: {names}."
        )
    return {"note": _TO_CHOOSE}


_WHOLE = re.compile(r"[12][0-9]{3}([ /-]+([0-9]{1,2}|[A-Za-z]{3})([ /-]+[0-9]{1,2}([ T][0-9:.+Z-]+)?)?)?")


def _issued(row: Row, said: str) -> str | None:
    text = said.strip(" /")
    if not text:
        row.remark("import-date", "It gives no date, and the new file says so.", "Look the date up.")
        return None
    found = _date(text)
    shown = plain_text(text, 40)
    if not found:
        advice = "Write it like 2021-03-05, 2021-03 or 2021, or leave the field out."
        row.refuse("import-date", f"'{shown}' is no date.", advice, "issued")
    elif not _WHOLE.fullmatch(text) or len(re.split(r"[ /-]+", text)) < found.count("-") + 1:
        row.remark("import-date", f"Of '{shown}' only {found} is kept.", "Look up the date, if it matters.", "issued")
    return found


def _date(text: str) -> str | None:
    """An ISO date. After a year, an invalid month or day and anything else is dropped."""
    return metadata.date_of(re.sub(r"[ /-]+", "-", text))


def _accessed(row: Row, said: str, issued: str | None, today: str) -> str | None:
    """The date when somebody opened the page, if the list has a valid one."""
    text = said.strip(" /")
    found = _date(text) if text else None
    if text and (not found or len(found) != 10 or found > today or (issued and found < issued[:10])):
        message = f"'{plain_text(text, 40)}' cannot be the day somebody opened the page: it is left out."
        row.remark("import-date", message, "Open the page, and write that day under accessed.", "accessed")
        return None
    return found


def _address(row: Row, fields: dict[str, Any]) -> None:
    """An address that may be shown. The address of a DOI becomes the DOI."""
    said = fields.pop("URL", None) or []
    urls = [url for url in (re.split(r"\s+|;\s*(?=https?:)", said) if isinstance(said, str) else said) if url.strip()]
    others = []
    for url in urls:
        if _is_doi_link(url):
            fields["DOI"] = fields.get("DOI") or url
        else:
            others.append(url)
    good = [url for url in others if not identifiers.address_fault(url)]
    if good:
        fields["URL"] = row.only_one("the address", good)
    elif others:
        message, advice = identifiers.address_fault(others[0]) or ("", "")
        known = any(fields.get(name) for name in ("DOI", "PMID", "PMCID", "ISBN"))
        say = row.remark if known or fields["type"] == "article-journal" else row.refuse
        left = " The address is left out." if say == row.remark else ""
        say("import-address", f"{message[:1].upper()}{message[1:]}.{left}", f"{advice.rstrip('.')}.", "URL")
    elif fields["type"] == "webpage":
        row.refuse("import-address", "A web page has no address.", "Write its address, which starts with https://.")


def _is_doi_link(url: str) -> bool:
    try:
        return identifiers.is_doi_link(url)
    except ValueError:
        return False


_BARE: dict[str, Callable[[str], str]] = {
    "DOI": lambda text: re.sub(r"^(https?://((dx|www)\.)?doi\.org/|doi:\s*)", "", text, flags=re.I).rstrip(".,;"),
    "PMID": lambda text: re.sub(r"^PMID:?\s*", "", text, flags=re.I),
    "PMCID": lambda text: re.sub(r"^(PMCID:?\s*)?(PMC)?(?=[0-9])", "PMC", text, flags=re.I),
}


def _numbers(row: Row, fields: dict[str, Any]) -> None:
    """Normalize numbers, and refuse invalid ones: a wrong number is another work."""
    for name, rule in identifiers.OF_FIELDS.items():
        if said := (fields.get(name) or "").strip():
            fields[name] = _BARE[name](said)
            if rule(fields[name]) or not is_shown(fields[name]):
                wrong = f"'{plain_text(said, 60)}' is no {name}."
                row.refuse("import-number", wrong, "Copy it once more, or take the field out.", name)
    if books := (fields.pop("ISBN", None) or "").replace(",", " ").replace(";", " ").split():
        good = [book for book in books if identifiers.isbn(book) is None]
        if good and fields["type"] in ("book", "chapter", "report"):
            fields["ISBN"] = good[0]
        elif fields["type"] in ("book", "chapter"):
            wrong = f"'{plain_text(' '.join(books), 60)}' is no ISBN."
            row.refuse("import-number", wrong, "Copy it once more, or take the field out.", "ISBN")


def _key(row: Row, facts: SourceFacts, known: KnownSources) -> str | None:
    """The row's own key as a file name, or else one made of author, title and year."""
    wanted = slug(row.name)
    if not is_entry_name(wanted):
        # File names that only Windows refuses are refused everywhere.
        found = cite.key_of(facts, known.taken)
        key = found if is_entry_name(found) else cite.key_of(facts, {*known.taken, found})
        if row.name:
            row.remark("import-key", f"The key cannot name a file: it became {key}.", f"Cite it as [@{key}].")
        return key
    if wanted in known.taken:
        row.refuse("import-key", f"The key {wanted} is taken by another work.", "Give it another key in the list.")
        return None
    if wanted != row.name:
        row.remark("import-key", f"The key became {wanted}.", f"Cite it as [@{wanted}].")
    return wanted


def _prove(row: Row, text: str, key: str) -> None:
    """Refuse a row whose file could not be read again."""
    data, problems = yaml.read_yaml(text, f"content/references/{key}.yml")
    problems += documents.validate(Reference, data)[1] if data else []
    for problem in problems:
        row.refuse(problem.code, problem.message, problem.advice)
