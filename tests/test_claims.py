"""Numbers that are written into a text: each form is found by itself, and not only beside others."""

from pathlib import Path

import pytest
from support.cases import run

TABLETS, OLD = "content/therapies/tablets.md", "They block histamine [@label#words]."
RELATIVE = [
    *("twice as likely", "half as often", "three times as common", "1.5 times as high", "ten times as much"),
    *("4 times more", "five times lower", "twice the risk", "half the odds", "double the rate", "triple the chance"),
    *("by half", "by about a third", "by a quarter", "by two-thirds", "by nearly 20 percent", "by 5%"),
    *("cuts the risk in half", "doubles", "doubling", "halves", "halving", "triples", "tripled"),
]
BARE = [
    *("5%", "12.5 per cent", "20 percent", "1 in 7", "3 out of 10", "3 of every 10", "7 of 100", "one in four"),
    *("two out of three", "five in ten", "six of every twenty", "eight in nine", "seven of a hundred"),
    "one in a thousand",
]
NEITHER = ["in 2018", "in 3 weeks", "stage 2 in 3 days", "X2 in 3 hospitals", "the other half", "three times a day"]


def codes(words: str, mini: Path) -> set[str]:
    return {problem.code for problem in run({"replace": {TABLETS: {OLD: f"It {words} [@label#words]."}}}, mini)}


@pytest.mark.parametrize("words", RELATIVE)
def test_a_change_without_its_numbers_is_found(words: str, mini: Path) -> None:
    assert "relative-number" in codes(words, mini)


@pytest.mark.parametrize("words", BARE)
def test_a_frequency_in_the_text_is_found(words: str, mini: Path) -> None:
    assert "bare-number" in codes(words, mini)


@pytest.mark.parametrize("words", NEITHER)
def test_what_only_looks_like_a_number_of_people_is_none(words: str, mini: Path) -> None:
    assert codes(words, mini).isdisjoint({"relative-number", "bare-number"})
