"""Rules on completeness: what pages about a treatment answer, and what medicines tell of their label."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from patientguide.checks.names import PART_FIELDS, has_rows
from patientguide.checks.rule import Finding, Subject
from patientguide.content.blocks import TO_DO, Block, blocks
from patientguide.core.problems import Place, suggest
from patientguide.markup.words import WORD
from patientguide.model import routes
from patientguide.model.entries import Entry, Label, Medication, Outlined, model_of
from patientguide.model.guide import Guide
from patientguide.model.kinds import Step
from patientguide.model.settings import LabelFormat

COMPLETENESS = Subject("Completeness")

_UNTIL = "Write it. Until then keep draft: true at the top of the file."


@COMPLETENESS.error("unanswered", "DISCERN 7 to 15; IPDAS: options in equal detail")
def answered(guide: Guide) -> Iterator[Finding]:
    """For each kind of treatment, guide.yml says which heading answers each required topic, or why none does."""
    file = guide.records["content/guide.yml"]
    for name in guide.settings.kinds.names:
        kind = guide.settings.kinds.of(name)
        if not issubclass(model_of(name), Outlined):
            continue
        answers = {answer for step in kind.outline for answer in step.answers}
        for topic, meaning in guide.settings.required.items() if kind.treatment else ():
            if topic not in answers and topic not in kind.left_out:
                advice = f"Add answers: [{topic}] to a heading, or {topic}: and the reason under left_out. ({meaning})"
                yield Finding(file.place(("kinds", name)), f"No heading of {name} answers '{topic}'.", advice)
        for number, step in enumerate(kind.outline):
            for answer in step.answers:
                if answer not in guide.settings.required:
                    place = file.place(("kinds", name, "outline", number, "answers"))
                    message = f"'{answer}' is not listed under required."
                    yield Finding(place, message, suggest(answer, guide.settings.required))


@COMPLETENESS.error("too-few", "PEMAT 20 to 22; DISCERN 15")
def enough(guide: Guide) -> Iterator[Finding]:
    """A section made from the top of a file has as many items as guide.yml asks for, such as three questions."""
    for entry in guide.outlined:
        for step in guide.settings.kinds.of(entry.kind).outline:
            yield from _enough(entry, step)


def _enough(entry: Entry[Outlined], step: Step) -> Iterator[Finding]:
    field = PART_FIELDS.get(step.part or "")
    count = len(getattr(entry.front, field, [])) if field else 0
    if field and count < step.least and step.heading not in entry.front.not_applicable:
        message = f"'{step.heading}' has {count}, at least {step.least} are needed."
        advice = f"Add to the list {field}, or say under not_applicable why '{step.heading}' does not apply."
        yield Finding(entry.facts.place((field,)), message, advice)


@COMPLETENESS.error("not-applicable", "DISCERN: rate what applies")
def not_applicable(guide: Guide) -> Iterator[Finding]:
    """A heading under not_applicable is one of this kind of entry and has no text of its own."""
    for entry in guide.outlined:
        steps = guide.settings.kinds.of(entry.kind).outline
        for heading in entry.front.not_applicable:
            place = entry.facts.place(("not_applicable", heading))
            step = next((step for step in steps if step.heading == heading), None)
            if step is None:
                message = f"'{heading}' is not a heading of this kind."
                yield Finding(place, message, suggest(heading, [step.heading for step in steps]))
            elif has_rows(step, entry, guide) or any(one.heading == heading for one in entry.sections):
                yield Finding(place, f"'{heading}' is filled in, too.", "Keep the text or the reason, not both.")


@COMPLETENESS.error("two-urgencies", "NHS: one clear instruction on when to act")
def two_urgencies(guide: Guide) -> Iterator[Finding]:
    """A page gives each side effect or sign only one urgency."""
    for entry in guide.outlined:
        named = [(("side_effects", n, "effect"), row.effect, row.act) for n, row in enumerate(entry.front.side_effects)]
        called = [(("call", n, "text"), row.text, row.act) for n, row in enumerate(entry.front.call)]
        for rows in (named, called):
            acts: dict[str, str] = {}
            for place, text, act in rows:
                first = acts.setdefault(" ".join(WORD.findall(text.casefold())), act)
                if first != act:
                    message = f"'{text[:60]}' has two urgencies: '{first}' and '{act}'."
                    yield Finding(entry.facts.place(place), message, "Keep one of the two, or say how the two differ.")


@COMPLETENESS.error("other-urgency", "NHS: one clear instruction on when to act")
def other_urgency(guide: Guide) -> Iterator[Finding]:
    """A row under call has the urgency of the warning signs that it names: no lower, and no higher."""
    acts = [urgency.id for urgency in guide.settings.urgency]
    for entry in guide.outlined:
        for number, row in enumerate(entry.front.call):
            for sign in row.signs:
                act = guide.warning_signs[sign].act if sign in guide.warning_signs else row.act
                if act != row.act and {act, row.act} <= set(acts):
                    lower = acts.index(row.act) > acts.index(act)
                    than = "lower than" if lower else "higher than"
                    message = f"'{row.act}' is {than} '{act}', the urgency of '{sign}' on {guide.safety_page.path}."
                    advice = f"Write act: {act}." if lower else "Name a sign of that urgency, or none."
                    yield Finding(entry.facts.place(("call", number, "act")), message, advice)


@COMPLETENESS.warning("no-call", "NHS: each page says when to get help")
def no_call(guide: Guide) -> Iterator[Finding]:
    """A page with a side effect of the highest urgency also says when to call for it."""
    most = next((urgency.id for urgency in guide.settings.urgency), None)
    for entry in guide.outlined:
        parts = {step.part for step in guide.settings.kinds.of(entry.kind).outline}
        urgent = [number for number, row in enumerate(entry.front.side_effects) if row.act == most]
        if "when-to-call" in parts and urgent and not any(row.act == most for row in entry.front.call):
            place = entry.facts.place(("side_effects", urgent[0], "act"))
            effect = entry.front.side_effects[urgent[0]].effect
            message = f"'{effect}' is '{most}', but nothing under call: is."
            yield Finding(place, message, f"Add a line to call: with act: {most}, or correct this one.")


@COMPLETENESS.error("to-do", "no text of a starting file is published")
def to_do(guide: Guide) -> Iterator[Finding]:
    """No published text begins with "To do", as those of a starting file do."""
    for path, text in guide.texts.items():
        for line, col, quote in text.to_do:
            yield Finding(Place(path, line, col), f"This is not written yet: '{quote}'", _UNTIL)
    for key, reference in guide.references.items():
        texts = (reference.title, reference.custom.undated or "", reference.custom.note or "")
        begun = [text[: len(TO_DO)] for text in texts]
        if guide.cited[key] and TO_DO in begun:
            place = guide.records[f"content/references/{key}.yml"].place(("title",))
            yield Finding(place, f"The source '{key}' is not filled in yet.", "Fill it in, or delete the file.")


@COMPLETENESS.warning("example", "no text of a new guide passes for one that was written")
def examples(guide: Guide) -> Iterator[Finding]:
    """No example text of a new guide is left. Until then, every page says that the guide is not ready."""
    for path, (line, col, quote) in guide.examples.items():
        count = len(guide.texts[path].examples) if path in guide.texts else 0
        said = "an example text" if count < 2 else f"{count} example texts"
        yield Finding(Place(path, line, col), f"To do: this file has {said}: '{quote}'", "Write your own in its place.")


@COMPLETENESS.warning("many-boxes", "NHS: warning callouts are rare", each=True)
def boxes(guide: Guide) -> Iterator[Finding]:
    """A page has only a few boxes: more of them frighten readers, and none is read."""
    limit = guide.settings.limits.boxes
    titles: dict[str, list[Block]] = defaultdict(list)
    for block in blocks(guide):
        if block.kind == "title":
            titles[block.path].append(block)
    for found in titles.values():
        if len(found) > limit:
            message = f"This is box {limit + 1} of {len(found)} on this page; {limit} are enough."
            yield Finding(found[limit].place(), message, "Make it a paragraph.")


@COMPLETENESS.warning("too-many-warnings", "NHS: warning callouts are rare")
def warnings(guide: Guide) -> Iterator[Finding]:
    """A page shows only a few warnings in all its texts together. When to call has a card of its own."""
    limit = guide.settings.limits.warnings
    shown: dict[str, list[Place]] = defaultdict(list)
    for entry in guide.entries:
        places = [Place(entry.path, line, col) for line, col in guide.texts[entry.path].warnings]
        shown[routes.address(routes.target_of(entry).uri)] += places
    for address, found in shown.items():
        if len(found) > limit:
            message = f"This is warning {limit + 1} of {len(found)} on {address}; {limit} are enough."
            yield Finding(found[limit], message, "Make it a paragraph. Signs that cannot wait go under call.")


# -- warnings of the label


_Path = tuple[str | int, ...]


@COMPLETENESS.error("label-warnings", "QRD template: every warning of the label")
def label_warnings(guide: Guide) -> Iterator[Finding]:
    """Each warning of a medicine's label is in a statement of its page, or left out with a reason."""
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
    """Sections that are not in the list: required ones, gaps, and those that passages name first under `where`."""
    listed = [warning.section for warning in label.warnings]
    for index, section in enumerate(listed):
        if section in listed[:index]:
            yield ("warnings", index, "section"), f"Section {section} is listed twice.", "Make it one row."
    named = [passage.where.split()[0].rstrip(":,") for passage in guide.references[label.source].passages]
    numbered = (section for part in shape.numbered for section in _up_to_last(part, [*listed, *named]))
    missing = [section for section in dict.fromkeys([*shape.required, *numbered]) if section not in listed]
    if missing:
        message = f"Not listed of {label.source}: section {', '.join(missing)}."
        advice = "Say under told where the page tells it, or under left_out why not, also if the label has none."
        yield ("warnings",), message, advice


def _up_to_last(part: str, sections: Sequence[str]) -> Iterator[str]:
    """The sections of a numbered part, such as 5.1 or warnings-1, from the first to the last of those; at least one."""
    before = f"{part}." if part.isdigit() else f"{part}-"
    numbers = [int(end) for name in sections if (end := name.removeprefix(before)) != name and end.isdecimal()]
    for number in range(1, max(numbers, default=1) + 1):
        yield f"{before}{number}"
