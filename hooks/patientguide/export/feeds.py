"""Feeds, calendars and llms.txt beside the pages."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from patientguide.core import dates, templates
from patientguide.export import data
from patientguide.export.data import Cites, review_and_status
from patientguide.model import registry, routes
from patientguide.model.entries import Entry
from patientguide.model.guide import Guide
from patientguide.model.records import Review
from patientguide.pages import lists
from patientguide.pages.text import address, plain
from patientguide.review import status
from patientguide.search import index

# -- Atom feed of news (RFC 4287); all dates come from the data, not from the build


ATOM = "feed.xml"


def atom_feed(guide: Guide, site_url: str = "") -> str:
    """The feed of a guide. Without `site_url` links are relative to the feed, and ids are made from the title."""
    items = lists.news_items(guide)
    latest = max([item.date for item in items] or [entry.front.changed for entry in guide.entries])
    page = routes.address(registry.CHANGES.uri)[1:] if guide.changes else ""
    values = {
        "settings": guide.settings,
        "id": _id(guide, "", site_url),
        "site_url": site_url,
        "uri": ATOM,
        "notice": status.guide_notice(guide),
        "updated": _moment(latest),
        "items": [
            {
                "id": _id(guide, item.id, site_url),
                "text": item.text,
                "titles": [guide.by_path[path].front.title for path in item.paths],
                "updated": _moment(item.date),
                "link": f"{site_url}{page}#{item.id}" if page else site_url or "./",
            }
            for item in items
        ],
    }
    return templates.environment().get_template("feed.xml.j2").render(values) + "\n"


def _id(guide: Guide, name: str, site_url: str) -> str:
    """A permanent id: the address or, for a site without one, a tag made from the title."""
    if site_url:
        return f"{site_url}{routes.address(registry.CHANGES.uri)[1:]}#{name}" if name else f"{site_url}{ATOM}"
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'patientguide {guide.settings.title} {name}')}"


def _moment(day: str) -> str:
    """A date as an RFC 3339 timestamp; a month or year becomes its first day."""
    return f"{day}{'-01-01'[: 10 - len(day)] if len(day) == 4 else '-01' if len(day) == 7 else ''}T00:00:00Z"


# -- llms.txt: the guide and its parts for language models (llmstxt.org)


LLMS = "llms.txt"


def llms_txt(guide: Guide, site_url: str = "") -> str:
    """The text of the file. Without `site_url` links are relative to the root of the site."""
    pages = [page for page in guide.pages if not page.front.about_project]
    about = [page for page in guide.pages if page.front.about_project]
    groups: list[tuple[str, list[dict[str, str]]]] = [
        (title, [_link(guide, entry, site_url) for entry in entries])
        for title, entries in ((guide.settings.title, pages), *((kind.title, found) for kind, found in guide.kinds))
        if entries
    ]
    values = {
        "settings": guide.settings,
        "notice": status.guide_notice(guide),
        "safety": _link(guide, guide.safety_page, site_url),
        "groups": groups,
        "about": [_link(guide, page, site_url) for page in about],
        "data": site_url + data.GUIDE,
        "schema": site_url + data.SCHEMA,
        "references": site_url + routes.address(registry.REFERENCES.uri)[1:] if guide.references else "",
    }
    return templates.environment().get_template("llms.txt.j2").render(values) + "\n"


def _link(guide: Guide, entry: Entry[Any], site_url: str) -> dict[str, str]:
    where = site_url + address(routes.target_of(entry))
    return {
        "title": entry.front.title.replace("[", "(").replace("]", ")"),
        "page": where.removesuffix("./") if site_url else where,
        "data": site_url + routes.data_uri(entry),
        "summary": plain(guide, entry, getattr(entry.front, "summary", "")),
    }


# -- calendars of due reviews (RFC 5545): one for all, one for each reviewer
#
# A review is due on the last day of a month. The date of the build is nowhere in a calendar, so that it changes only
# with a text or a review.


ALL = "reviews.ics"
_OCTETS = 75


@dataclass(frozen=True)
class Due:
    """A text to review: its name, title, page, due date, the date of its last change or review, and its reviewers."""

    name: str
    title: str
    page: str
    by: str
    since: str
    reviewers: tuple[str, ...]


def review_calendars(guide: Guide, site_url: str = "") -> Mapping[str, str]:
    """The calendars by path. A calendar must not be empty (RFC 5545, 3.6), so a person without reviews has none."""
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
        _, state = review_and_status(guide, entry.name)
        found = signed.get(entry.name, [])
        people = tuple(dict.fromkeys(review.by for review in found))
        since = max([entry.front.changed, *(review.on for review in found)])
        yield Due(entry.name, entry.front.title, address(routes.target_of(entry)), state.review_due, since, people)


def _calendar(guide: Guide, due: list[Due], site_url: str) -> str:
    title = guide.settings.title
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Patient Guide//NONSGML Reviews//EN"]
    names = {person.id: person.name for person in guide.people}
    template = templates.environment().get_template("parts/review-due.txt.j2")
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
    """A line folded to at most 75 octets, without splitting a character."""
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


# -- all files beside the pages


ROBOTS = "robots.txt"


def files(guide: Guide, cites: Cites, site_url: str = "") -> Mapping[str, str]:
    """Every file beside the pages, by path, search index and data included. `cites` has the sources of pages."""
    return {**index.all_files(guide), **feed_files(guide, site_url), **dict(data.data_files(guide, cites, site_url))}


def feed_files(guide: Guide, site_url: str = "") -> Mapping[str, str]:
    """The same without index and data. Links start with `site_url`; without one they are relative."""
    found = {ATOM: atom_feed(guide, site_url), LLMS: llms_txt(guide, site_url)}
    # Programs request it only at the root of a host (RFC 9309, 2.3).
    if site_url and urlsplit(site_url).path == "/":
        found[ROBOTS] = f"User-agent: *\nAllow: /\nSitemap: {site_url}sitemap.xml\n"
    return {**found, **review_calendars(guide, site_url)}
