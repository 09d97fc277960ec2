"""The models of entries, the glossary and trials."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from patientguide.core.cache import digest
from patientguide.core.problems import Place
from patientguide.core.yaml import YamlFile
from patientguide.markup.tokens import Section, sections
from patientguide.model import roles
from patientguide.model.fields import Authored, Date, Id, MainMessage, Plain, Prose, TrialNumber, Words, refuse
from patientguide.model.frequency import Cited, Number
from patientguide.model.records import Waiver
from patientguide.model.roles import Role

# The docstring of a field is its description for editors, in messages, starting files and schemas.


class Fact(Authored):
    """A row of "At a glance"."""

    label: Annotated[Plain, Role.LABEL]
    """What the row is about, a few words."""
    text: Annotated[Prose, Role.FACT]
    """The fact, with its source."""


class SideEffect(Authored):
    """A side effect and how soon to act on it."""

    effect: Annotated[Plain, Role.LABEL]
    """Its name in plain words."""
    act: Id
    """How soon to act: an urgency of guide.yml."""
    text: Annotated[Prose, Role.FACT]
    """What you may notice or what helps, with its source."""
    common: Annotated[Prose | None, Role.FACT] = None
    """How many people have it, as '{number:ID} people in a trial', with its source."""
    starts: Annotated[Prose | None, Role.FACT] = None
    """When it usually begins, with its source."""
    lasts: Annotated[Prose | None, Role.FACT] = None
    """How long it lasts, with its source."""
    helps: Annotated[Prose | None, Role.FACT] = None
    """What people or their team can do about it, with its source."""


class Call(Authored):
    """A reason to call, and how fast."""

    act: Id
    """How soon to act: an urgency of guide.yml."""
    text: Annotated[Prose, Role.FACT]
    """What happens, as 'You have ...', with its source."""
    signs: Annotated[list[Id], Role.CLERICAL] = []
    """The warning signs that it is about, by their id on the page that says when to call. Those name this medicine."""


class WarningSign(Authored):
    """A warning sign, which the page that says when to call shows once."""

    id: Id
    """The last part of its address, and the name that rows under call use."""
    sign: Annotated[Prose, Role.LABEL]
    """What somebody may notice, a few words in bold, without source."""
    act: Id
    """How soon to act: an urgency of guide.yml."""
    group: Annotated[Plain | None, Role.LABEL] = None
    """The heading above it, such as Skin. Signs of one group follow each other."""
    text: Annotated[Prose, Role.FACT]
    """What it looks like, what it may be and what to do, with its source."""
    for_medicines: bool = False
    """True if it matters only with the medicines that name it. Other signs are shown whatever a reader takes."""
    words: Annotated[list[Words], Role.HIDDEN | Role.OWN | Role.UNSIGNED] = []
    """What readers call it, for search, also with words between."""


class Lead(Authored):
    """What is said once for all warning signs of an urgency."""

    id: Id
    """The urgency of guide.yml."""
    text: Annotated[Prose, Role.FACT]
    """What to do and say, with its source."""


class Dated(Authored):
    """The fields of every page."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Require that every fact says which part of the page shows it. Raises TypeError."""
        super().__pydantic_init_subclass__(**kwargs)
        roles.require_parts(cls)

    title: Annotated[Plain, Role.LABEL]
    """The name of the page, without citation."""
    changed: Annotated[Date, Role.CLERICAL]
    """The day the text last changed."""
    evidence_checked: Annotated[Date, Role.CLERICAL]
    """The month in which its sources were last looked at."""
    facets: dict[Id, list[Id]] = {}
    """Who the page is for: values of guide.yml, by facet. Leave a facet out if it is for everyone."""
    also_called: Annotated[list[Words], Role.HIDDEN | Role.OWN | Role.UNSIGNED] = []
    """Everyday words and misspellings, for search. They are not shown."""
    numbers: list[Number] = []
    """Frequencies that the text uses, each written once."""
    authors: Annotated[list[Id], Role.CLERICAL] = []
    """Who wrote it, by their id in people.yml. Leave it out for a text drafted by a machine."""
    safety: Annotated[bool, Role.UNSIGNED] = False
    """True when the whole text says when to act: it replaces a translation that is out of date."""
    draft: Annotated[bool, Role.OWN | Role.UNSIGNED] = False
    """True while it is unfinished: a draft is checked but not published."""
    waivers: Annotated[list[Waiver], Role.OWN | Role.UNSIGNED] = []
    """Warnings of the check that are accepted for now."""


