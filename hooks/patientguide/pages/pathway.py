"""The picture of the treatment pathway, and the same in words."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patientguide.core import i18n
from patientguide.model.entries import Entry, Phase
from patientguide.model.guide import Guide

# -- layout, in SVG units
#
# A phone is wider than the picture, so its text is never smaller than the text around it. Lines are short enough for
# wide fonts.


WIDTH = 320
PADDING = 14
LINE = 22
GAP = 36
TITLE_LETTERS = 24
TEXT_LETTERS = 28


@dataclass(frozen=True)
class Line:
    """A line of text at a height; `role` is its style: title, length, label or text."""

    y: int
    role: str
    text: str


@dataclass(frozen=True)
class Box:
    """A phase: its frame and lines."""

    y: int
    height: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Picture:
    """The whole picture, with an equivalent sentence for each phase."""

    height: int
    boxes: tuple[Box, ...]
    sentences: tuple[str, ...]


def draw_pathway(guide: Guide) -> Picture:
    """The picture of all phases of the guide, first at the top."""
    boxes: list[Box] = []
    y = 4
    for number, phase in enumerate(guide.phases, 1):
        box = _box(y, number, phase, guide)
        boxes.append(box)
        y += box.height + GAP
    return Picture(max(y - GAP + 4, 8), tuple(boxes), tuple(_sentence(phase, guide) for phase in guide.phases))


def _box(y: int, number: int, phase: Entry[Phase], guide: Guide) -> Box:
    said = i18n.catalog(guide.settings.language)
    place = f"{number}. " if guide.settings.kinds.phases.in_order else ""
    rows: list[tuple[str, str]] = [("title", f"{place}{phase.front.short_title}")]
    if phase.front.length:
        rows.append(("length", phase.front.length))
    rows += [("label", f"{said('Everyone')}:"), ("text", phase.front.everyone_short)]
    for branch in phase.front.branches:
        rows.append(("label", f"{guide.facet_values[branch.value].label}:"))
        rows.append(("text", branch.short))
    lines: list[Line] = []
    baseline = y + PADDING + 12
    for role, text in rows:
        letters = TITLE_LETTERS if role == "title" else TEXT_LETTERS
        baseline += 6 if role == "label" else 0
        for piece in textwrap.wrap(text, letters):
            lines.append(Line(baseline, role, piece))
            baseline += LINE
    return Box(y, baseline - y - LINE + PADDING + 2, tuple(lines))


def _sentence(phase: Entry[Phase], guide: Guide) -> str:
    said = i18n.catalog(guide.settings.language)
    parts = [f"{said('Everyone')}: {phase.front.everyone_short}"]
    parts += [f"{guide.facet_values[branch.value].label}: {branch.short}" for branch in phase.front.branches]
    length = f", {phase.front.length}" if phase.front.length else ""
    return f"{phase.front.short_title}{length} ({'; '.join(parts)})."


# -- the picture on a page, with the same in words


def phases_picture(page: Guide, draw: Callable[[str, Mapping[str, Any]], str], shared: Mapping[str, Any]) -> str:
    """The picture as Markdown. It is marked as in the language of the source unless all phases are translated."""
    guide = _with_all_phases(page)
    said = i18n.catalog(guide.settings.language)
    values = {
        "picture": draw_pathway(guide),
        "_": said,
        "title": f"{guide.settings.title}: {guide.settings.kinds.phases.title}",
        "in_order": guide.settings.kinds.phases.in_order,
        "width": WIDTH,
        "padding": PADDING,
        "gap": GAP,
    }
    picture = draw("parts/pathway.html.j2", values)
    own = {"guide": guide, "facet_values": guide.facet_values, "_": said, "picture": picture}
    text = draw("parts/pathway.md.j2", {**shared, **own})
    return text if guide is page else f'<div lang="{guide.settings.language}" markdown="1">\n\n{text}\n\n</div>'


def _with_all_phases(guide: Guide) -> Guide:
    source = guide.edition.source if guide.edition else guide
    return guide if len(guide.phases) == len(source.phases) else source
