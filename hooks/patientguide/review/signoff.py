"""Sign-off: a review is bound to a hash of the reviewed text, its sources and local numbers.

Any change of these makes it invalid. The record is sealed too, so that no date in it can be changed by hand: a new date
needs a new review (NHS, "know that a page is up to date": never for a small edit).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from patientguide.core import cache, dates, i18n
from patientguide.core.yaml import YamlFile, strings
from patientguide.markup.tokens import Citation, read_citations, tokens
from patientguide.model import roles
from patientguide.model.entries import Glossary
from patientguide.model.guide import Guide, once_per_guide
from patientguide.model.records import Person, Review
from patientguide.model.reference import Custom, Reference
from patientguide.model.roles import Role
from patientguide.model.settings import Settings

GLOSSARY = "glossary"
SETTINGS = "guide"
_FILES = {GLOSSARY: "content/glossary.yml", SETTINGS: "content/guide.yml"}
_MODELS: Mapping[str, type[BaseModel]] = {GLOSSARY: Glossary, SETTINGS: Settings}
_TRIALS = "content/trials.yml"


class State(StrEnum):
    """The state of a review."""

    NONE = "none"
    VALID = "valid"
    CHANGED = "changed"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class PageReview:
    """Who wrote and reviewed a page. Names and dates are empty unless the page is made of one text."""

    state: State
    drafted: str
    reviewers: str = ""
    interests: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    on: str = ""
    until: str | None = None


@dataclass(frozen=True)
class Signed:
    """A review with its person and its state today."""

    review: Review
    person: Person | None
    state: State


@lru_cache(maxsize=2)
def signable(guide: Guide) -> Mapping[str, tuple[YamlFile, str]]:
    """Everything that can be signed, by name in reviews: its fields, and its body if it has one."""
    found = {entry.name: (entry.facts, entry.body) for entry in guide.entries}
    for name, path in _FILES.items():
        if path in guide.records and path not in guide.unread:
            found[name] = (guide.records[path], "")
    return found


def is_unread(guide: Guide, name: str) -> bool:
    """Whether a text exists but could not be read."""
    kind, _, id_ = name.partition("/")
    path = f"docs/{id_}.md" if kind == "pages" else f"content/{name}.md"
    return _FILES.get(name, path) in guide.unread


def text_hash(guide: Guide, name: str) -> str:
    """The hash of all that a review of a text is bound to."""
    return cache.data_hash(list(bound(guide, name)))


class Bound(NamedTuple):
    """What a review is bound to: a text, what its page shows from elsewhere, its sources, and its local numbers.

    Shown from elsewhere are the words for how soon to act, the medicines that name a sign, and the list of trials.
    """

    written: str
    drawn: list[Any]
    sources: dict[str, Any]
    local: dict[str, str | None]


def bound(guide: Guide, name: str) -> Bound:
    """What a review of the text `name` is bound to.

    The passages that it cites belong to it: correcting one that changed in its source voids every sign-off of a text
    that rests on it.
    """
    facts, body = signable(guide)[name]
    shown = roles.without(_model(guide, name), facts.data, Role.UNSIGNED)
    acts = {row["act"] for field in ("side_effects", "call", "signs") for row in shown.get(field, [])}
    drawn: list[Any] = [urgency.label for urgency in guide.settings.urgency if urgency.id in acts]
    if "signs" in shown:
        drawn.append({sign: [medicine.id for medicine in found] for sign, found in guide.medicines_by_sign.items()})
    if "{part:trials}" in body and _TRIALS in guide.records:
        drawn.append(guide.records[_TRIALS].data)
    written = json.dumps(shown, sort_keys=True, ensure_ascii=False) + body
    cited, local = set[Citation](), set[str]()
    for text in (*(text for _, text in strings([shown, drawn])), body):
        for token in tokens(text):
            if token.kind == "cite":
                cited.update(read_citations(token.text) or [])
            elif token.kind == "local":
                local.add(token.group("name"))
    numbers = (text.partition("#") for number in shown.get("numbers", []) for text in number.get("source", []))
    cited.update(Citation(key, passage=passage) for key, _, passage in numbers)
    sources = {}
    for key in {citation.key for citation in cited} & set(guide.references):
        data = guide.records[f"content/references/{key}.yml"].data
        sources[key] = _source(data, {citation.passage for citation in cited if citation.key == key})
    return Bound(written, drawn, sources, {name: guide.settings.local.get(name) for name in local})


def _model(guide: Guide, name: str) -> type[BaseModel]:
    """The model of a text: that of an entry, of the glossary or of guide.yml."""
    entry = guide.by_name.get(name)
    return type(entry.front) if entry else _MODELS[name]


def _source(data: Mapping[str, Any], passages: Collection[str]) -> dict[str, Any]:
    """What a review is bound to of a source: of its passages only those that the text cites."""
    kept = {key: value for key, value in data.items() if key not in roles.named(Reference, Role.UNSIGNED)}
    if "passages" in kept:
        kept["passages"] = [passage for passage in data["passages"] if passage["id"] in passages]
    unsigned = roles.named(Custom, Role.UNSIGNED)
    kept["custom"] = {key: value for key, value in data["custom"].items() if key not in unsigned}
    return kept


def seal(entry: str, by: str, on: str, until: str, text: str) -> str:
    """The hash of a record, which shows that no date was changed."""
    return cache.data_hash([entry, by, on, until, text])


def is_sealed(review: Review) -> bool:
    """Whether the record is exactly as `sign` wrote it."""
    return review.seal == seal(review.entry, review.by, review.on, review.until, review.text)


def sign(guide: Guide, name: str, person: Person, today: date) -> Review:
    """The record of a review made today. Raises KeyError if there is no text with this name."""
    on = today.isoformat()
    until = dates.months_later(on, months(guide, name))
    text = text_hash(guide, name)
    return Review(entry=name, by=person.id, on=on, until=until, text=text, seal=seal(name, person.id, on, until, text))


def months(guide: Guide, name: str) -> int:
    """The number of months until a text is due for its next review."""
    months = guide.settings.review_months
    return int(months.of(name.partition("/")[0]) or months.pages)


def signed(guide: Guide, name: str) -> list[Signed]:
    """The reviews of a text, newest first."""
    people = {person.id: person for person in guide.people}
    found = sorted(guide.reviews_of.get(name, ()), key=lambda review: review.on, reverse=True)
    return [Signed(review, people.get(review.by), state(guide, review)) for review in found]


def state(guide: Guide, review: Review) -> State:
    """The state of a review today."""
    if review.entry not in signable(guide) or review.text != text_hash(guide, review.entry):
        return State.CHANGED
    return State.OVERDUE if dates.is_past(review.until, guide.today) else State.VALID


@once_per_guide
def page_review(guide: Guide, names: tuple[str, ...]) -> PageReview:
    """The review of a page made of these texts. Cached, because plan, page and data all need it."""
    reviews = {name: signed(guide, name) for name in names}
    state = worst([best(found) for found in reviews.values()])
    current = [s for found in reviews.values() for s in found if s.state is state]
    until = min((s.review.until for s in current), default=None)
    if len(names) != 1 or not current:
        return PageReview(state, _drafted(guide, names), until=until)
    people = [s.person for s in current if s.person]
    return PageReview(
        state,
        _drafted(guide, names),
        reviewers=" and ".join(f"{person.name}, {person.role}" for person in people),
        interests=tuple(f"{person.name}: {person.interests.statement}" for person in people),
        people=tuple(people),
        on=current[0].review.on,
        until=until,
    )


def _drafted(guide: Guide, names: Sequence[str]) -> str:
    """Who drafted it: a machine, unless every text of the page names its authors."""
    people = {person.id: person.name for person in guide.people}
    found = [guide.by_name[name].front.authors if name in guide.by_name else [] for name in names]
    if not found or not all(found):
        return i18n.mark("Drafted by machine.")
    written = dict.fromkeys(people.get(id_, id_) for ids in found for id_ in ids)
    return f"Written by {' and '.join(written)}."


def worst(states: Sequence[State]) -> State:
    """The state of a page with several texts: reviewed only if each of them is."""
    for choice in (State.NONE, State.CHANGED, State.OVERDUE):
        if choice in states or not states:
            return choice
    return State.VALID


def best(reviews: Sequence[Signed]) -> State:
    """The state of a text with several reviews: one valid review is enough."""
    for choice in (State.VALID, State.OVERDUE, State.CHANGED):
        if any(review.state is choice for review in reviews):
            return choice
    return State.NONE
