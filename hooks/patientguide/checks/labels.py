"""The rule that a medicine's page deals with every warning of its label."""

import re
from collections.abc import Iterator, Sequence

from patientguide.checks.rule import Finding, Subject
from patientguide.core.problems import suggest
from patientguide.model.entries import Entry, Label, Medication
from patientguide.model.guide import Guide
from patientguide.model.settings import LabelFormat

LABELS = Subject("Labels of medicines")

_SECTION = re.compile(r"(?P<part>.*)(?P<sign>[.-])(?P<number>[0-9]+)")
"""A section of a numbered part: "5.12", or "warnings-3"."""
_Path = tuple[str | int, ...]


@LABELS.warning("label-warnings", "QRD template: every warning of the label")
def label_warnings(guide: Guide) -> Iterator[Finding]:
    """Each warning of a medicine's label is told by a statement of its page, or left out with a reason."""
    formats = {one.id: one for one in guide.settings.label_formats}
    if guide.edition or not formats:
        return
    for medicine in guide.medications:
        if not medicine.front.labels:
            advice = "List the sections of its label under labels: at the top of the file."
            yield Finding(medicine.facts.place(("title",)), "Nothing says what its label warns of.", advice)
        for index, label in enumerate(medicine.front.labels):
            for at, message, advice in _of_label(guide, medicine, label, formats):
                yield Finding(medicine.facts.place(("labels", index, *at)), message, advice)


_Found = Iterator[tuple[_Path, str, str]]


def _of_label(guide: Guide, medicine: Entry[Medication], label: Label, formats: dict[str, LabelFormat]) -> _Found:
    """What is wrong with the list of a label: the path inside it, the message and the advice."""
    if label.source not in guide.references:
        yield ("source",), f"There is no source '{label.source}'.", suggest(label.source, guide.references)
        return
    if label.format not in formats:
        yield ("format",), f"There is no label format '{label.format}'.", suggest(label.format, formats)
        return
    yield from _missing(guide, label, formats[label.format])
    cited = set(guide.texts[medicine.path].passages.split())
    for index, warning in enumerate(label.warnings):
        for position, passage in enumerate(warning.told):
            if passage not in cited:
                message = f"Section {warning.section} ({warning.about}): no statement of this page cites [@{passage}]."
                advice = "Cite it where the page tells this, or write under left_out why the page does not."
                yield ("warnings", index, "told", position), message, advice


def _missing(guide: Guide, label: Label, shape: LabelFormat) -> _Found:
    """Sections that are not in the list: required ones, gaps, and those that passages of the label are from."""
    listed = [warning.section for warning in label.warnings]
    for index, section in enumerate(listed):
        if section in listed[:index]:
            yield ("warnings", index, "section"), f"Section {section} is listed twice.", "Make it one row."
    known = _sections_of_passages(guide, label, shape)
    numbered = (section for part in shape.numbered for section in _up_to_last(part, [*listed, *known]))
    missing = [section for section in dict.fromkeys([*shape.required, *numbered]) if section not in listed]
    if missing:
        message = f"Not listed of {label.source}: section {', '.join(missing)}."
        advice = "Say under told where the page tells it, or under left_out why not, also if the label has none."
        yield ("warnings",), message, advice


def _up_to_last(part: str, sections: Sequence[str]) -> Iterator[str]:
    """The sections of a numbered part from the first to the last that is known; at least the first."""
    found = [match for section in sections if (match := _SECTION.fullmatch(section)) and match["part"] == part]
    sign = found[0]["sign"] if found else "." if part.isdigit() else "-"
    for number in range(1, max((int(match["number"]) for match in found), default=1) + 1):
        yield f"{part}{sign}{number}"


def _sections_of_passages(guide: Guide, label: Label, shape: LabelFormat) -> list[str]:
    """The sections of numbered parts that passages of the label name first under `where`, such as "5.3 Liver"."""
    words = [passage.where.split()[0].rstrip(":,") for passage in guide.references[label.source].passages]
    return [word for word in words if any(re.fullmatch(rf"{re.escape(part)}\.[0-9]+", word) for part in shape.numbered)]
