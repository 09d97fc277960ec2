"""Rules on people and reviews: authors and reviewers are known, independent, and declare their interests."""

from collections.abc import Iterator

from patientguide.checks.rule import Finding, Subject
from patientguide.core import dates
from patientguide.core.problems import Place, suggest
from patientguide.model.guide import Guide
from patientguide.review import signoff

PEOPLE = Subject("People and reviews")

FILE = "content/people.yml"
REVIEWS = "content/reviews.yml"
_DECLARED_MONTHS = 12


def _place(guide: Guide, path: str, *field: str | int) -> Place:
    return guide.records[path].place(field) if path in guide.records else Place(path)


@PEOPLE.error("unknown-person", "JAMA benchmarks: authorship; NHS standard: named approval")
def known(guide: Guide) -> Iterator[Finding]:
    """Everyone who writes or signs is listed in people.yml, once."""
    ids = [person.id for person in guide.people]
    if FILE in guide.unread:
        return
    for index, id_ in enumerate(ids):
        if id_ in ids[:index]:
            yield Finding(_place(guide, FILE, index, "id"), f"'{id_}' appears twice.", "Keep one of the two.")
    for entry in guide.entries:
        for index, author in enumerate(entry.front.authors):
            if author not in ids:
                place = entry.facts.place(("authors", index))
                yield Finding(place, f"There is no '{author}' in people.yml.", suggest(author, ids))
    for index, review in enumerate(guide.reviews):
        if review.by not in ids:
            place = _place(guide, REVIEWS, index, "by")
            yield Finding(place, f"There is no '{review.by}' in people.yml.", suggest(review.by, ids))


@PEOPLE.error("unknown-interest", "JAMA benchmarks: disclosure")
def interests(guide: Guide) -> Iterator[Finding]:
    """A declaration of interests is dated (not in the future) and names only medicines in this guide."""
    medicines = [medicine.id for medicine in guide.medications]
    for index, person in enumerate(guide.people):
        declared = person.interests.declared
        if dates.is_to_come(declared, guide.today):
            place = _place(guide, FILE, index, "interests", "declared")
            yield Finding(place, f"{declared} is in the future.", "Write the day it was declared.")
        for number, name in enumerate(person.interests.medications):
            if name not in medicines and f"content/medications/{name}.md" not in guide.unread:
                place = _place(guide, FILE, index, "interests", "medications", number)
                yield Finding(place, f"There is no medicine '{name}' in this guide.", suggest(name, medicines))


@PEOPLE.warning("old-interest", "ICMJE: disclosures are kept up to date")
def renewed(guide: Guide) -> Iterator[Finding]:
    """A declaration of interests is renewed every year."""
    for index, person in enumerate(guide.people):
        if dates.is_past(dates.months_later(person.interests.declared, _DECLARED_MONTHS), guide.today):
            message = f"{person.name} declared interests on {person.interests.declared}, more than a year ago."
            yield Finding(_place(guide, FILE, index, "interests"), message, "Ask the person for a new declaration.")


@PEOPLE.error("own-review", "NHS standard: approval by somebody else; IPDAS: independent review")
def independent(guide: Guide) -> Iterator[Finding]:
    """Nobody signs a text of their own, or one about a medicine made by a company they have ties with."""
    entries = {entry.name: entry for entry in guide.entries}
    people = {person.id: person for person in guide.people}
    for index, review in enumerate(guide.reviews):
        entry, person = entries.get(review.entry), people.get(review.by)
        if entry is None or person is None:
            continue
        place = _place(guide, REVIEWS, index)
        if review.by in entry.front.authors:
            yield Finding(place, f"{person.name} wrote this text.", "Ask somebody else to review it.")
        if entry.kind == "medications" and entry.id in person.interests.medications:
            message = f"{person.name} declared a tie to the maker of {entry.front.title}."
            yield Finding(place, message, "Ask somebody without a tie to review it.")


@PEOPLE.error("review-moved", "NHS: the date moves only with a new review")
def sealed(guide: Guide) -> Iterator[Finding]:
    """A review is exactly as `patientguide sign` wrote it: no date, name or hash was changed by hand."""
    for index, review in enumerate(guide.reviews):
        place = _place(guide, REVIEWS, index)
        if not signoff.is_sealed(review):
            advice = f"Review it again: patientguide sign {review.entry} --by {review.by}"
            yield Finding(place, f"The record of {review.entry} was changed by hand.", advice)
        elif dates.is_to_come(review.on, guide.today):
            yield Finding(place, f"{review.on} is in the future.", "Sign on the day of the review.")
        elif review.entry not in signoff.signable(guide) and not signoff.is_unread(guide, review.entry):
            advice = suggest(review.entry, signoff.signable(guide))
            yield Finding(place, f"There is no entry '{review.entry}'.", advice)


@PEOPLE.warning("changed-since-review", "IPDAS: date of last update; sign-off bound to the text")
def changed(guide: Guide) -> Iterator[Finding]:
    """A reviewed text, its sources and its numbers have not changed since the review."""
    yield from _in_state(
        guide, signoff.State.CHANGED, "or what it rests on was changed after {name} reviewed it on {on}"
    )


@PEOPLE.warning("review-overdue", "NHS: review at least every three years, and say when")
def overdue(guide: Guide) -> Iterator[Finding]:
    """A review is renewed before it is due."""
    yield from _in_state(guide, signoff.State.OVERDUE, "is due for review since {until}")


def _in_state(guide: Guide, state: signoff.State, said: str) -> Iterator[Finding]:
    for index, review in enumerate(guide.reviews):
        if review.entry not in signoff.signable(guide) or not signoff.is_sealed(review):
            continue
        # An older review does not matter if a newer one is valid.
        if signoff.state(guide, review) is state is signoff.best(signoff.signed(guide, review.entry)):
            name = next((person.name for person in guide.people if person.id == review.by), review.by)
            message = f"{review.entry} {said.format(name=name, on=review.on, until=review.until)}."
            advice = f"Ask for a new review: patientguide sign {review.entry} --by {review.by}"
            yield Finding(_place(guide, REVIEWS, index), message, advice)


@PEOPLE.warning("evidence-overdue", "NHS: review dates; DISCERN 5")
def evidence(guide: Guide) -> Iterator[Finding]:
    """The sources of a text are checked again within the months that guide.yml gives its kind."""
    for entry in guide.entries:
        months = signoff.months(guide, entry.name)
        due = dates.months_later(entry.front.evidence_checked, months)
        if dates.is_past(due, guide.today):
            message = f"Its sources were due to be looked at in {due}."
            advice = "Look at them again, change the text if needed, then write the new month."
            yield Finding(entry.facts.place(("evidence_checked",)), message, advice)
