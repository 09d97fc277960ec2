"""What the source watch found, as text for people, JSON for programs, and Markdown for one rolling issue."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from patientguide import report
from patientguide.guide import Guide
from patientguide.problems import Problem, worst_first
from patientguide.rules.watch import WATCH
from patientguide.sourcewatch import watch


@dataclass(frozen=True)
class Found:
    """What a run found: the guide with its new watch, what the rules say of it, and what could not be asked."""

    guide: Guide
    unasked: Sequence[Problem]

    @property
    def problems(self) -> list[Problem]:
        """Findings of the rules, then what could not be asked."""
        found = [problem for rule in WATCH.rules for problem in rule(self.guide)]
        return [*worst_first(found), *worst_first(self.unasked)]

    @property
    def summary(self) -> list[str]:
        """What was asked and what is known, in sentences."""
        day, references = self.guide.today.isoformat(), self.guide.references
        numbers = sum(len(found) for found in watch.questions(references).values())
        without = sum(not watch.numbers_of(reference) for reference in references.values())
        asked: dict[str, bool] = {}
        for key, _, answer in watch.current(self.guide):
            # What is said of another work says nothing about this one.
            if set(answer.by) & set(watch.KNOW_NOTICES) and answer.asked == day and answer.exists and not answer.other:
                asked[key] = asked.get(key, False) or bool(answer.notices)
        known, clean = len(asked), list(asked.values()).count(False)
        return [
            f"Asked on {day}. Numbers: {numbers}. Sources with one: {len(references) - without}, without: {without}.",
            f"Notices of retraction or correction: none known on {day} for {clean} of {known} sources.",
            f"Numbers without an answer: {len(self.unasked)}. What was known of them before is kept.",
        ]


def as_text(found: Found) -> str:
    """Each finding on two lines, then what was asked."""
    lines = [report.as_text(found.problems)] if found.problems else []
    return "\n".join([*lines, *found.summary])


def as_json(found: Found) -> str:
    """An object with the day, a summary, the findings, and every answer by source."""
    sources = found.guide.watch.sources if found.guide.watch else {}
    return json.dumps(
        {
            "asked": found.guide.today.isoformat(),
            "summary": found.summary,
            "problems": json.loads(report.as_json(found.problems)),
            "sources": {
                key: [answer.model_dump(exclude_defaults=True) for answer in answers]
                for key, answers in sorted(sources.items())
            },
        },
        indent=2,
        ensure_ascii=False,
    )


def as_markdown(found: Found) -> str:
    """A report for an issue. What others wrote stands in code, where no sign of it can become a link or a mention."""
    lines = ["## Sources", "", *(f"{sentence}  " for sentence in found.summary), ""]
    for problem in found.problems:
        lines += [f"- **{problem.severity}** `{problem.code}` in `{problem.place.path}`", ""]
        lines += [f"    `{_code(problem.message)}`", "", f"    {_code(problem.advice)}", ""]
    return "\n".join(lines if found.problems else [*lines, report.CLEAN, ""])


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())


FORMATS: Mapping[str, Callable[[Found], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
