"""Problems as text for people, as annotations for GitHub, and as JSON for programs."""

import json
from collections.abc import Sequence

from patientguide.problems import Problem, Severity

CLEAN = "Nothing to do."
"""The line by which a Markdown report of the weekly watch says so; the workflow closes its issue by it."""


def visible(text: str) -> str:
    """Text on one line that hides nothing and is not endless: no entry or file name can forge a line of a report."""
    kept = text if len(text) <= 400 else text[:400] + "..."
    return "".join(s if s.isprintable() else s.encode("unicode_escape").decode() for s in kept)


def as_text(problems: Sequence[Problem]) -> str:
    """Two lines a problem: `path:line:col: severity[code] what is wrong`, then what to write instead."""
    return "\n".join(
        f"{visible(p.place.path)}:{p.place.line}:{p.place.col}: "
        f"{p.severity}[{p.code}] {visible(p.message)}\n    {visible(p.advice)}"
        for p in problems
    )


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands; what is waived is a notice. All is escaped, so that no entry can forge a command."""
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
        # Names of files may hold bytes that are no text.
        ensure_ascii=True,
    )


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def count(problems: Sequence[Problem]) -> str:
    """One line that says how many errors and warnings there are, and how many are waived."""
    errors, warnings, waived = (sum(p.severity is level for p in problems) for level in Severity)
    line = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    return f"{line}, {waived} waived" if waived else line


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
