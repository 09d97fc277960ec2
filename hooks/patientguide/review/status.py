"""The review status of a page, the strength of its evidence, and the notice that says both."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from patientguide.core import dates, i18n, templates
from patientguide.markup.tokens import escape
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide
from patientguide.model.reference import Reference
from patientguide.model.settings import STRENGTHS
from patientguide.review import signoff
from patientguide.review.signoff import PageReview

# The honest state of a page: who drafted it, whether anyone reviewed it, and how fresh its evidence is.


@dataclass(frozen=True, slots=True)
class Age:
    """When a text changed, when its evidence was checked, and for how many months that holds."""

    changed: str
    evidence_checked: str
    months: int


@dataclass(frozen=True)
class Status:
    """Dates as authored or counted, and whether the review is overdue."""

    changed: str
    evidence_checked: str
    review_due: str
    overdue: bool


def ages(guide: Guide, entries: Iterable[Entry[Dated]]) -> list[Age]:
    """The ages of the texts of entries."""
    months = guide.settings.review_months
    return [Age(e.front.changed, e.front.evidence_checked, getattr(months, e.kind)) for e in entries]


def status_of(ages: Iterable[Age], until: str | None, today: date) -> Status:
    """The state of a page made of texts of these ages: newest change, oldest evidence, earliest review due.

    `until` is when the earliest review by a person ends, if there is one.

    NHS, "know that a page is up to date": show the last and the next review, and never take either from an edit.
    """
    chosen = list(ages)
    due = min(dates.months_later(age.evidence_checked, age.months) for age in chosen)
    due = min(due, until or due)
    return Status(
        changed=max(age.changed for age in chosen),
        evidence_checked=min(age.evidence_checked for age in chosen),
        review_due=due,
        overdue=dates.is_past(due, today),
    )


# What data for programs says of itself, so that no copy of the text loses it: who drafted it, and who reviewed it.


def review_notice(review: PageReview, language: str = "en") -> str:
    """Two sentences: who wrote it, and what its review is worth today."""
    return _review_notice(review.drafted, review.state.value, language)


def guide_notice(guide: Guide) -> str:
    """The same of a guide as a whole, and that it informs and does not advise."""
    review = signoff.page_review(guide, [entry.name for entry in guide.entries])
    return f"{review_notice(review)} {_not_advice()}"


@lru_cache(maxsize=256)
def _review_notice(drafted: str, state: str, language: str) -> str:
    template = templates.environment().get_template("parts/notice.txt.j2")
    return template.render(drafted=drafted, state=state, _=i18n.catalog(language)).strip()


@lru_cache(maxsize=1)
def _not_advice() -> str:
    return templates.environment().get_template("parts/informs.txt.j2").render().strip()


# What the sources of a page are worth, in words for readers: kind, date, strength, and what they cannot tell.
#
# The strength is that of a kind of evidence in general (guide.yml), never a rating of one study.


@dataclass(frozen=True)
class Worth:
    """How many sources a page has, how many of each strength (strongest first)."""

    total: int
    strengths: tuple[tuple[str, int], ...]


def worth(guide: Guide, keys: Iterable[str]) -> Worth:
    """What the sources with these keys are worth together."""
    sources = [guide.references[key] for key in keys]
    count = Counter(guide.evidence[source.custom.evidence].strength for source in sources)
    strengths = tuple((name, count[name]) for name in STRENGTHS if count[name])
    return Worth(len(sources), strengths)


def strength_counts(said: i18n.Words, of: Worth) -> str:
    """How many sources there are of each strength, in words."""
    return ", ".join(f"{count} {said(name)}" for name, count in of.strengths)


def evidence_line(guide: Guide, reference: Reference) -> str:
    """Kind, strength and what to know of a source, as Markdown."""
    kind = guide.evidence[reference.custom.evidence]
    said = i18n.catalog(guide.settings.language)
    parts = [f"**{escape(kind.label)}** ({said('usually')} {said(kind.strength)})."]
    if not any(passage.is_checked for passage in reference.passages):
        parts.insert(0, said("Not yet read by us."))
    if not reference.custom.title_confirmed:
        parts.append(said("Its exact title is not confirmed."))
    return " ".join(parts)


def evidence_in_words(guide: Guide, reference: Reference) -> str:
    """The same for somebody who asks why a page says something: with its date, its meaning and its limits."""
    kind = guide.evidence[reference.custom.evidence]
    said = i18n.catalog(guide.settings.language)
    issued = reference.issued
    dated = f"{said('Published')} {said.date(issued)}." if issued else said("Its date is not known to us.")
    return " ".join(
        filter(None, [evidence_line(guide, reference), escape(kind.meaning), escape(kind.cannot_tell or ""), dated])
    )
