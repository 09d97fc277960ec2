"""The menu, as nested lists of labels and page paths that any engine can read."""

from collections.abc import Iterable

from patientguide import routes
from patientguide.guide import Entry, Guide
from patientguide.models import Dated

Menu = list[dict[str, list[str]]]


def menu(guide: Guide) -> Menu:
    """Every page of the guide once, in the groups and order of guide.yml."""
    children: dict[str, list[str]] = {
        "PHASES": _uris(guide.phases),
        "THERAPIES": _uris(guide.therapies),
        "MEDICATIONS": _uris(guide.medications),
        "FACETS": [routes.of_facet_value(value).uri for value in guide.facet_values],
    }
    return [
        {
            group.label: [
                uri
                for item in group.items
                for uri in ([routes.COLLECTIONS[item], *children.get(item, [])] if item.isupper() else [item])
            ]
        }
        for group in guide.settings.navigation
    ]


def _uris(entries: Iterable[Entry[Dated]]) -> list[str]:
    return [routes.of(entry).uri for entry in entries]
