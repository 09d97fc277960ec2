"""Warm builds: what was kept never shows. Whatever was edited, a build that knows earlier ones answers as one alone."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patientguide.build.dependencies import Planned, Planner
from patientguide.core.cache import BuildCache, digest
from patientguide.core.problems import Problem
from patientguide.export.feeds import files
from patientguide.model.guide import Guide
from patientguide.pages.drafts import build
from patientguide.pages.navigation import menu
from patientguide.pages.page import Page
from patientguide.project import load
from support import sampling
from support.sampling import tries
from support.warm import EDITS, edit, grown, written

TODAY = "2026-11-21"
READ = (".md", ".yml")


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
    return digest(repr(replace(page, text="")), page.markdown)


@dataclass
class History:
    """Builds of one project, one after another, that share a folder for what they find out.

    `seen` has what each page was when it was known by a key: one with that key is never composed again.
    """

    project: Path
    folder: Path
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    cache: BuildCache = field(default_factory=BuildCache)

    def warm(self, today: str, again: bool = False) -> tuple[Guide | None, list[Problem], list[Planned]]:
        """A build that knows earlier ones: the next rebuild of a live preview, or else one of a process of its own."""
        self.cache = self.cache if again else BuildCache(self.folder, "this program")
        guide, problems = load(self.project / "content", date.fromisoformat(today), self.cache)
        if guide is None:
            return None, problems, []
        planned = list(Planner(guide, problems, self.cache).pages())
        for one in planned:
            assert one.found
        self.cache.close()
        return guide, problems, planned

    def compare(self, today: str = TODAY, again: bool = False) -> list[str]:
        """Build with and without what is known, and compare. Answers the pages that were composed."""
        guide, problems = load(self.project / "content", date.fromisoformat(today))
        warm, found, planned = self.warm(today, again)
        assert found == problems
        assert (warm is None) == (guide is None)
        if guide is None or warm is None:
            return []
        pages = build(guide, problems)
        assert [one.draft.uri for one in planned] == [page.uri for page in pages]
        for one, page in zip(planned, pages, strict=True):
            assert one.cites == page.cites, page.uri
            assert one.found.page is None or shown(one.found.page) == shown(page), page.uri
            assert one.found.page or (page.uri, one.key) in self.seen, page.uri
            assert self.seen.setdefault((page.uri, one.key), shown(page)) == shown(page), f"{page.uri} is out of date"
        beside = files(warm, {one.draft.uri: one.cites for one in planned})
        assert beside == files(guide, {page.uri: page.cites for page in pages})
        assert menu(warm) == menu(guide)
        return [one.draft.uri for one in planned if one.found.page]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("warm")
    made = History(grown(folder / "guide"), folder / "cache")
    made.compare()
    return made


def test_nothing_is_composed_again_when_nothing_changed(history: History) -> None:
    history.compare()
    assert history.compare() == []


@pytest.mark.sampled
@pytest.mark.parametrize("name", list(EDITS)[:: sampling.part(1, 3)])
def test_an_edit_shows_at_once(name: str, history: History) -> None:
    history.warm(TODAY)
    before = snapshot(history.project)
    try:
        edit(EDITS[name], history.project)
        history.compare(EDITS[name].get("today", TODAY))
    finally:
        restore(history.project, before)


PIECES = [
    *("", " ", "\n", "\n\n", "x", "Red ", "battle ", "IGE ", "antihistamine ", "nurse's plan ", "Cetirizina ", "5% "),
    *(
        "[@label#words]",
        "[@society]",
        "[@spare]",
        "[@labels]",
        "{local:nurse}",
        "{number:one}",
        "\n\n## Next\n\n",
        "---\n",
    ),
    *("[x](../medications/xylosol.md)", "[x](care.md)", '"', ": ", "0", "- ", "This is said by nobody at all. "),
]
WORDS = st.tuples(st.integers(0, 30), st.integers(0, 2000), st.integers(0, 12), st.sampled_from(PIECES))
"""The number of a file, a place in it, how much is taken out there, and what is put in."""
STEP = st.tuples(st.one_of(st.sampled_from(sorted(EDITS)), WORDS, st.none()), st.booleans())
"""An edit, or None to take everything back; and whether a live preview builds it."""


def changed(what: str | tuple[int, int, int, str], project: Path) -> str:
    """Do an edit, as far as the edits before left anything to do it to. Answers the day of the build."""
    if isinstance(what, str):
        before = snapshot(project)
        try:
            edit(EDITS[what], project)
        except (AssertionError, OSError):
            restore(project, before)
        return str(EDITS[what].get("today", TODAY))
    number, start, length, new = what
    found = written(project)
    file = found[number % len(found)]
    text = file.read_text()
    start %= len(text) + 1
    file.write_text(text[:start] + new + text[start + length :])
    return TODAY


@pytest.fixture(scope="module")
def good(history: History) -> dict[Path, bytes]:
    return snapshot(history.project)


@tries(25)
@given(st.lists(STEP, min_size=1, max_size=8))
def test_any_edits_show_at_once(history: History, good: dict[Path, bytes], steps: list[tuple[Any, bool]]) -> None:
    """One after another, whatever was wrong in between."""
    restore(history.project, good)
    for what, again in steps:
        if what is None:
            restore(history.project, good)
        history.compare(changed(what, history.project) if what else TODAY, again)
    restore(history.project, good)
