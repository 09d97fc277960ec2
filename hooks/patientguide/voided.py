"""Sign-offs that held before a change and do not hold after it, each with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from patientguide import signoff
from patientguide.guide import Guide
from patientguide.people import Review

REVIEWS = "content/reviews.yml"


@dataclass(frozen=True)
class Voided:
    """A sign-off that was lost: of what, by whom, when, and why it holds no longer."""

    name: str
    by: str
    on: str
    reasons: tuple[str, ...]


def voided(before: Guide, after: Guide) -> Iterator[Voided]:
    """Every review that was valid in `before` and has no valid one by the same person in `after`.

    What cannot be read now cannot be judged: its own problem says so.
    """
    people = {person.id: person.name for person in before.people}
    for review in before.reviews:
        if signoff.state(before, review) is not signoff.State.VALID or _holds(after, review):
            continue
        if REVIEWS not in after.unread and (reasons := tuple(_reasons(before, after, review))):
            yield Voided(review.entry, people.get(review.by, review.by), review.on, reasons)


def _holds(guide: Guide, review: Review) -> bool:
    """Whether the same person has a valid review of the same text, be it this one or a newer."""
    return any(
        other.entry == review.entry and other.by == review.by and signoff.state(guide, other) is signoff.State.VALID
        for other in guide.reviews
    )


def _reasons(before: Guide, after: Guide, review: Review) -> Iterator[str]:
    if review.entry not in signoff.signable(after):
        if _file(before, review.entry) not in after.unread:
            yield "What was signed is gone, or has another name."
        return
    old, new = signoff.bound(before, review.entry), signoff.bound(after, review.entry)
    if new.written != old.written:
        yield "Its text or facts changed."
    if new.drawn != old.drawn:
        yield "How soon to act, or the list of trials, is said in other words."
    yield from _sources(old, new, after)
    for name in sorted({*old.local} & {*new.local}):
        if new.local[name] != old.local[name]:
            yield f"The local setting '{name}' changed from '{old.local[name]}' to '{new.local[name]}'."
    if not any(review == other for other in after.reviews):
        yield f"Its record in {REVIEWS} was changed or removed."


def _sources(old: signoff.Bound, new: signoff.Bound, after: Guide) -> Iterator[str]:
    for key in sorted(old.sources):
        path = f"content/references/{key}.yml"
        if path not in after.unread and key in new.sources and new.sources[key] != old.sources[key]:
            yield f"The source '{key}' changed."
        elif path not in {*after.unread, *after.records}:
            yield f"The source '{key}' is gone."


def _file(guide: Guide, name: str) -> str:
    """The file of what was signed."""
    paths = {entry.name: entry.path for entry in guide.entries}
    return paths.get(name, f"content/{name}.yml")
