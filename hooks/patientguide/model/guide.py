"""The guide: all entries and records, frozen, with lookups that checks and pages share."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from itertools import combinations, product
from typing import Any, TypeVar, TypeVarTuple

from patientguide.core.dates import is_old
from patientguide.core.text import without_accents
from patientguide.core.yaml import YamlFile
from patientguide.model.entries import (
    Dated,
    Entry,
    Faq,
    Glossary,
    Medication,
    Outlined,
    Page,
    Phase,
    Term,
    Therapy,
    Trials,
    WarningSign,
    model_of,
)
from patientguide.model.frequency import Number
from patientguide.model.kinds import Kind
from patientguide.model.records import FRESH, ChangeNote, Person, Review, Watch
from patientguide.model.reference import Reference
from patientguide.model.settings import Evidence, FacetValue, Settings

# -- translations: their source, and whether each text is still up to date


@dataclass(frozen=True)
class Fit:
    """Whether a translation is up to date: `stale` if its source changed; `given_way` parts come from the source."""

    stale: bool = False
    given_way: frozenset[str] = frozenset()


_GOOD = Fit()


@dataclass(frozen=True)
class Edition:
    """The source of a translated guide. The keys of `fits` are entries, `glossary#` with a word's id, or `guide`."""

    language: str
    source: "Guide"
    fits: Mapping[str, Fit]

    @property
    def root(self) -> str:
        """The folder of its pages."""
        return language_folder(self.language)

    def fit(self, name: str) -> Fit:
        """Whether the translation of a text is up to date."""
        return self.fits.get(name, _GOOD)


def language_folder(language: str) -> str:
    """The folder of the pages in a language, such as `es/`."""
    return f"{language}/"


EXAMPLE = "Example text"
"""The start of example texts in a new guide. They are published, and every page says so."""

NAME = re.compile(r"[^\W\d_]{5,}")
"""A word that is long enough to be recognized when it is misspelled."""


