"""The real guide as built: what any good edit of it keeps, whatever it says. Everything here reads what readers get.

What is wrong with its content is told by `make check`, and with its links by `make links`. Words, titles, counts and
days of a guide stand in tests of the code, which run on guides that nobody edits. In a browser: test_smoke.py.
"""

import hashlib
import json
import re
from copy import copy
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from patientguide.core import i18n
from patientguide.core.problems import Severity
from patientguide.links import addresses
from patientguide.model.guide import Guide
from patientguide.project import load
from patientguide.search import index
from patientguide.search.engine import Engine
from support import sampling
from support.project import ROOT, newest_day

RAW = re.compile(r"\[@|\[\^|!!!|\{\{|\{%|\{local:|\{part:|\]\(|\?\?\?")
STATES = (
    "Not yet reviewed by a clinician.",
    "Reviewed.",
    "Changed since it was reviewed.",
    "Its review is overdue.",
)


@pytest.fixture(scope="module")
def guide() -> Guide:
    guide, problems = load(ROOT / "content", newest_day(ROOT))
    assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
    assert guide is not None
    return guide


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "lxml")


def files_of(site: Path) -> list[Path]:
    found = sorted(site.rglob("*.html"))
    assert found
    return found


def in_english(site: Path) -> list[Path]:
    """The pages of the source: what is said of translations stands in test_languages."""
    return [path for path in site.rglob("index.html") if language(path) == "en"]


def language(path: Path) -> str:
    tag = page(path).html
    assert tag is not None
    return str(tag["lang"])


def article(path: Path) -> Tag:
    """A copy of what a page says, free to be cut."""
    found = copy(page(path).article)
    assert found is not None
    return found


def test_every_entry_has_its_page_and_every_page_its_notice(real_site: Path, guide: Guide) -> None:
    for kind in ("phases", "therapies", "medications"):
        for entry in getattr(guide, kind):
            assert (real_site / kind / entry.id / "index.html").is_file()
    for path in real_site.rglob("index.html"):
        tree, said = page(path).article, i18n.catalog(language(path))
        assert tree is not None, path
        text = re.sub(r"\s+", " ", tree.get_text(" "))
        state = page(path).select_one(".pg-state > summary")
        assert state is not None, path
        assert any(said(one) in state.get_text() for one in STATES), path
        assert said("Next review due:") in text.replace(" :", ":"), path


LEADING = ".pg-menu, .md-tabs, .pg-languages, .pg-together"


def test_every_page_is_reached_from_the_menu(real_site: Path) -> None:
    """Links of menus, to other languages and to values that go together lead from the home page to every page."""
    todo, seen = ["index.html"], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for link in page(real_site / name).select(f":is({LEADING}) a[href]"):
            target = urljoin(f"/{name}", str(link["href"])).partition("#")[0].lstrip("/")
            target += "index.html" if target.endswith("/") or not target else ""
            if (real_site / target).is_file():
                todo.append(target)
    assert {path.relative_to(real_site).as_posix() for path in real_site.rglob("index.html")} <= seen


def test_no_markup_is_left_as_text(real_site: Path) -> None:
    for path in files_of(real_site):
        text = page(path).get_text(" ")
        found = RAW.search(text)
        assert found is None, f"{path}: {text[found.start() - 40 : found.end() + 40]}"


def test_every_link_leads_to_a_page_and_a_spot_on_it(real_site: Path) -> None:
    ids = {path: {str(tag["id"]) for tag in page(path).select("[id]")} for path in files_of(real_site)}
    checked = 0
    for path in files_of(real_site):
        if path.name == "404.html":
            continue
        for tag in page(path).select("a[href], link[href], img[src], script[src], [popovertarget]"):
            checked += 1
            if "popovertarget" in tag.attrs:
                assert tag["popovertarget"] in ids[path], f"{path}: no card {tag['popovertarget']}"
                continue
            parts = urlsplit(str(tag.get("href") or tag.get("src")))
            if parts.scheme or parts.netloc:
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            target = target.resolve() / "index.html" if target.is_dir() else target.resolve()
            assert target.is_file(), f"{path}: {parts.path} is not there"
            if parts.fragment and target in ids:
                spot = unquote(parts.fragment)
                assert spot in ids[target] or spot.startswith("__"), f"{path}: #{spot} is not on {target}"
    assert checked


