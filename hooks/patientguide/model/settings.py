"""The models of guide.yml: the settings of a guide."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from patientguide.model.fields import Authored, Id, Language, Plain, Prose, Url, Words
from patientguide.model.kinds import ByKind, KindName, Kinds, ReviewMonths
from patientguide.model.roles import Role

# -- file_limits: some readers load all files over a slow network


_Kilobytes = Annotated[int, Field(ge=1, le=1_000_000)]


class FileLimits(Authored):
    """How large files in docs/ may be, in kilobytes of 1,000 bytes."""

    picture: _Kilobytes = 500
    """A picture."""
    other: _Kilobytes = 5_000
    """Any other file, such as a PDF."""
    total: _Kilobytes = 20_000
    """All files together."""


def size_in_words(size: int) -> str:
    """A number of bytes for people, such as 480 kB or 1.2 MB."""
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


# -- search: words that readers type


Percent = Annotated[int, Field(ge=1, le=1000)]


class Weights(ByKind):
    """How much a hit of each kind counts in a search, out of 100."""

    __pydantic_extra__: dict[KindName, Percent]

    pages: Percent = 100
    """Hand-written pages."""
    phases: Percent = 100
    """Treatment phases."""
    therapies: Percent = 100
    """Treatments."""
    medications: Percent = 100
    """Medicines. They always come first for their own names."""
    faqs: Percent = 100
    """Common questions."""
    words: Percent = 100
    """Words of the glossary."""
    lists: Percent = 100
    """Lists of pages, such as all medicines, and the pages of facets."""
    about: Percent = 50
    """Pages about the guide itself. They come last unless a search names them."""


class Sign(Authored):
    """A sign of danger in readers' words. A search with one of them has the page that says when to call first."""

    sign: Annotated[Words, Role.HIDDEN]
    """The sign, in words of that page."""
    section: Annotated[Words, Role.HIDDEN]
    """The heading of that page that it is listed under, word for word, or the urgency of its signs."""
    words: Annotated[list[Words], Role.HIDDEN] = []
    """What readers call it, also with words between."""


class Temperatures(Authored):
    """Which numbers are a fever, in quotes."""

    least: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9])?$"), Role.CODE]
    """The lowest one."""
    most: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9])?$"), Role.CODE]
    """The highest one."""
    alone: bool = False
    """True if the number alone says so: 101 is a temperature, 39 may be an age."""


class Urgent(Authored):
    """What must not wait."""

    temperatures: list[Temperatures] = []
    """Numbers that are a fever, the first of the signs, for each unit of temperature."""
    degrees: Annotated[list[Words], Role.HIDDEN] = []
    """Words that make any number a temperature."""
    signs: list[Sign] = []
    """Signs of danger, most urgent first; the first is fever. They follow the signs of the page on when to call."""


class Ask(Authored):
    """A question to readers, such as 'Has it spread?', which says what of a facet is theirs."""

    facet: Id
    """The facet."""
    question: Annotated[Words, Role.NAME]
    """The question."""
    answers: Annotated[dict[Id, Words], Role.NAME]
    """The answers, by the value of the facet that they mean."""


class Search(Authored):
    """Readers' words for search. None of them is shown."""

    ignore: Annotated[list[Words], Role.HIDDEN] = []
    """Words that say nothing about the topic, such as how, my and the."""
    same: Annotated[list[Annotated[list[Words], Field(min_length=2)]], Role.HIDDEN] = []
    """Groups of words and phrases for the same thing. The first is one that the pages use."""
    names: Annotated[dict[str, list[Words]], Role.HIDDEN] = {}
    """What readers call a list, by its name in the menu, such as GLOSSARY."""
    others: Annotated[list[Words], Role.HIDDEN] = []
    """Medicines that are not in this guide, so that none is taken for a misspelled name of one that is."""
    languages: Annotated[list[Language], Role.CODE] = []
    """Other languages that readers type in: their ordinary words are no misspellings."""
    facets: Annotated[dict[Id, list[Words]], Role.HIDDEN] = {}
    """Readers' words for what can be ticked, by its id."""
    ask: Ask | None = None
    """What readers are asked when hits are for different readers."""
    urgent: Urgent = Urgent()
    """What must not wait."""
    weights: Weights = Weights()
    """How much a hit of each kind counts."""


