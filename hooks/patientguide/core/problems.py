"""Problems, with place, message and advice, and their output formats."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from patientguide.core.text import visible

# What is wrong, where, and what to write instead: the one shape every check answers in.


class Severity(StrEnum):
    """An error stops the build; a warning is listed and stops nothing; a waived one has a reason and a last day."""

    ERROR = "error"
    WARNING = "warning"
    WAIVED = "waived"


MANY = 100
"""The most problems of one kind that are reported for one text. The others are reported once these are fixed."""


class Place(NamedTuple):
    """A position in a source file: path from the project's root, line and column counted from 1."""

    path: str
    line: int = 1
    col: int = 1


@dataclass(frozen=True)
class Problem:
    """One problem. `code` is stable and can be searched for; `advice` says what to write instead."""

    place: Place
    code: str
    message: str
    advice: str
    severity: Severity = Severity.ERROR

    @property
    def order(self) -> tuple[int, Place, str, str]:
        """Sort key: errors first, waived problems last, then by file, line and column."""
        return (list(Severity).index(self.severity), self.place, self.code, self.message)


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Every problem once, errors before warnings, in file order."""
    return sorted(set(problems), key=lambda problem: problem.order)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any problem stops a build."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def suggest(word: str, known: Iterable[str]) -> str:
    """Advice that names the nearest known word, or lists all words if none is near and they are few."""
    names = sorted(known)
    if near := get_close_matches(word, names, n=1, cutoff=0.6):
        return f"Did you mean '{near[0]}'?"
    if names and len(names) <= 20:
        return "Write one of: " + ", ".join(names) + "."
    return "Check the spelling, or add it first."


# -- output: text for people, annotations for GitHub, JSON for programs


CLEAN = "Nothing to do."
"""The line of a Markdown report without findings. The weekly workflow closes its issue when all reports have it."""


def one_line(text: str) -> str:
    """Text on one line that hides nothing and is not endless: no entry or file name can forge a line of a report.

    A terminal may not know joined letters or wide spaces: they are named, too.
    """
    kept = visible(text if len(text) <= 400 else text[:400] + "...")
    return "".join(sign if sign.isprintable() else f"(U+{ord(sign):04X})" for sign in kept)


def as_text(problems: Sequence[Problem]) -> str:
    """Two lines a problem: `path:line:col: severity[code] what is wrong`, then what to write instead."""
    return "\n".join(
        f"{one_line(p.place.path)}:{p.place.line}:{p.place.col}: "
        f"{p.severity}[{p.code}] {one_line(p.message)}\n    {one_line(p.advice)}"
        for p in problems
    )


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands of GitHub; waived problems are notices. Escaped, so that no entry can forge a command."""
    return "\n".join(
        f"::{_LEVELS.get(p.severity, p.severity)} file={_property(p.place.path)},line={p.place.line},col={p.place.col},"
        f"title={_property(p.code)}::{_data(f'{p.message} {p.advice}')}"
        for p in problems
    )


_LEVELS = {Severity.WAIVED: "notice"}


def as_json(problems: Sequence[Problem]) -> str:
    """A list of objects with path, line, col, severity, code, message and advice."""
    return json.dumps(
        [
            {
                **p.place._asdict(),
                "severity": p.severity,
                "code": p.code,
                "message": p.message,
                "advice": p.advice,
            }
            for p in problems
        ],
        indent=2,
        # File names may contain bytes that are not valid text.
        ensure_ascii=True,
    )


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def count(problems: Sequence[Problem]) -> str:
    """One line with the numbers of errors, warnings and waived problems."""
    errors, warnings, waived = (sum(p.severity is level for p in problems) for level in Severity)
    line = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    return f"{line}, {waived} waived" if waived else line


def _data(text: str) -> str:
    return one_line(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
