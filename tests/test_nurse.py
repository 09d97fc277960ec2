"""Mistakes a nurse may make in a pull request to a guide, and the exact words she reads."""

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Problem, Severity, as_text, worst_first
from patientguide.project import read_guide
from support.cases import apply
from support.project import FROZEN, ROOT

CASES = sorted((ROOT / "tests" / "nurse").glob("*.yml"))
DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def cache() -> BuildCache:
    """Results that checks of the guide share, as in a preview: only what she changed is looked at again."""
    return BuildCache(again=True)


@pytest.fixture(scope="module")
def known(cache: BuildCache) -> set[tuple[str, str]]:
    """What the guide is known to lack before she changes it."""
    _, problems = read_guide(FROZEN / "content", DAY, cache=cache)
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]
    return {(problem.code, problem.message) for problem in problems}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_she_is_told_where_and_what_to_write(
    path: Path, tmp_path: Path, known: set[tuple[str, str]], cache: BuildCache, update_golden: bool
) -> None:
    case = yaml.safe_load(path.read_text())
    for folder in ("content", "docs"):
        shutil.copytree(FROZEN / folder, tmp_path / folder)
    apply(case, tmp_path)
    _, problems = read_guide(tmp_path / "content", DAY, cache=cache)
    new: list[Problem] = [p for p in worst_first(problems) if (p.code, p.message) not in known]
    said = as_text(new).split("\n")
    if update_golden:
        case["expect"] = said
        path.write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True, width=10_000))
    assert said == case["expect"]
    assert said != [""]


def test_there_are_at_least_twelve() -> None:
    assert len(CASES) >= 12
