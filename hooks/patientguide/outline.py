"""The body of an entry as sections, held against the outline that guide.yml gives its kind."""

from collections.abc import Iterator, Sequence

from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated, Medication
from patientguide.problems import Place, Problem, suggest
from patientguide.settings import Step


def outlines(guide: Guide) -> Iterator[Problem]:
    """An entry has the sections that guide.yml lists for its kind, in that order, none of them empty."""
    for entry in guide.entries_looked_at:
        kind = getattr(guide.settings.kinds, entry.kind, None)
        if kind and kind.outline:
            yield from _against(entry, kind.outline)
        elif not entry.body.strip():
            yield Problem(Place(entry.path, entry.body_line), "empty-section", "There is no text.", "Write it.")


def _against(entry: Entry[Dated], steps: Sequence[Step]) -> Iterator[Problem]:
    """Every heading the outline asks for, once, in order, with text under it, and no other."""
    wanted = [step.heading for step in steps if step.part is None]
    drawn = {step.heading for step in steps if step.part}
    sections = entry.sections
    have = [section.heading for section in sections]
    for section in sections:
        place = Place(entry.path, section.line)
        if not section.heading:
            yield Problem(
                place,
                "stray-text",
                "There is text before the first heading.",
                f"Move it under a heading: {', '.join(wanted) or 'none is written by hand'}.",
            )
        elif section.heading in drawn:
            yield Problem(
                place,
                "drawn-heading",
                f"'{section.heading}' is drawn from the facts at the top.",
                "Remove the heading here and put the facts at the top of the file.",
            )
        elif section.heading not in wanted:
            yield Problem(
                place,
                "unknown-heading",
                f"'{section.heading}' is not a heading of this kind.",
                suggest(section.heading, set(wanted) - set(have)),
            )
        elif have.count(section.heading) > 1 and have.index(section.heading) != sections.index(section):
            yield Problem(
                place,
                "repeated-heading",
                f"'{section.heading}' stands here a second time.",
                "Keep one of the two.",
            )
        elif not section.text:
            yield Problem(
                place,
                "empty-section",
                f"There is no text under '{section.heading}'.",
                "Write it. If nothing is known, say so.",
            )
    left_out = getattr(entry.front, "not_applicable", {})
    for heading in wanted:
        if heading not in have and heading not in left_out:
            yield Problem(
                Place(entry.path, entry.body_line),
                "missing-section",
                f"The section '{heading}' is missing.",
                f"Add the line '## {heading}' and text under it, or say under not_applicable why it does not apply.",
            )
    known = [heading for heading in have if heading in wanted]
    if len(set(known)) == len(known) and known != [heading for heading in wanted if heading in known]:
        yield Problem(
            Place(entry.path, entry.body_line),
            "section-order",
            "The sections are not in the usual order.",
            "Put them in this order: " + "; ".join(wanted) + ".",
        )


_FIELDS = {
    "questions": "questions",
    "side-effects": "side_effects",
    "summary-list": "at_a_glance",
    "when-to-call": "call",
}
"""The fields that parts of a page are drawn from, where these may be empty."""


def is_drawn(step: Step, entry: Entry[Dated], guide: Guide) -> bool:
    """Whether a page has a section that nobody wrote: there is something to draw, or a reason why there is not."""
    if step.heading in getattr(entry.front, "not_applicable", {}):
        return True
    if step.part == "medicines":
        return bool(guide.medicines_of(entry))
    if step.part == "summary-list" and isinstance(entry.front, Medication):
        return True
    return step.part is not None and bool(getattr(entry.front, _FIELDS.get(step.part, "title")))
