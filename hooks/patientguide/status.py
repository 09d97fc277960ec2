"""The honest state of a page: who drafted it, whether anyone reviewed it, and how fresh its evidence is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patientguide import dates
from patientguide.guide import Entry
from patientguide.models import Dated
from patientguide.settings import Settings


@dataclass(frozen=True)
class Status:
    """Dates as authored or counted, and whether the review is overdue. Nobody has reviewed anything before sign-off."""

    changed: str
    evidence_checked: str
    review_due: str
    overdue: bool


def of(entries: Iterable[Entry[Dated]], settings: Settings, today: date) -> Status | None:
    """The state of a page made of these entries: newest change, oldest evidence, earliest review due.

    NHS, "know that a page is up to date": show the last and the next review, and never take either from an edit.
    """
    chosen = list(entries)
    if not chosen:
        return None
    due = min(
        dates.months_later(entry.front.evidence_checked, getattr(settings.review_months, entry.kind))
        for entry in chosen
    )
    return Status(
        changed=max(entry.front.changed for entry in chosen),
        evidence_checked=min(entry.front.evidence_checked for entry in chosen),
        review_due=due,
        overdue=dates.is_past(due, today),
    )
