"""Warm builds: what was kept never shows. Whatever was edited, a build with a cache answers what one without answers."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MINI, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patientguide import compose, files, load, menu
from patientguide.buildcache import BuildCache, digest
from patientguide.page import Page
from patientguide.pageplan import Planner
from patientguide.pages import build
from test_broken import apply
from test_rules import sign

WARM = ROOT / "tests" / "warm"
BASE: dict[str, Any] = yaml.safe_load((WARM / "base.yml").read_text())
EDITS: dict[str, dict[str, Any]] = yaml.safe_load((WARM / "edits.yml").read_text())
TODAY = "2026-11-21"
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


def snapshot(project: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}


def restore(project: Path, before: dict[Path, bytes]) -> None:
    """Make a project hold these files and no other."""
    for file in [file for file in project.rglob("*") if file.is_file() and file not in before]:
        file.unlink()
    for file, data in before.items():
        if not file.exists() or file.read_bytes() != data:
            file.write_bytes(data)


def shown(page: Page) -> str:
    """All that an engine is told of a page, in short."""
    return digest([*map(repr, (page, page.markdown))])


@dataclass
class History:
    """Builds of one project, one after another, that share a folder for what they find out.

    `seen` has what every page was when it was known by a key: a page with that key is never composed again.
    """

    project: Path
    folder: Path
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    cache: BuildCache | None = None

    def build(self, today: str, preview: bool = False) -> list[str]:
        """Build warm and cold, and compare. Answers the pages that were composed; a preview keeps its cache open."""
        content, day = self.project / "content", date.fromisoformat(today)
        known = self.cache if preview and self.cache else BuildCache(self.folder, "this program")
        self.cache = known
        guide, problems = load(content, day)
        warm, found = load(content, day, known)
        assert found == problems
        assert (warm is None) == (guide is None)
        if guide is None or warm is None:
            return []
        pages = build(guide, problems)
        planned = list(Planner(warm, found, known).pages())
        assert [one.draft.uri for one in planned] == [page.uri for page in pages]
        for one, page in zip(planned, pages, strict=True):
            assert one.cites == page.cites, page.uri
            assert one.page in (None, page), page.uri
            assert one.page or (page.uri, one.key) in self.seen, page.uri
            assert self.seen.setdefault((page.uri, one.key), shown(page)) == shown(page), f"{page.uri} is out of date"
        assert (files(warm), menu(warm)) == (files(guide), menu(guide))
        known.close()
        return [one.draft.uri for one in planned if one.page]


@pytest.fixture(scope="module", autouse=True)
def _templates_are_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "_environment", cache(compose._environment))
        yield


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("warm")
    made = History(grown(folder / "guide"), folder / "cache")
    made.build(TODAY)
    return made


def test_nothing_is_composed_again_when_nothing_changed(history: History) -> None:
    history.build(TODAY)
    assert history.build(TODAY) == []


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_shows_at_once(name: str, history: History) -> None:
    before = snapshot(history.project)
    try:
        edit(EDITS[name], history.project)
        history.build(EDITS[name].get("today", TODAY))
    finally:
        restore(history.project, before)
