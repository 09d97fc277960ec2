"""Matching a source with a registry record, and finding notices of retraction or correction."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from patientguide.core.text import TAKEN_BACK, fold, is_shown, label_text, plain_text
from patientguide.model import identifiers
from patientguide.model.records import Notice
from patientguide.model.reference import Reference
from patientguide.sources.records import Summary, Work

# -- comparing title, first author and year
#
# A number that exists but belongs to another paper is the most frequent copying mistake, and has a valid form.


SAME_TITLE = 90.0  # of 100: how much of two titles' words must agree (rapidfuzz token_sort_ratio)
SAME_TRIAL = 60.0  # registries have a short and an official title, and people use others
YEARS_APART = 1  # online and in print
SHORTEST_TITLE = 4  # words that a title needs to match one with a subtitle


@dataclass(frozen=True)
class Facts:
    """The facts of a service about a work; empty means unknown. A work may have several titles."""

    titles: tuple[str, ...]
    author: str = ""
    year: str = ""


def is_same(reference: Reference, facts: Facts) -> bool:
    """Whether a source and the facts of a service can be the same work.

    The title decides. If the project is not sure of its title, first author and year decide. If the title is the same,
    the works differ only if both author and year differ (a series, an editorial).
    """
    same_title = any(titles_agree(reference.title, title) for title in facts.titles)
    same_author = authors_agree(reference, facts.author)
    if same_title:
        return same_author or years_agree(reference, facts.year)
    if reference.custom.title_confirmed:
        return not facts.titles
    return same_author and years_agree(reference, facts.year)


def titles_agree(one: str, other: str) -> bool:
    """Whether two titles are equal except for a few letters, the order of words, or a missing subtitle.

    The prefix that a publisher adds to the title of a retracted work is ignored.
    """
    bare = (fold(TAKEN_BACK.sub("", plain_text(title), 1)) for title in (one, other))
    first, second = sorted(bare, key=len)
    if fuzz.token_sort_ratio(first, second) >= SAME_TITLE:
        return True
    return first.count(" ") + 1 >= SHORTEST_TITLE and second.startswith(f"{first} ")


def trials_agree(title: str, titles: tuple[str, ...]) -> bool:
    """Whether the title of a source can be that of a trial: one contains most words of the other."""
    return any(fuzz.token_set_ratio(fold(title), fold(other)) >= SAME_TRIAL for other in titles if other)


def authors_agree(reference: Reference, author: str) -> bool:
    """Whether the first author can be the same. Organizations and missing authors are not compared."""
    family = fold(reference.author[0].family or "") if reference.author else ""
    name = fold(author)
    return not family or not name or name.startswith(family) or family.startswith(name) or name.endswith(f" {family}")


def years_agree(reference: Reference, year: str) -> bool:
    """Whether the years differ by at most one. Unknown years are not compared."""
    if not reference.issued or not year[:4].isdigit():
        return True
    return abs(int(reference.issued[:4]) - int(year[:4])) <= YEARS_APART


# -- notices of retraction, correction and the like at Crossref and PubMed, each once
#
# Crossref has records of publishers and of Retraction Watch, so it may list a retraction twice: they are the same if
# the DOI of the notice is. PubMed names notices in words, with a PubMed number of their own.


GRAVE = ("retraction", "withdrawal", "removal")
"""Types after which a work must not be cited."""

_WORST_FIRST = (*GRAVE, "partial_retraction", "expression_of_concern")
_PUBMED = {
    "retraction in": "retraction",
    "partial retraction in": "partial_retraction",
    "expression of concern in": "expression_of_concern",
    "erratum in": "erratum",
    "corrected and republished in": "correction",
    "update in": "new_version",
}
"""Notices among the related records of PubMed, with Crossref's name for each."""
_DOI = re.compile(r"\b(10\.[0-9]{4,9}/[^\s;,]+[^\s;,.])")


def of_work(work: Work) -> list[Notice]:
    """The notices about a work at Crossref."""
    found = []
    for update in work.updated_by:
        on = update.updated.text if update.updated else None
        by = label_text(update.source, 60) or "unknown"
        found.append(Notice(type=_type(update.type), doi=_known(update.DOI), date=on, by=[by]))
    found += [Notice(type=kind, by=["Crossref"]) for title in work.title[:1] if (kind := of_title(title))]
    return merged(found)


def of_summary(summary: Summary) -> list[Notice]:
    """The notices about an article at PubMed. An article marked as retracted has one, even without a record."""
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
    """The notice type in the prefix that publishers add to the title of a retracted work, if any."""
    found = TAKEN_BACK.match(plain_text(title))
    return "" if not found else "withdrawal" if found[1].casefold() == "withdrawn" else "retraction"


def _known(doi: str) -> str | None:
    """The DOI of a notice, if it is valid."""
    return doi if identifiers.doi(doi) is None and is_shown(doi) else None


def merged(notices: Iterable[Notice]) -> list[Notice]:
    """Each notice once, most serious first.

    Two records are the same notice if they have the same DOI, or the same type and no differing number.
    """
    kept: list[Notice] = []
    for notice in sorted(notices, key=lambda notice: (notice.doi is None, _gravity(notice))):
        same = next((index for index, other in enumerate(kept) if _same(notice, other)), None)
        if same is None:
            kept.append(notice)
        else:
            kept[same] = _together(kept[same], notice)
    return sorted(kept, key=lambda notice: (_gravity(notice), notice.date or "", notice.doi or ""))


def notice_in_words(notice: Notice) -> str:
    """A notice in words, such as `correction of 2020-07-01 (10.1000/notice)`."""
    number = notice.doi or (f"PubMed {notice.pmid}" if notice.pmid else "")
    return "".join(
        [
            notice.type.replace("_", " "),
            f" of {notice.date}" if notice.date else "",
            f" ({number})" if number else "",
        ]
    )


def grave(notices: Iterable[Notice]) -> Iterator[Notice]:
    """The notices after which the work must not be cited."""
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
    """The earlier date; the more precise one if one is a prefix of the other."""
    if one and other and (one.startswith(other) or other.startswith(one)):
        return max(one, other, key=len)
    return min(filter(None, (one, other)), default=None)


def _gravity(notice: Notice) -> int:
    return _WORST_FIRST.index(notice.type) if notice.type in _WORST_FIRST else len(_WORST_FIRST)


def _type(text: str) -> str:
    return re.sub(r"[\s-]+", "_", label_text(text, 60).casefold()) or "notice"
