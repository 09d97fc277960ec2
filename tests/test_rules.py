"""Every content rule, one file each in tests/rules/: what fails, with its exact report, and the nearest right text."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from patientguide.checks.rule import Rule
from patientguide.checks.runner import RULES, Check
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Problem, Severity, as_text, worst_first
from patientguide.project import load
from support.cases import DAY, apply, run
from support.project import ROOT

FILES = sorted((ROOT / "tests" / "rules").glob("*.yml"))
WAIVER_CODES = {"waiver-unknown", "waiver-ended", "waiver-too-long", "waiver-unused"}
LATER = date(2031, 1, 1)


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as such, so that cases stay readable."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def listed(cases: object) -> list[dict]:
    return cases if isinstance(cases, list) else [cases]


def cases(part: str) -> list:
    return [
        pytest.param(path, number, id=f"{path.stem}-{number + 1}")
        for path in FILES
        for number in range(len(listed(yaml.safe_load(path.read_text())[part])))
    ]


def test_each_rule_has_a_file_and_each_file_a_rule() -> None:
    assert {path.stem for path in FILES} == {rule.code for rule in RULES} | WAIVER_CODES


@pytest.mark.parametrize(("path", "number"), cases("fails"))
def test_fails(path: Path, number: int, mini: Path, update_golden: bool) -> None:
    file = yaml.safe_load(path.read_text())
    case = listed(file["fails"])[number]
    problems = run(case, mini)
    said = as_text(worst_first(problems)).split("\n")
    if update_golden:
        case["expect"] = said
        path.write_text(yaml.dump(file, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))
    assert said == case["expect"]
    found = [problem for problem in problems if problem.code == path.stem]
    assert found, "a case that fails nothing proves nothing"
    for problem in found:
        assert_is_clear(problem)
        assert_is_in_place(problem, mini)


def assert_is_clear(problem: Problem) -> None:
    assert problem.message[-1] in ".?!'\"", "a message is a sentence, or ends with the words it quotes"
    assert "''" not in problem.message, "nothing is quoted"
    assert problem.advice.strip()


def assert_is_in_place(problem: Problem, project: Path) -> None:
    """The place is a spot of the file; in a body, on the line of the words that the message quotes."""
    lines = (project / problem.place.path).read_text().split("\n")
    assert 1 <= problem.place.line <= len(lines)
    line = lines[problem.place.line - 1]
    assert 1 <= problem.place.col <= len(line) + 1
    in_body = lines[0] == "---" and problem.place.line > lines.index("---", 1) + 1
    if in_body and (quoted := re.search(r"'(\S+?)(?:'|\s)", problem.message)):
        assert quoted[1].strip("[") in line.replace("*", "").replace("[", ""), line


@pytest.mark.parametrize(("path", "number"), cases("passes"))
def test_passes(path: Path, number: int, mini: Path) -> None:
    problems = run(listed(yaml.safe_load(path.read_text())["passes"])[number], mini)
    bad = [problem for problem in problems if problem.severity is Severity.ERROR or problem.code == path.stem]
    assert as_text([problem for problem in bad if problem.severity is not Severity.WAIVED]) == ""
    _, later = load(mini / "content", LATER)
    assert as_text([problem for problem in later if problem.severity is Severity.ERROR]) == ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_what_it_is_about(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    assert set(case) == {"about", "fails", "passes"}
    assert case["about"]
    assert "\n" not in case["about"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_a_sentence_with_a_standard(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z][^\n]+\.", rule.sentence)
    assert len(rule.sentence.split()) >= 4
    assert rule.standard.strip()
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.code)
    assert rule.severity in (Severity.ERROR, Severity.WARNING)


def test_codes_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_a_rule_looks_at_the_whole_guide_unless_it_says_otherwise() -> None:
    """What is found in one text is kept until that text changes: for a rule that looks around it would be too long."""
    assert Rule("new-rule", Severity.ERROR, "A standard", lambda _: iter(())).each is False
    assert Check(lambda _: iter(()), ("new-rule",)).each is False


TABLETS, NEXT = "content/therapies/tablets.md", "content/faqs/what-next.md"
ELSEWHERE = {
    "the page that a link leads to is gone": ({}, {NEXT: None}),
    "a key is now like another one": (
        {"replace": {TABLETS: {"histamine [@label#words]": "histamine [@labels-b]"}}},
        {"content/references/labels-bc.yml": (ROOT / "tests/mini/content/references/pollen-trial.yml").read_text()},
    ),
}
"""What is changed before a first check, and which other file after it."""


@pytest.mark.parametrize("about", ELSEWHERE)
def test_findings_in_a_known_text_follow_other_files(mini: Path, about: str) -> None:
    first, then = ELSEWHERE[about]
    apply(first, mini)
    cache = BuildCache(again=True)
    before = load(mini / "content", DAY, cache)[1]
    for path, text in then.items():
        if text is None:
            (mini / path).unlink()
        else:
            (mini / path).write_text(text)
    after = load(mini / "content", DAY, cache)[1]
    assert as_text(after) == as_text(load(mini / "content", DAY)[1])
    assert [p for p in after if p.place.path == TABLETS] != [p for p in before if p.place.path == TABLETS]
