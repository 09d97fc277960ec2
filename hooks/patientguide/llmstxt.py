"""What the guide is and where its parts stand, for language models: llms.txt, in the form of llmstxt.org."""

from typing import Any

from patientguide import datafiles, drawing, notice, registry, routes
from patientguide.datatext import address, plain
from patientguide.entry import Entry
from patientguide.guide import Guide

URI = "llms.txt"


def text(guide: Guide, site_url: str = "") -> str:
    """The file. Without `site_url` its links lead from the root of the site."""
    kinds, pages = guide.settings.kinds, [page for page in guide.pages if not page.front.about_project]
    about = [page for page in guide.pages if page.front.about_project]
    groups: list[tuple[str, list[dict[str, str]]]] = [
        (title, [_link(guide, entry, site_url) for entry in entries])
        for title, entries in (
            (guide.settings.title, pages),
            (kinds.phases.title, guide.phases),
            (kinds.therapies.title, guide.therapies),
            (kinds.medications.title, guide.medications),
            (kinds.faqs.title, guide.faqs),
        )
        if entries
    ]
    values = {
        "settings": guide.settings,
        "notice": notice.of_guide(guide),
        "safety": _link(guide, guide.safety_page, site_url),
        "groups": groups,
        "about": [_link(guide, page, site_url) for page in about],
        "data": site_url + datafiles.GUIDE,
        "schema": site_url + datafiles.SCHEMA,
        "references": site_url + routes.address(registry.REFERENCES.uri)[1:] if guide.references else "",
    }
    return drawing.environment().get_template("llms.txt.j2").render(values) + "\n"


def _link(guide: Guide, entry: Entry[Any], site_url: str) -> dict[str, str]:
    where = site_url + address(routes.of(entry))
    return {
        "title": entry.front.title.replace("[", "(").replace("]", ")"),
        "page": where.removesuffix("./") if site_url else where,
        "data": site_url + routes.data_uri(entry),
        "summary": plain(guide, entry, getattr(entry.front, "summary", "")),
    }