class Page(Dated):
    """A hand-written page in docs/."""

    summary: Annotated[Prose, Role.FACT, roles.drawn_in(roles.WHOLE)]
    """One sentence for lists and search, with its source."""
    main_message: Annotated[MainMessage, Role.FACT, roles.drawn_in(roles.MAIN, roles.WHOLE)]
    """The one thing to remember, at most three sentences, with its source."""
    leads: Annotated[list[Lead], roles.drawn_in(roles.WHOLE)] = []
    """A sentence or two for each urgency of the signs."""
    signs: Annotated[list[WarningSign], roles.drawn_in(roles.WHOLE)] = []
    """The warning signs, for the page that says when to call. The first is fever, if search knows temperatures."""
    advice: Annotated[list[Words], Role.HIDDEN | Role.OWN] = []
    """Headings with suggestions or links, not facts that need a source."""
    about_project: bool = False
    """True when the page is about the project itself, which needs no medical source."""


class Outlined(Dated):
    """The common fields of entries whose page follows an outline: phases, therapies, medicines and articles."""

    summary: Annotated[Prose, Role.FACT, roles.drawn_in(roles.WHOLE)]
    """One sentence for lists and search, with its source."""
    main_message: Annotated[MainMessage, Role.FACT, roles.drawn_in(roles.MAIN, roles.WHOLE)]
    """The one thing to remember, at most three sentences, with its source."""
    at_a_glance: Annotated[list[Fact], roles.drawn_in("summary-list")] = []
    """The facts people look for first, two to six rows."""
    side_effects: Annotated[list[SideEffect], roles.drawn_in("side-effects", "when-to-call")] = []
    """Side effects, each with how soon to act."""
    call: Annotated[list[Call], roles.drawn_in("when-to-call")] = []
    """When to call, most urgent first."""
    questions: Annotated[list[Plain], Role.LABEL, roles.drawn_in("questions", roles.WHOLE)] = []
    """What a reader may want to ask the team, three or more."""
    not_applicable: Annotated[dict[Annotated[Words, Role.CODE], Annotated[Prose, Role.FACT]], Role.OWN] = {}
    """Headings that do not apply here, each with the reason, a sentence that readers see instead."""


class Branch(Authored):
    """What differs for people with one test result."""

    value: Id
    """A facet value of guide.yml."""
    short: Annotated[Words, Role.LABEL]
    """Two to five words for the picture."""
    text: Annotated[Prose, Role.FACT]
    """What they have, with its source."""


class Phase(Outlined):
    """A phase of treatment."""

    order: Annotated[int, Role.CLERICAL]
    """Its place among the phases."""
    short_title: Annotated[Words, Role.LABEL]
    """Its name in the picture of the pathway."""
    length: Annotated[Words | None, Role.LABEL] = None
    """How long it takes, a few words for the picture."""
    everyone_short: Annotated[Words, Role.LABEL]
    """The next field in two to eight words for the picture, without source."""
    everyone: Annotated[Prose, Role.FACT, roles.drawn_in("branches")]
    """What all people in this phase have, with its source."""
    branches: Annotated[list[Branch], roles.drawn_in("branches")] = []
    """What differs by test result."""


class Therapy(Outlined):
    """A treatment."""

    order: Annotated[int, Role.CLERICAL]
    """Its place in the list."""


class LabelWarning(Authored):
    """A section of a label with a warning or something that people must do: told on the page, or left out."""

    section: Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=40), Role.CODE]
    """Its number, such as "5.1", or its name, such as boxed."""
    about: Annotated[Plain, Role.HIDDEN]
    """What it is about, a few words."""
    told: Annotated[list[Cited], Role.CODE] = []
    """Where the page tells it: passages as key#passage that its statements cite."""
    left_out: Annotated[Plain | None, Role.HIDDEN] = None
    """Why the page does not tell it, for a reviewer to judge."""

    @model_validator(mode="after")
    def _is_told_or_left_out(self) -> Self:
        if bool(self.told) == bool(self.left_out):
            raise refuse(
                f"section '{self.section}' needs either told or left_out",
                "List under told the passages that the page cites for it, or write under left_out why it is not told.",
            )
        return self


