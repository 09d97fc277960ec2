"""The pages that readers fill in: my path, and the sheets for an appointment."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from patientguide.markup.tokens import without_marks
from patientguide.model import registry, routes
from patientguide.model.entries import Dated, Entry, Front, Medication, Phase
from patientguide.model.frequency import short
from patientguide.model.guide import Guide, brand_names
from patientguide.model.settings import FacetValue
from patientguide.pages.page import Draft
from patientguide.review import signoff, status

# -- who an entry is for: the facets of guide.yml, and the phases of treatment
#
# An answer hides an entry only if the entry has the facet and none of the ticked values. An empty answer, or "I don't
# know", hides nothing.


PHASES = "phases"
"""The facet made from the phases of the guide, unless guide.yml has one of this name."""

Fit = Mapping[str, Sequence[str]]
"""Values by facet. Without values of a facet it is for everyone."""


@dataclass(frozen=True)
class Value:
    """A value to tick; `implies` are other values that are true for the same reader, `excludes` those that are not."""

    id: str
    label: str
    implies: str = ""
    in_reports: Sequence[str] = ()
    excludes: Sequence[str] = ()


@dataclass(frozen=True)
class Choice:
    """A group of values to tick."""

    id: str
    label: str
    values: tuple[Value, ...]


def choices(guide: Guide) -> list[Choice]:
    """What readers can tick, in order."""
    found = [
        Choice(facet.id, facet.label, tuple(_value(value) for value in facet.values)) for facet in guide.settings.facets
    ]
    if _draws_phases(guide):
        values = tuple(Value(e.id, e.front.short_title, audience_attribute(e.front.facets)) for e in guide.phases)
        found.append(Choice(PHASES, guide.settings.kinds.phases.title, values))
    return found


def _value(value: FacetValue) -> Value:
    return Value(value.id, value.label, in_reports=value.in_reports, excludes=value.excludes)


def audience_of(guide: Guide, entry: Entry[Dated]) -> Fit:
    """The audience of an entry. A phase and its medicines are for readers who are in it or before it.

    If phases repeat, every reader is before all of them.
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
    """The audience of an entry in words, without facets of which it has every value."""
    named = entry.front.facets if entry else {}
    found = [
        (facet, [value for value in facet.values if value.id in named.get(facet.id, [])])
        for facet in guide.settings.facets
    ]
    return [(facet.label, values) for facet, values in found if 0 < len(values) < len(facet.values)]


def audience_attribute(fit: Fit) -> str:
    """The audience as an HTML attribute: `stage=early late;season=summer`."""
    return ";".join(f"{facet}={' '.join(values)}" for facet, values in fit.items())


def _draws_phases(guide: Guide) -> bool:
    in_order = guide.settings.kinds.phases.in_order
    return bool(guide.phases) and in_order and PHASES not in {facet.id for facet in guide.settings.facets}


# -- the appointment sheets: questions, medicines, side effects by urgency, and phone numbers
#
# An unknown number is shown as missing: nothing else may be where somebody in need looks for it.


_LEAST_DIGITS = 2
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MARKUP = re.compile(r"[<>&@\[\]{}()*_`^~|#!]")


class AlertNumber(NamedTuple):
    """A line of the alert card: whom to call, and the number, empty if unknown."""

    label: str
    number: str


def alert_lines(guide: Guide) -> list[AlertNumber]:
    """The lines of the alert card."""
    local = guide.settings.local
    return [AlertNumber(line.label, _phone(local.get(line.number or "", ""))) for line in guide.settings.alert_card]


def _phone(text: str) -> str:
    """The text if it can be dialed, unlike "ask us" or a dash."""
    return text if len(re.findall(r"\d", text)) >= _LEAST_DIGITS else ""


def urgencies(guide: Guide) -> dict[str, str]:
    """The urgencies in plain words with local numbers, by name."""
    return {urgency.id: without_marks(urgency.label, guide.settings.local) for urgency in guide.settings.urgency}


