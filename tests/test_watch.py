"""The source watch: what services say becomes dated state, rules read it, readers see it, and nothing is ever lost."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.core.text import plain_text
from patientguide.model import records
from patientguide.model.records import Notice
from patientguide.model.reference import Reference
from patientguide.pages.drafts import build
from patientguide.project import load
from patientguide.sources import matching
from support.project import ROOT, begun
from support.registry import Registry

DAY = "2026-11-21"
ARTICLE = {
    "type": "article-journal",
    "title": "Pollen and noses",
    "author": [{"family": "Nase", "given": "Nora"}],
    "issued": "2020-05",
    "custom": {"evidence": "trial"},
    "passages": [{"id": "words", "where": "Abstract", "exact": "Ran less.", "seen": "2026-11-19", "in": "abstract"}],
}


def source(guide: Path, key: str, **fields: Any) -> None:
    """A source file that is cited."""
    custom = {**ARTICLE["custom"], **fields.pop("custom", {})}
    data = {**ARTICLE, **fields, "custom": custom}
    (guide / "content" / "references" / f"{key}.yml").write_text(json.dumps(data))
    file = guide / "content" / "faqs" / "what-next.md"
    file.write_text(file.read_text() + f"\nSome may sneeze at night in one study [@{key}].\n")


def run(*arguments: str, day: str = DAY) -> Result:
    return CliRunner().invoke(main, [arguments[0], "--as-of", day, *arguments[1:]])


def watched(guide: Path) -> dict[str, list[dict[str, Any]]]:
    return yaml.safe_load((guide / "content" / "watch.yml").read_text())["sources"]


def findings(*codes: str, day: str = DAY) -> list[str]:
    lines = run("check", day=day).output.split("\n")
    return [line for line in lines if any(f"[{code}]" in line for code in codes)]


RULES = ("retracted-work", "other-work", "unknown-identifier", "concern", "stopped-trial", "old-watch")


@pytest.fixture
def guide(mini: Path, monkeypatch: pytest.MonkeyPatch, services: Registry) -> Path:  # noqa: ARG001
    monkeypatch.chdir(mini)
    return mini


# -- what is found

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    # fields of the source, what its first answer holds, and the findings
    "found": ({"DOI": "10.1000/sneeze.1"}, {"DOI": "10.1000/sneeze.1", "by": ["Crossref"]}, []),
    "found-in-capitals": ({"DOI": "10.1000/SNEEZE.1"}, {"DOI": "10.1000/SNEEZE.1", "by": ["Crossref"]}, []),
    "found-old-form": (
        {"DOI": "10.1000/sici(1)1:1<1::aid>3.0.co;2-#", "title": "Old forms of numbers", "issued": "1999"},
        {"by": ["Crossref"]},
        [],
    ),
    "found-at-pubmed": ({"PMID": "11111111"}, {"PMID": "11111111", "by": ["PubMed"]}, []),
    "found-at-pmc": ({"PMCID": "PMC1111111"}, {"by": ["PubMed Central"]}, []),
    "all-numbers-of-one-work": (
        {"DOI": "10.1000/sneeze.1", "PMID": "11111111", "PMCID": "PMC1111111"},
        {"DOI": "10.1000/sneeze.1"},
        [],
    ),
    "missing": (
        {"DOI": "10.1000/no"},
        {"exists": False, "by": ["Crossref", "doi.org"]},
        ["error[unknown-identifier] There is no DOI 10.1000/no. Crossref and doi.org said so on 2026-11-21."],
    ),
    "missing-at-pubmed": ({"PMID": "99999999"}, {"exists": False}, ["unknown-identifier] There is no PMID 99999999."]),
    "missing-at-pmc": (
        {"PMCID": "PMC9999999"},
        {"exists": False},
        ["unknown-identifier] There is no PMCID PMC9999999"],
    ),
    "missing-trial": (
        {"custom": {"nct": "NCT99999999"}},
        {"exists": False},
        ["unknown-identifier] There is no NCT NCT99999999. ClinicalTrials.gov said so on 2026-11-21."],
    ),
    "another-agency": (
        {"DOI": "10.5000/datacite.1"},
        {"DOI": "10.5000/datacite.1", "by": ["doi.org, for DataCite"]},
        [],
    ),
    "retracted-twice-is-once": (
        {"DOI": "10.1000/retracted", "title": "Honey cures hay fever", "author": [{"family": "Biene"}]},
        {
            "notices": [
                {
                    "type": "retraction",
                    "doi": "10.1000/notice.1",
                    "date": "2021-03-01",
                    "by": ["publisher", "retraction-watch"],
                }
            ]
        },
        ["error[retracted-work] 'x' has a notice: retraction of 2021-03-01 (10.1000/notice.1). Crossref said so on "],
    ),
    "retracted-at-pubmed": (
        {"PMID": "22222222", "title": "Honey cures hay fever", "author": [{"family": "Biene"}]},
        {"notices": [{"type": "retraction", "doi": "10.1000/notice.1", "pmid": "22222223", "by": ["PubMed"]}]},
        ["error[retracted-work] 'x' has a notice: retraction (10.1000/notice.1). PubMed said so on 2026-11-21."],
    ),
    "corrected-and-retracted": (
        {"DOI": "10.1000/both", "title": "Nettles against hay fever", "author": [{"family": "Nessel"}]},
        {
            "notices": [
                {"type": "retraction", "doi": "10.1000/notice.3", "date": "2010-02-06", "by": ["retraction-watch"]},
                {"type": "correction", "doi": "10.1000/notice.2", "date": "2004-03-06", "by": ["retraction-watch"]},
            ]
        },
        ["error[retracted-work]", "warning[concern] 'x' has a notice: correction of 2004-03-06 (10.1000/notice.2)"],
    ),
    "said-to-be-retracted": (
        {
            "DOI": "10.1000/retracted",
            "title": "Honey cures hay fever",
            "author": [{"family": "Biene"}],
            "custom": {"status": "retracted"},
        },
        {"DOI": "10.1000/retracted"},
        [],
    ),
    "corrected": (
        {"DOI": "10.1000/corrected", "title": "Grass pollen at night", "author": [{"family": "Gras"}]},
        {"notices": [{"type": "erratum", "doi": "10.1000/notice.4", "date": "2021-09", "by": ["publisher"]}]},
        ["warning[concern] 'x' has a notice: erratum of 2021-09 (10.1000/notice.4)"],
    ),
    "expression-of-concern": (
        {"DOI": "10.1000/concern", "title": "Salt water and the nose", "author": [{"family": "Salz"}]},
        {},
        ["warning[concern] 'x' has a notice: expression of concern of 2023 (10.1000/notice.5)"],
    ),
    "doi-of-another-paper": (
        {"DOI": "10.1000/other"},
        {"other": {"title": "The migration of storks", "author": "Storch", "year": "2011"}},
        ["error[other-work] DOI 10.1000/other is 'The migration of storks', but the file says 'Pollen and noses'."],
    ),
    "pmid-of-another-paper": (
        {"DOI": "10.1000/sneeze.1", "PMID": "33333333"},
        {"DOI": "10.1000/sneeze.1"},
        [
            "error[other-work] PMID 33333333 belongs to DOI 10.1000/other, but the file says 10.1000/sneeze.1.",
            "error[other-work] PMID 33333333 is 'The migration of storks.', but the file says 'Pollen and noses'.",
        ],
    ),
    "pmcid-of-another-paper": (
        {"PMID": "11111111", "PMCID": "PMC3333333"},
        {"PMID": "11111111"},
        [
            "error[other-work] PMID 11111111 belongs to PMCID PMC1111111, but the file says PMC3333333.",
            "error[other-work] PMCID PMC3333333 belongs to PMID 33333333, but the file says 11111111.",
        ],
    ),
    "trial-record": (
        {
            "type": "webpage",
            "title": "Sneeze drops in spring: the record",
            "URL": "https://clinicaltrials.gov/study/NCT00000001",
            "accessed": DAY,
            "custom": {"nct": "NCT00000001"},
        },
        {"trial": {"status": "RECRUITING", "updated": "2026-10-05"}},
        [],
    ),
    "record-of-another-trial": (
        {
            "type": "webpage",
            "title": "Sneeze drops in spring: the record",
            "URL": "https://clinicaltrials.gov/study/NCT00000006",
            "accessed": DAY,
            "custom": {"nct": "NCT00000006"},
        },
        {"other": {"title": "Shoulders"}},
        ["error[other-work] NCT NCT00000006 is 'Shoulders', but the file says 'Sneeze drops in spring: the record'."],
    ),
    "stopped-trial": (
        {
            "type": "webpage",
            "title": "Nettle tea in summer",
            "URL": "https://clinicaltrials.gov/study/NCT00000003",
            "accessed": DAY,
            "custom": {"nct": "NCT00000003"},
        },
        {"trial": {"status": "TERMINATED", "why": "Slow accrual", "updated": "2026-08-01", "results": True}},
        ["warning[stopped-trial] NCT00000003 is terminated in its registry (Slow accrual). ClinicalTrials.gov said so"],
    ),
    "article-about-a-stopped-trial": (
        {"DOI": "10.1000/sneeze.1", "custom": {"nct": "NCT00000003"}},
        {"DOI": "10.1000/sneeze.1"},
        [],
    ),
    "title-not-confirmed": (
        {"DOI": "10.1000/sneeze.1", "title": "The pollen paper (NOSE-1)", "custom": {"title_confirmed": False}},
        {"DOI": "10.1000/sneeze.1", "by": ["Crossref"]},
        [],
    ),
    "no-number": ({"ISBN": "978-0-306-40615-7"}, {}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_services_say_becomes_state_and_findings(case: str, guide: Path) -> None:
    fields, held, expected = CASES[case]
    (guide / "content" / "references" / "pollen-trial.yml").write_text(
        json.dumps({**ARTICLE, "DOI": "10.1000/sneeze.9"})
    )
    source(guide, "x", **fields)
    before = run("check").output
    assert not any(f"[{code}]" in before for code in RULES)
    done = run("sources")
    assert done.exit_code == 0, done.output
    answers = watched(guide).get("x", [])
    assert bool(answers) is (case != "no-number")
    for name, value in held.items():
        assert answers[0][name] == value
    assert all(answer["asked"] == DAY for answer in answers)
    found = [line for line in findings(*RULES) if "sneeze.9" not in line]
    assert len(found) == len(expected), found
    for line, text in zip(found, expected, strict=True):
        assert text in line
        assert line.startswith("content/references/x.yml:")
    # the same words stand in the report
    assert all(line.partition(": ")[2] in done.output for line in found)


def test_a_title_that_was_corrected_needs_no_new_asking(guide: Path) -> None:
    source(guide, "x", DOI="10.1000/other")
    run("sources")
    assert len(findings("other-work")) == 1
    file = guide / "content" / "references" / "x.yml"
    file.write_text(file.read_text().replace("Pollen and noses", "The migration of storks").replace("Nase", "Storch"))
    assert findings("other-work") == []
    file.write_text(file.read_text().replace("10.1000/other", "10.1000/sneeze.7"))
    assert findings("other-work") == []


def test_a_trial_of_the_list_that_stopped_is_named_there(guide: Path) -> None:
    source(guide, "x", custom={"nct": "NCT00000005"}, DOI="10.1000/sneeze.1")
    (guide / "content" / "references" / "pollen-trial.yml").unlink()
    for file in guide.rglob("*.*"):
        if file.is_file():
            file.write_text(file.read_text().replace("[@pollen-trial#words]", "[@x]"))
    trials = guide / "content" / "trials.yml"
    trials.write_text(
        'trials:\n  - {title: "Drops", nct: "NCT00000005", phase: "1", for: "Adults [@x].", status: "recruiting"}\n'
    )
    run("sources")
    found = findings("stopped-trial")
    assert len(found) == 1
    assert found[0].startswith("content/trials.yml:2:")
    trials.write_text(trials.read_text().replace("recruiting", "unknown"))
    assert findings("stopped-trial") == []


def test_answers_grow_old_in_one_warning(guide: Path) -> None:
    assert findings("old-watch", day="2027-12-01") == []
    source(guide, "x", DOI="10.1000/sneeze.1")
    (guide / "content" / "references" / "pollen-trial.yml").write_text(json.dumps({**ARTICLE, "PMID": "11111111"}))
    run("sources")
    assert findings("old-watch", day="2026-12-21") == []
    assert findings("old-watch", day="2026-12-22") == [
        "content/watch.yml:1:1: warning[old-watch] 2 of 2 answers about sources are more than 30 days old: 2026-11-21."
    ]


# -- what readers see


def sources_page(guide: Path, day: str = DAY) -> str:
    whole, problems = load(guide / "content", date.fromisoformat(day))
    assert whole is not None, problems
    return next(page.markdown for page in build(whole, []) if page.uri == "references.md")


def test_readers_see_that_nobody_has_asked_yet(guide: Path) -> None:
    page = sources_page(guide)
    assert "Nobody has asked Crossref or PubMed yet whether one of these sources was retracted or corrected." in page
    assert "none known" not in page


def test_readers_see_what_is_known_and_since_when(guide: Path) -> None:
    (guide / "content" / "references" / "pollen-trial.yml").write_text(
        json.dumps({**ARTICLE, "DOI": "10.1000/sneeze.1", "PMID": "11111111"})
    )
    source(guide, "x", DOI="10.1000/corrected", title="Grass pollen at night", author=[{"family": "Gras"}])
    run("sources")
    page = sources_page(guide, "2026-12-01")
    assert "Notices of retraction or correction: none known on November 21, 2026 (Crossref, PubMed)." in page
    assert (
        "Notices of retraction or correction: **erratum** of September 2021, doi: "
        "[10&#46;1000/notice.4](<https://doi.org/10.1000/notice.4>). Asked on November 21, 2026 (Crossref)." in page
    )
    assert "Nobody has asked" not in page
    assert "not retracted" not in page
    assert page.count("Notices of retraction") == 2  # the label of the medicine has no number


# -- nothing is lost


@pytest.mark.parametrize("fault", ["html*", "cut*", "status:500*", "status:429@0*", "broken*", "shape:null*", "reset*"])
def test_what_could_not_be_asked_keeps_its_answer_and_its_day(
    fault: str, guide: Path, services: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patientguide.sources.client.Client._pause", lambda *_: False)
    source(guide, "x", DOI="10.1000/corrected", title="Grass pollen at night", author=[{"family": "Gras"}])
    source(guide, "y", PMID="11111111")
    run("sources", day="2026-11-01")
    before = watched(guide)
    services.misbehave("crossref", fault)
    done = run("sources")
    assert done.exit_code == 0, done.output
    after = watched(guide)
    assert after["x"] == before["x"]
    assert after["y"] == [{**before["y"][0], "asked": DAY}]
    assert "not-asked" in done.output
    assert "Crossref gave no answer about DOI 10.1000/corrected." in done.output
    assert "What was known on 2026-11-01 is kept." in done.output


def test_a_stall_ends(guide: Path, services: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patientguide.sources.client.Client._pause", lambda *_: False)
    source(guide, "y", PMID="11111111")
    services.misbehave("crossref", "stall*")
    start = time.monotonic()
    done = run("sources", "--deadline", "0.7")
    assert time.monotonic() - start < 8
    assert done.exit_code == 0
    assert "It did not answer within 0.7 seconds." in done.output


def test_when_nobody_answers_nothing_is_written(guide: Path, services: Registry) -> None:
    source(guide, "x", DOI="10.1000/sneeze.1")
    run("sources", day="2026-11-01")
    before = (guide / "content" / "watch.yml").read_text()
    services.misbehave("crossref", "html*")
    done = run("sources")
    assert done.exit_code == 2
    assert "Nobody answered" in done.output
    assert (guide / "content" / "watch.yml").read_text() == before


def test_answers_about_a_file_that_cannot_be_read_now_are_kept(guide: Path) -> None:
    source(guide, "x", DOI="10.1000/sneeze.1")
    source(guide, "y", DOI="10.1000/sneeze.1")
    run("sources", day="2026-11-01")
    before = watched(guide)
    (guide / "content" / "references" / "x.yml").write_text("{")
    (guide / "content" / "references" / "y.yml").unlink()
    run("sources")
    assert watched(guide)["x"] == before["x"]
    assert "y" not in watched(guide)


def test_a_watch_that_cannot_be_read_is_not_replaced(guide: Path) -> None:
    source(guide, "x", DOI="10.1000/sneeze.1")
    file = guide / "content" / "watch.yml"
    file.write_text("<<<<<<< ours\n")
    done = run("sources")
    assert done.exit_code == 2
    assert "content/watch.yml:1:1: error" in done.output
    assert file.read_text() == "<<<<<<< ours\n"


def test_the_same_answers_write_the_same_file(guide: Path) -> None:
    source(guide, "x", DOI="10.1000/tags", title="Effects of Betula")
    run("sources")
    first = (guide / "content" / "watch.yml").read_bytes()
    run("sources")
    assert (guide / "content" / "watch.yml").read_bytes() == first
    assert not list((guide / "content").glob(".*"))
    _, problems = load(guide / "content", date(2026, 11, 21))
    assert [p for p in problems if p.place.path == "content/watch.yml"] == []


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 1), (signal.SIGTERM, -15)])
def test_a_run_that_is_killed_leaves_the_old_file_whole(
    sign: signal.Signals, code: int, guide: Path, services: Registry
) -> None:
    source(guide, "x", DOI="10.1000/sneeze.1", PMID="11111111")
    run("sources", day="2026-11-01")
    before = (guide / "content" / "watch.yml").read_bytes()
    services.misbehave("pubmed", "stall*")
    services.log.clear()
    done = begun(guide, "sources", "--as-of", DAY)
    deadline = time.monotonic() + 10
    while not services.asked("pubmed") and time.monotonic() < deadline:
        time.sleep(0.01)
    done.send_signal(sign)
    _, errors = done.communicate(timeout=60)
    assert done.returncode == code
    assert "Traceback" not in errors
    assert (guide / "content" / "watch.yml").read_bytes() == before
    services.misbehave("pubmed")
    assert run("sources").exit_code == 0
    assert watched(guide)["x"][0]["asked"] == DAY


def test_a_run_killed_while_it_writes_leaves_the_old_file_whole(guide: Path, services: Registry) -> None:
    """The moment is forced: the process kills itself after half of the text, before the name changes."""
    source(guide, "x", PMID="44444444", title="Grass pollen at night", author=[{"family": "Gras"}])
    run("sources", day="2026-11-01")
    before = (guide / "content" / "watch.yml").read_bytes()
    script = (
        "import os, signal\n"
        "from patientguide.core import files\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from pathlib import Path\n"
        "files.write_file(Path('content/watch.yml'), 'half of a new text')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=guide, env={**os.environ, "PYTHONPATH": str(ROOT / "hooks")}, check=False
    )
    assert done.returncode == -9
    assert (guide / "content" / "watch.yml").read_bytes() == before
    assert (guide / "content" / ".watch.yml.new").exists()
    assert run("check").exit_code == 0
    assert run("sources").exit_code == 0
    assert not (guide / "content" / ".watch.yml.new").exists()
    assert services.log


def test_a_full_disk_leaves_the_old_file_whole(guide: Path) -> None:
    for number in range(30):
        source(guide, f"x{number}", DOI="10.1000/sneeze.1", title=f"Pollen and noses {number}")
    run("sources", day="2026-11-01")
    before = (guide / "content" / "watch.yml").read_bytes()
    assert len(before) > 2048
    done = begun(guide, "sources", "--as-of", DAY, limit=2048)
    _, errors = done.communicate(timeout=60)
    assert done.returncode == 2
    assert "content/watch.yml was left as it is: it could not be written (File too large)." in errors
    assert (guide / "content" / "watch.yml").read_bytes() == before
    assert not list((guide / "content").glob(".*"))


# -- the command


def test_formats_and_report(guide: Path) -> None:
    source(guide, "x", DOI="10.1000/other")
    assert "error[other-work] DOI 10.1000/other is " in run("sources", "--report", "out.md").output
    data = json.loads(run("sources", "--format", "json").output)
    assert data["asked"] == DAY
    assert {problem["code"] for problem in data["problems"]} == {"other-work"}
    markdown = run("sources", "--format", "markdown").output
    assert markdown.startswith("## Sources\n")
    assert "- **error** `other-work` in <code>content/references/x.yml</code>" in markdown
    assert "Nothing to do." not in markdown
    assert (guide / "out.md").read_text() == markdown


def test_a_clean_report_says_so(guide: Path) -> None:
    (guide / "content" / "references" / "pollen-trial.yml").write_text(json.dumps({**ARTICLE, "PMID": "11111111"}))
    done = run("sources", "--format", "markdown")
    assert "Nothing to do." in done.output
    assert "none known on 2026-11-21 for 1 of 1 sources" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--contact", "jane"), "is no e-mail address"),
        (("--base", "crossref=http://example.org"), "must start with https://"),
        (("--base", "nowhere=https://example.org"), "There is no service 'nowhere'"),
        (("--content", "docs"), "There is no such file."),
        (("--format", "xml"), "xml"),
    ],
)
def test_what_cannot_run_exits_with_2(arguments: tuple[str, ...], said: str, guide: Path) -> None:
    done = run("sources", *arguments)
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert not (guide / "content" / "watch.yml").exists()


def test_a_hostile_title_cannot_break_the_file_or_the_report(guide: Path, services: Registry) -> None:
    services.records["crossref"]["10.1000/other"]["title"] = [
        '"]}\n- evil: [x](javascript:alert(1)) @everyone `code` | <script>\u202e\x00 ' + "long " * 200
    ]
    source(guide, "x", DOI="10.1000/other")
    done = run("sources", "--format", "markdown")
    assert done.exit_code == 0
    assert yaml.safe_load((guide / "content" / "watch.yml").read_text())
    _, problems = load(guide / "content", date(2026, 11, 21))
    assert [p for p in problems if p.place.path == "content/watch.yml"] == []
    (line,) = (line.strip() for line in done.output.split("\n") if "everyone" in line)
    inside = line.removeprefix("<code>").removesuffix("</code>")
    assert len(line) - len(inside) == len("<code></code>")
    assert not set(inside) & set("<>@`[](|_\u202e\x00")


# -- small tables


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<i>HER2</i> in H<sub>2</sub>O", "HER2 in H2O"),
        ("&lt;i&gt;HER2&lt;/i&gt; &amp; more", "HER2 & more"),
        ("&amp;lt;b&amp;gt;twice&amp;lt;/b&amp;gt;", "twice"),
        ("aged <50 years, p>0.05", "aged less than 50 years, p more than 0.05"),
        ("{dose} `x`", "(dose) 'x'"),
        ("a\n  b\u200b\u202ec\x07", "a bc"),
        ("One<br/>two<p>three", "One two three"),
        ("", ""),
    ],
)
def test_titles_become_plain_text(text: str, shown: str) -> None:
    assert plain_text(text) == shown


def reference(**fields: Any) -> Reference:
    return Reference.model_validate({**ARTICLE, **fields})


@pytest.mark.parametrize(
    ("title", "author", "year", "same"),
    [
        ("Pollen and noses", "Nase", "2020", True),
        ("POLLEN AND NOSES.", "Nåse", "2021", True),
        ("Pollen and nose", "", "", True),
        ("Pollen and noses", "Hals", "2020", True),
        ("Pollen and noses", "Nase", "2011", True),
        ("Pollen and noses", "Hals", "2011", False),
        ("The migration of storks", "Nase", "2020", False),
        ("Pollen and noses: reply", "Nase", "2020", False),
    ],
)
def test_is_it_the_work(title: str, author: str, year: str, same: bool) -> None:
    assert matching.is_same(reference(), matching.Facts((title,), author, year)) is same


def test_a_subtitle_may_be_left_out() -> None:
    long = "Pollen and noses of many people: a trial"
    assert matching.titles_agree("Pollen and noses of many people", long)
    assert matching.titles_agree(long, "Pollen and noses of many people")
    assert not matching.titles_agree("Pollen", long)


def test_a_title_that_nobody_is_sure_of_leaves_it_to_author_and_year() -> None:
    unsure = reference(title="NOSE-1", custom={**ARTICLE["custom"], "title_confirmed": False})
    assert matching.is_same(unsure, matching.Facts(("Pollen",), "Nase", "2020"))
    assert not matching.is_same(unsure, matching.Facts(("Pollen",), "Hals", "2020"))
    assert not matching.is_same(unsure, matching.Facts(("Pollen",), "Nase", "2010"))


def test_notices_are_merged_on_their_doi_else_on_their_type() -> None:
    found = matching.merged(
        [
            Notice(type="retraction", by=["PubMed"]),
            Notice(type="retraction", doi="10.1000/n", date="2021-03-02", by=["publisher"]),
            Notice(type="correction", doi="10.1000/N", date="2021-03-01", by=["retraction-watch"]),
            Notice(type="correction", doi="10.1000/c", by=["publisher"]),
        ]
    )
    assert found == [
        Notice(type="retraction", doi="10.1000/n", date="2021-03-01", by=["PubMed", "publisher", "retraction-watch"]),
        Notice(type="correction", doi="10.1000/c", by=["publisher"]),
    ]


def test_two_corrections_with_numbers_of_their_own_stay_two() -> None:
    first, second = (Notice(type="erratum", pmid=pmid, by=["PubMed"]) for pmid in ("111", "222"))
    assert matching.merged([first, second]) == [first, second]
    at_crossref = Notice(type="erratum", doi="10.1000/e", by=["publisher"])
    merged = matching.merged([first, second, at_crossref])
    assert {(notice.doi, notice.pmid) for notice in merged} == {("10.1000/e", "111"), (None, "222")}


def test_of_two_dates_that_agree_the_one_that_says_more_is_kept() -> None:
    dates = [("2021", "2021-03-02", "2021-03-02"), ("2021-04", "2021-03-02", "2021-03-02"), ("2020", "2021-03", "2020")]
    for one, other, kept in dates:
        both = [Notice(type="retraction", doi="10.1000/n", date=day, by=["publisher"]) for day in (one, other)]
        assert matching.merged(both)[0].date == matching.merged(both[::-1])[0].date == kept


@pytest.mark.parametrize(
    ("title", "type_"),
    [
        ("RETRACTED: Honey", "retraction"),
        ("<b>Retracted Article:</b> Honey", "retraction"),
        ("[RETRACTED] Honey", "retraction"),
        ("WITHDRAWN: Honey", "withdrawal"),
        ("Retracted nipple: a sign", ""),
        ("Withdrawn drugs", ""),
        ("[Withdrawn drugs in Spain]", ""),
    ],
)
def test_a_title_that_says_retracted_is_a_notice(title: str, type_: str) -> None:
    assert matching.of_title(title) == type_
    assert matching.titles_agree("Honey", title) == bool(type_)


def test_a_work_that_only_its_title_calls_retracted_stops_the_build(guide: Path, services: Registry) -> None:
    source(guide, "x", DOI="10.1000/sneeze.1")
    services.records["crossref"]["10.1000/sneeze.1"]["title"] = ["RETRACTED: Pollen and noses"]
    assert run("sources").exit_code == 0
    assert [line for line in findings(*RULES) if "error[retracted-work] 'x' has a notice: retraction. Crossref" in line]
    assert not findings("other-work")


def test_a_waiver_with_the_words_of_a_notice_covers_no_later_one(guide: Path, services: Registry) -> None:
    fields: dict[str, Any] = {"DOI": "10.1000/sneeze.1"}
    notice = {"DOI": "10.1000/note.1", "type": "correction", "source": "publisher"}
    record = services.records["crossref"]["10.1000/sneeze.1"]
    record["updated-by"] = [notice]
    source(guide, "x", **fields)
    run("sources")
    assert 'words: "correction (10.1000/note.1)"' in run("check").output
    waiver = {"rule": "concern", "until": "2027-01-01", "reason": "Read.", "words": "correction (10.1000/note.1)"}
    source(guide, "x", custom={"waivers": [waiver]}, **fields)
    assert not [line for line in findings("concern") if "warning" in line and "'x'" in line]
    record["updated-by"] = [notice, {**notice, "DOI": "10.1000/note.2", "type": "expression_of_concern"}]
    run("sources")
    assert [line for line in findings("concern") if "warning[concern] 'x' has a notice: expression of concern" in line]


@pytest.mark.parametrize(
    ("service", "spot", "value"),
    [
        ("crossref", ("10.1000/sneeze.1", "title"), ["\u202e"]),
        ("crossref", ("10.1000/sneeze.1", "title"), ["<i></i>"]),
        ("crossref", ("10.1000/sneeze.1", "updated-by"), [{"DOI": "10.1000/a\u200bb", "type": "correction"}]),
        ("crossref", ("10.1000/sneeze.1", "updated-by"), [{"DOI": "10.1000/a\x00b", "type": "correction"}]),
        ("crossref", ("10.1000/sneeze.1", "updated-by"), [{"DOI": "10.1000/a\ud800", "type": "correction"}]),
        ("pubmed", ("11111111", "pubdate"), "\x7f20"),
        ("pubmed", ("11111111", "pubdate"), "{<>}"),
        ("pubmed", ("11111111", "title"), "\u200b"),
    ],
)
def test_an_odd_record_neither_stops_the_run_nor_the_build(
    service: str, spot: tuple[str, str], value: Any, guide: Path, services: Registry
) -> None:
    source(guide, "x", title="Another work", author=[{"family": "Other"}], DOI="10.1000/sneeze.1", PMID="11111111")
    source(guide, "y", DOI="10.1000/corrected")
    services.records[service][spot[0]][spot[1]] = value
    done = run("sources")
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert "y" in watched(guide)
    assert not [line for line in run("check").output.split("\n") if "content/watch.yml" in line]


def test_a_report_stands_in_a_new_folder(guide: Path) -> None:
    source(guide, "x", DOI="10.1000/sneeze.1")
    assert run("sources", "--report", "build/deep/sources.md").exit_code == 0
    assert (guide / "build/deep/sources.md").exists()


def test_a_large_watch_fits_into_a_file() -> None:
    answer = records.Answer(DOI="10.1056/NEJMoa1413513", asked=DAY, by=["Crossref"])
    watch = records.Watch(sources={f"some-key-of-{number}": [answer, answer] for number in range(800)})
    assert len(records.watch_text(watch).encode()) < 200_000