class Label(Authored):
    """A label of a medicine and what became of each of its warnings."""

    source: Id
    """The key of the label's own source."""
    format: Id
    """One of label_formats in guide.yml."""
    warnings: list[LabelWarning]
    """Every section that warns or tells people what to do, in the label's order."""


class Cycle(Authored):
    """The days on which a medicine is given in a round that repeats, for a picture beside `given`."""

    days: Annotated[int, Field(ge=2, le=84)]
    """How many days a round has."""
    on: Annotated[list[int | Annotated[str, Field(pattern=r"^[0-9]+-[0-9]+$"), Role.CODE]], Field(min_length=1)]
    """The days with the medicine, counted from 1: numbers, and spans such as "1-21"."""

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The first and last day of each span."""
        ends = [str(part).split("-") for part in self.on]
        return [(int(days[0]), int(days[-1])) for days in ends]

    @model_validator(mode="after")
    def _is_in_the_round(self) -> Self:
        edges = [edge for span in self.spans for edge in span]
        if edges != sorted(edges) or edges[0] < 1 or edges[-1] > self.days:
            raise refuse("'on' and 'days' do not fit together", f"Name days from 1 to {self.days} in order, each once.")
        return self


class Medication(Outlined):
    """A medicine."""

    generic: Annotated[Plain, Role.PRINTED]
    """Its full generic name, with its short form."""
    brands: Annotated[list[Plain], Role.PRINTED]
    """Brand names in the guide's region."""
    pronunciation: Annotated[Words | None, Role.PRINTED] = None
    """How to say its name, in plain syllables with the stressed one in capitals, from a source that says so."""
    class_: Annotated[Plain, Role.LABEL] = Field(alias="class")
    """The type of medicine, a few words."""
    names: Annotated[Prose | None, Role.FACT, roles.drawn_in("summary-list")] = None
    """What it is and its brand names, in a sentence or two with their sources."""
    given: Annotated[Prose, Role.FACT, roles.drawn_in("summary-list")]
    """How it is given, with its source."""
    cycle: Annotated[Cycle | None, roles.drawn_in("summary-list")] = None
    """The days with it in each round, as `given` says, for a picture. Leave it out if no round repeats."""
    test: Annotated[Prose, Role.FACT, roles.drawn_in("summary-list")]
    """Which test result it needs, with its source."""
    boxed_warning: Annotated[Prose | None, Role.FACT, roles.drawn_in("summary-list")] = None
    """The boxed warning of its label, in plain words, with its source. Leave it out if there is none."""
    labels: list[Label] = []
    """Its labels, section by section: what the page tells, and what it leaves out and why. For reviewers."""
    therapies: list[Id]
    """The treatments it belongs to: names of files in therapies/."""
    phases: list[Id] = []
    """The phases it belongs to: names of files in phases/."""


class Faq(Dated):
    """A common question."""

    topic: Annotated[Plain, Role.CODE]
    """One of the topics in guide.yml."""
    order: Annotated[int, Role.CLERICAL]
    """Its place within the topic."""
    questions: Annotated[list[Plain], Role.LABEL, roles.drawn_in("questions", roles.WHOLE)] = []
    """What a reader may want to ask the team."""


class Article(Outlined):
    """An entry of a kind that guide.yml adds."""

    order: Annotated[int, Role.CLERICAL]
    """Its place in the list, or in its topic."""
    topic: Annotated[Plain | None, Role.CODE] = None
    """One of the topics of its kind in guide.yml, if it has any."""


KINDS: Mapping[str, type[Dated]] = {
    "phases": Phase,
    "therapies": Therapy,
    "medications": Medication,
    "faqs": Faq,
    "pages": Page,
}
"""The models of the kinds that every guide has."""


def model_of(kind: str) -> type[Dated]:
    """The model of the entries of a kind."""
    return KINDS.get(kind, Article)


