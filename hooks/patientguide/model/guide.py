"""A whole guide in memory: every entry with its place, frozen, and the questions pages ask of it."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from typing import Any, TypeVar

from patientguide.core.dates import is_old
from patientguide.core.text import without_accents
from patientguide.core.yaml import YamlFile
from patientguide.model.entries import Dated, Entry, Faq, Glossary, Medication, Page, Phase, Term, Therapy, Trials
from patientguide.model.frequency import Number
from patientguide.model.records import FRESH, ChangeNote, Person, Review, Watch
from patientguide.model.reference import Reference
from patientguide.model.settings import Evidence, FacetValue, Settings

# A guide in another language: what it was translated from, and how well each text still fits its source.


@dataclass(frozen=True)
class Fit:
    """How a text fits its source: `stale` when the source changed since, `given_way` the parts shown as it has them."""

    stale: bool = False
    given_way: frozenset[str] = frozenset()


_GOOD = Fit()


@dataclass(frozen=True)
class Edition:
    """What a translated guide knows of its source. `fits` is by entry, `glossary#` and a word's id, or `guide`."""

    language: str
    source: "Guide"
    fits: Mapping[str, Fit]

    @property
    def root(self) -> str:
        """The folder of its pages."""
        return language_folder(self.language)

    def fit(self, name: str) -> Fit:
        """How a text fits its source."""
        return self.fits.get(name, _GOOD)


def language_folder(language: str) -> str:
    """The folder of the pages in a language, as `es/`."""
    return f"{language}/"


EXAMPLE = "Example text"
"""How the texts of a new guide begin. They are published, and every page says that they are there."""

NAME = re.compile(r"[^\W\d_]{5,}")
"""A word that is long enough to be told from others by its spelling."""


