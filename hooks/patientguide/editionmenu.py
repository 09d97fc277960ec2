"""The menu of a guide in another language: the groups of the source, with the pages that are translated."""

from collections.abc import Sequence
from typing import Any

from patientguide import registry
from patientguide.entry import Entry
from patientguide.models import Glossary
from patientguide.settings import Settings


def with_menu(settings: Settings, entries: Sequence[Entry[Any]], glossary: Glossary | None) -> Settings:
    """The settings with a menu of the pages that there are."""
    have = {f"{entry.id}.md" for entry in entries if entry.kind == "pages"}
    kinds = {entry.kind for entry in entries}
    have |= {name for name, one in registry.COLLECTIONS.items() if one.translated and one.kind in kinds}
    have |= {registry.GLOSSARY.name} if glossary and glossary.terms else set()
    groups = [
        group.model_copy(update={"items": [i for i in group.items if i in have]}) for group in settings.navigation
    ]
    return settings.model_copy(update={"navigation": [group for group in groups if group.items]})
