"""Pages that list entries: by facet, from A to Z, by side effect, and what is new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import NamedTuple, TypeVar

from patientguide.content import blocks
from patientguide.core import i18n, templates
from patientguide.core.text import split_words, without_accents
from patientguide.model import registry, routes
from patientguide.model.entries import Dated, Entry, Medication, Outlined, Term
from patientguide.model.guide import Guide, applies, full_title, once_per_guide
from patientguide.model.routes import Target
from patientguide.model.settings import FacetValue
from patientguide.pages.page import Draft
from patientguide.review import signoff, status
from patientguide.review.signoff import State

# -- facets: an overview, and a page for each value


_FILE = "content/guide.yml"
MOST_COMPARED = 20
"""The longest table of medicines side by side: nobody finds a choice in a longer one."""


def facet_overview(guide: Guide) -> Draft:
    """The page that lists all facets and their values."""
    return Draft(
        uri=registry.FACETS.uri,
        title=guide.settings.facets_title,
        description="Choose what fits you, and see the pages that apply.",
        type=registry.FACETS.type,
        source=_FILE,
        edits=_FILE,
        ages=status.ages(guide, guide.entries),
        texts=(signoff.SETTINGS,),
        values={},
    )


def facet_page(guide: Guide, *values: FacetValue) -> Draft:
    """The page of a facet value, or of values of several facets together: the entries for these readers."""
    chosen = [(facet.id, value.id) for facet in guide.settings.facets for value in values if value in facet.values]

    def fits(entry: Entry[Dated]) -> bool:
        return all(applies(entry, facet, value) for facet, value in chosen)

    def named(entries: Iterable[Entry[Dated]]) -> list[Entry[Dated]]:
        """The entries that fit, and name one of the values. Those that name none are for everyone."""
        names = [(entry, entry.front.facets) for entry in filter(fits, entries)]
        return [entry for entry, facets in names if any(value in facets.get(facet, ()) for facet, value in chosen)]

    def medicines(therapy: Entry[Dated]) -> list[Entry[Medication]]:
        return list(filter(fits, guide.medicines_of(therapy)))

    compared = named(guide.medications)
    # Pages on daily life are for nearly everyone: only those that name the value are listed, as with questions.
    further = {name: named(guide.entries_of(name)) for name in guide.settings.kinds.further}
    hidden = {entry.name for name in further for entry in guide.entries_of(name)}
    hidden -= {entry.name for found in further.values() for entry in found}
    return Draft(
        uri=routes.of_facet_values(*(value.id for value in values)).uri,
        title=", ".join(value.label for value in values),
        description=values[0].meaning,
        type=registry.FACET,
        source=_FILE,
        edits=_FILE,
        ages=status.ages(guide, filter(fits, guide.entries)),
        texts=(signoff.SETTINGS, *(e.name for e in filter(fits, guide.outlined) if e.name not in hidden)),
        values={
            "values": values,
            "together": [(one, other) for one, other in guide.facet_pairs if values in ((one,), (other,))],
            "phases": list(filter(fits, guide.phases)),
            "therapies": list(filter(fits, guide.therapies)),
            "medicines_of": medicines,
            "compared": compared if len(compared) <= MOST_COMPARED else [],
            "further": further,
            "faqs": named(guide.faqs),
        },
    )


# -- A to Z, for readers without scripts and for paper


LONG = 60
"""A longer list is grouped by first letter. This is about three screens of a phone."""
T = TypeVar("T")


class Row(NamedTuple):
    """A name with its pages by title. `own` is the title of the page that is about the very thing, if there is one."""

    name: str
    pages: Mapping[str, Target]
    own: str = ""


class _Name(NamedTuple):
    """A name, with the title and target of a page about it; `own` if it is the name of the page itself."""

    name: str
    title: str
    target: Target
    own: bool = False


def letters(guide: Guide) -> dict[str, list[Row]]:
    """The rows by first letter, or under `#` if they do not start with a letter."""
    found: dict[str, dict[str, Target]] = defaultdict(dict)
    names: dict[str, str] = {}
    own: dict[str, str] = {}
    for one in _names(guide):
        key = " ".join(split_words(one.name))
        names.setdefault(key, one.name)
        found[key].setdefault(one.title, one.target)
        if one.own:
            own.setdefault(key, one.title)
    rows: dict[str, list[Row]] = defaultdict(list)
    for key in sorted(found):
        rows[_letter(key)].append(Row(names[key], found[key], own.get(key, "")))
    return rows


def entries_by_letter(named: Iterable[tuple[str, T]], most: int | None = None) -> dict[str, list[T]]:
    """Items by the first letter of their names, from A to Z; at most `most` items are not grouped, but under ""."""
    given = list(named)
    if len(given) <= (LONG if most is None else most):
        return {"": [thing for _, thing in given]}
    keys = [" ".join(split_words(name)) for name, _ in given]
    groups: dict[str, list[T]] = defaultdict(list)
    for place in sorted(range(len(given)), key=lambda place: (_letter(keys[place]) != "#", keys[place])):
        groups[_letter(keys[place])].append(given[place][1])
    return groups


def of_words(terms: Iterable[Term]) -> dict[str, list[Term]]:
    """The words of the glossary in order, by letter."""
    return {key: list(found) for key, found in groupby(terms, lambda term: without_accents(term.term)[0].upper())}


def _letter(key: str) -> str:
    letter = key[:1].upper()
    return letter if letter.isalpha() else "#"


def _names(guide: Guide) -> Iterator[_Name]:
    for entry in (*guide.pages, *guide.outlined):
        yield _Name(entry.front.title, full_title(entry), routes.target_of(entry), own=True)
    for medicine in guide.medications:
        for brand in medicine.front.brands:
            yield _Name(brand.partition(" (")[0], medicine.front.title, routes.target_of(medicine))
    for term in guide.terms:
        for name in (term.term, *term.lay):
            yield _Name(name, term.term, Target(registry.GLOSSARY.uri, term.id), own=name == term.term)
    yield from _effects(guide)


_EFFECT_WORDS = 5
"""The longest name of a side effect that somebody may look up."""


def _effects(guide: Guide) -> Iterator[_Name]:
    """Side effects that several entries name, and shortly; of medicines only those not listed elsewhere."""
    counts = Counter(effect.casefold() for entry in guide.outlined for effect in set(_of(entry)))
    listed: set[str] = set()
    others = [entry for entry in guide.outlined if entry not in guide.medications]
    for entries in (others, guide.medications):
        found = [(effect, entry) for entry in entries for effect in _of(entry)]
        for effect, entry in found:
            is_sought = counts[effect.casefold()] > 1 and len(effect.split()) <= _EFFECT_WORDS
            if is_sought and effect.casefold() not in listed:
                yield _Name(effect, entry.front.title, _spot(entry, guide))
        listed |= {effect.casefold() for effect, _ in found}


def _of(entry: Entry[Dated]) -> list[str]:
    return [effect.effect for effect in entry.front.side_effects] if isinstance(entry.front, Outlined) else []


def _spot(entry: Entry[Dated], guide: Guide) -> Target:
    """The target of the side effects of an entry."""
    outline = guide.settings.kinds.of(entry.kind).outline
    heading = next((step.heading for step in outline if step.part == "side-effects"), "")
    return Target(routes.target_of(entry).uri, routes.anchor(heading))


# -- side effects of all medicines


class Effect(NamedTuple):
    """A side effect of medicines: those that list it, by how soon to act on it, and everyday words for it."""

    name: str
    medicines: Mapping[str, Sequence[tuple[Entry[Medication], Target]]]
    also: str


def effects_by_letter(guide: Guide) -> dict[str, list[Effect]]:
    """The side effects that medicines list, each name once, by first letter."""
    found: dict[str, dict[str, list[tuple[Entry[Medication], Target]]]] = {}
    names: dict[str, str] = {}
    ignored = {word for text in guide.settings.search.ignore for word in split_words(text)}
    for medicine in guide.medications:
        for effect in medicine.front.side_effects:
            words = split_words(effect.effect)
            has_article = len(words) > 1 and words[0] in ignored and words[1].isalpha()
            key = " ".join(words[1:] if has_article else words)  # "a rash" is under R
            names.setdefault(key, effect.effect)
            listed = found.setdefault(key, {one.id: [] for one in guide.settings.urgency})[effect.act]
            if (spot := (medicine, _spot(medicine, guide))) not in listed:
                listed.append(spot)
    rows: dict[str, list[Effect]] = defaultdict(list)
    for key in sorted(found):
        by_act = {act: listed for act, listed in found[key].items() if listed}
        rows[_letter(key)].append(Effect(names[key], by_act, _everyday_words(key, guide)))
    return dict(rows)


def _everyday_words(key: str, guide: Guide) -> str:
    """The everyday words of the terms in the name of a side effect, as one text."""
    named = (term for term in guide.terms if f" {' '.join(split_words(term.term))} " in f" {key} ")
    return " ".join(word for term in named for word in (term.term, *term.lay))


def effects_page(guide: Guide) -> Draft:
    """The page on which readers find a side effect, and the medicines that may cause it."""
    said = i18n.catalog(guide.settings.language)
    return Draft(
        uri=registry.EFFECTS.uri,
        title=registry.EFFECTS.title(guide.settings),
        description=said("The side effects of the medicines in this guide, and how soon to act on each."),
        type=registry.EFFECTS.type,
        source=_FILE,
        ages=status.ages(guide, guide.medications),
        texts=(signoff.SETTINGS, *(medicine.name for medicine in guide.medications)),
        assets=("path.css", "path.js", "filter.js", "effects.js"),
        values={
            "by_first_letter": effects_by_letter(guide),
            "relative": partial(routes.relative, page=registry.EFFECTS.uri),
            "guide_name": routes.anchor(guide.settings.title),
        },
    )


# -- news: the notes of changes.yml and valid reviews, newest first


FILE = blocks.CHANGES


@dataclass(frozen=True)
class Item:
    """An item of news: the last part of its address, its day, its text, and the paths of its entries."""

    id: str
    date: str
    text: str
    paths: tuple[str, ...] = ()


@once_per_guide
def news_items(guide: Guide) -> list[Item]:
    """All news, newest first."""
    return sorted([*_reviews(guide), *_notes(guide)], key=lambda item: item.date, reverse=True)


def _notes(guide: Guide) -> Iterator[Item]:
    for note in guide.changes:
        paths = tuple(guide.by_name[name].path for name in note.about if name in guide.by_name)
        yield Item(note.id, note.date, note.text, paths)


def _reviews(guide: Guide) -> Iterator[Item]:
    """The valid reviews: the text has not changed since, and the record is as it was signed."""
    people = {person.id: person for person in guide.people}
    for review in guide.reviews:
        entry, person = guide.by_name.get(review.entry), people.get(review.by)
        holds = signoff.is_sealed(review) and signoff.state(guide, review) in (State.VALID, State.OVERDUE)
        if entry and person and holds:
            id_ = f"review-{routes.anchor(review.entry.replace('/', '-'))}-{review.by}-{review.on}"
            template = templates.environment().get_template("parts/reviewed.txt.j2")
            text = template.render(person=person, entry=entry).strip()
            yield Item(id_, review.on, text, (entry.path,))


def news_page(guide: Guide) -> Draft:
    """The page that lists all news, for readers."""
    ages = status.ages(guide, guide.entries)
    ages += [replace(ages[0], changed=item.date) for item in news_items(guide)]
    by_day: dict[str, list[tuple[Item, list[Entry[Dated]]]]] = {}
    for item in news_items(guide):
        by_day.setdefault(item.date, []).append((item, [guide.by_path[path] for path in item.paths]))
    return Draft(
        uri=registry.CHANGES.uri,
        title=registry.CHANGES.title(guide.settings),
        description="What is new in this guide, with the newest first.",
        type=registry.CHANGES.type,
        source=FILE,
        edits=FILE,
        ages=ages,
        texts=(signoff.SETTINGS,),
        values={"days": by_day, "data": news_items(guide)},
    )
