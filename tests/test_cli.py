"""The command as people and CI use it: exit codes, formats, dates."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.content.json_schema import models
from support.project import MINI, ROOT


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_a_good_guide_exits_with_0(mini: Path) -> None:
    done = run("check", "--content", str(mini / "content"))
    assert (done.exit_code, done.output) == (0, "0 errors, 0 warnings\n")


def test_a_wrong_guide_exits_with_1_and_says_where(
    change: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(change("content/therapies/tablets.md", "order: 1", "order: one"))
    done = run("check")
    assert done.exit_code == 1
    assert done.output == (
        "content/therapies/tablets.md:3:8: error[wrong-value] order: this must be a whole number, not 'one'.\n"
        "    Write it like 3, without quotes.\n"
        "1 error, 0 warnings\n"
    )


def test_paths_are_those_of_the_working_directory(change: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    guide = change("content/therapies/tablets.md", "order: 1", "order: one")
    (guide / "content").rename(guide / "hayfever")
    monkeypatch.chdir(guide.parent)
    done = run("check", "--content", "guide/hayfever")
    assert done.output.startswith("guide/hayfever/therapies/tablets.md:3:8: error")


def test_formats(change: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(change("content/therapies/tablets.md", "order: 1", "order: one"))
    github = run("check", "--format", "github")
    assert github.stdout.startswith("::error file=content/therapies/tablets.md,line=3,col=8,title=wrong-value::order")
    assert "1 error" not in github.stdout
    found = json.loads(run("check", "--format", "json").stdout)
    assert found[0]["line"] == 3


@pytest.mark.parametrize(
    "arguments",
    [("check", "--content", "no-such-folder"), ("check", "--as-of", "soon"), ("check", "--format", "xml"), ("chek",)],
)
def test_what_could_not_run_exits_with_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_the_day_can_be_set(monkeypatch: pytest.MonkeyPatch, mini: Path, tmp_path: Path) -> None:
    overdue = "Its review has been due since"
    (mini / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text())
    staged = tmp_path / "out"

    def page(*arguments: str) -> str:
        done = run("stage", str(staged), "--content", str(mini / "content"), *arguments)
        assert done.exit_code == 0, done.output
        return (staged / "docs" / "medications" / "cetirizine.md").read_text()

    assert overdue not in page("--as-of", "2026-11-21")
    assert overdue in page("--as-of", "2027-11-21")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    assert overdue in page()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796000000")
    assert overdue not in page()


@pytest.mark.parametrize("epoch", ["garbage", "1e3", "", "-1", "9" * 17])
def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, mini: Path, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    done = run("check", "--content", str(mini / "content"))
    assert done.exit_code == 2
    assert "must be a number of seconds since 1970" in done.output


@pytest.mark.parametrize("kind", models())
def test_schemas_are_schemas(kind: str) -> None:
    schema = json.loads(run("schema", kind, "--content", str(MINI / "content")).output)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_schema_accepts_the_real_settings_and_refuses_nothing_at_all() -> None:
    schema = json.loads(run("schema", "guide").output)
    jsonschema.validate(yaml.load((ROOT / "content" / "guide.yml").read_text(), yaml.CSafeLoader), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({}, schema)
