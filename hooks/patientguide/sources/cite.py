"""A new source from a DOI, another identifier or a web address."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, Protocol

from patientguide.core.text import fold, label_text, slug
from patientguide.model import identifiers
from patientguide.model.guide import Guide
from patientguide.model.records import flow
from patientguide.model.settings import Evidence
from patientguide.sources import metadata, registries, watch
from patientguide.sources.metadata import SourceFacts
from patientguide.sources.records import Handle, PmcRecord, Study, Summary, Work
from patientguide.sources.registries import Fault, Missing, Reply

# -- recognizing a DOI, a PubMed or PubMed Central number, a trial number, or a web address


Refusal = tuple[str, str]


class Pasted(NamedTuple):
    """A kind of number (DOI, PMID, PMCID, NCT or URL) and the number alone."""

    kind: str
    value: str


_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("DOI", r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)"),
        ("PMCID", r"(?:https?://(?:www\.ncbi\.nlm\.nih\.gov/pmc|pmc\.ncbi\.nlm\.nih\.gov)/articles/)(PMC[0-9]+)\S*"),
        ("PMCID", r"(?:pmcid:?\s*)?(PMC[0-9]+)"),
        ("PMID", r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/([0-9]+)\S*"),
        ("PMID", r"(?:(?:pubmed )?pmid:?\s*)?([0-9]{1,9})"),
        ("NCT", r"https?://(?:www\.)?clinicaltrials\.gov/\S*?(NCT[0-9]{8})(?![0-9])\S*"),
        ("NCT", r"(NCT[0-9]{8})"),
        # Publishers often block programs from the page of an article, but its address contains the DOI.
        (
            "DOI",
            r"https?://[^\s?#]+?/(10\.[0-9]{4,9}/[^\s?#]+?)(?:/(?:full|pdf|epdf|abstract|html))?/?(?:[?#]\S*)?",
        ),
        ("URL", r"([a-z][a-z0-9+.-]*://.+)"),
    )
)
_VALID: Mapping[str, Callable[[str], Refusal | None]] = {
    **identifiers.OF_FIELDS,
    "NCT": identifiers.nct,
    "URL": identifiers.address_fault,
}


def recognize(text: str) -> Pasted | Refusal:
    """The identifier in a text, or message and advice."""
    text = text.strip().strip("<>").rstrip(".,;")
    for kind, form in _FORMS:
        if found := form.fullmatch(text):
            value = found[1].upper() if kind in ("PMCID", "NCT") else found[1]
            return _VALID[kind](value) or Pasted(kind, value)
    return f"'{text[:80]}' is no number or address of a source", "Paste a DOI, PMID, PMCID, NCT number or web address."


# -- the file of a new source; the client is an argument, and the command writes the file


_STRENGTHS = ("background", "limited", "moderate", "strong")
_LONG_WORD = 5  # letters; shorter words seldom distinguish titles
_LONGEST_PART = 30


class Client(registries.ServiceClient, Protocol):
    """A client of services and web pages, such as `registries.Client`."""

    def page(self, url: str) -> Reply | Fault:
        """A web page."""


def fetched(client: Client, pasted: Pasted) -> SourceFacts | Missing | Fault:
    """The fields of a work, Missing if there is no such number, or a Fault if nobody answered."""
    found = _FETCH[pasted.kind](client, pasted.value)
    return metadata.tidied(found) if isinstance(found, SourceFacts) else found


def _doi(client: Client, doi: str) -> SourceFacts | Missing | Fault:
    work = registries.work(client, doi)
    if isinstance(work, Work):
        facts = metadata.of_crossref(work)
        # Optional: without an answer, or if PubMed Central does not have the article, nothing is added.
        record = registries.pmc_records(client, [doi])[doi]
        more = {"PMID": record.pmid, "PMCID": record.pmcid} if isinstance(record, PmcRecord) else {}
        return SourceFacts({**facts.fields, **more}, facts.custom, facts.notes)
    if isinstance(work, Fault):
        return work
    handle = registries.handle(client, doi)
    if not isinstance(handle, Handle):
        return handle
    agency = label_text(registries.agency(client, doi) or "another agency", 60)
    note = f"The DOI exists at {agency}, which is not asked here: fill in title, authors and date, and check the type."
    return SourceFacts({"type": "report", "DOI": doi}, notes=(note,))


def _pmid(client: Client, pmid: str) -> SourceFacts | Missing | Fault:
    found = registries.summaries(client, [pmid])[pmid]
    return metadata.of_pubmed(found) if isinstance(found, Summary) else found


def _pmcid(client: Client, pmcid: str) -> SourceFacts | Missing | Fault:
    record = registries.pmc_records(client, [pmcid])[pmcid]
    if not isinstance(record, PmcRecord):
        return record
    if record.pmid:
        found = _pmid(client, record.pmid)
    elif record.doi:
        found = _doi(client, record.doi)
    else:
        return Fault("PubMed Central names neither its PubMed number nor its DOI.")
    if not isinstance(found, SourceFacts):
        return found
    return SourceFacts({**found.fields, "PMCID": pmcid}, found.custom, found.notes)


def _nct(client: Client, number: str) -> SourceFacts | Missing | Fault:
    found = registries.study(client, number)
    return metadata.of_trial(found) if isinstance(found, Study) else found


def _url(client: Client, url: str) -> SourceFacts | Missing | Fault:
    reply = client.page(url)
    if isinstance(reply, Reply):
        return metadata.from_meta_tags(reply.text, url) if reply.status == 200 else Missing()
    return reply


_FETCH: Mapping[str, Callable[[Client, str], SourceFacts | Missing | Fault]] = {
    "DOI": _doi,
    "PMID": _pmid,
    "PMCID": _pmcid,
    "NCT": _nct,
    "URL": _url,
}


def there_already(guide: Guide, numbers: Mapping[str, Any]) -> str | None:
    """The key of an existing source of the same work: by DOI, PMID, PMCID, trial record, address, or title and year."""
    known = marks_in(guide)
    return next((known[mark] for mark in sorted(marks(numbers)) if mark in known), None)


def marks_in(guide: Guide) -> dict[tuple[str, str], str]:
    """The identifying marks of all sources, with the key of the first source that has each."""
    known: dict[tuple[str, str], str] = {}
    for key, reference in guide.references.items():
        ours: dict[str, Any] = {**watch.numbers_of(reference), "URL": reference.URL}
        if not watch.is_record(reference):
            ours.pop("NCT", None)  # an article about a trial is not its record
        if reference.custom.title_confirmed:
            ours |= {"title": reference.title, "issued": reference.issued}
        for mark in marks(ours):
            known.setdefault(mark, key)
    return known


def marks(numbers: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The identifying marks of a work: numbers, address, and title with year."""
    marks = {(kind, str(numbers[kind]).casefold()) for kind in ("DOI", "PMID", "PMCID", "NCT") if numbers.get(kind)}
    if numbers.get("URL"):
        marks.add(("URL", identifiers.folded_address(numbers["URL"])))
    if numbers.get("title") and numbers.get("issued"):
        marks.add(("title", f"{fold(numbers['title'])} {numbers['issued'][:4]}"))
    return marks


