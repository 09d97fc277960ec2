"""Records beside the entries: people, reviews, waivers, change notes, and the state of the source watch."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, RootModel

from patientguide.core import dates
from patientguide.core.problems import Place, Problem, Severity, suggest
from patientguide.model.fields import (
    Authored,
    Date,
    Doi,
    Id,
    Orcid,
    Plain,
    Pmcid,
    Pmid,
    Printed,
    Quotation,
    TrialNumber,
    Words,
    refuse,
)
from patientguide.model.roles import Role

# -- waivers: after its last day a waived problem is a warning again, never an error


LONGEST = timedelta(days=366)


class SourceWaiver(Authored):
    """A warning about this source that is accepted for a while. Errors cannot be waived."""

    rule: Id
    """The code of the rule, as the check prints it."""
    until: Date
    """The last day of the waiver, at most a year ahead."""
    reason: Annotated[Plain, Role.HIDDEN]
    """Why it is accepted for now."""
    words: Annotated[Plain | None, Role.HIDDEN] = None
    """Words of the finding, so that the waiver does not cover later ones."""


class Waiver(SourceWaiver):
    """A warning that is accepted for a while, with the reason. Errors cannot be waived."""

    words: Annotated[Plain, Role.HIDDEN]
    """Words that the finding quotes, so that the waiver covers this spot only."""


Placed = tuple[SourceWaiver, Place]
"""A waiver and its place. It covers findings in the same file."""


def apply_waivers(
    problems: Sequence[Problem], waivers: Sequence[Placed], rules: Mapping[str, Severity], today: date
) -> list[Problem]:
    """Mark waived problems, and add the problems of the waivers themselves.

    `rules` has the severity of each rule by code. Problems: waiver-unknown, waiver-ended, waiver-too-long,
    waiver-unused.
    """
    wrong = [problem for waiver, place in waivers for problem in _faults(waiver, place, rules, today)]
    faulty = {problem.place for problem in wrong}
    valid = [(waiver, place) for waiver, place in waivers if place not in faulty]
    # If two cover the same finding, the one that has not ended counts.
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
    """The end date and reason of the waiver of a problem."""
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


# -- changes.yml


def _is_day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise refuse(f"'{text}' is not a day", "Write a day like 2018-05-11.")
    return text


class ChangeNote(Authored):
    """A change, for people who have read the guide before."""

    id: Id
    """The last part of its address. Never change it: readers' programs know the note by it."""
    date: Annotated[Date, AfterValidator(_is_day)]
    """The day of the change."""
    text: Annotated[Plain, Role.FACT]
    """What changed, in a sentence or two of plain words. No fact that needs a source."""
    about: Annotated[list[Annotated[str, Field(max_length=120)]], Role.CODE] = []
    """The entries it is about, such as therapies/surgery. Leave it out for the whole guide."""


class ChangeNotes(RootModel[list[ChangeNote]]):
    """changes.yml."""


# -- people.yml and reviews.yml


class Interests(Authored):
    """A dated declaration. JAMA benchmarks: disclosure; NHS standard for health content: interests."""

    declared: Date
    """The day the person declared them."""
    statement: Annotated[Plain, Role.NAME]
    """What was declared, or 'None.'"""
    medications: list[Id] = []
    """Medicines made by companies that the person has ties with: names of files in medications/."""


class Person(Authored):
    """A person who writes or signs."""

    id: Id
    """The name that entries and reviews use."""
    name: Annotated[Words, Role.NAME]
    """The name as readers see it."""
    role: Annotated[Words, Role.NAME]
    """The person's role, such as 'nurse specialist'."""
    interests: Interests
    """The declaration of interests."""
    ORCID: Orcid | None = None
    """The person's number at orcid.org."""


class Review(Authored):
    """A sign-off, written by `patientguide sign` and not to be edited."""

    entry: Annotated[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(/[a-z0-9-]+)?$", max_length=120)], Role.CODE]
    """What was signed, as therapies/new-entry."""
    by: Id
    """The person, by the id in people.yml."""
    on: Date
    """The day of the review."""
    until: Date
    """Only `patientguide sign` writes it: when the next review is due."""
    text: Annotated[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], Role.CODE]
    """Only `patientguide sign` writes it: the hash of the text and its sources as they were signed."""
    seal: Annotated[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], Role.CODE]
    """Only `patientguide sign` writes it: the hash of this record, so that no date can be moved by hand."""


class People(RootModel[list[Person]]):
    """people.yml."""


class Reviews(RootModel[list[Review]]):
    """reviews.yml."""


# -- watch.yml: the dated answers of services about each source, written by `patientguide sources` only
#
# There is one answer for each number of a source: when a number is corrected, the old answer no longer counts.


HEAD = """\
# What Crossref, PubMed, PubMed Central, doi.org and ClinicalTrials.gov said about each source, and on which day;
# and what became of the passages of each source on their pages.
# Only `patientguide sources` writes this file. The rules under "Source watch" read it; they ask nobody.
"""

FRESH = 30
"""Days after which answers of services, and the list of trials, are old."""

