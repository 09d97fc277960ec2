"""Convert registry records and web pages to the fields of a source, without guessing."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from patientguide.core import dates
from patientguide.core.text import LONGEST, is_shown, label_text, plain_text
from patientguide.model import identifiers
from patientguide.model.records import Notice
from patientguide.sources.matching import grave, of_summary, of_work
from patientguide.sources.nlm import MAX_AUTHORS
from patientguide.sources.records import CrossrefName, Study, Summary, Work, day

# -- registry records; each function returns the fields, and notes on what a person has to look up or decide


_DAY = re.compile(r"([12][0-9]{3})(?:[ /-]([0-9]{1,2}|[A-Za-z]{3})(?![A-Za-z]))?(?:[ /-]([0-9]{1,2})(?![0-9]))?")
NO_TITLE = "To do: the title as printed"
_SHORT = 100  # the longest volume, issue and pages (fields.Words)
_TYPES = {
    "journal-article": "article-journal",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "reference-entry": "chapter",
    "proceedings-article": "chapter",
}
_MONTHS = {name.casefold(): number for number, name in enumerate(dates.MONTHS, 1)}


@dataclass(frozen=True)
class SourceFacts:
    """The fields of a source, those under `custom`, and notes for the person who completes the file."""

    fields: Mapping[str, Any]
    custom: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def of_crossref(work: Work) -> SourceFacts:
    """The fields of a work at Crossref."""
    title = ": ".join(filter(None, (*work.title[:1], *work.subtitle[:1])))
    type_ = _TYPES.get(work.type, "report")
    book = next((isbn for isbn in work.ISBN if identifiers.isbn(isbn) is None), None)
    custom, notes = _notices(of_work(work))
    if work.type not in _TYPES:
        notes.append(f"Crossref calls it '{label_text(work.type, 60)}': check the type.")
    return SourceFacts(
        {
            "type": type_,
            "title": title,
            "author": [_crossref_name(name) for name in work.author],
            "container-title": work.container_title[0] if work.container_title else None,
            "publisher": work.publisher if type_ != "article-journal" else None,
            "issued": work.issued.text if work.issued else None,
            "volume": work.volume,
            "issue": work.issue,
            "page": work.page,
            "DOI": work.DOI,
            "ISBN": book if type_ in ("book", "chapter") else None,
        },
        custom,
        tuple(notes),
    )


def _crossref_name(name: CrossrefName) -> Mapping[str, str | None]:
    return {"family": name.family, "given": name.given} if name.family else {"literal": name.name or name.given}


def of_pubmed(summary: Summary) -> SourceFacts:
    """The fields of an article at PubMed, where titles end with a full stop and are in brackets if translated."""
    custom, notes = _notices(of_summary(summary))
    title = summary.title.strip().removesuffix(".")
    if title.startswith("[") and title.endswith("]"):
        title = title[1:-1]
        notes.append("PubMed translated the title: write the one that is printed.")
    authors: list[Mapping[str, str | None]] = []
    for name in summary.authors:
        family, _, initials = name.name.rpartition(" ")
        person = name.authtype == "Author" and bool(family)
        authors.append({"family": family, "given": initials} if person else {"literal": name.name})
    return SourceFacts(
        {
            "type": "article-journal",
            "title": title,
            "author": authors,
            "container-title": summary.fulljournalname or summary.source,
            "issued": date_of(summary.pubdate),
            "volume": summary.volume,
            "issue": summary.issue,
            "page": summary.pages,
            "DOI": summary.other("doi"),
            "PMID": summary.uid,
            "PMCID": summary.other("pmc"),
        },
        custom,
        tuple(notes),
    )


def of_trial(study: Study) -> SourceFacts:
    """The fields of a trial record."""
    named, status = study.protocolSection.identificationModule, study.protocolSection.statusModule
    return SourceFacts(
        {
            "type": "webpage",
            "title": named.officialTitle or named.briefTitle,
            "publisher": "ClinicalTrials.gov",
            "issued": day(status.studyFirstPostDateStruct.date),
            "URL": f"https://clinicaltrials.gov/study/{study.nct}",
        },
        {"nct": study.nct},
        ("It is the record of a trial: it says what is planned, not what was found.",),
    )


def date_of(text: str) -> str | None:
    """A date such as `2020 May 1`, `2022/07/09`, `2021` or `2026-03-04T10:00` in ISO format, or None.

    A season or a range of months becomes the year.
    """
    if not (found := _DAY.match(text)):
        return None
    month = _MONTHS.get((found[2] or "").casefold()) or (int(found[2]) if (found[2] or "").isdigit() else None)
    parts = [found[1], *([f"{month:02d}"] if month else []), *([f"{int(found[3]):02d}"] if month and found[3] else [])]
    return day("-".join(parts)) or found[1]


def tidied(facts: SourceFacts) -> SourceFacts:
    """The same as plain text, without empty fields, and with et al. after the first of many authors."""
    notes = list(facts.notes)
    kept: dict[str, Any] = {}
    for name, value in facts.fields.items():
        if name == "author":
            people = [found for person in value if (found := _person(person))]
            kept[name] = people if len(people) <= MAX_AUTHORS else [*people[:MAX_AUTHORS], {"literal": "et al."}]
        elif value and name in identifiers.OF_FIELDS:
            kept[name] = value if identifiers.OF_FIELDS[name](value) is None and is_shown(value) else None
        elif value:
            kept[name] = label_text(value, _SHORT) if name in ("volume", "issue", "page") else plain_text(value)
    title = kept.get("title") or NO_TITLE
    if title.endswith(" ...") and len(title) > LONGEST - 80:
        notes.append("The title was too long and is cut.")
    known = {name: value for name, value in kept.items() if value} | {"title": title}
    return SourceFacts(known, facts.custom, tuple(notes))


def _person(person: Mapping[str, str | None]) -> dict[str, str]:
    named = {part: plain_text(text) for part, text in person.items() if text}
    return named if named.get("family") or named.get("literal") else {}


def _notices(found: list[Notice]) -> tuple[dict[str, Any], list[str]]:
    if retracted := next(grave(found), None):
        return {"status": "retracted"}, [f"There is a notice of {retracted.type}: nothing may rest on it."]
    return {}, [f"There is a notice of {notice.type.replace('_', ' ')}: read it." for notice in found]


# -- meta tags of web pages: title, site, author, date, and the tags of journals for Google Scholar
#
# They are found in linear time: a hostile page can keep a parser busy for minutes.


HEAD = 200_000  # characters; the rest is not the head
_TAG = 3_000
_ATTRIBUTE = re.compile(r"\s*([^\s=<>\"'/]{1,60})(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+))?")
_TITLE = re.compile(r"<title\b[^<>]{0,500}>([^<]{1,2000})", re.IGNORECASE)
_META = re.compile(r"<meta\b", re.IGNORECASE)
_DATES = ("citation_publication_date", "citation_date", "article:published_time", "dcterms.date", "dc.date", "date")


def from_meta_tags(html: str, url: str) -> SourceFacts:
    """The fields of a web page, or of a journal article if the page has its tags."""
    meta = _meta(html[:HEAD])

    def first(*names: str) -> str | None:
        return next((meta[name][0] for name in names if meta.get(name)), None)

    title = _TITLE.search(html[:HEAD])
    named = first("citation_title", "og:title", "dc.title") or (unescape(title[1]) if title else None)
    common = {"title": named, "author": [_name(name) for name in meta.get("citation_author", [])], "URL": url}
    common["issued"] = next((day for name in _DATES if (day := date_of(first(name) or ""))), None)
    if journal := first("citation_journal_title"):
        pages = [page for page in (first("citation_firstpage"), first("citation_lastpage")) if page]
        return SourceFacts(
            {
                "type": "article-journal",
                **common,
                "container-title": journal,
                "volume": first("citation_volume"),
                "issue": first("citation_issue"),
                "page": "-".join(dict.fromkeys(pages)),
                "DOI": re.sub(r"^(doi:\s*|https?://(dx\.)?doi\.org/)", "", first("citation_doi") or "", flags=re.I),
                "PMID": first("citation_pmid"),
            }
        )
    site = first("og:site_name", "application-name", "citation_publisher", "dc.publisher")
    common["author"] = common["author"] or ([{"literal": name}] if (name := first("author")) else [])
    notes = () if named else ("The page names no title.",)
    return SourceFacts({"type": "webpage", **common, "publisher": site or urlsplit(url).hostname}, notes=notes)


def _meta(head: str) -> dict[str, list[str]]:
    """The contents of meta tags by name or property in lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    for tag in _META.finditer(head):
        attributes: dict[str, str] = {}
        at, end = tag.end(), tag.end() + _TAG
        while at < end and (match := _ATTRIBUTE.match(head, at, end)):
            attributes.setdefault(match[1].casefold(), unescape((match[2] or "").strip("\"'")))
            at = match.end()
        name = attributes.get("name") or attributes.get("property") or ""
        if name and attributes.get("content", "").strip():
            found[name.casefold()].append(attributes["content"].strip())
    return found


def _name(text: str) -> dict[str, str | None]:
    """The name as a person for `Nase, Nora` and `Nora Nase`, or as an organization for a single word."""
    family, comma, given = text.partition(",")
    if not comma:
        given, _, family = text.strip().rpartition(" ")
    return {"family": family.strip(), "given": given.strip() or None} if given else {"literal": text.strip()}
