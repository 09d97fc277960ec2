"""What is new, as an Atom feed (RFC 4287). All dates come from the data: a build by itself is no news."""

from uuid import NAMESPACE_URL, uuid5

from patientguide import drawing, news, notice, registry, routes
from patientguide.guide import Guide

URI = "feed.xml"


def text(guide: Guide, site_url: str = "") -> str:
    """The feed of a guide. Without `site_url` its links lead from the feed, and ids are made from the title."""
    items = news.items(guide)
    latest = max([item.date for item in items] or [entry.front.changed for entry in guide.entries])
    page = routes.address(registry.CHANGES.uri)[1:] if guide.changes else ""
    values = {
        "settings": guide.settings,
        "id": _id(guide, "", site_url),
        "site_url": site_url,
        "uri": URI,
        "notice": notice.of_guide(guide),
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
    return drawing.environment().get_template("feed.xml.j2").render(values) + "\n"


def _id(guide: Guide, name: str, site_url: str) -> str:
    """A name that stays: an address that is never given to anything else or, for a site without one, a made-up one."""
    if site_url:
        return f"{site_url}{routes.address(registry.CHANGES.uri)[1:]}#{name}" if name else f"{site_url}{URI}"
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'patientguide {guide.settings.title} {name}')}"


def _moment(day: str) -> str:
    """A day as RFC 3339 writes a moment; of a month or year its first day."""
    return f"{day}{'-01-01'[: 10 - len(day)] if len(day) == 4 else '-01' if len(day) == 7 else ''}T00:00:00Z"