# -- limits of texts, and the words that content rules look for


class Limits(Authored):
    """Limits of the text. A text beyond them has a warning."""

    sentence_words: Annotated[int, Field(ge=1)] = 20
    """Words in a sentence."""
    reading_grade: Annotated[int, Field(ge=1)] = 8
    """Reading grade of a section."""
    least_reading_grade: Annotated[int, Field(ge=0)] = 0
    """The least reading grade of the written sections of a page together. A page below it has short sentences that do
    not connect. 0 for no such limit."""
    boxes: Annotated[int, Field(ge=0)] = 2
    """Boxes that an editor puts on a page."""
    warnings: Annotated[int, Field(ge=0)] = 2
    """Warnings that a page shows, in all its texts."""
    quoted_words: Annotated[int, Field(ge=0)] = 8
    """Words in a row taken from a source whose license does not allow more."""
    passive_percent: Annotated[int, Field(ge=0, le=100)] = 40
    """Sentences of a section, out of 100, that do not say who does something."""


class Avoid(Authored):
    """Words to avoid, and what to write instead."""

    words: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """The words or phrases, in every form that is meant."""
    instead: Annotated[Plain, Role.HIDDEN]
    """What to write instead."""
    allow: Annotated[list[Words], Role.HIDDEN] = []
    """Phrases with these words that mean something else, such as heart attack."""


class Skin(Authored):
    """Signs on the skin, which must be described for every skin tone."""

    signs: Annotated[list[Words], Role.HIDDEN]
    """Words that name a color of light skin."""
    not_signs: Annotated[list[Words], Role.HIDDEN] = []
    """Phrases with these words that mean something else."""
    tones: Annotated[list[Words], Role.HIDDEN]
    """Words of which the same section must contain one."""


class UrgencyWords(Authored):
    """The words by which sources say how soon to act, American and British."""

    at_once: Annotated[list[Words], Role.HIDDEN] = []
    """Words that say to act at once. They count as equal to each other."""
    not_at_once: Annotated[list[Words], Role.HIDDEN] = []
    """Phrases with these words that mean something else, such as two at once."""
    later: Annotated[list[Words], Role.HIDDEN] = []
    """Words that say it can wait. They count as equal to each other."""
    grave: Annotated[list[Words], Role.HIDDEN] = []
    """Words that say how dangerous something is. A reason to call may rest on them too."""


class Folded(Authored):
    """Numbers whose pictures some readers would rather not see, such as those on survival."""

    words: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """Words of such a number, under `what` or `otherwise`, such as alive and died."""
    title: Annotated[Words, Role.LABEL]
    """What opens their pictures, as 'See these survival numbers in pictures'."""


class Passive(Authored):
    """What a sentence that does not say who does something looks like."""

    helpers: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """The words before: is, are ..."""
    endings: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """How the word after them ends: ed, en ..."""


# -- trials: the query for the registry


States = Literal[
    "RECRUITING",
    "NOT_YET_RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "UNKNOWN",
]


class TrialQuery(Authored):
    """Which trials `patientguide trials` asks ClinicalTrials.gov for."""

    condition: Annotated[Plain, Role.HIDDEN]
    """The condition, as its search expects it: words, "a phrase", AND, OR."""
    terms: Annotated[Plain | None, Role.HIDDEN] = None
    """Other words that the record must contain."""
    statuses: Annotated[list[States], Field(min_length=1)] = ["RECRUITING"]
    """Statuses of trials to list."""
    places: Annotated[Words | None, Role.HIDDEN] = None
    """Where it must take place, such as a country. Pages name its cities."""


