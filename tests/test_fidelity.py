"""The guard finds every word, number and citation that a page loses, and says nothing of a page that shows them all."""

import re
import shutil
import sys
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from patientguide.authoring import scaffold
from patientguide.build.markdown import Renderer
from patientguide.build.page import loss_problems
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Problem
from patientguide.fidelity import compare
from patientguide.markup import tokens
from patientguide.model.guide import Guide
from patientguide.pages.compose import Composer
from patientguide.pages.drafts import build, drafts
from patientguide.pages.page import Page
from patientguide.project import load, read_guide
from support import dialect, sampling
from support.cases import loaded
from support.places import PLACES, Change, write
from support.programs import mkdocs
from support.project import MINI, ROOT, make_buildable, newest_day
from support.sampling import tries

DAY = date(2026, 11, 21)
GUIDES = {"mini": MINI, "asthma": ROOT / "tests" / "guides" / "asthma", "real": ROOT}
SHOWN = {"text of a page": "tried.md", "text of an answer": "faq.md", "text of an entry": "therapies/tried.md"}


@cache
def renderer(known: tuple[str, ...] = ()) -> Renderer:
    """Python-Markdown as mkdocs.yml sets it up, with what MkDocs always adds."""
    listed = yaml.load((ROOT / "mkdocs.yml").read_text(), Loader=yaml.BaseLoader)["markdown_extensions"]
    named: dict[str, Any] = {}
    for item in ["toc", "tables", "fenced_code", *listed]:
        named |= item if isinstance(item, dict) else {item: {}}
    return Renderer(list(named), named, known)


def losses(page: Page, html: str) -> list[compare.Loss]:
    return [*compare.lost(page.placed, html), *compare.left_out(page.placed, page.bodies)]


def page_of(guide: Guide, uri: str) -> Page:
    draft = next(draft for draft in drafts(guide) if draft.uri == uri)
    return Composer(guide, ()).compose(draft)


@pytest.mark.sampled
@pytest.mark.parametrize("name", GUIDES)
def test_it_is_silent_on_a_guide_that_shows_everything(name: str) -> None:
    guide, problems = load(GUIDES[name] / "content", newest_day(ROOT) if name == "real" else DAY)
    assert guide is not None, problems
    for page in build(guide, problems)[:: sampling.part(1, 4)]:
        assert losses(page, renderer().render(page).html) == [], page.uri


def test_it_is_silent_on_a_new_guide(tmp_path: Path) -> None:
    for path, text in scaffold.guide_files(
        scaffold.NewGuide("Hay fever", "hay fever", "Testland", "en", "x"), DAY
    ).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    guide, problems = load(tmp_path / "content", DAY)
    assert guide is not None, problems
    for page in build(guide, problems):
        assert losses(page, renderer().render(page).html) == [], page.uri


class Tried(NamedTuple):
    """A text, where it stands, and a seed for what is done to its page."""

    place: str
    text: str
    seed: int


def placed(tried: Tried) -> list[Change]:
    text = tried.text if tried.place == "text of a page" else tried.text.replace("../content/", "../")
    return PLACES[tried.place]("tried", f"{text}\n\nZwei zicka", "Zend")


TRIED = st.builds(Tried, st.just("text of a page"), dialect.texts, st.integers(0, 999)) | st.builds(
    Tried, st.sampled_from(["text of an answer", "text of an entry"]), dialect.answers, st.integers(0, 999)
)


@pytest.mark.parametrize(
    "number", [pytest.param(200, marks=pytest.mark.sampled), pytest.param(2000, marks=pytest.mark.slow)]
)
def test_every_mutant_of_a_random_text_is_found(number: int, tmp_path: Path) -> None:
    """Texts of all that the dialect has: the guard is silent on each page, and finds whatever is done to it."""
    cache, counts, missed = BuildCache(again=True), Counter[str](), Counter[str]()

    @tries(number)
    @given(TRIED)
    def each(tried: Tried) -> None:
        shutil.rmtree(tmp_path / "guide", ignore_errors=True)
        guide, _ = load(write(tmp_path / "guide", placed(tried)) / "content", DAY, cache)
        counts["texts"] += 1
        if guide is None:
            counts["refused by the checks"] += 1
            return
        page = page_of(guide, SHOWN[tried.place])
        html = renderer().render(page).html
        assert losses(page, html) == []
        for mutant in dialect.mutants(html, Random(tried.seed)):
            counts[mutant.kind] += 1
            missed[mutant.kind] += not losses(page, mutant.html)

    each()
    sys.stdout.write(f"{dict(counts)}, missed: {missed.total()}\n")
    assert missed.total() == 0, missed
    assert min(counts[kind] for kind in dialect.KINDS) > counts["texts"] / 4


