"""Moving house: the staged guide, built by three engines, is the same guide. What may differ stands in engines.yml."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from patientguide.build import csp
from patientguide.links import graph
from playwright.sync_api import Browser, Page, expect
from support import movedhouse
from support.browsing import SIZES
from support.movedhouse import ReadPage
from support.programs import patientguide
from support.project import MINI, ROOT, Shared, make_buildable
from support.serving import served

ENGINES = ("mkdocs", "properdocs", "zensical")
DIFFERENT = ("mkdocs", "zensical")
MAY_DIFFER: dict[str, list[dict[str, Any]]] = yaml.safe_load((ROOT / "tests" / "engines.yml").read_text())
QUERIES = (
    *("hair loss", "chemo", "throwing up", "stage 4", "radiotherapy", "hot flushes"),
    *("her2 low", "fever", "can it be cured", "trastuzumab"),
)


def stage(project: Path, target: Path) -> Path:
    done = patientguide(project, "stage", str(target))
    assert done.returncode == 0, done.stderr
    return target


def built(engine: str, staged: Path, folder: Path) -> Path:
    """The site that an engine makes of a copy of what was staged. A warning fails it, as --strict asks."""
    project = folder / engine
    shutil.copytree(staged, project)
    command = [sys.executable, "-m", engine, "build", "--strict"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr.replace("WARNING -  MkDocs 2.0", "")
    return project / "site"


@pytest.fixture(scope="session")
def houses(frozen: Path, shared: Shared) -> dict[str, Path]:
    """The large guide, built by each engine."""

    def make(folder: Path) -> None:
        staged = stage(frozen, folder / "staged")
        for engine in ENGINES:
            built(engine, staged, folder)

    folder = shared("houses", make)
    return {engine: folder / engine / "site" for engine in ENGINES}


def pairs(site: Path, house: Path) -> Iterator[tuple[ReadPage, ReadPage]]:
    """Each page of our build and of another."""
    for name in movedhouse.pages(site):
        yield read(site, name), read(house, name)


@cache
def read(site: Path, name: str) -> ReadPage:
    return ReadPage(name, (site / name).read_text(encoding="utf-8"))


def allowed(kind: str, engine: str) -> set[str]:
    return {one["name"] for one in MAY_DIFFER[kind] if engine in one["engines"]}


def test_every_difference_has_its_reason() -> None:
    for one in [one for kind in MAY_DIFFER.values() for one in kind]:
        assert set(one) == {"name", "engines", "reason"}
        assert one["reason"]
        assert set(one["engines"]) <= set(ENGINES)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_pages_stand_at_the_same_addresses(engine: str, site: Path, houses: dict[str, Path]) -> None:
    ours, theirs = ({p.relative_to(s).as_posix() for p in s.rglob("*") if p.is_file()} for s in (site, houses[engine]))
    assert len([name for name in ours if name.endswith(".html")]) > 70
    # Each engine brings the styles, scripts and pictures of its theme.
    theme = ("assets/javascripts/", "assets/stylesheets/", "assets/images/")
    found = {name for name in ours ^ theirs if not name.startswith(theme) and not (name in theirs and is_ours(name))}
    same = [
        name for name in ours & theirs if not name.startswith(theme) and not name.endswith((".html", ".xml", ".gz"))
    ]
    found |= {name for name in same if (site / name).read_bytes() != (houses[engine] / name).read_bytes()}
    assert "search/search_index.js" in same
    assert found == allowed("files", engine)


def is_ours(name: str) -> bool:
    """Whether a file stands beside the content, such as a style sheet that our build joined with others."""
    return (ROOT / "docs" / name).is_file()


def test_properdocs_writes_what_mkdocs_writes(houses: dict[str, Path]) -> None:
    """So what holds for the pages of one holds for those of the other."""
    for name in movedhouse.pages(houses["mkdocs"]):
        mkdocs, properdocs = (
            re.sub(r'<meta name="generator"[^>]*>', "", read(houses[engine], name).html) for engine in ENGINES[:2]
        )
        assert properdocs == mkdocs, name


@pytest.mark.parametrize("engine", DIFFERENT)
def test_no_note_warning_heading_or_link_is_lost(engine: str, site: Path, houses: dict[str, Path]) -> None:
    counts: Counter[str] = Counter()
    for ours, theirs in pairs(site, houses[engine]):
        assert theirs.head == ours.head, ours.name
        for what, found in ours.counted.items():
            assert theirs.counted[what] == found, (ours.name, what)
            counts[what] += len(found)
    least = {"headings": 700, "notes": 700, "marks": 3_000, "ways back": 3_000, "boxes": 5, "calls": 100, "states": 70}
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}


@pytest.mark.parametrize("engine", DIFFERENT)
def test_every_element_is_the_same_but_for_what_has_a_reason(engine: str, site: Path, houses: dict[str, Path]) -> None:
    found: dict[str, str] = {}
    left_out = re.compile("|".join(one["name"] for one in MAY_DIFFER["left_out"]))
    assert any(left_out.search(ours.frame) for ours, _ in pairs(site, houses[engine]))
    for ours, theirs in pairs(site, houses[engine]):
        parts = ((left_out.sub("", ours.text), theirs.text), (left_out.sub("", ours.frame), theirs.frame))
        for mark, values in chain.from_iterable(movedhouse.differences(ours.name, *part) for part in parts):
            found.setdefault(mark, f"{ours.name}: {values}")
    assert found.keys() == allowed("marks", engine), found


@pytest.mark.parametrize("engine", DIFFERENT)
def test_every_link_leads_somewhere_and_the_policy_holds(engine: str, houses: dict[str, Path]) -> None:
    assert graph.site_faults(graph.read_site(houses[engine])) == []
    for name in movedhouse.pages(houses[engine]):
        assert list(csp.faults(read(houses[engine], name).html)) == [], name


def hits(page: Page, query: str) -> list[str]:
    """The addresses that the search box of a page answers with."""
    page.get_by_role("textbox", name="Search").fill(query)
    expect(page.locator("#pg-search-state")).to_contain_text("esult")
    links = page.locator(".md-search-result__list a.md-search-result__link")
    expect(links.first).to_be_visible()
    return links.evaluate_all("links => links.map(link => new URL(link.href).pathname)")


def answers(browser: Browser, site: Path, size: str) -> dict[str, list[str]]:
    """What the search of a site finds, in the order in which readers see it; nothing may go wrong in its pages."""
    faults: list[str] = []
    with served(site) as address:
        page = browser.new_page(viewport=SIZES[size])
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address + "therapies/")
        found = {}
        for query in QUERIES[:: 1 if size == "phone" else 4]:
            page.reload()
            if size == "phone":
                page.locator("button[data-pg-opens=search]").click()
            found[query] = hits(page, query)
        page.close()
    assert faults == []
    return found


@pytest.mark.parametrize("size", SIZES)
def test_search_finds_the_same(browser: Browser, site: Path, houses: dict[str, Path], size: str) -> None:
    ours = answers(browser, site, size)
    assert all(ours.values())
    for engine in DIFFERENT if size == "phone" else ("zensical",):
        assert answers(browser, houses[engine], size) == ours, engine


@pytest.mark.process
def test_another_guide_moves_to_the_engine_that_differs_most(
    tmp_path: Path, mini_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", "https://guide.example.org/g")
    shutil.copytree(MINI, tmp_path / "mini")
    house = built("zensical", stage(make_buildable(tmp_path / "mini"), tmp_path / "staged"), tmp_path)
    assert movedhouse.pages(house) == movedhouse.pages(mini_site)
    for ours, theirs in pairs(mini_site, house):
        assert (theirs.counted, theirs.head) == (ours.counted, ours.head)
