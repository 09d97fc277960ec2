"""Lies made from statements that their passages bear out: the check finds nearly all, and nothing in the truths."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from patientguide.checks.amounts import amounts, supports
from patientguide.core.problems import Severity
from patientguide.project import load
from support.cases import DAY
from support.project import ROOT

STATEMENTS = yaml.safe_load((ROOT / "tests" / "passages" / "statements.yml").read_text())
MEDICINES = ["amoxicillin", "codeine", "digoxin", "ibuprofen", "loratadine", "metformin", "paracetamol", "prednisone"]
MEDICINES += ["warfarin", "methotrexate", "insulin", "morphine"]
WORDS = 'urgency_words: {at_once: ["at once", "right away", immediately, emergency, "911"], '
WORDS += (
    'later: ["next visit", "next appointment"], grave: [fatal, severe]}\nrefuse: [not-in-passage, later-than-source]'
)
COUNTS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
UNITS = {"minute": "hour", "hour": "day", "day": "week", "week": "month", "month": "week", "year": "month"}
DOSES = {"mg": "g", "g": "mg"}
OFTEN = {"once a day": "twice a day", "twice a day": "once a day", "Weekly": "Daily", "daily": "weekly"}
OFTEN |= {"monthly": "weekly", "every other day": "every day", "once a year": "once a month", "four times": "two times"}
LIES, FOUND_AT_LEAST, SEED = 200, 195, 15


def a_number(text: str, chance: random.Random) -> Iterator[str]:
    """A number is one more, ten times as much, or half."""
    for found in re.finditer(r"(?<![\w.,/-])[0-9][0-9,]*(?:\.[0-9]+)?(?!\w)", text):
        value = float(found[0].replace(",", ""))
        others = [value + 1, value * 10, value * 2, value / 2 if value > 1 else value + 2]
        yield f"{text[: found.start()]}{chance.choice(others):g}{text[found.end() :]}"
    for found in re.finditer(rf"(?i)\b(?:{'|'.join(COUNTS[1:])})\b(?= (?!at once))", text):
        other = COUNTS[(COUNTS.index(found[0].casefold()) + chance.randrange(1, 4)) % len(COUNTS)]
        yield text[: found.start()] + other + text[found.end() :]


def a_word(table: dict[str, str], end: str = "") -> object:
    """A word is changed for another of a table."""

    def change(text: str, chance: random.Random) -> Iterator[str]:  # noqa: ARG001
        for found in re.finditer(rf"\b(?:{'|'.join(table)})(?={end}\b)", text):
            yield text[: found.start()] + table[found[0]] + text[found.end() :]

    return change


def a_medicine(text: str, chance: random.Random) -> Iterator[str]:
    """A medicine is another one."""
    for found in re.finditer(rf"(?i)\b(?:{'|'.join(MEDICINES)})\b", text):
        others = [name for name in MEDICINES if name != found[0].casefold()]
        yield text[: found.start()] + chance.choice(others).capitalize() + text[found.end() :]


def an_urgency(text: str, chance: random.Random) -> Iterator[str]:  # noqa: ARG001
    """What is urgent waits, and what waits is urgent."""
    for found in re.finditer(r"at once|right away|immediately", text):
        yield f"{text[: found.start()]}at your next visit{text[found.end() :]}"
    yield from [text.replace("at your next visit", "at once")] * ("at your next visit" in text)


CHANGES = {
    "number": a_number,
    "time": a_word(UNITS, "s?"),
    "dose": a_word(DOSES),
    "often": a_word(OFTEN),
    "medicine": a_medicine,
    "urgency": an_urgency,
}


def lies() -> list[tuple[str, dict, str]]:
    """The kind of each lie, the statement it was made from, and the lie: 200, by seed."""
    chance = random.Random(SEED)
    made = [
        (kind, statement, lie)
        for statement in STATEMENTS
        for kind, change in CHANGES.items()
        for _ in range(3)
        for lie in change(statement["text"], chance)
    ]
    made += [("act", {**s, "act": "later"}, s["text"]) for s in STATEMENTS if s.get("act") == "now" and urgent(s)]
    unique = list({(lie, statement.get("act")): (kind, statement, lie) for kind, statement, lie in made}.values())
    return chance.sample(unique, LIES)


def urgent(statement: dict) -> bool:
    return re.search(r"(?i)right away|immediately|emergency|911", statement["exact"]) is not None


def found_in(mini: Path, said: list[tuple[dict, str]]) -> set[int]:
    """Which of the statements the check refuses: paragraphs and reasons to call of one page."""
    settings = mini / "content" / "guide.yml"
    others = f"search: {{others: [{', '.join(MEDICINES)}]}}"
    settings.write_text(f"{settings.read_text()}{WORDS}\n{others}\n")
    passages = [
        {"id": f"p{number}", "where": "Page 4", "exact": statement["exact"], "seen": "2026-11-19", "in": "full"}
        for number, (statement, _) in enumerate(said)
    ]
    source = mini / "content" / "references" / "label.yml"
    head = yaml.safe_load(source.read_text())
    source.write_text(yaml.safe_dump(head | {"passages": [*head["passages"], *passages]}, sort_keys=False))
    page = mini / "content" / "therapies" / "tablets.md"
    _, front, body = page.read_text().split("---\n", 2)
    facts = yaml.safe_load(front)
    rows, paragraphs = {}, []
    for number, (statement, text) in enumerate(said):
        cited = f"{text.rstrip('.')} [@label#p{number}]."
        if act := statement.get("act"):
            rows[len(facts["call"])] = number
            facts["call"].append({"act": act, "text": cited})
        else:
            paragraphs.append(cited)
    text = body.replace("They block histamine [@label#words].", "\n\n".join(paragraphs))
    page.write_text(f"---\n{yaml.safe_dump(facts, sort_keys=False, width=10_000)}---\n{text}")
    _, problems = load(mini / "content", DAY)
    lines = page.read_text().split("\n")
    refused = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert {problem.code for problem in refused} <= {"not-in-passage", "later-than-source"}
    named = (re.search(r"@label#p([0-9]+)\]", lines[problem.place.line - 1]) for problem in refused)
    return {int(name[1]) for name in named if name}


def test_truths(mini: Path) -> None:
    assert found_in(mini, [(statement, statement["text"]) for statement in STATEMENTS]) == set()


def test_lies(mini: Path) -> None:
    told = lies()
    found = found_in(mini, [(statement, lie) for _, statement, lie in told])
    missed = [f"{told[number][0]}: {told[number][2]}" for number in range(LIES) if number not in found]
    assert {kind for kind, _, _ in told} == {*CHANGES, "act"}
    assert len(found) >= FOUND_AT_LEAST, "\n".join(missed)


SAME = [
    ("12 months", "one year"),
    ("7 days", "a 1-week break"),
    ("24 hours", "the next day"),
    ("every 3 weeks", "21-day cycles"),
    ("twice a day", "every 12 hours"),
    ("0.5 g", "500 mg"),
    ("1,000", "1000"),
    ("3.8 months", "3\u00b78 vs. 1\u00b79 months"),
    ("half", "median"),
    ("1 in 4", "25%"),
    ("two thirds", "2 of 3"),
    ("100.4 \u00b0F", "38 \u00b0C"),
    ("3 to 5 days", "3\u20135 days"),
    ("3 and a half months", "3.5 months"),
    ("thirty-seven", "37"),
    ("two doses", "a double dose"),
    ("one hour", "60 min"),
    ("a 3-week cycle", "each 21-day cycle"),
    ("a score of 10", "the CPS-10 group"),
    ("27.6 in one trial", "27.6 months"),
    ("half an hour", "30 minutes"),
    ("a half-hour", "30 minutes"),
    ("half a day", "12 hours"),
    ("a quarter of a year", "3 months"),
    ("once or twice a day", "once a day or twice a day"),
    ("once or on 2 days", "once, or on 2 days"),
    ("once to twice a week", "once weekly to twice weekly"),
]
OTHER = [
    ("12 months", "12 weeks"),
    ("30 days", "1 month"),
    ("once a day", "twice daily"),
    ("5 mg", "5 g"),
    ("3 to 5 days", "3 days"),
    ("14", "HER14"),
    ("2", "stage 2, grade 2"),
    ("4", "CDK4/6"),
    ("2 years", "in 2002"),
    ("a third", "the third dose"),
    ("half", "half-life"),
    ("half an hour", "half of the people"),
    ("once or twice a day", "once a day"),
    ("once or twice a day", "twice a day"),
    ("38 \u00b0C", "38"),
    ("second dose", "the first dose"),
]
NO_CLAIM = ["HER2 and B12", "stage IV, grade 3, type 2", "in May 2026", "5-FU and T-DM1", "one of them", "at once"]
NO_CLAIM += ["the two pills", "a 24-hour number", "daily life", "a day", "split in two."]


@pytest.mark.parametrize(("claim", "said"), SAME)
def test_the_same_amount_in_other_words(claim: str, said: str) -> None:
    claims = [amount for amount in amounts(claim) if amount.is_claim]
    assert claims
    assert all(supports(amounts(said), amount) for amount in claims)


@pytest.mark.parametrize(("claim", "said"), OTHER)
def test_another_amount(claim: str, said: str) -> None:
    claims = [amount for amount in amounts(claim) if amount.is_claim]
    assert claims
    assert not all(supports(amounts(said), amount) for amount in claims)


@pytest.mark.parametrize("text", NO_CLAIM)
def test_no_amount(text: str) -> None:
    assert [amount for amount in amounts(text) if amount.is_claim] == []
