"""The pages that readers make their own, in their own browser: my path, and the sheets for an appointment.

Both are whole without scripts: one lists everything in reading order, the other is a sheet to fill in by hand.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from patientguide import appointment as sheets
from patientguide import fitting, registry, routes, signoff, status
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.page import Draft

SETTINGS_FILE = "content/guide.yml"


def path(guide: Guide) -> Draft:
    """The page on which readers tick what fits them."""
    chapters = [(label, list(_fitted(guide, entries))) for label, entries in _chapters(guide) if entries]
    asking = [entry for _, found in chapters for entry, _ in found if getattr(entry.front, "questions", [])]
    return _draft(
        guide,
        uri=registry.PATH.uri,
        title=registry.PATH.title(guide.settings),
        description="Tick what fits you, and see the pages, medicines and questions that apply.",
        type=registry.PATH.type,
        assets=("path.css", "path.js", "my-path.js"),
        values={"chapters": chapters, "asking": list(_fitted(guide, asking))},
    )


def appointment(guide: Guide) -> Draft:
    """The page that makes two sheets to print."""
    return _draft(
        guide,
        uri=registry.APPOINTMENT.uri,
        title=registry.APPOINTMENT.title(guide.settings),
        description="Two pages to print: your questions, your medicines, and whom to call.",
        type=registry.APPOINTMENT.type,
        assets=("path.css", "pack.css", "path.js", "pack.js"),
        values={"data": sheets.data(guide), "alert": sheets.alert_lines(guide), "labels": sheets.urgencies(guide)},
    )


def _draft(guide: Guide, values: dict[str, Any], **facts: Any) -> Draft:
    return Draft(
        source=SETTINGS_FILE,
        ages=status.ages(guide, guide.entries),
        texts=[signoff.SETTINGS, *(entry.name for entry in guide.treatments)],
        values={
            "choices": fitting.choices(guide),
            "guide_name": routes.anchor(guide.settings.title),
            **values,
        },
        **facts,
    )


def _chapters(guide: Guide) -> list[tuple[str, list[Entry[Any]]]]:
    """Every page that a reader may want, in reading order, under the names of the menu and the collections."""
    pages = {f"{entry.id}.md": entry for entry in guide.pages if not entry.front.about_project}
    left_out = ("index.md", guide.settings.safety_page)
    kinds = guide.settings.kinds
    first = [
        (group.label, [pages[item] for item in group.items if item in pages and item not in left_out])
        for group in guide.settings.navigation
    ]
    return [
        *first,
        (kinds.phases.title, list(guide.phases)),
        (kinds.therapies.title, list(guide.therapies)),
        (kinds.medications.title, list(guide.medications)),
        (kinds.faqs.title, list(guide.faqs)),
    ]


def _fitted(guide: Guide, entries: Iterable[Entry[Dated]]) -> Iterator[tuple[Entry[Dated], str]]:
    for entry in entries:
        yield entry, fitting.written(fitting.of(guide, entry))
