"""The list of trials from the registry: the guide's own query, nothing an editor wrote lost, nothing half shown."""

import signal
import time
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.core.problems import CLEAN
from patientguide.pages.drafts import build
from patientguide.project import load
from patientguide.sources import registries, trials
from patientguide.sources.client import Client
from patientguide.sources.records import Study
from support.project import begun
from support.registry import Registry

DAY = "2026-11-21"
HEAD = "# The trials of this guide.\n# Ask the nurse before you add one.\n"
BY_HAND = """\
trials:
  - title: "Nettle tea against sneezing"
    nct: "NCT00000003"
    phase: "Phase 2"
    for: "Adults who sneeze [@pollen-trial#words]."
    status: "recruiting"
  - title: "A study of the house next door"
    phase: "not known"
    for: "Neighbors [@pollen-trial#words]."
    status: "not checked"
"""
QUERY = 'trials: {condition: "hay fever", terms: "nose OR eye", statuses: [RECRUITING], places: "United States"}\n'


def run(*arguments: str, day: str = DAY) -> Result:
    return CliRunner().invoke(main, [arguments[0], "--as-of", day, *arguments[1:]])


@pytest.fixture
def guide(mini: Path, monkeypatch: pytest.MonkeyPatch, services: Registry) -> Path:  # noqa: ARG001
    monkeypatch.chdir(mini)
    settings = mini / "content" / "guide.yml"
    settings.write_text(settings.read_text() + QUERY)
    index = mini / "docs" / "index.md"
    index.write_text(index.read_text() + "\n## Trials\n\n{part:trials}\n")
    (mini / "content" / "trials.yml").write_text(HEAD + BY_HAND)
    return mini


def listed(guide: Path) -> list[dict[str, object]]:
    return yaml.safe_load((guide / "content" / "trials.yml").read_text())["trials"]


def page(guide: Path, day: str = DAY) -> str:
    whole, problems = load(guide / "content", date.fromisoformat(day))
    assert whole is not None, problems
    return next(page.markdown for page in build(whole, []) if page.uri == "index.md")


def test_the_list_is_renewed_and_what_was_written_by_hand_stays(guide: Path) -> None:
    done = run("trials")
    assert done.exit_code == 0, done.output
    assert done.output == (
        "Wrote content/trials.yml: 3 trials found, 1 written by hand looked up.\n"
        "- NCT00000003 was 'recruiting' and is 'stopped'.\n"
        "- NCT00000001 is new on the list.\n"
        "- NCT00000002 is new on the list.\n"
        "- NCT00000004 is new on the list.\n"
    )
    text = (guide / "content" / "trials.yml").read_text()
    assert text.startswith(HEAD + 'checked: "2026-11-21"\ntrials:\n')
    first, second, *fetched = listed(guide)
    assert first == {
        "title": "Nettle tea against sneezing",
        "nct": "NCT00000003",
        "phase": "Phase 2",
        "for": "Adults who sneeze [@pollen-trial#words].",
        "status": "stopped",
        "updated": "2026-08-01",
    }
    assert second["title"] == "A study of the house next door"
    assert second["status"] == "not checked"
    assert fetched == [
        {
            "title": "Sneeze Drops in Spring",
            "nct": "NCT00000001",
            "phase": "Phase 2 and phase 3",
            "for": "Hay Fever; Allergic Rhinitis",
            "status": "recruiting",
            "places": "United States (Boston, Dayton, Houston, Salem), Germany",
            "updated": "2026-10-05",
            "fetched": True,
        },
        {
            "title": "Honey (Raw) Study",
            "nct": "NCT00000002",
            "phase": "No phase",
            "for": "Hay Fever",
            "status": "recruiting",
            "places": "France",
            "updated": "2026-09-30",
            "fetched": True,
        },
        {
            "title": "Salt Rinse",
            "nct": "NCT00000004",
            "phase": "No phase",
            "for": "Hay Fever",
            "status": "recruiting",
            "updated": "2026-11-01",
            "fetched": True,
        },
    ]


