"""Whom each entry is for, as readers can tick it: the facets of guide.yml, and where they are in treatment.

A reader's answer leaves out an entry only when the entry names the facet and none of the ticked values. An empty
answer, or "I don't know", leaves out nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated, Medication
from patientguide.settings import FacetValue

PHASES = "phases"
"""The facet that is drawn from the phases of the guide, unless guide.yml has one of this name."""

Fit = Mapping[str, Sequence[str]]
"""Values by facet. A facet that is left out means everyone."""


@dataclass(frozen=True)
class Value:
    """Something to tick; `implies` is what else is true of a reader who ticks it."""

    id: str
    label: str
    implies: str = ""


@dataclass(frozen=True)
class Choice:
    """A group of values to tick."""

    id: str
    label: str
    values: tuple[Value, ...]


def choices(guide: Guide) -> list[Choice]:
    """What readers can tick, in order."""
    found = [
        Choice(facet.id, facet.label, tuple(Value(value.id, value.label) for value in facet.values))
        for facet in guide.settings.facets
    ]
    if _draws_phases(guide):
        values = tuple(Value(e.id, e.front.short_title, written(e.front.facets)) for e in guide.phases)
        found.append(Choice(PHASES, guide.settings.kinds.phases.title, values))
    return found


def of(guide: Guide, entry: Entry[Dated]) -> Fit:
    """Whom an entry is for. A phase, and a medicine that names it, is for those who are in it or before it.

    Where phases come round again, everyone is before all of them.
    """
    fit: dict[str, Sequence[str]] = dict(entry.front.facets)
    if _draws_phases(guide):
        order = [phase.id for phase in guide.phases]
        if entry.kind == "phases":
            fit[PHASES] = order[: order.index(entry.id) + 1]
        elif isinstance(entry.front, Medication) and (entry.front.phases or entry.front.therapies):
            last = max((order.index(id_) for id_ in entry.front.phases if id_ in order), default=-1)
            fit[PHASES] = order[: last + 1]
    return fit


def labels(guide: Guide, entry: Entry[Dated] | None) -> list[tuple[str, list[FacetValue]]]:
    """Whom an entry is for, as readers see it, without facets of which it names every value."""
    named = entry.front.facets if entry else {}
    found = [
        (facet, [value for value in facet.values if value.id in named.get(facet.id, [])])
        for facet in guide.settings.facets
    ]
    return [(facet.label, values) for facet, values in found if 0 < len(values) < len(facet.values)]


def written(fit: Fit) -> str:
    """The same as an attribute of a page: `stage=early late;season=summer`."""
    return ";".join(f"{facet}={' '.join(values)}" for facet, values in fit.items())


def _draws_phases(guide: Guide) -> bool:
    in_order = guide.settings.kinds.phases.in_order
    return bool(guide.phases) and in_order and PHASES not in {facet.id for facet in guide.settings.facets}
