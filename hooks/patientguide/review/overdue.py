"""Warnings that time alone causes, as a Markdown report for the issue of the weekly watch.

None of them stops a build.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from patientguide.core.problems import CLEAN, Problem, one_line
from patientguide.core.text import github, github_code

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


def as_markdown(due: Sequence[Problem], today: date) -> str:
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