KINDS = ("DOI", "PMID", "PMCID", "NCT")
"""The kinds of numbers that are looked up."""


class Notice(Authored):
    """A later notice that changed a work."""

    type: Annotated[Words, Role.CODE]
    """Its type, as Crossref names them: retraction, correction ..."""
    doi: Doi | None = None
    """The DOI of the notice."""
    pmid: Pmid | None = None
    """The PubMed number of the notice."""
    date: Date | None = None
    """The day, month or year it was published."""
    by: Annotated[list[Words], Role.CODE]
    """Who recorded it: publisher, retraction-watch or PubMed."""


class OtherWork(Authored):
    """What a service names under a number, where that differs from the file of the source."""

    title: Annotated[Printed, Role.PRINTED]
    """Its title there."""
    author: Annotated[Plain | None, Role.PRINTED] = None
    """Its first author there."""
    year: Annotated[Words | None, Role.PRINTED] = None
    """Its year there."""


class TrialState(Authored):
    """The state of a trial in its registry."""

    status: Annotated[Words, Role.CODE]
    """Its status in the registry's own word, such as RECRUITING."""
    why: Annotated[Plain | None, Role.PRINTED] = None
    """Why it stopped."""
    updated: Date | None = None
    """The day its record was last updated."""
    results: bool = False
    """Whether results are posted."""


class Answer(Authored):
    """The answers of the services about one number of a source."""

    DOI: Doi | None = None
    """The number asked about, under its kind."""
    PMID: Pmid | None = None
    """The same for PubMed."""
    PMCID: Pmcid | None = None
    """The same for PubMed Central."""
    NCT: TrialNumber | None = None
    """The same for ClinicalTrials.gov."""
    asked: Date
    """The day they were asked."""
    by: Annotated[list[Words], Role.CODE]
    """Who answered."""
    exists: bool = True
    """Whether there is such a number."""
    other: OtherWork | None = None
    """The work it names, if that seems to be another one."""
    belongs: Annotated[dict[Words, Words], Role.CODE] = {}
    """Other numbers of the same work, as the service has them."""
    notices: list[Notice] = []
    """Later notices that changed the work."""
    trial: TrialState | None = None
    """The state of the trial."""

    @property
    def number(self) -> tuple[str, str]:
        """The kind of number, and the number."""
        return next(((kind, value) for kind in KINDS if (value := getattr(self, kind))), ("", ""))


PassageId = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=60)]
Mark = Annotated[str, Field(pattern=r"^[0-9a-f]{8} [0-9a-f]{6} [0-9a-f]{6} [0-9a-f]{3}$")]
"""Hashes of what was looked for, and of the words before and after it on the page; and how far into the page it is."""


class ChangedPassage(Authored):
    """A passage whose words are now others."""

    mark: Annotated[Mark, Role.CODE]
    """What was looked for, and where it is."""
    now: Annotated[Quotation, Role.PRINTED]
    """The words there now, at most 40."""


class PassagesSeen(Authored):
    """What became of passages of a source, each under its id: those of one address that were read on the same day."""

    asked: Date | None = None
    """The day they were looked for; none before their page could be read."""
    same: Annotated[dict[PassageId, Mark], Role.CODE] = {}
    """Those that are where they were."""
    moved: Annotated[dict[PassageId, Mark], Role.CODE] = {}
    """Those whose words are elsewhere on the page."""
    changed: dict[PassageId, ChangedPassage] = {}
    """Those whose words changed."""
    gone: Annotated[dict[PassageId, Mark], Role.CODE] = {}
    """Those that are not on the page any more."""
    unread: Annotated[dict[PassageId, Mark], Role.CODE] = {}
    """Those whose page could never be read."""
    tried: Date | None = None
    """The day their page could not be read, if it was asked for once more since."""
    why: Annotated[Plain | None, Role.PRINTED] = None
    """Why it could not be read."""


class Watch(Authored):
    """content/watch.yml."""

    sources: dict[Id, list[Answer]] = {}
    """The answers by the key of the source."""
    passages: dict[Id, list[PassagesSeen]] = {}
    """What became of its passages, by the key of the source."""


def watch_text(watch: Watch) -> str:
    """The text of the file: one line for each answer, strings in double quotes, always the same for the same data."""
    lines = [HEAD + "sources:" if watch.sources else HEAD + "sources: {}"]
    parts: list[Mapping[str, Sequence[BaseModel]]] = [watch.sources, watch.passages]
    for part in parts:
        lines += ["passages:"] if part and part is watch.passages else []
        for key, answers in sorted(part.items()):
            lines.append(f"  {key}:")
            lines += [f"    - {flow(answer)}" for answer in answers]
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """A value as YAML on one line. JSON's strings are YAML's double-quoted strings."""
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True, by_alias=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow_name(name)}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _flow_name(name: str) -> str:
    """A name as YAML writes it; in quotes where other programs would take it for a number, a day or a truth."""
    is_odd = re.fullmatch(r"[0-9].*|y|n|yes|no|on|off|true|false|null", name)
    return json.dumps(name) if is_odd else name