def appointment_data(guide: Guide) -> str:
    """All choices of readers, as JSON that is safe in a page."""
    data = {
        "entries": [*_first_visits(guide), *(_entry(guide, entry) for entry in (*guide.outlined, *guide.faqs))],
        "signs": {sign.id: without_marks(sign.sign, guide.settings.local) for sign in guide.safety_page.front.signs},
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _STRING.sub(_spelled_out, text)


def _spelled_out(string: re.Match[str]) -> str:
    """A JSON string that cannot close its script element or be read as Markdown or a citation."""
    return _MARKUP.sub(lambda sign: f"\\u{ord(sign[0]):04x}", string[0])


def _first_visits(guide: Guide) -> Iterator[dict[str, Any]]:
    """The questions for a first visit, in the language of the guide and in those of its translations."""
    for settings in (guide.settings, *(edition.settings for edition in guide.editions)):
        if first := settings.first_visit:
            named = {"kind": "first", "id": settings.language, "title": first.title}
            yield {**named, "questions": first.questions, "fit": {}, "rows": []}


def _entry(guide: Guide, entry: Entry[Any]) -> dict[str, Any]:
    front = entry.front
    return {
        "kind": entry.kind,
        "id": entry.id,
        "title": front.title,
        "brands": brand_names(entry),
        "said": getattr(front, "pronunciation", None) or "",
        "fit": audience_of(guide, entry),
        "questions": front.questions,
        "rows": list(_rows(guide, entry)) if entry.kind in ("phases", "medications") else [],
    }


def _rows(guide: Guide, entry: Entry[Any]) -> Iterator[dict[str, Any]]:
    """When to call, and the side effects by their names: what each is like stands on the page of the medicine."""
    numbers = {id_: short(number) for id_, number in guide.numbers[entry.path].items()}
    for call in entry.front.call:
        text = without_marks(call.text, guide.settings.local, numbers)
        yield {"act": call.act, "signs": call.signs, "text": text}
    for effect in entry.front.side_effects:
        yield {"act": effect.act, "effect": effect.effect}


# -- the two pages; without scripts, one lists everything in reading order and the other is filled in by hand


SETTINGS_FILE = "content/guide.yml"


def my_path(guide: Guide) -> Draft:
    """The page on which readers tick what fits them."""
    chapters = [(label, list(_fitted(guide, entries))) for label, entries in _chapters(guide) if entries]
    steps = list(_steps(guide)) if _draws_phases(guide) else []
    asking = [entry for _, found in chapters for entry, _ in found if getattr(entry.front, "questions", [])]
    return _draft(
        guide,
        uri=registry.PATH.uri,
        title=registry.PATH.title(guide.settings),
        description="Tick what fits you, and see the pages, medicines and questions that apply.",
        type=registry.PATH.type,
        assets=("path.css", "path.js", "my-path.js", "my-pages.js"),
        values={"chapters": chapters, "steps": steps, "asking": list(_fitted(guide, asking))},
    )


def appointment(guide: Guide) -> Draft:
    """The page that makes two sheets to print."""
    return _draft(
        guide,
        uri=registry.APPOINTMENT.uri,
        title=registry.APPOINTMENT.title(guide.settings),
        description="Two sheets to print: your questions, your medicines, and when to call whom.",
        type=registry.APPOINTMENT.type,
        assets=("path.css", "pack.css", "path.js", "pack.js"),
        values={
            "data": appointment_data(guide),
            "alert": alert_lines(guide),
            "labels": urgencies(guide),
            "anchors": [f"{entry.kind}-{entry.id}" for entry in guide.outlined if entry.front.questions],
        },
    )


def _draft(guide: Guide, values: dict[str, Any], **facts: Any) -> Draft:
    return Draft(
        source=SETTINGS_FILE,
        ages=status.ages(guide, guide.entries),
        texts=(signoff.SETTINGS, *(entry.name for entry in guide.outlined)),
        values={
            "choices": choices(guide),
            "guide_name": routes.anchor(guide.settings.title),
            **values,
        },
        **facts,
    )


def _chapters(guide: Guide) -> list[tuple[str, list[Entry[Any]]]]:
    """Every page in reading order, under the names of the menu and the collections."""
    pages = {f"{entry.id}.md": entry for entry in guide.pages if not entry.front.about_project}
    left_out = ("index.md", guide.settings.safety_page)
    first = [
        (group.label, [pages[item] for item in group.items if item in pages and item not in left_out])
        for group in guide.settings.navigation
    ]
    return [*first, *((kind.title, list(entries)) for kind, entries in guide.kinds)]


class Step(NamedTuple):
    """A phase on the path, whom it is for, what differs by test result, and its medicines, each with whom it is for."""

    phase: Entry[Phase]
    fit: str
    branches: list[tuple[str, str, str]]
    """The label of the value, what people with it have, and whom that is for."""
    medicines: list[tuple[Entry[Medication], str]]


def _steps(guide: Guide) -> Iterator[Step]:
    """The phases in the order of time."""
    facets = {value.id: facet.id for facet in guide.settings.facets for value in facet.values}
    for phase, fit in _fitted(guide, guide.phases):
        branches = [
            (guide.facet_values[one.value].label, one.text, audience_attribute({facets[one.value]: [one.value]}))
            for one in phase.front.branches
        ]
        yield Step(phase, fit, branches, list(_fitted(guide, guide.medicines_of(phase))))


def _fitted(guide: Guide, entries: Iterable[Entry[Front]]) -> Iterator[tuple[Entry[Front], str]]:
    for entry in entries:
        yield entry, audience_attribute(audience_of(guide, entry))
