"""The registry of page types and collections.

Addresses, menus, page building, incremental builds, JSON-LD and translations all read it.
"""

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from patientguide.core import i18n
from patientguide.model.guide import Guide
from patientguide.model.settings import Settings

_MEDICAL = "MedicalWebPage"


class Input(Enum):
    """An input of a page. Every page also depends on its sources, its review, the settings and the day."""

    ENTRY = auto()
    """The text and facts of its own entry."""
    RELATED = auto()
    """The medicines of a treatment, and the treatments of a medicine."""
    FACTS = auto()
    """The front matter of every entry."""
    ANSWERS = auto()
    """The text of every question."""
    GLOSSARY = auto()
    """The words of the glossary."""
    TRIALS = auto()
    """The list of trials."""
    FINDINGS = auto()
    """The findings of the checks, if the page shows them."""
    RECORDS = auto()
    """Every YAML file."""
    VALUES = auto()
    """The plain data that its template gets as `data`."""


@dataclass(frozen=True)
class PageType:
    """A page type: its template, its inputs, and its types in schema.org."""

    template: str
    depends_on: frozenset[Input]
    schema_type: tuple[str, ...]
    explains: bool = True
    """Whether glossary words are explained on it."""

    def __post_init__(self) -> None:
        """Refuse a type without inputs: an incremental build would never update its pages. Raises TypeError."""
        if not self.depends_on:
            raise TypeError(f"The page type {self.template} does not say what its pages depend on.")


def _type(template: str, *depends_on: Input, kind: str = "", explains: bool = True) -> PageType:
    return PageType(template, frozenset(depends_on), (_MEDICAL, kind) if kind else (_MEDICAL,), explains)


ENTRY = _type("entry.md.j2", Input.ENTRY, Input.RELATED)
HAND_WRITTEN = _type("page.md.j2", Input.ENTRY, Input.FACTS, Input.TRIALS, Input.FINDINGS)
FACET = _type("facet.md.j2", Input.FACTS, kind="CollectionPage")
_LIST = _type("collection.md.j2", Input.FACTS, kind="CollectionPage")


@dataclass(frozen=True)
class Collection:
    """A page made from many entries. `name` is its name in the menu of guide.yml."""

    name: str
    uri: str
    source: str
    """The target of links to it: a folder, a file, or a named part of guide.yml."""
    type: PageType
    title: Callable[[Settings], str]
    holds: Callable[[Guide], Sized]
    """What it lists; an empty collection has no page."""
    kind: str = ""
    """The folder of its entries, if it lists one kind."""
    translated: bool = False
    """Whether a translation has a page of its own. Other links lead to the source page."""
    printed: bool = True
    """Whether a booklet includes it. A form or an index is of no use on paper, and each page lists its own sources."""


FOR_EDITORS = frozenset({"checks"})
"""The parts of hand-written pages that inform editors. A booklet leaves out pages with such a part."""


def _said(text: str) -> Callable[[Settings], str]:
    return lambda settings: i18n.catalog(settings.language)(text)


def _is_in_menu(guide: Guide, name: str) -> bool:
    """Whether the menu of a guide names a page. Optional pages exist only then."""
    return any(name in group.items for group in guide.settings.navigation)


@cache
def list_of(kind: str) -> Collection:
    """The list of a kind whose entries have pages of their own."""
    return Collection(
        kind.upper(),
        f"{kind}/index.md",
        f"content/{kind}",
        _LIST,
        lambda settings: str(settings.kinds.of(kind).title),
        lambda guide: guide.entries_of(kind),
        kind=kind,
        translated=True,
    )


