"""Whatever a guide, a list or a site holds, no command ends in a traceback: it works, or says in words why not."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.cases import apply
from support.programs import program
from support.project import DAY, MINI, ROOT, make_buildable

CASES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "everywhere.yml").read_text(encoding="utf-8"))
COMMANDS = {
    "check": ("patientguide", "check"),
    "check for a code host": ("patientguide", "check", "--format", "github"),
    "build": ("mkdocs", "build", "--strict"),
    "stage": ("patientguide", "stage", "build/stage"),
    "diff": ("patientguide", "diff", "base"),
    "diff the other way": ("patientguide", "diff", ".", "--content", "base/content", "--to", "pack"),
    "links": ("patientguide", "links", "docs"),
    "offline": ("patientguide", "offline", "docs", "--to", "guide.zip"),
    "search": ("patientguide", "search", "nose"),
    "new": ("patientguide", "new", "therapies", "sprays"),
    "sign": ("patientguide", "sign", "therapies/tablets", "--by", "ann"),
    "schema": ("patientguide", "schema"),
    "translate": ("patientguide", "translate", "es", "therapies/tablets"),
    "overdue": ("patientguide", "overdue"),
    "import BibTeX": ("patientguide", "import", "list.bib"),
    "import RIS": ("patientguide", "import", "list.ris"),
    "import JSON": ("patientguide", "import", "list.json"),
    "import a table": ("patientguide", "import", "list.csv"),
    "cite": ("patientguide", "cite", "10.1000/x", "--base", "crossref=http://127.0.0.1:9", "--deadline", "1"),
    "init": ("patientguide", "init", "content", "--condition", "x"),
    "serve": ("mkdocs", "serve", "--dev-addr", "127.0.0.1:{port}"),
}
LISTS = {
    "list.bib": "@article{a-b, title={One}, year=2020, doi={10.1000/one}}",
    "list.ris": "TY  - JOUR\nTI  - One\nPY  - 2020\nER  - \n",
    "list.json": '[{"type": "book", "title": "One"}]',
    "list.csv": "term;text\nNose;It runs [@label#words].\n",
}
ALL = os.environ.get("EVERYWHERE") == "all"
"""Whether each command is given each input; else each input is given to three, and each command many inputs."""
PAIRS = [
    (case, command)
    for number, case in enumerate(CASES)
    for at, command in enumerate(COMMANDS)
    if ALL or at in {(number * 3 + step) % len(COMMANDS) for step in range(3)}
]


def made(project: Path, case: str) -> Path:
    shutil.copytree(MINI, project)
    make_buildable(project)
    (project / "overrides").unlink()
    shutil.copytree(ROOT / "overrides", project / "overrides")
    for name in ("content", "docs"):
        shutil.copytree(project / name, project / "base" / name)
    shutil.copy(project / "docs" / "index.md", project / "docs" / "index.html")
    for path, text in LISTS.items():
        (project / path).write_text(text)
    apply(CASES[case], project)
    return project


@pytest.mark.parametrize(("case", "command"), PAIRS, ids=[f"{command}: {case}" for case, command in PAIRS])
def test_no_command_ends_in_a_traceback(case: str, command: str, tmp_path: Path) -> None:
    project = made(tmp_path / "guide", case)
    name, *arguments = COMMANDS[command]
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONIOENCODING": "utf-8", **DAY}
    # A preview goes on until it is stopped.
    seconds = 5 if command == "serve" else 60
    filled = [argument.format(port=20_000 + os.getpid() % 20_000) for argument in arguments]
    done = program(name).run(project, filled, surroundings, seconds=seconds, unprivileged=True)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr[-3000:]
    assert done.returncode in ((0, 1, 2, -signal.SIGALRM) if command == "serve" else (0, 1, 2)), done.returncode
