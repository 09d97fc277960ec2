"""Every name of the guide in one list from A to Z, for readers without scripts and for paper; letters of long lists."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple, TypeVar

from patientguide import registry, routes
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.lettering import spelt, unaccented
from patientguide.models import Dated, Term, Treatment
from patientguide.routes import Target

LONG = 60
"""A longer list is cut by first letters: about as much as three screens of a phone hold."""
T = TypeVar("T")


class Row(NamedTuple):
    """A name, and the pages that tell of it by their titles; a name that is the title of its page has only that."""

    name: str
    pages: Mapping[str, Target]

    @property
    def is_title(self) -> bool:
        """Whether the name is that of its one page."""
        return list(self.pages) == [self.name]


def letters(guide: Guide) -> dict[str, list[Row]]:
    """The rows by the letter they are sorted under; `#` holds what starts with no letter."""
    found: dict[str, dict[str, Target]] = defaultdict(dict)
    names: dict[str, str] = {}
    for name, title, target in _names(guide):
        key = " ".join(spelt(name))
        names.setdefault(key, name)
        found[key].setdefault(title, target)
    rows: dict[str, list[Row]] = defaultdict(list)
    for key in sorted(found):
        rows[_letter(key)].append(Row(names[key], found[key]))
    return rows


def by_letter(named: Iterable[tuple[str, T]], most: int | None = None) -> dict[str, list[T]]:
    """Things by the first letter of their names, from A to Z; a list of no more than `most` as it is, under ""."""
    given = list(named)
    if len(given) <= (LONG if most is None else most):
        return {"": [thing for _, thing in given]}
    keys = [" ".join(spelt(name)) for name, _ in given]
    groups: dict[str, list[T]] = defaultdict(list)
    for place in sorted(range(len(given)), key=lambda place: (_letter(keys[place]) != "#", keys[place])):
        groups[_letter(keys[place])].append(given[place][1])
    return groups


def of_words(terms: Iterable[Term]) -> dict[str, list[Term]]:
    """Words of the glossary in their order, by the letter that each is listed under."""
    return {key: list(found) for key, found in groupby(terms, lambda term: unaccented(term.term)[0].upper())}


def _letter(key: str) -> str:
    letter = key[:1].upper()
    return letter if letter.isalpha() else "#"


def _names(guide: Guide) -> Iterator[tuple[str, str, Target]]:
    """Each name with the title and place of a page that tells of it."""
    for entry in (*guide.pages, *guide.treatments):
        yield entry.front.title, entry.front.title, routes.of(entry)
    for medicine in guide.medications:
        for brand in medicine.front.brands:
            yield brand.partition(" (")[0], medicine.front.title, routes.of(medicine)
    for term in guide.terms:
        for name in (term.term, *term.lay):
            yield name, term.term, Target(registry.GLOSSARY.uri, term.id)
    yield from _effects(guide)


def _effects(guide: Guide) -> Iterator[tuple[str, str, Target]]:
    """Side effects: of phases and treatments, and of medicines what is told nowhere else."""
    told: set[str] = set()
    for entries in ((*guide.phases, *guide.therapies), guide.medications):
        found = [(effect, entry) for entry in entries for effect in _of(entry)]
        for effect, entry in found:
            if effect.casefold() not in told:
                yield effect, entry.front.title, _spot(entry, guide)
        told |= {effect.casefold() for effect, _ in found}


def _of(entry: Entry[Dated]) -> list[str]:
    return [effect.effect for effect in entry.front.side_effects] if isinstance(entry.front, Treatment) else []


def _spot(entry: Entry[Dated], guide: Guide) -> Target:
    """Where an entry lists its side effects."""
    outline = getattr(guide.settings.kinds, entry.kind).outline
    heading = next((step.heading for step in outline if step.part == "side-effects"), "")
    return Target(routes.of(entry).uri, routes.anchor(heading))
