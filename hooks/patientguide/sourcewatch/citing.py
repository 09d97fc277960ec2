"""A new source from its number or address: what services know of it, under which key, as the text of its file.

A client is handed in; files are written by the command line.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from patientguide import webaddress
from patientguide.guide import Guide
from patientguide.settings import Evidence
from patientguide.sourcewatch import metatags, registries, sourcefacts, tidy, watch
from patientguide.sourcewatch.answers import Fault, Missing, Reply
from patientguide.sourcewatch.pasted import Pasted
from patientguide.sourcewatch.records import Handle, PmcRecord, Study, Summary, Work
from patientguide.sourcewatch.sourcefacts import SourceFacts
from patientguide.sourcewatch.watchfile import flow

_STRENGTHS = ("background", "limited", "moderate", "strong")
_LONG_WORD = 5  # letters; shorter words of a title seldom tell it from others
_LONGEST_PART = 30


class Client(registries.Client, Protocol):
    """Asks services, and opens pages, as `services.Client` does."""

    def page(self, url: str) -> Reply | Fault:
        """A web page."""


def fetched(client: Client, pasted: Pasted) -> SourceFacts | Missing | Fault:
    """What is known of a work: its fields; Missing when there is no such number; a Fault when nobody answered."""
    found = _FETCH[pasted.kind](client, pasted.value)
    return sourcefacts.tidied(found) if isinstance(found, SourceFacts) else found


def _doi(client: Client, doi: str) -> SourceFacts | Missing | Fault:
    work = registries.work(client, doi)
    if isinstance(work, Work):
        facts = sourcefacts.of_crossref(work)
        # Only for convenience: an article that PubMed Central does not hold, or a silence, adds nothing.
        record = registries.pmc_records(client, [doi])[doi]
        more = {"PMID": record.pmid, "PMCID": record.pmcid} if isinstance(record, PmcRecord) else {}
        return SourceFacts({**facts.fields, **more}, facts.custom, facts.notes)
    if isinstance(work, Fault):
        return work
    handle = registries.handle(client, doi)
    if not isinstance(handle, Handle):
        return handle
    agency = tidy.label(registries.agency(client, doi) or "another agency", 60)
    note = f"The DOI exists at {agency}, which is not asked here: fill in title, authors and date, and check the type."
    return SourceFacts({"type": "report", "DOI": doi}, notes=(note,))


def _pmid(client: Client, pmid: str) -> SourceFacts | Missing | Fault:
    found = registries.summaries(client, [pmid])[pmid]
    return sourcefacts.of_pubmed(found) if isinstance(found, Summary) else found


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
    return sourcefacts.of_trial(found) if isinstance(found, Study) else found


def _url(client: Client, url: str) -> SourceFacts | Missing | Fault:
    reply = client.page(url)
    if isinstance(reply, Reply):
        return metatags.of(reply.text, url) if reply.status == 200 else Missing()
    return reply


_FETCH: Mapping[str, Callable[[Client, str], SourceFacts | Missing | Fault]] = {
    "DOI": _doi,
    "PMID": _pmid,
    "PMCID": _pmcid,
    "NCT": _nct,
    "URL": _url,
}


def there_already(guide: Guide, numbers: Mapping[str, Any]) -> str | None:
    """The key of a source that is the same work: one DOI, PMID, PMCID, trial record, address, or title and year."""
    known = marks_in(guide)
    return next((known[mark] for mark in sorted(marks(numbers)) if mark in known), None)


def marks_in(guide: Guide) -> dict[tuple[str, str], str]:
    """The marks of every source, with the key of the first that has it."""
    known: dict[tuple[str, str], str] = {}
    for key, reference in guide.references.items():
        ours: dict[str, Any] = {**watch.numbers_of(reference), "URL": reference.URL}
        if not watch.is_record(reference):
            ours.pop("NCT", None)  # an article about a trial is not the record of it
        if reference.custom.title_confirmed:
            ours |= {"title": reference.title, "issued": reference.issued}
        for mark in marks(ours):
            known.setdefault(mark, key)
    return known


def marks(numbers: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What tells a work from others: no two have the same number, address, or title and year."""
    marks = {(kind, str(numbers[kind]).casefold()) for kind in ("DOI", "PMID", "PMCID", "NCT") if numbers.get(kind)}
    if numbers.get("URL"):
        marks.add(("URL", webaddress.folded(numbers["URL"])))
    if numbers.get("title") and numbers.get("issued"):
        marks.add(("title", f"{tidy.folded(numbers['title'])} {numbers['issued'][:4]}"))
    return marks


def key_of(facts: SourceFacts, taken: Collection[str]) -> str:
    """A key that nobody has: first author or publisher, the first long word of the title, and the year."""
    author = (facts.fields.get("author") or [{}])[0]
    who = author.get("family") or author.get("literal") or facts.fields.get("publisher") or ""
    title = facts.fields["title"]
    words = [] if title == sourcefacts.NO_TITLE else tidy.slug(title).split("-")
    what = next((word for word in words if len(word) >= _LONG_WORD), words[0] if words else "")
    parts = (tidy.slug(who)[:_LONGEST_PART].strip("-"), what[:_LONGEST_PART], facts.fields.get("issued", "")[:4])
    key = "-".join(filter(None, parts)) or "source"
    number = 1
    while (found := key if number == 1 else f"{key}-{number}") in taken:
        number += 1
    return found


def most_careful(kinds: Collection[Evidence]) -> Evidence:
    """The kind of evidence that bears least, for a source of which nobody said what it is."""
    return min(kinds, key=lambda kind: (kind.decides, bool(kind.max_years), _STRENGTHS.index(kind.strength)))


def text(facts: SourceFacts, evidence: str, day: str) -> str:
    """The file: every field that is known, in the usual order; what is not known as remarks at the top."""
    lines = [f"# To do: {note}" for note in facts.notes]
    lines.append(f"type: {facts.fields['type']}")
    for name in _ORDER:
        value = facts.fields.get(name)
        if name == "author" and value:
            lines += ["author:", *(f"  - {flow(person)}" for person in value)]
        elif value:
            lines.append(f"{name}: {flow(value)}")
    custom: dict[str, Any] = {"evidence": evidence, "read": False, **facts.custom}
    if facts.fields["title"] == sourcefacts.NO_TITLE:
        custom["title_confirmed"] = False
    if not facts.fields.get("issued"):
        custom.setdefault("undated", f"No date was found by machine on {day}.")
    if facts.fields["type"] == "webpage" and "accessed" not in facts.fields:
        fetched_on = f"Its details were fetched by machine on {day}; nobody of this project has opened it."
        custom.setdefault("not_opened", fetched_on)
    return "\n".join([*lines, "custom:", *(f"  {name}: {flow(value)}" for name, value in custom.items())]) + "\n"


_FIRST = ("title", "author", "container-title", "publisher", "issued", "accessed", "volume", "issue", "page")
_ORDER = (*_FIRST, "DOI", "PMID", "PMCID", "ISBN", "URL")
"""The fields of csl.Reference after its type."""