def key_of(facts: SourceFacts, taken: Collection[str]) -> str:
    """A new key: first author or publisher, the first long word of the title, and the year."""
    author = (facts.fields.get("author") or [{}])[0]
    who = author.get("family") or author.get("literal") or facts.fields.get("publisher") or ""
    title = facts.fields["title"]
    words = [] if title == metadata.NO_TITLE else slug(title).split("-")
    what = next((word for word in words if len(word) >= _LONG_WORD), words[0] if words else "")
    parts = (slug(who)[:_LONGEST_PART].strip("-"), what[:_LONGEST_PART], facts.fields.get("issued", "")[:4])
    key = "-".join(filter(None, parts)) or "source"
    number = 1
    while (found := key if number == 1 else f"{key}-{number}") in taken:
        number += 1
    return found


def most_careful(kinds: Collection[Evidence]) -> Evidence:
    """The weakest kind of evidence, for a source whose kind is unknown."""
    return min(kinds, key=lambda kind: (kind.decides, bool(kind.max_years), _STRENGTHS.index(kind.strength)))


def source_file_text(facts: SourceFacts, evidence: str, day: str) -> str:
    """The text of the file: known fields in the usual order, and comments on unknown ones at the top."""
    lines = [f"# To do: {note}" for note in facts.notes]
    lines.append(f"type: {facts.fields['type']}")
    for name in _ORDER:
        value = facts.fields.get(name)
        if name == "author" and value:
            lines += ["author:", *(f"  - {flow(person)}" for person in value)]
        elif value:
            lines.append(f"{name}: {flow(value)}")
    custom: dict[str, Any] = {"evidence": evidence, **facts.custom}
    if facts.fields["title"] == metadata.NO_TITLE:
        custom["title_confirmed"] = False
    if not facts.fields.get("issued"):
        custom.setdefault("undated", f"No date was found by machine on {day}.")
    if facts.fields["type"] == "webpage" and "accessed" not in facts.fields:
        fetched_on = f"Its details were fetched by machine on {day}; nobody of this project has opened it."
        custom.setdefault("not_opened", fetched_on)
    return "\n".join([*lines, "custom:", *(f"  {name}: {flow(value)}" for name, value in custom.items())]) + "\n"


_FIRST = ("title", "author", "container-title", "publisher", "issued", "accessed", "volume", "issue", "page")
_ORDER = (*_FIRST, "DOI", "PMID", "PMCID", "ISBN", "URL")
"""The fields of `Reference` after its type."""
