"""What a browser keeps after a first visit, in the order of importance: first what to do when something is wrong."""

from collections.abc import Iterator

from patientguide import registry, routes
from patientguide.offline.worker import Plan
from patientguide.prepared import Prepared
from patientguide.settings import Settings


def plan(prepared: Prepared) -> Plan:
    """The plan for the worker of a guide."""
    files = tuple(dict.fromkeys(_files(prepared)))
    forms = tuple(routes.file(one.uri) for one in (registry.PATH, registry.APPOINTMENT))
    return Plan(files, forms, prepared.planner.guide.settings.offline_days)


def _files(prepared: Prepared) -> Iterator[str]:
    """The page that says when to call, in each language; what the menu names; then all other pages."""
    settings = {"": prepared.planner.guide.settings}
    settings |= {root: edition.planner.guide.settings for root, edition in prepared.editions.items()}
    for root, own in settings.items():
        yield routes.file(root + own.safety_page)
    for root, own in settings.items():
        yield from (routes.file(root + uri) for uri in _menu(own))
        yield f"{root}search/search_index.js"
    for planned in prepared.pages():
        yield routes.file(planned.draft.uri)


def _menu(settings: Settings) -> Iterator[str]:
    """The pages that the menu itself names, without the entries of its collections."""
    for group in settings.navigation:
        for item in group.items:
            yield registry.COLLECTIONS[item].uri if item.isupper() else item