HOLES = {
    "a number between two stars": ("Take 2*200 mg, then 1*100 mg [@label#words].", "2*200"),
    "a cell too many": ("| Name | When |\n|---|---|\n| Z [@label#words] | daily | 20 mg |", "20 mg"),
    "a bar in a cell": ("| Name | When |\n|---|---|\n| Z [@label#words] | 10|20 mg |", "20 mg"),
    "a table without its line": ("Zarmo [@label#words].\n| Name | When |\n| Z | 20 mg [@label#words] |", "20 mg"),
    "a definition": ("[zarmo]: 20mg\n\nZebli [@label#words].", "20mg"),
    "two kinds of list": (
        "- Zarmo [@label#words].\n- Zebli [@label#words].\n\n1. Zicka [@label#words].\n2. Zwei [@label#words].",
        "1.",
    ),
    "two numbered lists": (
        "1. Zarmo [@label#words].\n2. Zebli [@label#words].\n\n1. Zicka [@label#words].\n2. Zwei [@label#words].",
        "2.",
    ),
    "a list that begins late": ("3. Zarmo [@label#words].\n4. Zebli [@label#words].", "3."),
    "a quotation": ("> 20 mg zarmo [@label#words].", ">"),
    "a box without quotes": ("!!! note 20 mg\n    Zarmo [@label#words].", "20 mg"),
    "a line of signs": ("Zarmo 20 mg [@label#words].\n---\n\nZwei", "---"),
    "a tag": ("At least <b>20</b> mg <x 5> [@label#words].", "5"),
    "less than": ("Zarmo <a5 mg> 20 [@label#words].", "<a5"),
    "an entity": ("Zarmo &lt;20 mg [@label#words].", "&lt;20"),
    "a list of attributes": ("Zarmo zebli { 20 mg }\n{: .x }\n\nZwei [@label#words].", ".x"),
    "bold that is not closed": ("**Zarmo 20* mg [@label#words].", "**Zarmo"),
    "bold inside a word": ("Zarmo 1**2**3 mg [@label#words].", "1**2**3"),
    "a star before a number": ("Zarmo *5 mg, zwei 6*7 mg [@label#words].", "6*7"),
    "text that becomes code": ("Zarmo [@label#words].\n\n    20 **mg** [@label#words].", "mg"),
    "a heading that ends with a sign": ("### Zarmo 20#\n\nZebli [@label#words].", "20#"),
    "a list in a line": ("Zarmo:\n- 20 mg [@label#words].", "20 mg"),
}
"""Texts that Python-Markdown shows in another way than they are written, and what is lost of each."""


@pytest.mark.parametrize("hole", HOLES)
def test_it_finds_without_the_other_checks_what_the_engine_loses(hole: str, tmp_path: Path) -> None:
    text, word = HOLES[hole]
    project = write(tmp_path / "guide", PLACES["text of a page"]("tried", text, "Zend"))
    # Whatever the checks say of it.
    guide, problems = read_guide(project / "content", DAY)
    assert guide is not None, problems
    page = page_of(guide, "tried.md")
    found = losses(page, renderer().render(page).html)
    assert any(word in " ".join(loss.words) for loss in found), (found, renderer().render(page).html)


def found_in(project: Path, uri: str, lose: str) -> list[Problem]:
    """What is said of a page that comes out without `lose`."""
    guide, problems = load(project / "content", DAY)
    assert guide is not None, problems
    page = page_of(guide, uri)
    html = renderer().render(page).html
    assert lose in html
    return list(loss_problems(guide, page.source or "", losses(page, html.replace(lose, ""))))


