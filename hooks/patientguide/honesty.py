"""What the build checked on each page and what failed, for the page that tells readers how the guide is made."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patientguide import rules, signoff
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.problems import Problem, Severity


@dataclass(frozen=True)
class Card:
    """The results of one entry."""

    entry: Entry[Dated]
    statements: int
    sourced: int
    unread: int
    grade: float | None
    review: signoff.State
    failed: tuple[tuple[str, int], ...]
    waived: int
    overdue: int


@dataclass(frozen=True)
class Tally:
    """A rule with how often the guide does not keep it."""

    sentence: str
    standard: str
    findings: int


def cards(guide: Guide, problems: Sequence[Problem]) -> Iterator[Card]:
    """One card for each entry, in reading order."""
    sentences = {rule.code: rule.sentence for rule in rules.RULES}
    failed: dict[str, Counter[str]] = defaultdict(Counter)
    for problem in problems:
        if problem.severity is Severity.WARNING and problem.code != "waiver-ended":
            failed[problem.place.path][sentences.get(problem.code, problem.message)] += 1
    waived = Counter(p.place.path for p in problems if p.severity is Severity.WAIVED)
    overdue = Counter(p.place.path for p in problems if p.code == "waiver-ended")
    for entry in guide.entries:
        path = entry.path
        state = signoff.best(signoff.signed(guide, entry.name))
        text = guide.texts[path]
        counts = (text.statements, text.sourced, text.unread, text.grade)
        yield Card(entry, *counts, state, tuple(failed[path].items()), waived[path], overdue[path])


def tallies(problems: Sequence[Problem]) -> Iterator[Tally]:
    """Every rule in the words of editors, and how many findings it has."""
    found = Counter(problem.code for problem in problems)
    for rule in rules.RULES:
        yield Tally(rule.sentence, rule.standard, found[rule.code])
