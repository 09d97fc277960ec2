"""The guide can move house: the core knows no engine. What other engines make of it stands in test_engines.py."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.programs import patientguide
from support.project import ROOT

ENGINES = {"mkdocs", "material", "properdocs", "zensical"}


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def test_only_the_adapter_knows_the_engine() -> None:
    files = sorted((ROOT / "hooks").rglob("*.py"))
    assert len(files) > 20
    assert [path.name for path in files if imports(path) & ENGINES] == ["mkdocs_adapter.py"]


EDGE = (
    "askoptions.py",
    "clock.py",
    "gitbase.py",
    "linkwatch/asking.py",
    "localonly.py",
    "net/fetch.py",
    "net/openconnection.py",
    "options.py",
    "preview.py",
    "programversion.py",
    "progress.py",
    "renewal.py",
    "session.py",
    "sitelinks/crawl.py",
    "sourcewatch/services.py",
)
"""What only the command line uses; its own modules are named after it."""


def test_nothing_below_the_edge_prints_logs_reads_the_clock_or_asks_a_host() -> None:
    core = ROOT / "hooks" / "patientguide"
    assert all((core / name).is_file() for name in EDGE)
    for path in core.rglob("*.py"):
        if path.name.startswith("cli") or path.relative_to(core).as_posix() in EDGE:
            continue
        assert not imports(path) & {"logging", "sys", "time", "click", "requests", "socket", "threading"}, path
        text = path.read_text()
        assert not any(word in text for word in ("print(", ".now(", ".today(", "exit(")), path


def test_only_commands_that_ask_hosts_load_the_network() -> None:
    code = "import sys, patientguide.cli; sys.exit(any(name in sys.modules for name in ('requests', 'urllib3')))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.fixture
def project(mini: Path) -> Path:
    """A guide that can be staged."""
    shutil.copy(ROOT / "mkdocs.yml", mini)
    return mini


def stage(project: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return patientguide(project, "stage", str(target))


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