# -- the vocabulary of a guide, for checks and pages


Strength = Literal["strong", "moderate", "limited", "background"]
STRENGTHS: tuple[Strength, ...] = get_args(Strength)


class Evidence(Authored):
    """A kind of evidence."""

    id: Id
    """The name that references use."""
    label: Annotated[Plain, Role.NAME]
    """Its name for readers."""
    strength: Strength
    """How strong a source of this kind is, in general."""
    meaning: Annotated[Plain, Role.NAME]
    """What that means, in one or two plain sentences."""
    cannot_tell: Annotated[Plain | None, Role.NAME] = None
    """What a source of this kind cannot tell a reader, in one plain sentence."""
    decides: bool = False
    """True when a statement about a treatment or stage may cite only sources of this kind."""
    max_years: Annotated[int, Field(ge=1, le=100)] | None = None
    """After how many years a source of this kind should be checked again."""


class FacetValue(Authored):
    """Something a reader can tick."""

    id: Id
    """The last part of its address."""
    label: Annotated[Words, Role.LABEL]
    """Its name for readers."""
    meaning: Annotated[Prose, Role.FACT]
    """What it means, with its source."""
    in_reports: Annotated[list[Words], Role.PRINTED] = []
    """How reports write it, such as IIIB."""
    excludes: list[Id] = []
    """Values that cannot be true of the same person. Who ticks both is asked to look again."""


class Facet(Authored):
    """A question with values to tick, such as a test result or a stage."""

    id: Id
    """The name that entries use."""
    label: Annotated[Words, Role.LABEL]
    """Its name for readers."""
    values: Annotated[list[FacetValue], Field(min_length=1)]
    """What can be ticked."""


class Urgency(Authored):
    """How soon to act."""

    id: Id
    """The name that entries use."""
    label: Annotated[Prose, Role.LABEL]
    """What to do, as an instruction."""
    admonition: Literal["danger", "warning", "note"]
    """How it looks."""


class LabelFormat(Authored):
    """What a complete list of a label's warnings has. Labels of other countries and times have other sections."""

    id: Id
    """The name that medicines use."""
    required: Annotated[list[Words], Role.CODE]
    """Sections that the list must have."""
    numbered: Annotated[list[Words], Role.CODE] = []
    """Parts whose sections are all listed, without a gap: "5" is 5.1, 5.2 and so on, warnings is warnings-1 and on."""


class MenuGroup(Authored):
    """A group of the menu."""

    label: Annotated[Words, Role.NAME]
    """Its name."""
    items: Annotated[list[Annotated[str, Field(pattern=r"^([a-z0-9-]+\.md|[A-Z][A-Z0-9-]*)$")]], Role.CODE]
    """Hand-written pages, and collections in capitals."""


class AlertLine(Authored):
    """A line of the alert card that readers print: whom to call."""

    label: Annotated[Words, Role.LABEL]
    """Whom, as 'Emergency'."""
    number: Id | None = None
    """The local setting that holds the phone number. Leave it out if it is not known: the card says so."""
    act: Id | None = None
    """The urgency that it is for. The page that says when to call shows it with the signs of that urgency."""


class Phone(Authored):
    """A number that readers can call."""

    id: Id
    """The local setting that holds the number."""
    who: Annotated[Plain, Role.LABEL]
    """Who answers."""
    text: Annotated[Prose, Role.FACT]
    """What they can help with, with its source."""
    hours: Annotated[Prose | None, Role.FACT] = None
    """When they answer, with its source."""
    languages: Annotated[Prose | None, Role.FACT] = None
    """The languages that they speak, with its source."""


class FirstVisit(Authored):
    """What readers may ask at a first visit, to tick on the page that makes the sheets for an appointment."""

    title: Annotated[Words, Role.LABEL]
    """The heading of the list."""
    questions: Annotated[list[Plain], Role.LABEL]
    """Suggestions, about ten: no facts that need a source."""


