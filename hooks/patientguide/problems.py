"""What is wrong, where, and what to write instead: the one shape every check answers in."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """An error stops the build; a warning is listed and stops nothing; a waived one has a reason and a last day."""

    ERROR = "error"
    WARNING = "warning"
    WAIVED = "waived"


MANY = 100
"""As many problems of one kind in one text are named; whoever mends these finds the rest."""


class Place(NamedTuple):
    """A spot in a source file: path from the project's root, line and column counted from 1."""

    path: str
    line: int = 1
    col: int = 1


@dataclass(frozen=True)
class Problem:
    """One finding: `code` is stable and may be searched for, `advice` says what to write instead."""

    place: Place
    code: str
    message: str
    advice: str
    severity: Severity = Severity.ERROR

    @property
    def order(self) -> tuple[int, Place, str, str]:
        """Sort key: errors first, waived ones last, then by file, line and column."""
        return (list(Severity).index(self.severity), self.place, self.code, self.message)


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Every problem once, errors before warnings, in file order."""
    return sorted(set(problems), key=lambda problem: problem.order)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether a build must stop."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def suggest(word: str, known: Iterable[str]) -> str:
    """Advice that names the nearest known word, or lists them all when none is near and they are few."""
    names = sorted(known)
    if near := get_close_matches(word, names, n=1, cutoff=0.6):
        return f"Did you mean '{near[0]}'?"
    if names and len(names) <= 20:
        return "Write one of: " + ", ".join(names) + "."
    return "Check the spelling, or add it first."
