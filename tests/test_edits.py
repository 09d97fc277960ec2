"""Ten good edits of the real guide, of the kinds that editors make: each passes the check, and all pass the tests.

No edit names what the guide says today: each finds its place by the form of the files.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from patientguide.core.problems import Severity, as_text
from patientguide.project import load
from support.project import ROOT, newest_day

NOT_COPIED = (".git", ".venv", "build", "site", ".pytest_cache", ".hypothesis", "frozen", "bench")
CITED = re.compile(r"\[@([\w-]+)")
NEW_DAY = newest_day(ROOT) + timedelta(days=9)
"""A later day than any that the guide names, so that the edits are the newest."""


def replace(file: Path, pattern: str, new: str) -> None:
    """Replace the first place where the pattern fits. A good edit may have taken the last one away."""
    text, count = re.subn(pattern, new, file.read_text(), count=1, flags=re.MULTILINE)
    if not count:
        pytest.skip(f"{file.name} holds nothing like {pattern}")
    file.write_text(text)


def entries(project: Path, kind: str) -> list[Path]:
    """The files of a kind, in an order that an edit elsewhere does not change."""
    return sorted((project / "content" / kind).glob("*.*"))


def a_word_and_the_date(project: Path) -> None:
    file = entries(project, "therapies")[0]
    replace(file, r"^(## [^\n]+\n\n[A-Z][^\n]*?) and ", r"\1 and also ")
    replace(file, r"^changed: .*", f'changed: "{NEW_DAY}"')


def a_title(project: Path) -> None:
    replace(entries(project, "faqs")[0], r'^title: "(.*?)\??"$', r'title: "\1, in a few words?"')


def a_question_to_ask(project: Path) -> None:
    file = entries(project, "phases")[0]
    replace(file, r'^questions:\n  - ".*"$', 'questions:\n  - "What would you ask if you were me?"')


def an_answer_deleted(project: Path) -> None:
    file = entries(project, "faqs")[-1]
    file.unlink()
    (project / "content" / "es" / "faqs" / file.name).unlink(missing_ok=True)
    for other in [*project.glob("content/**/*.*"), *project.glob("docs/*.md")]:
        text = other.read_text()
        other.write_text(re.sub(rf"\[([^\[\]]*)\]\([^()]*{re.escape(file.name)}\)", r"\1", text))


def a_new_medicine(project: Path) -> None:
    first = entries(project, "medications")[0]
    # Its name in texts, not in keys of sources and names of files: a page may call a medicine only by the page's name.
    text = re.sub(rf"(?i)(?<![-/@#\w]){first.stem}(?![-\w])", "examplinib", first.read_text())
    names = {"title": '"Examplinib"', "generic": '"examplinib"', "brands": '["Exampla"]', "also_called": "[]"}
    for field, value in names.items():
        text = re.sub(rf"^{field}: .*", f"{field}: {value}", text, flags=re.MULTILINE)
    (project / "content" / "medications" / "examplinib.md").write_text(text)


def a_new_source(project: Path) -> None:
    file = entries(project, "faqs")[0]
    key = CITED.findall(file.read_text())[0]
    evidence = re.findall(r"evidence: [\w-]+", (project / "content" / "references" / f"{key}.yml").read_text())[0]
    source = 'type: book\ntitle: "An example of a handbook"\npublisher: "Example Press"\nissued: "2026"\n'
    (project / "content/references/example-handbook.yml").write_text(
        f"{source}custom: {{{evidence}, title_confirmed: true}}\n"
    )
    replace(file, rf"\[@{key}", f"[@example-handbook; @{key}")


def a_word_of_the_glossary(project: Path) -> None:
    replace(project / "content" / "glossary.yml", r'^    term: "(.*)"$', r'    term: "\1, renamed"')


def a_phone_number(project: Path) -> None:
    replace(project / "content" / "guide.yml", r'^(  \w+: "1-\d{3}-\d{3}-)\d{4}"', r'\g<1>0000"')


def a_summary(project: Path) -> None:
    replace(entries(project, "phases")[-1], r'^(summary: (?:>-\n  |")?)([A-Z])', r"\1In short: \2")


def a_trial(project: Path) -> None:
    file = project / "content" / "trials.yml"
    key = CITED.findall(file.read_text())[0]
    row = f'title: "An example of a trial", phase: "Phase 2", for: "Grown people [@{key}].", status: "not checked"'
    replace(file, r"^trials:$", f"trials:\n  - {{{row}}}")


EDITS: list[Callable[[Path], None]] = [
    a_word_and_the_date,
    a_title,
    a_question_to_ask,
    an_answer_deleted,
    a_new_medicine,
    a_new_source,
    a_word_of_the_glossary,
    a_phone_number,
    a_summary,
    a_trial,
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The real guide, free to be edited."""
    for folder in ("content", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def errors(project: Path, day: date = NEW_DAY) -> str:
    return as_text([p for p in load(project / "content", day)[1] if p.severity is Severity.ERROR])


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_good_edit_passes_the_check(edit: Callable[[Path], None], project: Path) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    edit(project)
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} != before
    assert errors(project) == ""


@pytest.mark.slow
def test_all_good_edits_pass_the_tests_of_the_real_guide(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for edit in EDITS:
        with suppress(pytest.skip.Exception):
            edit(project)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_guide.py"]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=surroundings)
    assert done.returncode == 0, done.stdout[-3000:]