@dataclass(frozen=True)
class TextFacts:
    """The results of analyzing one file, as plain data. Places are line and column.

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
    """All that could be read. Each file is valid by itself; `checks` validates the whole.

    `unread` has the files that exist but could not be read, so that they are not reported as missing.
    """

    settings: Settings
    by_kind: Mapping[str, tuple[Entry[Any], ...]]
    """The entries of each kind that has a folder, and of `pages`."""
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
    """The paths of the texts to analyze; None for all."""
    texts: Mapping[str, TextFacts] = field(default_factory=dict)
    """The analysis of each text, by path."""

    editions: tuple["Guide", ...] = ()
    """The translations of the guide."""
    edition: "Edition | None" = None
    """Set for a translation."""
    targets: Mapping[str, Any] | None = None
    """The link targets of a translation by path, each with its `routes.Target`. Others find their own."""

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """Results of functions marked with `once_per_guide`. A copy with other fields starts empty."""
        return {}

    @cached_property
    def looked_at(self) -> Mapping[str, str]:
        """The hash of every text to analyze, by path, in the order of `blocks`."""
        found = {entry.path: entry.digest for entry in self.entries}
        # Sources and the answers of services are not analyzed: nobody in the project wrote those texts.
        others = ("content/references/", "content/watch.yml")
        found |= {file.path: file.digest for path, file in self.records.items() if not path.startswith(others)}
        return {path: hash_ for path, hash_ in found.items() if self.focus is None or path in self.focus}

    @cached_property
    def entries_looked_at(self) -> list[Entry[Dated]]:
        """The entries to analyze."""
        return [entry for entry in self.entries if entry.path in self.looked_at]

    @cached_property
    def cited(self) -> Counter[str]:
        """The number of statements that cite each source."""
        counts = Counter(key for text in self.texts.values() for key in text.cites.split())
        if self.settings.names_source:
            counts[self.settings.names_source] += 1
        for numbers in self.numbers.values():
            counts.update(key for number in numbers.values() for key in number.keys)
        return counts

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, Number]]:
        """The frequencies of each entry, by path and id."""
        return {entry.path: {number.id: number for number in entry.front.numbers} for entry in self.entries}

    @cached_property
    def medicine_names(self) -> Mapping[str, str]:
        """Every word of a medicine's name or brand in its spelling, by the word in lower case."""
        names = (name for m in self.medications for name in (m.front.title, m.front.generic, *m.front.brands))
        return {word.casefold(): word for name in names for word in NAME.findall(name.partition(" (")[0])}

    @cached_property
    def reviews_of(self) -> Mapping[str, list[Review]]:
        """The reviews of each reviewed text, by name."""
        found: dict[str, list[Review]] = defaultdict(list)
        for review in self.reviews:
            found[review.entry].append(review)
        return found

    def entries_of(self, kind: str) -> tuple[Entry[Any], ...]:
        """The entries of a kind, in order."""
        return self.by_kind.get(kind, ())

    @property
    def phases(self) -> tuple[Entry[Phase], ...]:
        """The phases of treatment, in order."""
        return self.entries_of("phases")

    @property
    def therapies(self) -> tuple[Entry[Therapy], ...]:
        """The treatments, in order."""
        return self.entries_of("therapies")

    @property
    def medications(self) -> tuple[Entry[Medication], ...]:
        """The medicines, from A to Z."""
        return self.entries_of("medications")

    @property
    def faqs(self) -> tuple[Entry[Faq], ...]:
        """The common questions, in order."""
        return self.entries_of("faqs")

    @property
    def pages(self) -> tuple[Entry[Page], ...]:
        """The hand-written pages."""
        return self.entries_of("pages")

    @property
    def kinds(self) -> list[tuple[Kind, tuple[Entry[Any], ...]]]:
        """The settings and entries of each kind with a folder, in reading order."""
        return [(self.settings.kinds.of(name), self.entries_of(name)) for name in self.settings.kinds.names]

    @cached_property
    def outlined(self) -> tuple[Entry[Outlined], ...]:
        """The entries with an outline, in reading order: phases, therapies, medicines, and those of further kinds."""
        names = self.settings.kinds.names
        return tuple(e for name in names if issubclass(model_of(name), Outlined) for e in self.entries_of(name))

    @property
    def entries(self) -> tuple[Entry[Dated], ...]:
        """Every Markdown file of the guide."""
        return (*self.outlined, *self.faqs, *self.pages)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the glossary from A to Z."""
        terms = self.glossary.terms if self.glossary else ()
        return tuple(sorted(terms, key=lambda term: without_accents(term.term.casefold())))

    @cached_property
    def facet_values(self) -> Mapping[str, FacetValue]:
        """Facet values by id."""
        return {value.id: value for facet in self.settings.facets for value in facet.values}

    @cached_property
    def facet_pairs(self) -> tuple[tuple[FacetValue, FacetValue], ...]:
        """Values of two facets that an entry names together, such as a test result and a stage. Each has a page."""
        facets = [(facet.id, facet.values) for facet in self.settings.facets]
        named = [entry.front.facets for entry in self.outlined]
        return tuple(
            (one, other)
            for (first, ones), (second, others) in combinations(facets, 2)
            for one, other in product(ones, others)
            if any(one.id in facets.get(first, ()) and other.id in facets.get(second, ()) for facets in named)
        )

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """Kinds of evidence by id."""
        return {evidence.id: evidence for evidence in self.settings.evidence}

    @cached_property
    def safety_page(self) -> Entry[Page]:
        """The hand-written page on when to call."""
        return next(page for page in self.pages if f"{page.id}.md" == self.settings.safety_page)

    @cached_property
    def examples(self) -> Mapping[str, tuple[int, int, str]]:
        """The first example text of each file that still has one."""
        found = {path: text.examples[0] for path, text in self.texts.items() if text.examples}
        alone = [(f"content/references/{key}.yml", source.title) for key, source in self.references.items()]
        alone.append(("content/guide.yml", self.settings.region))
        return {path: (1, 1, text) for path, text in alone if text.startswith(EXAMPLE)} | found

    @property
    def trials_are_old(self) -> bool:
        """Whether the list of trials is so old that readers and editors see a notice."""
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
    def warning_signs(self) -> Mapping[str, WarningSign]:
        """The signs of the page on when to call, by their ids; none if there is no such page."""
        pages = (page for page in self.pages if f"{page.id}.md" == self.settings.safety_page)
        return {sign.id: sign for page in pages for sign in page.front.signs}

    @cached_property
    def medicines_by_sign(self) -> Mapping[str, list[Entry[Medication]]]:
        """The medicines that name a warning sign under call, by its id."""
        found: dict[str, list[Entry[Medication]]] = defaultdict(list)
        for medicine in self.medications:
            for sign in dict.fromkeys(sign for row in medicine.front.call for sign in row.signs):
                found[sign].append(medicine)
        return dict(sorted(found.items()))

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
    """Whether the entry is for readers with this value. Without values of a facet it is for everyone."""
    return value in entry.front.facets.get(facet, [value])


def brand_names(entry: Entry[Dated]) -> list[str]:
    """The brand names of a medicine, each once and without additions in brackets; empty for other entries."""
    return list(dict.fromkeys(brand.partition(" (")[0] for brand in getattr(entry.front, "brands", [])))


def brands_in_title(entry: Entry[Dated]) -> list[str]:
    """The brand names that readers know a medicine by: at most two, those without additions in brackets first.

    A longer form of another one, such as that of a pack, is left out.
    """
    plain = [brand for brand in getattr(entry.front, "brands", []) if " (" not in brand]
    names = plain or brand_names(entry)
    return [one for one in names if not any(one != other and other in one for other in names)][:2]


def full_title(entry: Entry[Dated]) -> str:
    """The title of an entry as its page, menus and lists show it: a medicine with its brand name."""
    title: str = entry.front.title
    brands = [brand for brand in brands_in_title(entry) if brand.casefold() not in title.casefold()]
    return f"{title}: {', '.join(brands)}" if brands else title


Answer = TypeVar("Answer")
Given = TypeVarTuple("Given")


def once_per_guide(work: Callable[[Guide, *Given], Answer]) -> Callable[[Guide, *Given], Answer]:
    """A decorator that caches a function of a guide, and of values that can be hashed, in `Guide.memo`."""

    @wraps(work)
    def answer(guide: Guide, *given: *Given) -> Answer:
        key = (work, *given)
        if key not in guide.memo:
            guide.memo[key] = work(guide, *given)
        found: Answer = guide.memo[key]
        return found

    return answer
