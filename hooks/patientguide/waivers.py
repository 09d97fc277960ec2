"""A finding that may stand for a while: said in place, with a reason and a last day, and listed in every report.

When that day has passed, the finding is a warning again. Time alone never makes an error.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from patientguide import dates
from patientguide.fields import Authored, Date, Id, Plain
from patientguide.problems import Place, Problem, Severity, suggest
from patientguide.roles import Role

LONGEST = timedelta(days=366)


class SourceWaiver(Authored):
    """A finding about this source that stands for a while. Only warnings can be waived."""

    rule: Id
    """The code of the rule, as the check prints it."""
    until: Date
    """The last day it holds, at most a year ahead."""
    reason: Annotated[Plain, Role.HIDDEN]
    """Why it may stand for now."""
    words: Annotated[Plain | None, Role.HIDDEN] = None
    """Words that the finding holds, so that the waiver does not cover what is found later."""


class Waiver(SourceWaiver):
    """A finding that stands for a while, with the reason. Only warnings can be waived."""

    words: Annotated[Plain, Role.HIDDEN]
    """Words that the finding quotes, so that the waiver holds for this spot only."""


Placed = tuple[SourceWaiver, Place]
"""A waiver and where it stands; it holds for findings of the same file."""


def apply(
    problems: Sequence[Problem], waivers: Sequence[Placed], rules: Mapping[str, Severity], today: date
) -> list[Problem]:
    """Problems with waived ones marked so, and what is wrong with the waivers themselves.

    `rules` holds the severity of each rule by code. Problems: waiver-unknown, waiver-ended, waiver-too-long,
    waiver-unused.
    """
    wrong = [problem for waiver, place in waivers for problem in _faults(waiver, place, rules, today)]
    faulty = {problem.place for problem in wrong}
    valid = [(waiver, place) for waiver, place in waivers if place not in faulty]
    # Where two cover the same finding, one that has not ended counts.
    valid.sort(key=lambda pair: dates.is_past(pair[0].until, today))
    used: set[Place] = set()
    answer = []
    for problem in problems:
        match = next((pair for pair in valid if _covers(*pair, problem)), None)
        if match:
            waiver, place = match
            used.add(place)
            problem = _overdue(problem, waiver) if dates.is_past(waiver.until, today) else _waived(problem, waiver)
        answer.append(problem)
    left = [
        _ended(waiver, place) if place in used else _unused(waiver, place)
        for waiver, place in valid
        if place not in used or dates.is_past(waiver.until, today)
    ]
    return [*answer, *wrong, *left]


def terms(problem: Problem) -> tuple[str, str]:
    """Until when a waived problem may stand, and why."""
    until, _, reason = problem.advice.removeprefix("Waived until ").partition(": ")
    return until, reason


def _waived(problem: Problem, waiver: SourceWaiver) -> Problem:
    return replace(problem, severity=Severity.WAIVED, advice=f"Waived until {waiver.until}: {waiver.reason}")


def _overdue(problem: Problem, waiver: SourceWaiver) -> Problem:
    return replace(problem, advice=f"Overdue since {waiver.until}. {problem.advice}")


def _ended(waiver: SourceWaiver, place: Place) -> Problem:
    message = f"This waiver of {waiver.rule} ended on {waiver.until}."
    advice = "Correct what it covers, or give a new day and reason."
    return Problem(place, "waiver-ended", message, advice, Severity.WARNING)


def _unused(waiver: SourceWaiver, place: Place) -> Problem:
    message = f"The waiver of {waiver.rule} is not needed."
    advice = "Remove it, or copy its words from the finding."
    return Problem(place, "waiver-unused", message, advice, Severity.WARNING)


def _covers(waiver: SourceWaiver, place: Place, problem: Problem) -> bool:
    return (
        problem.severity is Severity.WARNING
        and problem.code == waiver.rule
        and problem.place.path == place.path
        and (waiver.words is None or waiver.words in problem.message)
    )


def _faults(waiver: SourceWaiver, place: Place, rules: Mapping[str, Severity], today: date) -> Iterator[Problem]:
    if waiver.rule not in rules:
        yield Problem(place, "waiver-unknown", f"There is no rule '{waiver.rule}'.", suggest(waiver.rule, rules))
    elif rules[waiver.rule] is not Severity.WARNING:
        yield Problem(place, "waiver-unknown", f"'{waiver.rule}' cannot be waived.", "Correct what it finds.")
    elif dates.last_day(waiver.until) > today + LONGEST:
        message = f"{waiver.until} ends more than a year from now."
        yield Problem(place, "waiver-too-long", message, "Choose an earlier day.")