def test_ids_are_unique_on_a_page(real_site: Path) -> None:
    for path in files_of(real_site):
        ids = [str(tag["id"]) for tag in page(path).select("[id]")]
        assert sorted(set(ids)) == sorted(ids), path


# -- sources

NOT_CLAIMS = ".pg-state, .pg-choice, .pg-filter, .pg-dial, .pg-with, .pg-due, .pg-about, .pg-ways, .pg-card, .pg-sources, .footnote, .pg-aside, .pg-level, .pg-question, .pg-reference, summary, noscript"


def claims(path: Path, advice: set[str]) -> list[tuple[str, bool]]:
    """Each paragraph, list item, definition and table row of a page, and whether a source stands in it.

    Left out: what says something about the page, links to other pages, and what stands under a heading of advice.
    """
    found, heading = [], ""
    tree = article(path)
    for tag in tree.select(NOT_CLAIMS + ", .admonition-title"):
        tag.decompose()
    for tag in tree.find_all(["h1", "h2", "p", "li", "dd", "tr"]):
        if tag.name in ("h1", "h2"):
            heading = tag.get_text().rstrip("¶").strip()
            continue
        if tag.find(["p", "li"]) or (tag.name == "tr" and tag.find("th")) or heading in advice:
            continue
        text = tag.get_text(" ")
        linked = "".join(link.get_text(" ") for link in tag.find_all("a"))
        if re.sub(r"[\s,;·]", "", linked) == re.sub(r"[\s,;·]", "", text):
            continue
        found.append((text.strip(), tag.select_one(".footnote-ref") is not None))
    return found


def advice_of(path: Path, site: Path, guide: Guide) -> set[str]:
    name = path.parent.relative_to(site).as_posix()
    kind = getattr(guide.settings.kinds, name.split("/")[0], None)
    if kind and "/" in name:
        return {step.heading for step in kind.outline if step.advice or step.part == "questions"}
    stem = "index" if name == "." else name
    return {heading for entry in guide.pages if entry.id == stem for heading in entry.front.advice}


def test_every_factual_block_has_a_source(real_site: Path, guide: Guide) -> None:
    about = {entry.id for entry in guide.pages if entry.front.about_project}
    about |= {"questions", "references", "a-z", "side-effects", "my-path", "appointment", "changes"}
    total, bare = 0, []
    for path in in_english(real_site):
        if path.parent.name in about:
            continue
        for text, sourced in claims(path, advice_of(path, real_site, guide)):
            total += 1
            if not sourced:
                bare.append(f"{path.parent.relative_to(real_site)}: {text[:100]}")
    assert bare == []
    assert total


def test_the_count_of_sources_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text("<article><h2>A</h2><p>Bare.</p><ul><li><a>Link</a></li></ul><h2>B</h2><p>Advice.</p></article>")
    assert claims(path, {"B"}) == [("Bare.", False)]


def test_notes_are_numbered_in_reading_order(real_site: Path) -> None:
    for path in files_of(real_site):
        seen: list[str] = []
        for mark in page(path).select("a.footnote-ref"):
            if mark["href"] not in seen:
                seen.append(str(mark["href"]))
            assert mark.get_text() == str(seen.index(str(mark["href"])) + 1), path
        notes = [f"#{note['id']}" for note in page(path).select(".footnote > ol > li")]
        assert notes == seen, path


def test_each_way_back_is_named_and_leads_to_its_mention(real_site: Path) -> None:
    for path in files_of(real_site):
        marks: dict[str, list[str]] = {}
        for mark in page(path).select("sup[id]"):
            for href in {str(link["href"]) for link in mark.select("a[href]")}:
                marks.setdefault(href, []).append(str(mark["id"]))
        for note in page(path).select(".footnote > ol > li"):
            back = [str(link["href"])[1:] for link in note.select(".footnote-backref")]
            assert back == marks.get(f"#{note['id']}", []), path
            names = [str(link["aria-label"]) for link in note.select(".footnote-backref")]
            assert len(set(names)) == len(names), path


