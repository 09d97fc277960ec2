"""Time alone stops no build: what was good stays so, and what became due is a warning that readers and editors see."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from patientguide.cli.main import main
from patientguide.core.problems import CLEAN, Place, Problem, Severity
from patientguide.pages.drafts import build
from patientguide.project import load
from patientguide.review import status
from support.cases import DAY as TODAY
from support.cases import PEOPLE, apply, sign
from support.programs import mkdocs
from support.project import ROOT, make_buildable

LATER = date(2031, 1, 1)
TABLETS = "content/therapies/tablets.md"
WAIVER = 'waivers:\n  - {rule: avoid-word, words: "battle", until: "2027-05-01", reason: "The name of a song."}\n'
ASKS_THE_CLOCK = re.compile(r"\bdate\.today\(|\bdatetime\.(now|utcnow|today)\(|\btime\.(time|localtime|gmtime)\(")


@pytest.fixture
def aged(mini: Path) -> Path:
    """A small guide without a warning on TODAY, in which everything that can become due has a day."""
    apply(
        {
            "write": {
                "content/people.yml": PEOPLE,
                "content/trials.yml": 'checked: "2026-11-20"\ntrials: []\n',
                "content/watch.yml": "sources:\n  pollen-trial:\n"
                '  - {DOI: 10.1000/sneeze.1, asked: "2026-11-21", by: [Crossref]}\n',
            },
            "replace": {
                TABLETS: {"changed:": f"{WAIVER}changed:", "They block histamine": "It is a battle"},
                "content/references/pollen-trial.yml": {"2020-05-01": "2018-05-01"},
                "docs/index.md": {"{part:pathway}": "{part:pathway}\n\n## Checks\n\n{part:checks}"},
            },
        },
        mini,
    )
    sign(mini, [{"entry": "therapies/tablets", "by": "ann"}])
    return mini


def problems(guide: Path, day: date) -> list[Problem]:
    return load(guide / "content", day)[1]


def report(guide: Path, day: date) -> str:
    file = guide / "build" / "overdue.md"
    options = ["--content", str(guide / "content"), "--as-of", day.isoformat(), "--report", str(file)]
    done = CliRunner().invoke(main, ["overdue", *options])
    assert done.exit_code == 0, done.output
    return file.read_text()


def test_what_became_due_is_a_warning_and_listed(aged: Path) -> None:
    assert {p.severity for p in problems(aged, TODAY)} == {Severity.WAIVED}
    later = problems(aged, LATER)
    assert {p.severity for p in later} == {Severity.WARNING}
    assert {p.code for p in later} == {*status.TITLES, "avoid-word"}
    finding = next(p for p in later if p.code == "avoid-word")
    assert finding.advice.startswith("Overdue since 2027-05-01. Write ")


def test_the_weekly_report_lists_it_and_says_when_there_is_nothing(aged: Path) -> None:
    assert CLEAN in report(aged, TODAY).split("\n")
    listed = report(aged, LATER)
    assert CLEAN not in listed
    assert all(f"### {title}" in listed for title in status.TITLES.values())
    assert f"- <code>{TABLETS}&#58;14</code>: This waiver of avoid-word ended on 2027-05-01." in listed
    assert len(re.findall(r"^- ", listed, re.MULTILINE)) == sum(p.code in status.TITLES for p in problems(aged, LATER))


def test_the_report_has_a_heading_for_each_kind_of_warning() -> None:
    """In the order of the table, then by file; what time did not bring is left out."""
    places = (
        ("b.md", "evidence-overdue"),
        ("a.md", "evidence-overdue"),
        ("c.md", "waiver-ended"),
        ("d.md", "no-source"),
    )
    found = [Problem(Place(path, 3), code, f"It is {code}.", "Look.", Severity.WARNING) for path, code in places]
    due = status.overdue_problems(found)
    assert status.overdue_report(due, TODAY).split("\n") == [
        *("## Overdue", "", "As of 2026-11-21: 3.", ""),
        *("### Waivers that ended", "", "- <code>c.md&#58;3</code>: It is waiver-ended.", ""),
        "### Texts whose sources should be looked at again",
        *(
            "",
            "- <code>a.md&#58;3</code>: It is evidence-overdue.",
            "- <code>b.md&#58;3</code>: It is evidence-overdue.",
        ),
        *("", ""),
    ]
    assert status.overdue_report([], TODAY) == f"## Overdue\n\nAs of 2026-11-21: 0.\n\n{CLEAN}\n"


def test_a_guide_that_cannot_be_read_has_no_report(aged: Path) -> None:
    (aged / "content" / "guide.yml").write_text("title: [")
    done = CliRunner().invoke(main, ["overdue", "--content", str(aged / "content")])
    assert done.exit_code == 2
    assert "guide.yml" in done.output


def test_a_report_that_cannot_be_written_is_one_sentence(aged: Path) -> None:
    (aged / "file").touch()
    options = ["--content", str(aged / "content"), "--report", str(aged / "file" / "overdue.md")]
    done = CliRunner().invoke(main, ["overdue", *options])
    assert done.exit_code == 2
    assert "could not be written" in done.output


@pytest.mark.parametrize("ended_first", [False, True])
def test_of_two_waivers_the_one_that_has_not_ended_counts(ended_first: bool, aged: Path) -> None:
    start, _, holds = WAIVER.partition("\n")
    ended = holds.replace("2027-05-01", "2026-12-01")
    both = f"{ended}{holds}" if ended_first else f"{holds}{ended}"
    apply({"replace": {TABLETS: {WAIVER: f"{start}\n{both}"}}}, aged)
    found = {p.code: p for p in problems(aged, date(2026, 12, 24))}
    assert found["avoid-word"].severity is Severity.WAIVED
    assert found["waiver-unused"].place.line == (14 if ended_first else 15)


def test_readers_see_that_a_waiver_ended(aged: Path) -> None:
    def shown(day: date) -> str:
        guide, found = load(aged / "content", day)
        assert guide is not None
        return next(page.markdown for page in build(guide, found) if page.uri == "index.md")

    assert "1 left for now, with a reason." in shown(TODAY)
    assert "1 left for longer than planned." in shown(LATER)
    assert "left for now" not in shown(LATER)


@pytest.mark.parametrize("day", ["2027-06-02", "2028-02-29", "2031-01-01"])
def test_a_strict_build_goes_on(aged: Path, day: str) -> None:
    seconds = (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400
    done = mkdocs(make_buildable(aged), "build", "--strict", SOURCE_DATE_EPOCH=str(seconds))
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_the_watch_reports_what_is_overdue() -> None:
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "watch.yml").read_text())["jobs"]["watch"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert ".venv/bin/patientguide overdue --report build/watch/overdue.md" in runs
    assert "build/watch/overdue.md" in next(run for run in runs if "rolling-issue" in run)


def test_no_test_asks_the_clock() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert [(f.name, found[0]) for f in files if (found := ASKS_THE_CLOCK.search(f.read_text()))] == []
