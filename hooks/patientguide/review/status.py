"""The review status of a page, the strength of its evidence, the notices about both, and what is overdue."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

from patientguide.core import dates, i18n, templates
from patientguide.core.problems import CLEAN, Problem, one_line
from patientguide.core.text import github, github_code
from patientguide.markup.tokens import escape
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide
from patientguide.model.reference import Reference
from patientguide.model.settings import STRENGTHS
from patientguide.review import signoff
from patientguide.review.signoff import PageReview

# -- dates: newest change, oldest evidence, next review


@dataclass(frozen=True, slots=True)
class Age:
    """When a text changed, when its evidence was checked, and for how many months that is valid."""

    changed: str
    evidence_checked: str
    months: int


@dataclass(frozen=True)
class Status:
    """The dates of a page, as written or calculated, and whether its review is overdue."""

    changed: str
    evidence_checked: str
    review_due: str
    overdue: bool


def ages(guide: Guide, entries: Iterable[Entry[Dated]]) -> list[Age]:
    """The ages of the texts of entries."""
    return [Age(e.front.changed, e.front.evidence_checked, signoff.months(guide, e.name)) for e in entries]


def status_of(ages: Iterable[Age], until: str | None, today: date) -> Status:
    """The status of a page made of texts of these ages: newest change, oldest evidence, earliest review due.

    `until` is the end of the earliest review by a person, if there is one.

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


# -- notices in data for programs, so that no copy of the text loses who drafted and reviewed it


def review_notice(review: PageReview, language: str = "en") -> str:
    """Two sentences: who wrote it, and the state of its review."""
    return _review_notice(review.drafted, review.state.value, language)


def guide_notice(guide: Guide) -> str:
    """The same for a whole guide, and that it is information, not advice."""
    review = signoff.page_review(guide, tuple(entry.name for entry in guide.entries))
    return f"{review_notice(review)} {_not_advice()}"


@lru_cache(maxsize=256)
def _review_notice(drafted: str, state: str, language: str) -> str:
    template = templates.environment().get_template("parts/notice.txt.j2")
    return template.render(drafted=drafted, state=state, _=i18n.catalog(language)).strip()


@lru_cache(maxsize=1)
def _not_advice() -> str:
    return templates.environment().get_template("parts/informs.txt.j2").render().strip()


# -- strength of evidence, in words for readers; that of a kind of evidence in guide.yml, never a rating of one study


@dataclass(frozen=True)
class Worth:
    """How many sources a page has, how many of each strength (strongest first)."""

    total: int
    strengths: tuple[tuple[str, int], ...]


def worth(guide: Guide, keys: Iterable[str]) -> Worth:
    """The combined strength of these sources."""
    sources = [guide.references[key] for key in keys]
    count = Counter(guide.evidence[source.custom.evidence].strength for source in sources)
    strengths = tuple((name, count[name]) for name in STRENGTHS if count[name])
    return Worth(len(sources), strengths)


def strength_counts(said: i18n.Words, of: Worth) -> str:
    """The number of sources of each strength, in words."""
    return ", ".join(f"{count} {said(name)}" for name, count in of.strengths)


def unread(reference: Reference, said: i18n.Words) -> str:
    """What to say of a source whose own words nobody here has read; empty if somebody has."""
    if any(passage.is_checked for passage in reference.passages):
        return ""
    return said("Read by us only as another text quotes it.") if reference.passages else said("Not yet read by us.")


def evidence_line(guide: Guide, reference: Reference) -> str:
    """Kind, strength and remarks of a source, as Markdown."""
    kind = guide.evidence[reference.custom.evidence]
    said = i18n.catalog(guide.settings.language)
    parts = [f"**{escape(kind.label)}** ({said('usually')} {said(kind.strength)})."]
    if words := unread(reference, said):
        parts.insert(0, words)
    if not reference.custom.title_confirmed:
        parts.append(said("Its exact title is not confirmed."))
    return " ".join(parts)


# -- warnings that time alone causes, as a Markdown report for the issue of the weekly watch. None of them stops a build


TITLES: Mapping[str, str] = {
    "waiver-ended": "Waivers that ended",
    "review-overdue": "Reviews that ran out",
    "evidence-overdue": "Texts whose sources should be looked at again",
    "old-source": "Sources older than their kind allows",
    "old-interest": "Declarations of interests to renew",
    "old-trials": "Lists of trials to renew",
    "old-watch": "Answers about sources to renew",
}
"""Every warning that time alone can cause, by code."""


def overdue_problems(problems: Sequence[Problem]) -> list[Problem]:
    """The problems that time caused, sorted by kind and file."""
    due = {problem for problem in problems if problem.code in TITLES}
    return sorted(due, key=lambda problem: (list(TITLES).index(problem.code), problem.order))


def overdue_report(due: Sequence[Problem], today: date) -> str:
    """The report for these problems, with a heading for each kind."""
    return "\n".join(_lines(due, today)) + "\n"


def _lines(due: Sequence[Problem], today: date) -> Iterator[str]:
    yield from ("## Overdue", "", f"As of {today.isoformat()}: {len(due)}.", "")
    for code, problems in groupby(due, key=lambda problem: problem.code):
        yield from (f"### {TITLES[code]}", "")
        for problem in problems:
            place = one_line(f"{problem.place.path}:{problem.place.line}")
            yield f"- {github_code(place)}: {github(one_line(problem.message))}"
        yield ""
    if not due:
        yield CLEAN
