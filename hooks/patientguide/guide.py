"""A whole guide in memory: every entry with its place, frozen, and the questions pages ask of it."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from patientguide.blocks import Block, blocks
from patientguide.csl import Reference
from patientguide.dates import is_old
from patientguide.frequency import Number
from patientguide.models import Dated, Faq, Glossary, Medication, Page, Phase, Term, Therapy, Trials
from patientguide.people import Person, Review
from patientguide.problems import Place
from patientguide.settings import Evidence, FacetValue, Settings
from patientguide.sourcewatch.watchfile import FRESH, Watch
from patientguide.yamlfile import YamlFile

NAME = re.compile(r"[^\W\d_]{5,}")
"""A word that is long enough to be told from others by its spelling."""

Front = TypeVar("Front", bound=Dated, covariant=True)


@dataclass(frozen=True)
class Section:
    """A `##` section of an entry's body: its heading, the line of the file that it stands on, and its text."""

    heading: str
    line: int
    text: str


@dataclass(frozen=True)
class Entry(Generic[Front]):
    """One Markdown file: its facts (`front`), its text (`body`) and where both stand."""

    kind: str
    id: str
    path: str
    front: Front
    body: str
    body_line: int
    sections: tuple[Section, ...]
    facts: YamlFile

    @property
    def name(self) -> str:
        """What reviews and commands call it, as therapies/surgery."""
        return f"{self.kind}/{self.id}"

    def body_place(self, offset: int) -> Place:
        """The place of a character of the body."""
        line = bisect_right(self._starts, offset) - 1
        return Place(self.path, self.body_line + line, offset - self._starts[line] + 1)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the body starts."""
        return [0, *(found.end() for found in re.finditer("\n", self.body))]


@dataclass(frozen=True, eq=False)
class Guide:
    """Everything that could be read, valid by itself; `checks` says whether it holds together.

    `unread` names the files that exist but could not be read, so that nobody is told that they are missing.
    """

    settings: Settings
    phases: tuple[Entry[Phase], ...]
    therapies: tuple[Entry[Therapy], ...]
    medications: tuple[Entry[Medication], ...]
    faqs: tuple[Entry[Faq], ...]
    pages: tuple[Entry[Page], ...]
    references: Mapping[str, Reference]
    glossary: Glossary | None
    trials: Trials
    people: tuple[Person, ...]
    reviews: tuple[Review, ...]
    records: Mapping[str, YamlFile]
    assets: frozenset[str]
    unread: frozenset[str]
    today: date
    watch: Watch | None = None

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of every text, in file order."""
        return tuple(blocks(self))

    @cached_property
    def sections(self) -> Mapping[tuple[str, str], list[Block]]:
        """The blocks by file and the heading or field they stand under, in order."""
        found: dict[tuple[str, str], list[Block]] = defaultdict(list)
        for block in self.blocks:
            found[block.path, block.heading].append(block)
        return found

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, Number]]:
        """The frequencies of each entry, by its path and their ids."""
        return {entry.path: {number.id: number for number in entry.front.numbers} for entry in self.entries}

    @cached_property
    def medicine_names(self) -> Mapping[str, str]:
        """Every word of a medicine's name or brand as it is spelt, by the word in small letters."""
        names = (name for m in self.medications for name in (m.front.title, m.front.generic, *m.front.brands))
        return {word.casefold(): word for name in names for word in NAME.findall(name.partition(" (")[0])}

    @property
    def treatments(self) -> tuple[Entry[Phase | Therapy | Medication], ...]:
        """Phases, therapies and medicines, in reading order."""
        return (*self.phases, *self.therapies, *self.medications)

    @property
    def entries(self) -> tuple[Entry[Dated], ...]:
        """Every Markdown file of the guide."""
        return (*self.treatments, *self.faqs, *self.pages)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The words of the glossary from A to Z."""
        return tuple(sorted(self.glossary.terms if self.glossary else (), key=lambda term: term.term.casefold()))

    @cached_property
    def facet_values(self) -> Mapping[str, FacetValue]:
        """Facet values by id."""
        return {value.id: value for facet in self.settings.facets for value in facet.values}

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """Kinds of evidence by id."""
        return {evidence.id: evidence for evidence in self.settings.evidence}

    @cached_property
    def safety_page(self) -> Entry[Page]:
        """The hand-written page that says when to call."""
        return next(page for page in self.pages if f"{page.id}.md" == self.settings.safety_page)

    def sources_of(self, block: Block) -> list[Reference]:
        """The sources that a block cites, but for those that are unknown."""
        return [self.references[key] for key in block.cites if key in self.references]

    @property
    def trials_are_old(self) -> bool:
        """Whether the list of trials was checked so long ago that readers and editors are told."""
        return bool(self.trials.checked) and is_old(self.trials.checked or "", FRESH, self.today)

    def medicines_of(self, entry: Entry[Dated]) -> list[Entry[Medication]]:
        """The medicines that name this phase or therapy."""
        return [m for m in self.medications if entry.id in getattr(m.front, entry.kind)]


def applies(entry: Entry[Dated], facet: str, value: str) -> bool:
    """Whether the entry is for readers with this value; an entry that names none of a facet is for everyone."""
    return value in entry.front.facets.get(facet, [value])


def brand_names(entry: Entry[Dated]) -> list[str]:
    """The brand names of a medicine once each, without what is added to them in brackets; none for anything else."""
    return list(dict.fromkeys(brand.partition(" (")[0] for brand in getattr(entry.front, "brands", [])))