@pytest.mark.parametrize(
    ("uri", "lose", "place"),
    [
        ("therapies/tablets.md", "histamine", ("content/therapies/tablets.md", 19, 12)),
        ("therapies/tablets.md", "Dries", ("content/therapies/tablets.md", 23, 10)),
        ("therapies/tablets.md", "Once a", ("content/therapies/tablets.md", 8, 32)),
        ("therapies/tablets.md", "Sleepiness", ("content/therapies/tablets.md", 10, 14)),
        ("faq.md", "Rest, then", ("content/faqs/what-next.md", 9, 1)),
        ("glossary.md", "A medicine", None),
        ("medications/index.md", "sneezing", None),
    ],
)
def test_it_says_where_the_lost_words_stand(uri: str, lose: str, place: tuple[str, int, int] | None) -> None:
    found = found_in(MINI, uri, lose)
    assert {problem.code for problem in found} == {"lost-words"}
    assert any(lose.split()[0] in problem.message for problem in found)
    if place:
        assert place in [tuple(problem.place) for problem in found]
    for problem in found:
        line = (MINI / problem.place.path).read_text().split("\n")[problem.place.line - 1]
        assert lose.split()[0] in line, problem


def test_a_section_that_no_template_draws_is_found() -> None:
    guide, _ = load(MINI / "content", DAY)
    assert guide is not None
    page = page_of(guide, "therapies/tablets.md")
    for run in page.placed.runs:
        run[:] = [text for text in run if isinstance(text, str) or "histamine" not in text.text]
    found = losses(page, renderer().render(page).html)
    assert any("They block histamine" in " ".join(loss.words) for loss in found)


LOST = "Take 2*200 mg, then 1*100 mg [@label#words]."
LOST_AT = {"content/faqs/what-next.md": "11:6", "content/therapies/tablets.md": "34:6"}
SAID = "The page would not show this as it is written: 2*200 ... 1*100"


def test_a_build_stops_and_names_what_is_lost_on_all_pages(tmp_path: Path) -> None:
    """With a hole in the checks, the build ends with the words and where they stand, and keeps nothing of the page."""
    project = tmp_path / "guide"
    shutil.copytree(MINI, project)
    make_buildable(project)
    for path in ("content/faqs/what-next.md", "content/therapies/tablets.md"):
        with (project / path).open("a") as file:
            file.write(f"\n{LOST}\n")
    (project / "hole.py").write_text(
        "from patientguide.checks import runner\nfor found in runner._FINDERS.values():\n    found.clear()\n"
    )
    config = project / "mkdocs.yml"
    config.write_text(config.read_text().replace("hooks: [", "hooks: [hole.py, "))
    for _ in range(2):
        done = mkdocs(project, "build")
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        found = re.findall(r"(\S+):(\d+:\d+): error\[lost-words\] (.*)", done.stderr)
        assert found == [(path, place, SAID) for path, place in LOST_AT.items()]


WORDS = st.lists(st.one_of(dialect.word, dialect.number, st.sampled_from(["2*200", "a_b_c", "1*1*1", "_"])), min_size=1)


@tries(200)
@given(WORDS, WORDS, WORDS)
def test_plain_words_for_search_and_data_lose_nothing(first: list[str], bold: list[str], last: list[str]) -> None:
    text = f"{' '.join(first)} **zwei {' '.join(bold)} zwei** [@label#words]. zwei {' '.join(last)} [@label#words; @x], zwei."
    wanted = f"{' '.join(first)} zwei {' '.join(bold)} zwei. zwei {' '.join(last)}, zwei."
    assert tokens.without_marks(text) == " ".join(wanted.split())


def test_it_is_silent_on_the_picture_of_a_round(mini: Path) -> None:
    """It is beside text that an editor wrote."""
    file = mini / "content/medications/cetirizine.md"
    file.write_text(file.read_text().replace("given: ", "cycle: {days: 21, on: [1, 8]}\ngiven: "))
    page = page_of(loaded(mini), "medications/cetirizine.md")
    assert losses(page, renderer().render(page).html) == []
