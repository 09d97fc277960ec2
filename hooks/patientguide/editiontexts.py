"""A translated entry as readers get it: its words, and the source's where a part of it gave way."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from patientguide import roles
from patientguide.edition import Fit
from patientguide.entry import Entry
from patientguide.overlay import Overlay
from patientguide.roles import WHOLE, Role
from patientguide.sections import sections
from patientguide.settings import Settings
from patientguide.translation import steps


@dataclass(frozen=True)
class Shown:
    """An entry of the source, the settings of both languages, and how well the translation fits."""

    source: Entry[Any]
    settings: Settings
    translated: Settings
    fit: Fit


def settled(shown: Shown, data: dict[str, Any], body: str, laid: Overlay) -> tuple[dict[str, Any], str, frozenset[str]]:
    """The facts and body of an entry, and the parts that are shown in the words of the source.

    These are named as the pages of the translation name them. Words of `data` that do not fit are kept in `laid`.
    """
    source = dict(shown.source.facts.data)
    headings = _headings(shown)
    front: type[BaseModel] = type(shown.source.front)
    for name in roles.named(front, Role.OWN) - {"not_applicable"}:
        source.pop(name, None)
    if "topic" in source:
        topics = shown.settings.kinds.faqs.topics, shown.translated.kinds.faqs.topics
        source["topic"] = dict(zip(*topics, strict=True)).get(source["topic"], source["topic"])
    left_out = source.pop("not_applicable", {})
    if left_out:
        source["not_applicable"] = {headings.get(name, name): why for name, why in left_out.items()}
    gone = shown.fit.given_way
    drawn = roles.parts(front)
    fields = {name for part in gone for name in drawn.get(part, ())}
    given = {name: value for name, value in data.items() if name not in fields}
    merged = laid.laid({name: value for name, value in source.items() if name not in fields}, given)
    merged = {name: merged.get(name, value) for name, value in source.items()} | merged
    late = _shapes_that_changed(shown, laid)
    merged |= {name: source[name] for part in late for name in drawn[part] if name in source}
    if WHOLE in gone:
        return merged, shown.source.body, gone
    return merged, _body(shown, body, headings), frozenset(headings.get(name, name) for name in gone | late)


def _shapes_that_changed(shown: Shown, laid: Overlay) -> frozenset[str]:
    """The parts of a stale translation whose rows no longer fit the source's: they give way as well."""
    if not shown.fit.stale:
        return frozenset()
    lost = {path[0] for path, _, _ in laid.faults if path}
    laid.faults = [fault for fault in laid.faults if fault[0] and fault[0][0] not in lost]
    front: type[BaseModel] = type(shown.source.front)
    drawn = roles.parts(front)
    return frozenset(part for part, fields in drawn.items() if part != WHOLE and lost & set(fields))


def _headings(shown: Shown) -> dict[str, str]:
    """The headings of the source's outline with those of the translation."""
    pairs = zip(steps(shown.source, shown.settings), steps(shown.source, shown.translated), strict=False)
    return {one.heading: other.heading for one, other in pairs}


def _body(shown: Shown, body: str, headings: dict[str, str]) -> str:
    """The body of the translation, with the sections of the source that are written and took its place."""
    written = {step.heading for step in steps(shown.source, shown.settings) if not step.part}
    gone = {headings.get(name, name): name for name in shown.fit.given_way & written}
    if not gone:
        return body
    texts = {section.heading: section.text for section in shown.source.sections}
    kept = [(s.heading, texts.get(gone[s.heading], "") if s.heading in gone else s.text) for s in sections(body, 1)]
    return "\n".join(f"## {heading}\n\n{text}\n" if heading else f"{text}\n" for heading, text in kept)
