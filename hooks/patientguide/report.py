"""Problems as text for people, as annotations for GitHub, and as JSON for programs."""

import json
from collections.abc import Sequence

from patientguide.problems import Problem, Severity


def as_text(problems: Sequence[Problem]) -> str:
    """Two lines a problem: `path:line:col: severity[code] what is wrong`, then what to write instead."""
    return "\n".join(
        f"{p.place.path}:{p.place.line}:{p.place.col}: {p.severity}[{p.code}] {p.message}\n    {p.advice}"
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
        ensure_ascii=False,
    )


FORMATS = {"text": as_text, "github": as_github, "json": as_json}


def count(problems: Sequence[Problem]) -> str:
    """One line that says how many errors and warnings there are, and how many are waived."""
    errors, warnings, waived = (sum(p.severity is level for p in problems) for level in Severity)
    line = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    return f"{line}, {waived} waived" if waived else line


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