@dataclass(frozen=True)
class TextFacts:
    """The facts of one file, as plain data. Places are line and column.

    `cites` has a line for each block that cites any, with a space between its sources; `passages` are `key#id`, with
    spaces between. `grade` is that of its hardest part. `to_do` has the places of texts of a starting file with their
    first words, `examples` those of a new guide, `warnings` the places of boxes that warn.
    """

    cites: str
    passages: str
    statements: int
    sourced: int
    unchecked: int
    grade: float | None
    to_do: Sequence[tuple[int, int, str]]
    examples: Sequence[tuple[int, int, str]]
    warnings: Sequence[tuple[int, int]]
    words: str
    lead: str


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
    changes: tuple[ChangeNote, ...] = ()
    focus: frozenset[str] | None = None
    """The paths of the texts that are looked at; None for all."""
    lookups: dict[str, Any] = field(default_factory=dict)
    """Tables that were made once. A guide of other entries must have its own: see `load`."""
    texts: Mapping[str, TextFacts] = field(default_factory=dict)
    """What was read in each text, by its path."""

    editions: tuple["Guide", ...] = ()
    """The same guide in other languages."""
    edition: "Edition | None" = None
    """Set for a guide in another language."""

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """Answers of the functions marked with `once_per_guide`. A copy with other fields starts without any."""
        return {}

    @cached_property
    def looked_at(self) -> Mapping[str, str]:
        """The hash of every text that is looked at, by its path, in the order of `blocks`."""
        found = {entry.path: entry.digest for entry in self.entries}
        # What a source is called, and what services said of it, is shown as it is: nobody here wrote it.
        others = ("content/references/", "content/watch.yml")
        found |= {file.path: file.digest for path, file in self.records.items() if not path.startswith(others)}
        return {path: hash_ for path, hash_ in found.items() if self.focus is None or path in self.focus}

    @cached_property
    def entries_looked_at(self) -> list[Entry[Dated]]:
        """The entries that are looked at."""
        return [entry for entry in self.entries if entry.path in self.looked_at]

    @cached_property
    def cited(self) -> Counter[str]:
        """How many statements rest on each source."""
        counts = Counter(key for text in self.texts.values() for key in text.cites.split())
        counts[self.settings.names_source] += 1
        for numbers in self.numbers.values():
            counts.update(key for number in numbers.values() for key in number.keys)
        return counts

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, Number]]:
        """The frequencies of each entry, by its path and their ids."""
        return {entry.path: {number.id: number for number in entry.front.numbers} for entry in self.entries}

    @cached_property
    def medicine_names(self) -> Mapping[str, str]:
        """Every word of a medicine's name or brand as it is spelt, by the word in small letters."""
        names = (name for m in self.medications for name in (m.front.title, m.front.generic, *m.front.brands))
        return {word.casefold(): word for name in names for word in NAME.findall(name.partition(" (")[0])}

    @cached_property
    def reviews_of(self) -> Mapping[str, list[Review]]:
        """The reviews of each text that has any, by its name."""
        found: dict[str, list[Review]] = defaultdict(list)
        for review in self.reviews:
            found[review.entry].append(review)
        return found

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
        terms = self.glossary.terms if self.glossary else ()
        return tuple(sorted(terms, key=lambda term: without_accents(term.term.casefold())))

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

    @cached_property
    def examples(self) -> Mapping[str, tuple[int, int, str]]:
        """The first example text of each file that still has one from when the guide was begun."""
        found = {path: text.examples[0] for path, text in self.texts.items() if text.examples}
        alone = [(f"content/references/{key}.yml", source.title) for key, source in self.references.items()]
        alone.append(("content/guide.yml", self.settings.region))
        return {path: (1, 1, text) for path, text in alone if text.startswith(EXAMPLE)} | found

    @property
    def trials_are_old(self) -> bool:
        """Whether the list of trials was checked so long ago that readers and editors are told."""
        return bool(self.trials.checked) and is_old(self.trials.checked or "", FRESH, self.today)

    @cached_property
    def _medicines(self) -> Mapping[str, list[Entry[Medication]]]:
        """The medicines of each phase and therapy, by its name."""
        found: dict[str, list[Entry[Medication]]] = defaultdict(list)
        for medicine in self.medications:
            for kind in ("phases", "therapies"):
                for id_ in dict.fromkeys(getattr(medicine.front, kind)):
                    found[f"{kind}/{id_}"].append(medicine)
        return found

    @cached_property
    def by_name(self) -> Mapping[str, Entry[Dated]]:
        """Every entry by its name."""
        return {entry.name: entry for entry in self.entries}

    @cached_property
    def by_path(self) -> Mapping[str, Entry[Dated]]:
        """Every entry by the path of its file."""
        return {entry.path: entry for entry in self.entries}

    def medicines_of(self, entry: Entry[Dated]) -> list[Entry[Medication]]:
        """The medicines that name this phase or therapy."""
        return self._medicines.get(entry.name, [])

    def homes_of(self, medicine: Entry[Medication]) -> list[Entry[Dated]]:
        """The phases and therapies that a medicine names, in reading order."""
        names = [f"{kind}/{id_}" for kind in ("phases", "therapies") for id_ in getattr(medicine.front, kind)]
        found = [self.by_name[name] for name in dict.fromkeys(names) if name in self.by_name]
        return sorted(found, key=lambda entry: self._positions[entry.name])

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.by_name)}


def applies(entry: Entry[Dated], facet: str, value: str) -> bool:
    """Whether the entry is for readers with this value; an entry that names none of a facet is for everyone."""
    return value in entry.front.facets.get(facet, [value])


def brand_names(entry: Entry[Dated]) -> list[str]:
    """The brand names of a medicine once each, without what is added to them in brackets; none for anything else."""
    return list(dict.fromkeys(brand.partition(" (")[0] for brand in getattr(entry.front, "brands", [])))


Answer = TypeVar("Answer")


def once_per_guide(work: Callable[[Guide], Answer]) -> Callable[[Guide], Answer]:
    """Run a function once for each guide, and keep its answer in `Guide.memo`."""

    @wraps(work)
    def answer(guide: Guide) -> Answer:
        if work not in guide.memo:
            guide.memo[work] = work(guide)
        found: Answer = guide.memo[work]
        return found

    return answer
