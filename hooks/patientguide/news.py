"""What is new in the guide: the notes of changes.yml and every review that holds, newest first, with their page."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from patientguide import blocks, drawing, registry, routes, signoff, status
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.page import Draft
from patientguide.problems import Problem, suggest
from patientguide.signoff import State

FILE = blocks.CHANGES


@dataclass(frozen=True)
class Item:
    """A piece of news: the last part of its address, its day, its words, and the paths of the entries it tells of."""

    id: str
    date: str
    text: str
    paths: tuple[str, ...] = ()


def items(guide: Guide) -> list[Item]:
    """All news, the newest first."""
    if "news" not in guide.lookups:
        found = [*_reviews(guide), *_notes(guide)]
        guide.lookups["news"] = sorted(found, key=lambda item: item.date, reverse=True)
    listed: list[Item] = guide.lookups["news"]
    return listed


def _notes(guide: Guide) -> Iterator[Item]:
    for note in guide.changes:
        paths = tuple(guide.by_name[name].path for name in note.about if name in guide.by_name)
        yield Item(note.id, note.date, note.text, paths)


def _reviews(guide: Guide) -> Iterator[Item]:
    """A review whose text changed since, or whose record is not as it was signed, is no news to rely on."""
    people = {person.id: person for person in guide.people}
    for review in guide.reviews:
        entry, person = guide.by_name.get(review.entry), people.get(review.by)
        holds = signoff.is_sealed(review) and signoff.state(guide, review) in (State.VALID, State.OVERDUE)
        if entry and person and holds:
            id_ = f"review-{routes.anchor(review.entry.replace('/', '-'))}-{review.by}-{review.on}"
            template = drawing.environment().get_template("parts/reviewed.txt.j2")
            text = template.render(person=person, entry=entry).strip()
            yield Item(id_, review.on, text, (entry.path,))


def check(guide: Guide) -> Iterator[Problem]:
    """A note on a change has an id of its own, and names entries that exist."""
    file = guide.records.get(FILE)
    if file is None:
        return
    ids = Counter(note.id for note in guide.changes)
    known = [entry.name for entry in guide.entries]
    for number, note in enumerate(guide.changes):
        if ids[note.id] > 1 or note.id.startswith("review-"):
            message = f"'{note.id}' stands here twice." if ids[note.id] > 1 else "'review-' begins the ids of reviews."
            yield Problem(file.place((number, "id")), "twice", message, "Give each note an id of its own.")
        for position, name in enumerate(note.about):
            if name not in guide.by_name and not signoff.is_unread(guide, name):
                message = f"There is no entry '{name}' in this guide."
                place = file.place((number, "about", position))
                yield Problem(place, "unknown-name", message, _meant(name, known))


def _meant(name: str, known: Collection[str]) -> str:
    """Advice that names the entries whose file has this name, or else the nearest one."""
    whole = [entry for entry in known if entry.partition("/")[2] == name.casefold()]
    return f"Write {' or '.join(whole)}." if whole else suggest(name, known)


def draft(guide: Guide) -> Draft:
    """The page that lists all news, for readers."""
    ages = status.ages(guide, guide.entries)
    ages += [replace(ages[0], changed=item.date) for item in items(guide)]
    by_day: dict[str, list[tuple[Item, list[Entry[Dated]]]]] = {}
    for item in items(guide):
        by_day.setdefault(item.date, []).append((item, [guide.by_path[path] for path in item.paths]))
    return Draft(
        uri=registry.CHANGES.uri,
        title=registry.CHANGES.title(guide.settings),
        description="What is new in this guide, with the newest first.",
        type=registry.CHANGES.type,
        source=FILE,
        edits=FILE,
        ages=ages,
        texts=[signoff.SETTINGS],
        values={"days": by_day, "data": items(guide)},
    )
