"""Workflows under a linter, and what each of them must keep to."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


def linted(project: Path) -> subprocess.CompletedProcess[str]:
    """What a linter says of the workflows of a project."""
    zizmor = shutil.which("zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if zizmor is None:
        reason = "zizmor is missing: run make setup."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return subprocess.run(
        [zizmor, "--offline", "--persona=pedantic", "--no-progress", ".github/workflows"],
        cwd=project,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in ("GH_TOKEN", "GITHUB_TOKEN")},
    )


def has_least_rights(path: Path) -> None:
    """Fail unless a workflow can do no more than it must, and pins what it uses."""
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert not {"pull_request_target", "workflow_run"} & set(triggers)
    for name, job in workflow["jobs"].items():
        if "uses" in job:  # another workflow of ours, with limits of its own
            continue
        assert job["timeout-minutes"] <= 60, name
        for step in job["steps"]:
            if "uses" in step:
                assert re.search(r"@[0-9a-f]{40}$", step["uses"]), step["uses"]
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
            assert "${{" not in step.get("run", ""), f"{name}: untrusted text goes through env"
