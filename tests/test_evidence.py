"""Statements beside the words of their sources, as people see them who check one against the other."""

from pathlib import Path

import pytest
from patientguide.review.evidence import as_text, evidence_of, labels_as_text
from support.cases import apply, loaded

PHASE, LABEL = "content/phases/first-step.md", "content/references/label.yml"
MORE = """
  - {id: short, where: "Abstract", exact: "Most people slept.", seen: "2026-11-20", in: abstract}
  - {id: told, where: "Page 9", exact: "Some people woke.", seen: "2026-11-21", in: second-hand}
"""
BODY = """## What happens

You rest [@label#words].

You sleep [@label#short].

You wake [@label#told].

You dream [@label].

You get up [@label#told; @pollen-trial#words; @pollen-trial].

## Next

[Tablets](../therapies/tablets.md).
"""
WORDS = "    \u201cCetirizine blocks histamine. Do not take it if you cannot breathe.\u201d (label, Page 4, seen 2026-11-19)"
SHORT = "    \u201cMost people slept.\u201d (label, Abstract, seen 2026-11-20, read in the abstract)"
TOLD = "    \u201cSome people woke.\u201d (label, Page 9, seen 2026-11-21, as another text quotes it)"
TRIAL = (
    "    \u201cThirty-seven of one hundred noses ran less in the pollen season.\u201d"
    " (pollen-trial, Page 4, seen 2026-11-19)"
)
READ = {
    "You rest .": [WORDS, "        from which follows: A tablet works for a day, so it is taken once a day."],
    "You sleep .": [SHORT],
    "You get up .": [TOLD, TRIAL, "    pollen-trial: no words of it are cited"],
}
WAITING = {"You wake .": [TOLD], "You dream .": ["    label: no words of it are cited"]}


@pytest.fixture
def guide(mini: Path) -> Path:
    text = (mini / PHASE).read_text()
    head, _, _ = text.partition("## What happens")
    apply({"write": {PHASE: head + BODY, LABEL: (mini / LABEL).read_text().rstrip("\n") + MORE}}, mini)
    return mini


def shown(guide: Path, only_waiting: bool) -> tuple[dict[str, list[str]], str]:
    """The statements of the body with the lines under each, and the last line."""
    *lines, last = as_text(evidence_of(loaded(guide), PHASE), only_waiting).removesuffix("\n").split("\n")
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith(f"{PHASE}:"):
            found[statement := line.partition(": ")[2]] = []
        elif line:
            found[statement].append(line)
    return {words: under for words, under in found.items() if words.startswith("You")}, last


def test_statements_stand_beside_the_words_of_their_sources(guide: Path) -> None:
    """Only words that somebody read in the source or its abstract count; one such passage is enough."""
    found, last = shown(guide, only_waiting=False)
    in_facts = {words: under for words, under in found.items() if words not in READ | WAITING}
    assert {words: under for words, under in found.items() if words not in in_facts} == READ | WAITING
    assert all(under == [TRIAL] for under in in_facts.values())
    every = evidence_of(loaded(guide), PHASE)
    assert last.startswith(f"{len(every) - len(WAITING)} of {len(every)} statements")


def test_what_still_waits_for_a_reader_can_be_asked_for_alone(guide: Path) -> None:
    found, last = shown(guide, only_waiting=True)
    assert found == WAITING
    assert last == shown(guide, only_waiting=False)[1]


def test_a_statement_is_found_on_its_line(guide: Path) -> None:
    lines = (guide / PHASE).read_text().split("\n")
    said = as_text(evidence_of(loaded(guide), PHASE)).split("\n")
    (line,) = [line.split(":")[1] for line in said if line.endswith(": You sleep .")]
    assert lines[int(line) - 1] == "You sleep [@label#short]."


def test_another_file_has_other_statements(guide: Path) -> None:
    found = loaded(guide)
    assert {one.statement.path for entry in found.entries for one in evidence_of(found, entry.path)} >= {PHASE}
    assert {one.statement.path for one in evidence_of(found, PHASE)} == {PHASE}
    assert as_text(evidence_of(found, "content/phases/none.md")) == (
        "0 of 0 statements cite words that somebody read in the source or its abstract.\n"
    )


def test_warnings_of_a_label_are_listed_with_the_lines_that_tell_them(mini: Path) -> None:
    medicine = "content/medications/cetirizine.md"
    text = (mini / medicine).read_text()
    rows = (
        'labels: [{source: label, format: numbered, warnings: [{section: boxed, about: Sleep, told: ["label#words"]}, '
        '{section: "5.1", about: Storing, left_out: "For pharmacies."}]}]\n'
    )
    text += "\nNoses run less [@pollen-trial#words].\n"
    apply({"write": {medicine: text.replace("therapies:", f"{rows}therapies:")}}, mini)
    guide = loaded(mini)
    lines = labels_as_text(guide, medicine, evidence_of(guide, medicine)).splitlines()
    telling = [str(number) for number, line in enumerate(text.splitlines(), 1) if "[@label#words]" in line]
    moved = [str(int(number) + (int(number) > 10)) for number in telling]  # the rows of the label are one line more
    assert lines[1:] == [
        "Warnings of label:",
        f"    boxed Sleep: told in line {', '.join(moved)}",
        "    5.1 Storing: left out: For pharmacies.",
    ]
    assert labels_as_text(guide, PHASE, evidence_of(guide, PHASE)) == ""
