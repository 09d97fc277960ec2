"""The guide can move house: the core knows no engine. What other engines make of it stands in test_engines.py."""

import ast
import subprocess
import sys
from pathlib import Path

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
    "cli.py",
    "cli_edit.py",
    "cli_import.py",
    "cli_init.py",
    "cli_links.py",
    "cli_offline.py",
    "cli_review.py",
    "cli_search.py",
    "cli_serve.py",
    "cli_sources.py",
    "cli_translate.py",
    "clock.py",
    "gitbase.py",
    "linkwatch/asking.py",
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
"""The command line, and what only it uses."""


def test_nothing_below_the_edge_prints_logs_reads_the_clock_or_asks_a_host() -> None:
    core = ROOT / "hooks" / "patientguide"
    assert all((core / name).is_file() for name in EDGE)
    for path in core.rglob("*.py"):
        if path.relative_to(core).as_posix() in EDGE:
            continue
        assert not imports(path) & {"logging", "sys", "time", "click", "requests", "socket", "threading"}, path
        text = path.read_text()
        assert not any(word in text for word in ("print(", ".now(", ".today(", "exit(")), path


def test_only_commands_that_ask_hosts_load_the_network() -> None:
    code = "import sys, patientguide.cli; sys.exit(any(name in sys.modules for name in ('requests', 'urllib3')))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def stage(target: Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "patientguide", "stage", str(target)], cwd=cwd, capture_output=True, text=True
    )


def test_another_project_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("keep")
    (tmp_path / "mkdocs.yml").write_text("site_name: Mine")
    done = stage(tmp_path)
    assert done.returncode == 2
    assert "holds other files" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "keep"


def test_the_guide_itself_is_not_replaced() -> None:
    for target in (ROOT, ROOT.parent, ROOT / "docs" / "out"):
        done = stage(target)
        assert done.returncode == 2, target
        assert "holds the guide itself" in done.stderr
    assert not (ROOT / "docs" / "out").exists()


def test_what_was_staged_stays_when_the_next_time_fails(mini: Path, tmp_path: Path) -> None:
    (mini / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text())
    target = tmp_path / "out"
    assert stage(target, mini).returncode == 0
    assert stage(target, mini).returncode == 0
    (mini / "mkdocs.yml").write_text("plugins: !!python/name:x")
    done = stage(target, mini)
    assert done.returncode == 2
    assert "cannot be staged" in done.stderr
    assert "Traceback" not in done.stderr
    assert (target / "docs" / "index.md").is_file()