PHASES, THERAPIES, MEDICATIONS = (list_of(kind) for kind in ("phases", "therapies", "medications"))
FACETS = Collection(
    "FACETS",
    "for/index.md",
    "content/guide.yml",
    _type("facets.md.j2", Input.FACTS, kind="CollectionPage"),
    lambda settings: settings.facets_title,
    lambda guide: guide.settings.facets,
)
FAQ = Collection(
    "FAQ",
    "faq.md",
    "content/faqs",
    _type("faq.md.j2", Input.FACTS, Input.ANSWERS, kind="FAQPage"),
    lambda settings: settings.kinds.faqs.title,
    lambda guide: guide.faqs,
    kind="faqs",
    translated=True,
)
QUESTIONS = Collection(
    "QUESTIONS",
    "questions.md",
    "content/guide.yml#questions",
    _type("questions.md.j2", Input.FACTS, kind="CollectionPage", explains=False),
    _said("Questions to ask your team"),
    lambda guide: [entry for _, entries in guide.kinds for entry in entries if entry.front.questions],
)
PATH = Collection(
    "PATH",
    "my-path.md",
    "content/guide.yml#my-path",
    _type("my-path.md.j2", Input.FACTS, explains=False),
    _said("My path"),
    lambda guide: guide.settings.facets,
    printed=False,
)
APPOINTMENT = Collection(
    "APPOINTMENT",
    "appointment.md",
    "content/guide.yml#appointment",
    _type("appointment.md.j2", Input.FACTS, Input.VALUES, explains=False),
    _said("Your appointment"),
    lambda guide: guide.outlined,
    printed=False,
)
GLOSSARY = Collection(
    "GLOSSARY",
    "glossary.md",
    "content/glossary.yml",
    _type("glossary.md.j2", Input.FACTS, Input.GLOSSARY, kind="CollectionPage", explains=False),
    _said("Words explained"),
    lambda guide: guide.terms,
    translated=True,
)
REFERENCES = Collection(
    "REFERENCES",
    "references.md",
    "content/references",
    _type("references.md.j2", Input.FACTS, Input.RECORDS, kind="CollectionPage", explains=False),
    _said("Sources"),
    lambda guide: guide.references,
    printed=False,
)
A_TO_Z = Collection(
    "AZ",
    "a-z.md",
    "content/guide.yml#a-z",
    _type("a-z.md.j2", Input.FACTS, Input.GLOSSARY, kind="CollectionPage", explains=False),
    _said("Everything from A to Z"),
    lambda guide: guide.entries,
    printed=False,
)
EFFECTS = Collection(
    "EFFECTS",
    "side-effects.md",
    "content/guide.yml#side-effects",
    _type("effects.md.j2", Input.FACTS, Input.GLOSSARY, kind="CollectionPage", explains=False),
    _said("Find a side effect"),
    lambda guide: [one for one in guide.medications if one.front.side_effects and _is_in_menu(guide, "EFFECTS")],
    translated=True,
    printed=False,
)
CHANGES = Collection(
    "CHANGES",
    "changes.md",
    "content/changes.yml",
    PageType("changes.md.j2", frozenset({Input.FACTS, Input.VALUES}), ("WebPage",), explains=False),
    _said("What is new"),
    lambda guide: guide.changes,
)

COLLECTIONS: Mapping[str, Collection] = {
    one.name: one
    for one in (
        *(PHASES, THERAPIES, MEDICATIONS, FACETS, FAQ, QUESTIONS, PATH, APPOINTMENT, GLOSSARY, REFERENCES),
        *(A_TO_Z, EFFECTS, CHANGES),
    )
}
"""The collections of every guide, by their names in the menu."""


def known(settings: Settings) -> dict[str, Collection]:
    """The collections that a guide can have, by their names in the menu: lists of further kinds follow medicines."""
    further = {one.name: one for one in map(list_of, settings.kinds.further)}
    found = list(COLLECTIONS.items())
    after = found.index((MEDICATIONS.name, MEDICATIONS)) + 1
    return dict([*found[:after], *further.items(), *found[after:]])


def collections(guide: Guide) -> dict[str, Collection]:
    """The collections that are not empty, and in a translation have a page of their own."""
    found = known(guide.settings).items()
    return {name: one for name, one in found if one.holds(guide) and (one.translated or not guide.edition)}