def test_every_source_is_listed_with_the_pages_that_cite_it(real_site: Path, guide: Guide) -> None:
    cited: dict[str, set[str]] = {}
    for path in real_site.rglob("index.html"):
        for note in page(path).select(".footnote > ol > li"):
            found = cited.setdefault(str(note["id"]).removeprefix("fn:"), set())
            if language(path) == guide.settings.language:
                found.add(path.parent.relative_to(real_site).as_posix())
    listed = {str(entry["id"]): entry for entry in page(real_site / "references/index.html").select(".pg-reference")}
    assert set(listed) == set(cited) <= set(guide.references)
    for key, entry in listed.items():
        links = {urljoin("/references/", str(a["href"])).strip("/") or "." for a in entry.select("a[href^='../']")}
        assert links == (cited[key] or links), key


def test_statements_that_wait_for_a_check_are_counted_and_marked(real_site: Path) -> None:
    for path in real_site.rglob("index.html"):
        waiting = page(path).select("span.pg-waits")
        shown = page(path).select_one(".pg-checked")
        said = shown.get_text(" ", strip=True) if shown else ""
        assert bool(waiting) == bool(shown and shown.select_one(".pg-which")), path
        if waiting:
            checked, total = map(int, re.findall("[0-9]+", said)[:2])
            assert total - checked == len(waiting), path


def test_each_mark_that_names_a_passage_leads_to_its_words(real_site: Path, guide: Guide) -> None:
    for path in real_site.rglob("index.html"):
        words = {
            (str(note["id"]).removeprefix("fn:"), str(quote["data-pg-passage"])): quote.select_one("q")
            for note in page(path).select(".footnote > ol > li")
            for quote in note.select("[data-pg-passage]")
        }
        for mark in page(path).select("a.footnote-ref[data-pg-passage]"):
            key = str(mark["href"]).removeprefix("#fn:")
            for id_ in str(mark["data-pg-passage"]).split():
                passage, shown = guide.references[key].passage(id_), words.get((key, id_))
                assert passage, f"{path}: {key}#{id_}"
                assert shown, f"{path}: {key}#{id_}"
                assert shown.get_text() == passage.exact


# -- words

RUNS = ROOT / "tests" / "source_runs.json"


def runs(text: str, length: int = 9) -> set[str]:
    words = re.findall(r"[a-z0-9]+", re.sub(r"https?://\S+", " ", text.lower()))
    return {
        hashlib.sha256(" ".join(words[i : i + length]).encode()).hexdigest()[:16]
        for i in range(len(words) - length + 1)
    }


def test_no_nine_words_are_shared_with_the_documents_the_project_came_from() -> None:
    """The documents are not ours to publish, so only hashes of their nine-word runs are kept here."""
    taken = set(json.loads(RUNS.read_text()))
    assert len(taken) > 3000
    files = [
        *(ROOT / "content").rglob("*.*"),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
    ]
    for file in files:
        shared = taken & runs(file.read_text())
        assert not shared, file


def test_the_check_for_shared_words_can_fail() -> None:
    text = "one two three four five six seven eight nine ten"
    assert runs(text) & runs(f"and {text} eleven")
    assert not runs(text) & runs("one two three four five six seven eight")


# -- addresses


def test_the_guide_names_addresses_that_may_stand(guide: Guide) -> None:
    found = addresses.collect(guide)
    assert found
    assert addresses.faults(found) == []


def test_nothing_is_asked_of_another_host(real_site: Path) -> None:
    for path in files_of(real_site):
        for tag in page(path).select("script[src], link[href], img[src], iframe, object, source"):
            address = urlsplit(str(tag.get("src") or tag.get("href") or "//unknown"))
            relation = " ".join(tag.get("rel", []))
            assert not address.netloc or relation == "canonical", f"{path}: {tag}"
    for style in real_site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", style.read_text()), style


@pytest.mark.sampled
def test_every_word_of_danger_leads_to_its_section_of_the_page_that_says_when_to_call(guide: Guide) -> None:
    for language in (guide, *guide.editions):
        data = index.index(language)
        engine = Engine(data)
        for anchors, sign, words in data["urgent"]["signs"]:
            for text in (sign, *words)[:: sampling.part(1, 5)]:
                hits = engine.find(f"{text} ").hits
                assert hits, text
                assert (hits[0].urgent, hits[0].unit.url) == (True, data["help"][0][0]), text
            assert anchors, sign
