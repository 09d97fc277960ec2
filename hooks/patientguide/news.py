"""What is new in the guide: the notes of changes.yml and every review that holds, newest first, with their page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from patientguide import blocks, drawing, registry, routes, signoff, status
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.page import Draft
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
