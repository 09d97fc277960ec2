"""The guide can move house: the core knows no engine. What other engines make of it stands in test_engines.py."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mkdocs.utils.yaml import yaml_load
from patientguide.build.defaults import read_engine_settings
from support.programs import patientguide
from support.project import ROOT

ENGINES = {"mkdocs", "material", "properdocs", "zensical"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and [alias.name for alias in node.names] != ["intern"]:
            found.add((node.module or "").partition(".")[0])
    return found


def test_only_the_plugin_knows_the_engine() -> None:
    files = sorted((ROOT / "hooks").rglob("*.py"))
    assert len(files) > 20
    package = ROOT / "hooks" / "patientguide"
    assert [path for path in files if imports(path) & ENGINES] == [package / "build" / "mkdocs.py"]


EDGE = (
    "build/mkdocs.py",
    "build/preview.py",
    "build/session.py",
    "core/connection.py",
    "core/dates.py",
    "core/git.py",
    "core/fetch.py",
    "core/process.py",
    "links/crawl.py",
    "links/external.py",
    "sources/client.py",
)
"""What only the command line and the plugin use, besides the commands themselves."""


def test_nothing_below_the_edge_prints_logs_reads_the_clock_or_asks_a_host() -> None:
    core = ROOT / "hooks" / "patientguide"
    assert all((core / name).is_file() for name in EDGE)
    for path in core.rglob("*.py"):
        name = path.relative_to(core).as_posix()
        if name.startswith("cli/") or name in EDGE:
            continue
        assert not imports(path) & {"logging", "sys", "time", "click", "requests", "socket", "threading"}, path
        text = path.read_text()
        assert not any(word in text for word in ("print(", ".now(", ".today(", "exit(")), path


def test_only_commands_that_ask_hosts_load_the_network() -> None:
    code = "import sys, patientguide.cli.main; sys.exit(any(name in sys.modules for name in ('requests', 'urllib3')))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!ENV SET", "https://example.org/"),
        ("!ENV UNSET", None),
        ("!ENV [UNSET, SET, other]", "https://example.org/"),
        ("!ENV [UNSET, other]", "other"),
        ('!ENV [UNSET, ""]', ""),
        ("!ENV [UNSET, [a, 1]]", ["a", 1]),
        ("!ENV [EMPTY, other]", None),
        ("!ENV YES", True),
        ("!ENV NUMBER", 12),
        ("!ENV [SET]", "https://example.org/"),
        ("!ENV []", None),
    ],
)
def test_a_setting_may_come_from_the_environment(
    text: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, given in {"SET": "https://example.org/", "EMPTY": "", "YES": "true", "NUMBER": "12"}.items():
        monkeypatch.setenv(name, given)
    monkeypatch.delenv("UNSET", raising=False)
    file = tmp_path / "mkdocs.yml"
    file.write_text(f"site_url: {text}\n")
    assert read_engine_settings(file)["site_url"] == value
    with file.open("rb") as opened:
        assert yaml_load(opened)["site_url"] == value, "MkDocs reads it in another way."


@pytest.mark.parametrize("text", ["!ENV {a: b}", "!ENV [[A], b]", "!OTHER a", "!!python/name:os.system"])
def test_a_setting_with_another_tag_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text(f"site_url: {text}\n")
    with pytest.raises(yaml.YAMLError):
        read_engine_settings(file)


@pytest.fixture
def project(mini: Path) -> Path:
    """A guide that can be staged."""
    shutil.copy(ROOT / "mkdocs.yml", mini)
    return mini


def stage(project: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return patientguide(project, "stage", str(target))


@pytest.mark.parametrize(
    ("address", "staged"),
    [
        ("", "none"),
        ("https://example.org/guide/", "https://example.org/guide/"),
        ("https://a.org/g", "https://a.org/g/"),
    ],
)
def test_an_empty_address_is_left_out_and_any_other_ends_with_a_slash(
    address: str, staged: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", address)
    done = stage(project, tmp_path / "staged")
    assert done.returncode == 0, done.stderr
    settings = read_engine_settings(tmp_path / "staged" / "mkdocs.yml")
    assert settings.get("site_url", "none") == staged


def test_another_project_is_not_replaced(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("keep")
    (other / "mkdocs.yml").write_text("site_name: Mine")
    done = stage(project, other)
    assert done.returncode == 2
    assert "holds other files" in done.stderr
    assert (other / "thesis.txt").read_text() == "keep"


def test_the_guide_itself_is_not_replaced(project: Path) -> None:
    for target in (project, project.parent, project / "docs" / "out"):
        done = stage(project, target)
        assert done.returncode == 2, target
        assert "holds the guide itself" in done.stderr
    assert not (project / "docs" / "out").exists()


def test_what_was_staged_stays_when_the_next_time_fails(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    assert stage(project, target).returncode == 0
    assert stage(project, target).returncode == 0
    (project / "mkdocs.yml").write_text("plugins: !!python/name:x")
    done = stage(project, target)
    assert done.returncode == 2
    assert "cannot be staged" in done.stderr
    assert "Traceback" not in done.stderr
    assert (target / "docs" / "index.md").is_file()
