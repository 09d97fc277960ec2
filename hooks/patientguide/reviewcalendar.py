"""When each text is due for its next review, as calendars (RFC 5545): one for all, one for each reviewer.

A review is due by the end of a month, so it stands on its last day. The day that a calendar was made for stands nowhere
in it: it changes only when a text or a review does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from uuid import NAMESPACE_URL, uuid5

from patientguide import dates, drawing, routes
from patientguide.datarecords import standing
from patientguide.datatext import address
from patientguide.guide import Guide
from patientguide.people import Review

ALL = "reviews.ics"
_OCTETS = 75


@dataclass(frozen=True)
class Due:
    """A text to be reviewed: its name, title, page, when it is due, when it last changed or was signed, and by whom."""

    name: str
    title: str
    page: str
    by: str
    since: str
    reviewers: tuple[str, ...]


def files(guide: Guide, site_url: str = "") -> Mapping[str, str]:
    """The calendars by their path. A calendar must hold something (RFC 5545, 3.6): who signed nothing has none."""
    due = list(_due(guide))
    found = {ALL: _calendar(guide, due, site_url)} if due else {}
    for person in guide.people:
        if own := [one for one in due if person.id in one.reviewers]:
            found[f"reviews/{person.id}.ics"] = _calendar(guide, own, site_url)
    return found


def _due(guide: Guide) -> Iterator[Due]:
    signed: dict[str, list[Review]] = defaultdict(list)
    known = {person.id for person in guide.people}
    for review in (review for review in guide.reviews if review.by in known):
        signed[review.entry].append(review)
    for entry in guide.entries:
        _, state = standing(guide, entry)
        found = signed.get(entry.name, [])
        people = tuple(dict.fromkeys(review.by for review in found))
        since = max([entry.front.changed, *(review.on for review in found)])
        yield Due(entry.name, entry.front.title, address(routes.of(entry)), state.review_due, since, people)


def _calendar(guide: Guide, due: list[Due], site_url: str) -> str:
    title = guide.settings.title
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Patient Guide//NONSGML Reviews//EN"]
    names = {person.id: person.name for person in guide.people}
    template = drawing.environment().get_template("parts/review-due.txt.j2")
    words = template.render(texts=due, names=names).strip().split("\n")
    events = zip(due, words[::2], words[1::2], strict=True)
    lines = [
        *head,
        f"NAME:{_escaped(title)}",
        *chain.from_iterable(_event(*event, title, site_url) for event in events),
    ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _event(due: Due, summary: str, description: str, title: str, site_url: str) -> Iterator[str]:
    day = dates.last_day(due.by)
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE_URL, f'patientguide {site_url or title} {due.name}')}"
    yield f"DTSTAMP:{dates.last_day(due.since):%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(summary)}"
    yield f"DESCRIPTION:{_escaped(description)}"
    if site_url:
        yield f"URL:{site_url}{due.page.removeprefix('./')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line of at most 75 octets, and what is left of it on lines that start with a space. No letter is cut."""
    if line.isascii():
        pieces = [line[:_OCTETS], *(line[at : at + _OCTETS - 1] for at in range(_OCTETS, len(line), _OCTETS - 1))]
        return "\r\n ".join(pieces) + "\r\n"
    found, octets = "", 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > _OCTETS:
            found, octets = f"{found}\r\n ", 1
        found, octets = found + sign, octets + size
    return f"{found}\r\n"