class Term(Authored):
    """A word of the glossary."""

    id: Id
    """The last part of its address."""
    term: Annotated[Plain, Role.LABEL]
    """The word as shown."""
    text: Annotated[Prose, Role.FACT]
    """What it means, in plain words, with its source."""
    forms: Annotated[list[Words], Role.HIDDEN | Role.OWN] = []
    """How it is written in running text. These forms are explained on first use."""
    lay: Annotated[list[Words], Role.HIDDEN | Role.OWN] = []
    """What readers type instead, for search."""
    misspellings: Annotated[list[Words], Role.HIDDEN | Role.OWN] = []
    """Frequent misspellings, for search."""
    see: list[Id] = []
    """Related words."""


class Glossary(Authored):
    """The words of the guide, explained."""

    changed: Annotated[Date, Role.CLERICAL]
    """The day the text last changed."""
    evidence_checked: Annotated[Date, Role.CLERICAL]
    """The month in which its sources were last looked at."""
    terms: list[Term]
    """The words, in any order."""
    waivers: Annotated[list[Waiver], Role.OWN | Role.UNSIGNED] = []
    """Warnings of the check that are accepted for now."""


class Trial(Authored):
    """A trial in the snapshot."""

    title: Annotated[Plain, Role.LABEL]
    """What it studies, in plain words."""
    nct: TrialNumber | None = None
    """Its number at ClinicalTrials.gov."""
    phase: Annotated[Plain, Role.NAME]
    """Its phase, as text."""
    for_: Annotated[Prose, Role.FACT] = Field(alias="for")
    """Who it is for, with its source; for a fetched trial the conditions that the registry lists."""
    status: Literal[
        "recruiting",
        "not yet recruiting",
        "by invitation",
        "not recruiting",
        "completed",
        "stopped",
        "unknown",
        "not checked",
    ]
    """Its status on the day of the snapshot; unknown if the registry itself no longer knows it."""
    places: Annotated[Plain | None, Role.NAME] = None
    """Where it takes place, as the registry lists it."""
    updated: Date | None = None
    """The day its record was last updated."""
    fetched: bool = False
    """Only `patientguide trials` writes true: the entry is the registry's, and its record is its source."""

    @model_validator(mode="after")
    def _has_its_record(self) -> Self:
        if self.fetched and not self.nct:
            raise refuse("this is no trial of the registry", "Take out fetched: and give its source, or add its nct:.")
        return self


def is_fetched(data: Any) -> bool:
    """Whether raw data is a trial from the registry.

    Its words are shown unchanged, with the record as their source. Rules on sources, words and Markdown apply only to
    what people in the project write.
    """
    return isinstance(data, dict) and data.get("fetched") is True


class Trials(Authored):
    """A dated list of trials."""

    checked: Date | None = None
    """The day the registry was last asked; leave it out if it never was."""
    trials: list[Trial] = []
    """What was found, or what the project knows of."""


Front = TypeVar("Front", bound=Dated, covariant=True)


@dataclass(frozen=True)
class Entry(Generic[Front]):
    """A Markdown file: its fields (`front`), its text (`body`) and the positions of both."""

    kind: str
    id: str
    path: str
    front: Front
    body: str
    body_line: int
    facts: YamlFile

    @property
    def sections(self) -> tuple[Section, ...]:
        """The body, split at `##` headings."""
        return sections(self.body, self.body_line)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text under each heading."""
        return {section.heading: section.text for section in self.sections}

    def forget(self) -> None:
        """Free what only checks need, and what can be computed again."""
        vars(self).pop("_starts", None)
        self.facts.forget("places")

    @cached_property
    def digest(self) -> str:
        """A hash of the whole file."""
        return digest(self.facts.digest, self.body, self.body_line)

    @cached_property
    def name(self) -> str:
        """The name in reviews and commands, such as therapies/new-entry."""
        return f"{self.kind}/{self.id}"

    def body_place(self, offset: int) -> Place:
        """The place of a character of the body."""
        line = bisect_right(self._starts, offset) - 1
        return Place(self.path, self.body_line + line, offset - self._starts[line] + 1)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the body starts."""
        return [0, *(found.end() for found in re.finditer("\n", self.body))]
