"""A guide with entries of every kind, and the edits of tests/warm/ that are made to it."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from support.cases import apply, sign
from support.project import MINI, ROOT

WARM = ROOT / "tests" / "warm"
BASE: dict[str, Any] = yaml.safe_load((WARM / "base.yml").read_text())
EDITS: dict[str, dict[str, Any]] = yaml.safe_load((WARM / "edits.yml").read_text())
READ = (".md", ".yml")


def grown(folder: Path) -> Path:
    """The small guide with more entries of every kind, people who signed, trials, and what services said."""
    shutil.copytree(MINI, folder)
    apply(BASE, folder)
    sign(folder, BASE["sign"])
    return folder


def edit(case: dict[str, Any], project: Path) -> None:
    """Do what a case of edits.yml says. Raises AssertionError or OSError when an edit before took its place away."""
    for old, new in case.get("rename", {}).items():
        (project / old).rename(project / new)
    for old, new in case.get("everywhere", {}).items():
        for file in written(project):
            file.write_text(file.read_text().replace(old, new))
            if old in file.stem:
                file.rename(file.with_stem(file.stem.replace(old, new)))
    apply(case, project)
    sign(project, case.get("sign", []))


def written(project: Path) -> list[Path]:
    """The files that editors write."""
    return sorted(file for file in project.rglob("*") if file.suffix in READ and file.is_file())
