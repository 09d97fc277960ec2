"""The commands that write: starting files and sign-offs."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.model import entries
from patientguide.model.reference import Reference
from support.project import make_buildable

KINDS = {**entries.KINDS, "references": Reference}
NO_HEADING = {"phases": {"side_effects", "call"}, "medications": {"call"}}
"""Fields that no heading of the small guide shows."""
PERSON = """- id: jane-doe
  name: "Jane Doe"
  role: "nurse specialist"
  interests: {declared: "2026-11-01", statement: "None."}
"""


def run(*arguments: str, day: str = "2026-11-21") -> Result:
    return CliRunner().invoke(main, [arguments[0], "--as-of", day, *arguments[1:]])


@pytest.fixture
def guide(mini: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(mini)
    (mini / "content" / "people.yml").write_text(PERSON)
    make_buildable(mini)
    return mini


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_file_is_valid_and_explained_and_not_published(kind: str, guide: Path) -> None:
    done = run("new", kind, "brand-new")
    assert done.exit_code == 0, done.output
    file = next(guide.rglob("brand-new.*"))
    assert done.output.startswith(f"Wrote {file.relative_to(guide)}. Fill in what says 'To do'")
    text = file.read_text()
    for name, field in KINDS[kind].model_fields.items():
        assert name == "draft" or (f"{field.alias or name}:" in text) is (name not in NO_HEADING.get(kind, ()))
        assert name in ("draft", "custom", "type", "title") or (field.description or "") in text
    checked = run("check")
    assert checked.exit_code == 0, checked.output
    assert "error[" not in checked.output
    staged = run("stage", "out")
    assert staged.exit_code == 0, staged.output
    assert not list((guide / "out").rglob("brand-new*"))
    assert "To do" not in "".join(path.read_text() for path in (guide / "out").rglob("*.md"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "references"])
def test_a_starting_text_cannot_be_published(kind: str, guide: Path) -> None:
    run("new", kind, "brand-new")
    file = next(guide.rglob("brand-new.*"))
    file.write_text("\n".join(line for line in file.read_text().split("\n") if not line.startswith("draft:")))
    done = run("check")
    assert done.exit_code == 1
    assert "error[to-do] This is not written yet: 'To do: write it.'" in done.output


def test_a_starting_source_cannot_be_cited(guide: Path) -> None:
    run("new", "references", "brand-new")
    file = guide / "content" / "therapies" / "tablets.md"
    file.write_text(file.read_text().replace("block histamine [@label#words]", "block histamine [@brand-new]"))
    done = run("check")
    assert "brand-new.yml:2:8: error[to-do] The source 'brand-new' is not filled in yet." in done.output


def test_a_starting_source_is_of_the_most_careful_kind(guide: Path) -> None:
    run("new", "references", "brand-new")
    assert "\n  evidence: leaflet  # " in (guide / "content/references/brand-new.yml").read_text()


def test_a_link_to_a_draft_is_refused(guide: Path) -> None:
    run("new", "therapies", "brand-new")
    file = guide / "content" / "therapies" / "tablets.md"
    file.write_text(file.read_text().replace("../faqs/what-next.md", "brand-new.md"))
    done = run("check")
    assert done.exit_code == 1
    assert "tablets.md:32:1: error[broken-link]" in done.output


@pytest.mark.parametrize("id_", ["Brand New", "../up", "a_b", "-a", "a" * 81, "con/aux"])
def test_a_new_file_needs_a_plain_name(id_: str, guide: Path) -> None:
    before = sorted(guide.rglob("*"))
    done = run("new", "faqs", "--", id_)
    assert done.exit_code == 2
    assert "must be small letters, digits and single hyphens" in done.output
    assert sorted(guide.rglob("*")) == before


def test_a_new_file_never_replaces_another(guide: Path) -> None:
    before = (guide / "content" / "therapies" / "tablets.md").read_text()
    done = run("new", "therapies", "tablets")
    assert done.exit_code == 2
    assert "content/therapies/tablets.md is there already." in done.output
    assert (guide / "content" / "therapies" / "tablets.md").read_text() == before


@pytest.mark.parametrize("name", ["therapies/tablets", "content/therapies/tablets.md", "index", "glossary", "guide"])
def test_a_sign_off_is_recorded_and_holds(name: str, guide: Path) -> None:
    done = run("sign", name, "--by", "jane-doe")
    assert done.exit_code == 0, done.output
    assert "on 2026-11-21. The next review is due in 2027-11." in done.output
    assert run("check").output == "0 errors, 0 warnings\n"
    assert len(yaml.safe_load((guide / "content" / "reviews.yml").read_text())) == 1


def test_signing_again_replaces_the_record_of_the_same_person(guide: Path) -> None:
    run("sign", "therapies/tablets", "--by", "jane-doe")
    run("sign", "faqs/what-next", "--by", "jane-doe")
    run("sign", "therapies/tablets", "--by", "jane-doe", day="2026-12-01")
    records = yaml.safe_load((guide / "content" / "reviews.yml").read_text())
    assert [(r["entry"], r["on"]) for r in records] == [
        ("faqs/what-next", "2026-11-21"),
        ("therapies/tablets", "2026-12-01"),
    ]


def test_what_cannot_be_signed_is_said_and_nothing_is_written(guide: Path) -> None:
    file = guide / "content" / "therapies" / "tablets.md"
    file.write_text(file.read_text().replace("order: 1\n", "order: 1\nauthors: [jane-doe]\n"))
    for name, by, code, said in (
        ("therapies/tablets", "jane-do", 2, "There is no 'jane-do' in people.yml. Did you mean 'jane-doe'?"),
        ("therapies/tablet", "jane-doe", 2, "There is no entry 'therapies/tablet'. Did you mean 'therapies/tablets'?"),
        ("therapies/tablets", "jane-doe", 1, "error[own-review] Jane Doe wrote this text."),
    ):
        done = run("sign", name, "--by", by)
        assert done.exit_code == code
        assert said in done.output
    assert not (guide / "content" / "reviews.yml").exists()


def test_a_wrong_guide_cannot_be_signed(guide: Path) -> None:
    file = guide / "content" / "therapies" / "tablets.md"
    file.write_text(file.read_text().replace("order: 1", "order: one"))
    done = run("sign", "therapies/tablets", "--by", "jane-doe")
    assert done.exit_code == 1
    assert "error[wrong-value]" in done.output


def test_only_the_named_files_are_reported(guide: Path) -> None:
    for path in ("therapies/tablets.md", "faqs/what-next.md"):
        file = guide / "content" / path
        file.write_text(file.read_text().replace("order: 1", "order: one"))
    whole, one, other = run("check"), run("check", "content/faqs"), run("check", "content/phases/first-step.md")
    assert whole.output.endswith("2 errors, 0 warnings\n")
    assert one.output.startswith("content/faqs/what-next.md:4:8: error[wrong-value]")
    assert one.output.endswith("1 error, 0 warnings\n")
    assert (other.exit_code, other.output) == (0, "0 errors, 0 warnings\n")
    assert run("check", "/etc/hosts").exit_code == 2
