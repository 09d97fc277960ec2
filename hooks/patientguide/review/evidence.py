"""Statements beside the words of their sources, for people who check one against the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patientguide.content.blocks import Block, statements
from patientguide.model.guide import Guide
from patientguide.model.reference import Passage, is_checked, passages_of


@dataclass(frozen=True)
class Evidence:
    """A statement, where it is written, and the passages that it cites, each with the key of its source.

    `alone` has the keys of sources that it cites without a passage.
    """

    statement: Block
    passages: Sequence[tuple[str, Passage]]
    alone: Sequence[str]
    is_checked: bool


def evidence_of(guide: Guide, path: str) -> list[Evidence]:
    """The cited statements of a file, in its order."""
    found = []
    for block in statements(guide):
        if block.path == path and block.citations:
            alone = [citation.key for citation in block.citations if not citation.passage]
            passages = passages_of(guide.references, block.citations)
            found.append(Evidence(block, passages, alone, is_checked(guide.references, block.citations)))
    return found


def as_text(found: Sequence[Evidence], only_waiting: bool = False) -> str:
    """The statements with their passages, as text for a terminal; the count comes last."""
    return "\n".join(_lines(found, only_waiting)) + "\n"


def _lines(found: Sequence[Evidence], only_waiting: bool) -> Iterator[str]:
    for one in found:
        if only_waiting and one.is_checked:
            continue
        place = one.statement.place()
        yield f"{place.path}:{place.line}: {' '.join(one.statement.words.split())}"
        for key, passage in one.passages:
            read = {"abstract": ", read in the abstract", "second-hand": ", as another text quotes it"}
            where = f"{key}, {passage.where}, seen {passage.seen}{read.get(passage.read_in, '')}"
            yield f"    \u201c{passage.exact}\u201d ({where})"
            if passage.derived:
                yield f"        from which follows: {passage.derived}"
        for key in one.alone:
            yield f"    {key}: no words of it are cited"
        yield ""
    checked = sum(one.is_checked for one in found)
    yield f"{checked} of {len(found)} statements cite words that somebody read in the source or its abstract."
