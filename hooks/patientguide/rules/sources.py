"""Sources: each once, dated, in force, with an address that can be trusted."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from patientguide import dates, webaddress
from patientguide.csl import Reference
from patientguide.guide import Guide
from patientguide.problems import Place
from patientguide.rule import Finding, Subject

SOURCES = Subject("Sources")

_NAMED = "title and year"


def _place(guide: Guide, key: str, *field: str) -> Place:
    return guide.records[f"content/references/{key}.yml"].place(field)


@SOURCES.warning("unused-source", "IPDAS: citations")
def unused(guide: Guide) -> Iterator[Finding]:
    """Every source is cited somewhere."""
    used = guide.cited
    for key in guide.references:
        if not used[key]:
            yield Finding(_place(guide, key), f"Nothing cites '{key}'.", "Cite it, or delete the file.")


@SOURCES.error("duplicate-source", "ICMJE: one entry per work")
def duplicates(guide: Guide) -> Iterator[Finding]:
    """A work has one file: no two have the same DOI, PubMed number, address, or title and year."""
    seen: dict[tuple[str, str], str] = {}
    for key, reference in guide.references.items():
        for what, value in _marks(reference).items():
            first = seen.setdefault((what, value), key)
            if first != key and not (what == _NAMED and _differ(reference, guide.references[first])):
                message = f"'{key}' and '{first}' have the same {what}."
                yield Finding(_place(guide, key), message, f"Cite {first} everywhere and delete this file.")
                break


def _differ(one: Reference, other: Reference) -> bool:
    """Whether something tells two works of the same title and year apart, such as "Hay fever" by two institutes."""
    return any(
        mine.casefold() != theirs.casefold()
        for name in ("DOI", "PMID", "PMCID", "ISBN", "publisher", "container_title")
        if (mine := getattr(one, name)) and (theirs := getattr(other, name))
    )


def _marks(reference: Reference) -> Mapping[str, str]:
    marks = {
        "DOI": (reference.DOI or "").casefold(),
        "PubMed number": reference.PMID or "",
        "address": webaddress.folded(reference.URL) if reference.URL else "",
    }
    if reference.issued and reference.custom.title_confirmed:
        title = re.sub(r"\W+", " ", reference.title.casefold()).strip()
        marks[_NAMED] = f"{title} {reference.issued[:4]}"
    return {what: value for what, value in marks.items() if value}


@SOURCES.warning("unfindable-source", "ICMJE: references that readers can find")
def unfindable(guide: Guide) -> Iterator[Finding]:
    """A reader can find a source: it has an address, or a number by which libraries know it."""
    for key, reference in guide.references.items():
        known = (reference.DOI, reference.PMID, reference.PMCID, reference.ISBN, reference.URL, reference.custom.nct)
        if not any(known):
            message = f"Nobody can find '{key}': it has no DOI, PMID, PMCID, ISBN, URL or nct."
            yield Finding(_place(guide, key), message, "Add one of them. patientguide cite finds the others.")


@SOURCES.error("undated-source", "DISCERN 5; Citing Medicine: date of publication")
def undated(guide: Guide) -> Iterator[Finding]:
    """A source has a date, or says why it has none."""
    for key, reference in guide.references.items():
        if not reference.issued and not reference.custom.undated:
            advice = 'Add issued: "2026-05", or undated: under custom with the reason.'
            yield Finding(_place(guide, key), f"'{key}' has no date.", advice)


@SOURCES.error("no-access-date", "Citing Medicine: date cited")
def not_opened(guide: Guide) -> Iterator[Finding]:
    """A web page has the day somebody opened it, or says why nobody did."""
    for key, reference in guide.references.items():
        if reference.type == "webpage" and not reference.accessed and not reference.custom.not_opened:
            advice = 'Add accessed: "2026-11-21", or not_opened: under custom with the reason.'
            yield Finding(_place(guide, key), f"Nobody says when the page '{key}' was opened.", advice)


@SOURCES.error("access-date", "Citing Medicine: date cited")
def opened_in_time(guide: Guide) -> Iterator[Finding]:
    """A page was opened on a day that has come, and not before it was published."""
    for key, reference in guide.references.items():
        if opened := reference.accessed:
            place = _place(guide, key, "accessed")
            if dates.is_to_come(opened, guide.today):
                yield Finding(place, f"{opened} has not come yet.", "Write the day somebody opened the page.")
            elif reference.issued and opened < reference.issued[: len(opened)]:
                message = f"It was opened on {opened}, before it was published on {reference.issued}."
                yield Finding(place, message, "Correct one of the two dates.")


@SOURCES.error("withdrawn-source", "ICMJE: retracted articles")
def withdrawn(guide: Guide) -> Iterator[Finding]:
    """Nothing rests on a source that was retracted, withdrawn or replaced."""
    used = guide.cited
    for key, reference in guide.references.items():
        if reference.custom.status != "current" and used[key]:
            other = reference.custom.replaced_by
            advice = f"Cite {other} instead, if it says the same." if other else "Cite another source, or remove it."
            message = f"'{key}' is {reference.custom.status}, and {_statements(used[key])} rest on it."
            yield Finding(_place(guide, key, "custom", "status"), message, advice)


@SOURCES.error("unknown-replacement", "the contract of this project")
def replacements(guide: Guide) -> Iterator[Finding]:
    """The source that replaces another exists."""
    for key, reference in guide.references.items():
        other = reference.custom.replaced_by
        if other and other not in guide.references and f"content/references/{other}.yml" not in guide.unread:
            place = _place(guide, key, "custom", "replaced_by")
            yield Finding(place, f"There is no source '{other}'.", "Write the name of a file in content/references/.")


@SOURCES.warning("old-source", "DISCERN 4 and 5; IPDAS: up-to-date evidence")
def old(guide: Guide) -> Iterator[Finding]:
    """A source is looked at again when it is older than guide.yml says for its kind of evidence."""
    for key, reference in guide.references.items():
        evidence = guide.evidence.get(reference.custom.evidence)
        if not (evidence and evidence.max_years and reference.issued):
            continue
        # A source of 2016 may be of December: of a year alone, the whole year counts.
        due = dates.months_later(reference.issued, 12 * evidence.max_years)[: len(reference.issued)]
        if dates.is_past(due, guide.today):
            message = f"'{key}' is from {reference.issued}, more than {evidence.max_years} years ago."
            yield Finding(_place(guide, key, "issued"), message, "Look for a newer one, or waive this with the reason.")


@SOURCES.warning("unread-source", "CIViC: a person must read the source")
def unread(guide: Guide) -> Iterator[Finding]:
    """Somebody of the project has read each source. Readers see a sign where nobody has."""
    alone = Counter[str]()
    for keys in (line.split() for text in guide.texts.values() for line in text.cites.splitlines()):
        known = [key for key in keys if key in guide.references]
        if known and not any(guide.references[key].custom.read for key in known):
            alone.update(known)
    for key, reference in guide.references.items():
        if not reference.custom.read:
            place = _place(guide, key, "custom", "read")
            advice = f"Read it, check what rests on it alone ({_statements(alone[key])}), and write read: true."
            yield Finding(place, f"Nobody has read '{key}'.", advice)


def _statements(count: int) -> str:
    return f"{count} statement{'s' * (count != 1)}"


@SOURCES.error("doi-as-address", "DOI handbook: a DOI is not an address")
def doi_as_address(guide: Guide) -> Iterator[Finding]:
    """A DOI stands under DOI, not as an address."""
    for key, reference in guide.references.items():
        if reference.URL and webaddress.is_doi_link(reference.URL):
            message = f"The address of '{key}' only leads to its DOI."
            yield Finding(_place(guide, key, "URL"), message, "Write the DOI under DOI, and remove URL.")