class Settings(Authored):
    """guide.yml."""

    title: Annotated[Words, Role.LABEL]
    """The name of the guide."""
    condition: Annotated[Words, Role.NAME]
    """The condition, as you would write it in a sentence."""
    audience: Annotated[Plain, Role.NAME]
    """Who it is written for."""
    region: Annotated[Words, Role.NAME]
    """The region for which its facts are true."""
    language: Language
    """Its language, as a code."""
    license: Url | None = None
    """The address of the license of its text, for programs that copy it."""
    local: Annotated[dict[Id, Plain], Role.CODE]
    """Phone numbers and limits of the place, used as {local:NAME}."""
    facets_title: Annotated[Words, Role.NAME]
    """The name of the page that lists what readers can tick."""
    safety_page: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.md$"), Role.CODE]
    """The hand-written page that says when to call. Every page links to it."""
    names_source: Id | None = None
    """The reference for the names and types of medicines that have no `names` of their own."""
    review_months: ReviewMonths
    """How long evidence stays fresh, in months."""
    evidence: list[Evidence]
    """Kinds of evidence."""
    facets: list[Facet]
    """What readers can tick."""
    urgency: list[Urgency]
    """How soon to act, most urgent first."""
    kinds: Kinds
    """The collections."""
    situation: Annotated[Words, Role.NAME] = "Where I am in treatment"
    """The heading on the appointment sheet for what a reader ticked."""
    navigation: list[MenuGroup]
    """The menu, in order."""
    required: Annotated[dict[Id, Plain], Role.HIDDEN] = {}
    """Topics that every page about a treatment must answer; each kind says under which heading, or why not."""
    support: Annotated[Prose | None, Role.FACT] = None
    """Where readers find a person to talk to, with its source. It is shown on every page."""
    mistakes: Annotated[Prose | None, Role.LABEL] = None
    """How readers report a mistake, with a link. No fact that needs a source. It is shown on every page."""
    first_visit: FirstVisit | None = None
    """What readers may ask at a first visit."""
    alert_card: list[AlertLine] = []
    """Whom to call, for the card that readers print, most urgent first."""
    phones: list[Phone] = []
    """Numbers that readers can call, for {part:phones} on a hand-written page."""
    limits: Annotated[Limits, Role.OWN] = Limits()
    """Limits of the text."""
    file_limits: Annotated[FileLimits, Role.UNSIGNED] = FileLimits()
    """How large files in docs/ may be, in kilobytes."""
    avoid: Annotated[list[Avoid], Role.OWN] = []
    """Words to avoid, and what to write instead."""
    hedges: Annotated[list[Words], Role.HIDDEN | Role.OWN] = []
    """Words that say how unsure something is, or that one study found it."""
    skin: Annotated[Skin | None, Role.OWN] = None
    """Signs on the skin."""
    folded: Annotated[Folded | None, Role.OWN] = None
    """Numbers whose pictures are folded until a reader opens them."""
    passive: Annotated[Passive | None, Role.OWN] = None
    """What a sentence that does not say who does something looks like."""
    urgency_words: Annotated[UrgencyWords, Role.OWN] = UrgencyWords()
    """Words of sources that say how soon to act."""
    label_formats: list[LabelFormat] = []
    """What labels of medicines look like here. Without it, medicines need no list of their label's warnings."""
    trials: Annotated[TrialQuery | None, Role.OWN] = None
    """Which trials to fetch. Leave it out to edit the list by hand."""
    known_words: Annotated[list[Words], Role.HIDDEN] = []
    """Abbreviations and names that need no explanation and are spelled right."""
    refuse: Annotated[list[Id], Role.UNSIGNED] = []
    """Codes of warnings that stop the build of this guide, as errors do. They cannot be waived."""
    offline_days: Annotated[int, Field(ge=1, le=365), Role.UNSIGNED] = 30
    """For how many days a browser may show its copy of a page while the site does not answer."""
    search: Annotated[Search, Role.OWN | Role.UNSIGNED] = Search()
    """Words that readers type."""
