"""Notices of retraction, correction and the like: what Crossref and PubMed record, each notice once.

Crossref carries the records of publishers and of Retraction Watch, so that one retraction may stand there twice; they
are one when the DOI of the notice is the same. PubMed names notices in words and by their own PubMed number.
"""

import re
from collections.abc import Iterable, Iterator

from patientguide import identifiers
from patientguide.sourcewatch import tidy
from patientguide.sourcewatch.records import Summary, Work
from patientguide.sourcewatch.watchfile import Notice

GRAVE = ("retraction", "withdrawal", "removal")
"""Types after which nothing may rest on a work."""

_WORST_FIRST = (*GRAVE, "partial_retraction", "expression_of_concern")
_PUBMED = {
    "retraction in": "retraction",
    "partial retraction in": "partial_retraction",
    "expression of concern in": "expression_of_concern",
    "erratum in": "erratum",
    "corrected and republished in": "correction",
    "update in": "new_version",
}
"""Kinds of related records at PubMed that are notices about the article, and Crossref's word for them."""
_DOI = re.compile(r"\b(10\.[0-9]{4,9}/[^\s;,]+[^\s;,.])")


def of_work(work: Work) -> list[Notice]:
    """The notices about a work at Crossref."""
    found = []
    for update in work.updated_by:
        on = update.updated.text if update.updated else None
        by = tidy.label(update.source, 60) or "unknown"
        found.append(Notice(type=_type(update.type), doi=_known(update.DOI), date=on, by=[by]))
    found += [Notice(type=kind, by=["Crossref"]) for title in work.title[:1] if (kind := of_title(title))]
    return merged(found)


def of_summary(summary: Summary) -> list[Notice]:
    """The notices about an article at PubMed; one marked as retracted has one, even without a record of it."""
    found = []
    for record in summary.references:
        if type_ := _PUBMED.get(record.reftype.casefold()):
            doi = _DOI.search(record.refsource)
            pmid = record.pmid if identifiers.pmid(record.pmid) is None else None
            found.append(Notice(type=type_, doi=_known(doi[1]) if doi else None, pmid=pmid, by=["PubMed"]))
    if "retracted publication" in map(str.casefold, summary.pubtype):
        found.append(Notice(type="retraction", by=["PubMed"]))
    found += [Notice(type=kind, by=["PubMed"]) for kind in [of_title(summary.title)] if kind]
    return merged(found)


def of_title(title: str) -> str:
    """What publishers write before the title of a work that they took back: its type of notice, or nothing."""
    found = tidy.TAKEN_BACK.match(tidy.plain(title))
    return "" if not found else "withdrawal" if found[1].casefold() == "withdrawn" else "retraction"


def _known(doi: str) -> str | None:
    """The DOI of a notice, if it is one that a file can hold."""
    return doi if identifiers.doi(doi) is None and tidy.is_shown(doi) else None


def merged(notices: Iterable[Notice]) -> list[Notice]:
    """Each notice once, gravest first.

    Two records are one notice when they have the same DOI, or the same type and no number in which they differ.
    """
    kept: list[Notice] = []
    for notice in sorted(notices, key=lambda notice: (notice.doi is None, _gravity(notice))):
        twin = next((index for index, other in enumerate(kept) if _same(notice, other)), None)
        if twin is None:
            kept.append(notice)
        else:
            kept[twin] = _together(kept[twin], notice)
    return sorted(kept, key=lambda notice: (_gravity(notice), notice.date or "", notice.doi or ""))


def in_words(notice: Notice) -> str:
    """A notice as `correction of 2020-07-01 (10.1000/notice)`."""
    number = notice.doi or (f"PubMed {notice.pmid}" if notice.pmid else "")
    return "".join(
        [
            notice.type.replace("_", " "),
            f" of {notice.date}" if notice.date else "",
            f" ({number})" if number else "",
        ]
    )


def grave(notices: Iterable[Notice]) -> Iterator[Notice]:
    """Those after which nothing may rest on the work."""
    return (notice for notice in notices if notice.type in GRAVE)


def _same(one: Notice, other: Notice) -> bool:
    if one.doi and other.doi:
        return one.doi.casefold() == other.doi.casefold()
    return one.type == other.type and not (one.pmid and other.pmid and one.pmid != other.pmid)


def _together(one: Notice, other: Notice) -> Notice:
    return Notice(
        type=min((one, other), key=_gravity).type,
        doi=one.doi or other.doi,
        pmid=one.pmid or other.pmid,
        date=_earlier(one.date, other.date),
        by=sorted({*one.by, *other.by}),
    )


def _earlier(one: str | None, other: str | None) -> str | None:
    """The earlier date; of two that agree as far as one goes, the one that says more."""
    if one and other and (one.startswith(other) or other.startswith(one)):
        return max(one, other, key=len)
    return min(filter(None, (one, other)), default=None)


def _gravity(notice: Notice) -> int:
    return _WORST_FIRST.index(notice.type) if notice.type in _WORST_FIRST else len(_WORST_FIRST)


def _type(text: str) -> str:
    return re.sub(r"[\s-]+", "_", tidy.label(text, 60).casefold()) or "notice"