def test_the_guide_asks_its_own_question(guide: Path, services: Registry) -> None:
    run("trials")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(services.asked("trials")[0]).query).items()}
    assert asked["query.cond"] == "hay fever"
    assert asked["query.term"] == "nose OR eye"
    assert asked["query.locn"] == "United States"
    assert asked["filter.overallStatus"] == "RECRUITING"
    assert "LocationCity" in asked["fields"]
    assert services.asked("trials")[1].count("pageToken=") == 1
    settings = guide / "content" / "guide.yml"
    settings.write_text(settings.read_text().replace("[RECRUITING]", "[RECRUITING, NOT_YET_RECRUITING]"))
    run("trials")
    assert [trial["nct"] for trial in listed(guide) if trial.get("fetched")][-1] == "NCT00000007"


def test_what_was_fetched_before_is_replaced_and_a_trial_stands_once(guide: Path, services: Registry) -> None:
    run("trials")
    first = (guide / "content" / "trials.yml").read_bytes()
    run("trials")
    assert (guide / "content" / "trials.yml").read_bytes() == first
    del services.records["trials"]["NCT00000002"]
    services.records["trials"]["NCT00000003"]["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
    run("trials")
    assert [trial.get("nct") for trial in listed(guide)] == ["NCT00000003", None, "NCT00000001", "NCT00000004"]
    assert listed(guide)[0]["status"] == "recruiting"


def test_words_of_the_registry_are_shown_as_such_and_no_rule_asks_for_a_source(guide: Path, services: Registry) -> None:
    services.records["trials"]["NCT00000001"]["protocolSection"]["identificationModule"]["briefTitle"] = (
        "A battle of {local:x} [@nobody] <b>50%</b> of XYZ | call 555-123-4567 *now* [x](javascript:alert(1))"
    )
    run("trials")
    checked = run("check")
    assert checked.exit_code == 0, checked.output
    assert not [line for line in checked.output.split("\n") if "trials.yml" in line]
    text = page(guide)
    assert "- **Salt Rinse** (No phase; state: recruiting): Hay Fever (as the registry lists it)." in text
    assert "Source: [NCT00000004](https://clinicaltrials.gov/study/NCT00000004)." in text
    assert "Where: United States (Boston, Dayton, Houston, Salem), Germany. Last update: October 5, 2026." in text
    assert "Nobody of this project wrote or checked them." in text
    (mine,) = [line for line in text.split("\n") if "Nettle tea" in line]
    assert mine.startswith("- **Nettle tea against sneezing** (Phase 2; state: stopped): Adults who ")
    assert "sneeze.[^pollen-trial]" in mine
    assert mine.endswith("Record: [NCT00000003](https://clinicaltrials.gov/study/NCT00000003).")
    assert "](javascript:" not in text
    assert "<b>" not in text


def test_a_trial_that_an_editor_wrote_still_needs_its_source(guide: Path) -> None:
    file = guide / "content" / "trials.yml"
    file.write_text(file.read_text().replace("Neighbors [@pollen-trial#words].", "Neighbors."))
    assert "error[no-source]" in run("check").output
    file.write_text(file.read_text().replace('for: "Neighbors."', 'for: "Neighbors."\n    fetched: false'))
    assert "error[no-source]" in run("check").output


def test_nothing_without_a_record_passes_for_the_registrys(guide: Path) -> None:
    file = guide / "content" / "trials.yml"
    file.write_text(
        file.read_text().replace('[@pollen-trial#words]."\n    status: "not', '."\n    fetched: true\n    status: "not')
    )
    assert "error[wrong-value] trials: this is no trial of the registry." in run("check").output


def test_an_old_list_says_so_to_readers_and_editors(guide: Path) -> None:
    assert "Nobody has checked this list against the registry yet." in page(guide)
    run("trials")
    assert "This list was checked against the registry on November 21, 2026." in page(guide, "2026-12-21")
    assert "old-trials" not in run("check", day="2026-12-21").output
    assert "This list is more than 30 days old: it was checked against the registry on" in page(guide, "2026-12-22")
    assert "content/trials.yml:3:10: warning[old-trials] The list of trials is of 2026-11-21" in (
        run("check", day="2026-12-22").output
    )


def test_a_number_the_registry_does_not_know_is_named(guide: Path) -> None:
    file = guide / "content" / "trials.yml"
    file.write_text(file.read_text().replace("NCT00000003", "NCT99999999"))
    done = run("trials")
    assert done.exit_code == 0
    assert "- The registry does not know NCT99999999: look it up." in done.output
    assert listed(guide)[0]["status"] == "recruiting"


@pytest.mark.parametrize(
    "faults",
    [
        ("html*",),
        ("cut*",),
        ("", "html*"),
        ("", "cut*"),
        ("", "status:500*"),
        ("", "", "status:429@0*"),
        ("stall*",),
        ("big*",),
        ('shape:{"studies": [{"protocolSection": {}}]}*',),
    ],
)
def test_half_a_list_is_not_written(
    faults: tuple[str, ...], guide: Path, services: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patientguide.sources.client.Client._pause", lambda *_: False)
    before = (guide / "content" / "trials.yml").read_bytes()
    services.misbehave("trials", *faults)
    done = run("trials", "--deadline", "0.3")
    assert done.exit_code == 2
    assert "Nothing was written. ClinicalTrials.gov: I" in done.output
    assert (guide / "content" / "trials.yml").read_bytes() == before


def test_without_a_query_the_list_is_kept_by_hand(guide: Path) -> None:
    settings = guide / "content" / "guide.yml"
    settings.write_text(settings.read_text().replace(QUERY, ""))
    done = run("trials")
    assert done.exit_code == 2
    assert "guide.yml has no trials:" in done.output


def test_a_list_is_started_where_there_is_none(guide: Path) -> None:
    (guide / "content" / "trials.yml").unlink()
    assert run("trials").exit_code == 0
    assert len(listed(guide)) == 3


def test_a_run_that_is_killed_leaves_the_old_list_whole(guide: Path, services: Registry) -> None:
    before = (guide / "content" / "trials.yml").read_bytes()
    services.misbehave("trials", "", "stall*")
    done = begun(guide, "trials", "--as-of", DAY)
    deadline = time.monotonic() + 60
    while len(services.log) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    done.send_signal(signal.SIGKILL)
    done.communicate(timeout=60)
    assert done.returncode == -9
    assert (guide / "content" / "trials.yml").read_bytes() == before


def test_a_full_disk_leaves_the_old_list_whole(guide: Path) -> None:
    before = (guide / "content" / "trials.yml").read_bytes()
    done = begun(guide, "trials", "--as-of", DAY, limit=512)
    _, errors = done.communicate(timeout=60)
    assert done.returncode == 2
    assert "content/trials.yml was left as it is: it could not be written (File too large)." in errors
    assert (guide / "content" / "trials.yml").read_bytes() == before


def test_the_report_says_what_changed_and_then_that_nothing_did(guide: Path) -> None:
    assert run("trials", "--report", "trials.md").exit_code == 0
    report = (guide / "trials.md").read_text()
    assert report.startswith("## Trials\n")
    assert "- NCT00000003 was 'recruiting' and is 'stopped'.\n- NCT00000001 is new on the list.\n" in report
    assert CLEAN not in report
    before = (guide / "content" / "trials.yml").read_text()
    assert run("trials", "--report", "trials.md").exit_code == 0
    assert f"\n{CLEAN}\n" in (guide / "trials.md").read_text()
    assert (guide / "content" / "trials.yml").read_text() == before


def test_a_registry_that_suddenly_lists_nothing_is_not_believed(guide: Path, services: Registry) -> None:
    assert run("trials").exit_code == 0
    before = (guide / "content" / "trials.yml").read_bytes()
    services.misbehave("trials", 'shape:{"studies": []}')
    done = run("trials")
    assert done.exit_code == 2
    assert "Nothing was written. The registry lists none of the trials it had: look at the query." in done.output
    assert (guide / "content" / "trials.yml").read_bytes() == before


@pytest.mark.usefixtures("guide")
def test_a_trial_that_left_the_list_is_named(services: Registry) -> None:
    assert run("trials").exit_code == 0
    services.records["trials"].pop("NCT00000004")
    assert "- NCT00000004 is no longer on the list.\n" in run("trials").output


def test_many_places_are_counted(services: Registry) -> None:
    study = registries.study(Client(bases=services.bases), "NCT00000001")
    assert isinstance(study, Study)
    here = [{"city": f"City {number}", "country": "Home"} for number in range(9)]
    away = [{"city": "X", "country": f"Land {number}"} for number in range(9)]
    full = study.model_dump()
    full["protocolSection"]["contactsLocationsModule"] = {"locations": [*away, *here, {"country": ""}]}
    assert trials.places(Study.model_validate(full), "Home") == (
        "Home (City 0, City 1, City 2, City 3 and 5 more), Land 0, Land 1, Land 2, Land 3, Land 4, 4 more countries"
    )
