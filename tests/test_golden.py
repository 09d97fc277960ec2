"""Text in, text out: one small file per behaviour in tests/golden/, with the exact result."""

from pathlib import Path

import pytest
import yaml
from patientguide.model.entries import Term
from patientguide.model.reference import Custom, Passage, Reference
from patientguide.pages import footnotes, glossary
from patientguide.sources import nlm
from support.project import ROOT

GOLDEN = ROOT / "tests" / "golden"
READ = {"trial": True, "review": True, "label": False, "leaflet": False}
TERMS = {"scan": ["scan", "scans"], "bone-scan": ["bone scan"], "parp": ["PARP inhibitor"]}


WORDS = {"id": "words", "where": "Page 4", "exact": "It helps.", "seen": "2026-11-19", "in": "full"}


def source(read: bool) -> Reference:
    passages = [Passage.model_validate(WORDS)] if read else []
    return Reference(type="webpage", title="T", custom=Custom(evidence="trial"), passages=passages)


def expand(case: dict) -> list[str]:
    references = {key: source(read) for key, read in READ.items()}
    text, passages, statements, waiting = footnotes.expand(case["input"], references)
    notes = ", ".join(" ".join([key, *ids]) for key, ids in passages.items())
    return [*text.split("\n"), f"notes: {notes}", f"checked: {statements - waiting} of {statements}"]


def explain(case: dict) -> list[str]:
    terms = [Term(id=id_, term=id_, text="T", forms=forms) for id_, forms in TERMS.items()]
    text, used = glossary.explain(case["input"], glossary.index(terms))
    return [*text.split("\n"), f"cards: {', '.join(term.id for term in used)}"]


def reference(case: dict) -> list[str]:
    """The whole reference, and that of a note, which differs in its link and in marks of what it leaves out at first."""
    source = Reference.model_validate(case["reference"])
    return [nlm.format_reference(source), nlm.note_reference(source)]


RUN = {"citations": expand, "glossary": explain, "references": reference}
CASES = sorted(GOLDEN.glob("*/*.yml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden(path: Path, update_golden: bool) -> None:
    case = yaml.safe_load(path.read_text())
    said = RUN[path.parent.name](case)
    if update_golden:
        case["expect"] = said
        path.write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True, width=10_000))
    assert said == case["expect"]
