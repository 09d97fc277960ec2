"""Statements beside the words of their sources, and what became of label warnings, for people who check them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patientguide.content.blocks import Block, statements
from patientguide.model.guide import Guide
from patientguide.model.reference import Passage, is_checked, passages_of
from patientguide.sources.passages import Kind
from patientguide.sources.watch import KnownPassage, changed_passages


@dataclass(frozen=True)
class Evidence:
    """A statement, where it is written, and the passages that it cites, each with the key of its source.

    `alone` has the keys of sources that it cites without a passage, `changed` the passages whose words the source
    watch found changed or gone.
    """

    statement: Block
    passages: Sequence[tuple[str, Passage]]
    alone: Sequence[str]
    is_checked: bool
    changed: Sequence[KnownPassage] = ()


def evidence_of(guide: Guide, path: str) -> list[Evidence]:
    """The cited statements of a file: first those that rest on a changed passage, each part in the file's order."""
    found = []
    known = {one.key: one for one in changed_passages(guide)}
    for block in statements(guide):
        if block.path == path and block.citations:
            alone = [citation.key for citation in block.citations if not citation.passage]
            passages = passages_of(guide.references, block.citations)
            checked = is_checked(guide.references, block.citations)
            changed = [known[key, passage.id] for key, passage in passages if (key, passage.id) in known]
            found.append(Evidence(block, passages, alone, checked, changed))
    return sorted(found, key=lambda one: not one.changed)


def labels_as_text(guide: Guide, path: str, found: Sequence[Evidence]) -> str:
    """Each section of the labels of a medicine: the lines of the file that tell it, or why it is left out."""
    front = next((medicine.front for medicine in guide.medications if medicine.path == path), None)
    lines: list[str] = []
    for label in front.labels if front else ():
        lines += ["", f"Warnings of {label.source}:"]
        for warning in label.warnings:
            told = sorted(
                {one.statement.place().line for one in found if not set(warning.told).isdisjoint(_cited(one))}
            )
            became = (
                f"left out: {warning.left_out}" if warning.left_out else f"told in line {', '.join(map(str, told))}"
            )
            lines.append(f"    {warning.section} {warning.about}: {became}")
    return "".join(f"{line}\n" for line in lines)


def _cited(one: Evidence) -> Iterator[str]:
    return (f"{key}#{passage.id}" for key, passage in one.passages)


def as_text(found: Sequence[Evidence], only_waiting: bool = False) -> str:
    """The statements with their passages, as text for a terminal; the count comes last."""
    return "\n".join(_lines(found, only_waiting)) + "\n"


def _lines(found: Sequence[Evidence], only_waiting: bool) -> Iterator[str]:
    for one in found:
        if only_waiting and one.is_checked and not one.changed:
            continue
        place = one.statement.place()
        yield f"{place.path}:{place.line}: {' '.join(one.statement.words.split())}"
        for key, passage in one.passages:
            read = {"abstract": ", read in the abstract", "second-hand": ", as another text quotes it"}
            where = f"{key}, {passage.where}, seen {passage.seen}{read.get(passage.read_in, '')}"
            yield f"    \u201c{passage.exact}\u201d ({where})"
            if passage.derived:
                yield f"        from which follows: {passage.derived}"
        for known in one.changed:
            now = "gone from its source" if known.kind is Kind.GONE else known.difference
            yield f"    {known.name} on {known.asked}: {now}"
        for key in one.alone:
            yield f"    {key}: no words of it are cited"
        yield ""
    if changed := sum(bool(one.changed) for one in found):
        yield f"{changed} of {len(found)} statements, at the top, rest on words that changed in the source."
    checked = sum(one.is_checked for one in found)
    yield f"{checked} of {len(found)} statements cite words that somebody read in the source or its abstract."
