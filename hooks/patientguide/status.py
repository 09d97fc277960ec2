"""The honest state of a page: who drafted it, whether anyone reviewed it, and how fresh its evidence is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patientguide import dates
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated


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


def of(ages: Iterable[Age], until: str | None, today: date) -> Status:
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
