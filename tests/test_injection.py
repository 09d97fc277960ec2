"""Script injection: each text of injections.yml in each place where an editor writes, refused or shown as plain text.

What is accepted is built into one site. Its articles are held against a list of what they may hold, the rest of each
page against a site without any of it. At the end a browser opens the pages and does what readers do.
"""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from patientguide.pages.drafts import SHORTEST_FILTERED
from playwright.sync_api import Browser, Page
from support.gate import faults_inside, powers, tree
from support.places import DATA, MENU, NAMES, PAIRS, PLACES, Change, Pair, alone, refused, write
from support.programs import mkdocs
from support.project import ROOT, make_buildable
from support.serving import served

TAGS: dict[str, list[str]] = DATA["allowed"]["tags"]
SCHEMES = {"", *DATA["allowed"]["schemes"]}
POINT_AND_FOCUS = """() => document.querySelectorAll('article *, header *, nav *').forEach(e => {
    for (const kind of ['mouseover', 'mouseenter', 'pointerover', 'focus', 'toggle']) e.dispatchEvent(new Event(kind))
    if (e.focus) e.focus()
    if (/^\\s*javascript:/i.test(e.getAttribute('href') || '')) e.click()
})"""
SETTLED = "document.readyState === 'complete' && [...document.images].every(image => image.complete)"
"""Whatever a page loads has come or failed, so that a handler on it has run."""


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """The pairs that the checks let through."""
    folder = tmp_path_factory.mktemp("accepted")
    found = []
    wrong = refused(write(folder / "alone", [change for pair in PAIRS if alone(pair) for change in pair.changes]))
    for pair in PAIRS:
        own = {change.path for change in pair.changes if not change.anchor}
        if not (own & wrong if alone(pair) else refused(write(folder / pair.name, pair.changes))):
            found.append(pair)
    return found


def built(folder: Path, changes: list[Change]) -> Path:
    project = make_buildable(write(folder, changes))
    assert refused(project) == set()
    done = mkdocs(project, "build", PYTHONPATH=str(ROOT / "hooks"))
    assert done.returncode == 0, done.stderr[-2000:]
    return project / "site"


@pytest.fixture(scope="module")
def site(accepted: list[Pair], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One site with every text and name that was accepted, and a page that has trials and cites every source."""
    folder = tmp_path_factory.mktemp("hostile-site")
    names = [change for name, change in NAMES.items() if not refused(write(folder / name, [change]))]
    changes = [change for pair in accepted for change in pair.changes] + names
    keys = [pair.name for pair in accepted if pair.changes[0].path.startswith("content/references/")]
    cites = "".join(f"\n\nText [@{key}]." for key in keys)
    words = " ".join(pair.mark.upper() for pair in accepted if pair.changes[0].path == "content/glossary.yml")
    facts = "".join((ROOT / "tests" / "mini" / "docs" / "index.md").read_text().partition("\n---\n")[:2])
    changes += [
        Change(
            "docs/all.md", f"{facts}\n{{part:trials}}\n\n{{part:pathway}}\n\nWords {words} [@label#words].{cites}\n"
        ),
        Change(MENU[0], "all.md, ", MENU[1]),
    ]
    return built(folder / "guide", changes)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What runs, loads and leads away on a site without any hostile text, with lists long enough for a filter."""
    more = [
        one for number in range(SHORTEST_FILTERED) for one in PLACES["title"](f"plain-{number}", "Plain", f"{number}")
    ]
    pages = built(tmp_path_factory.mktemp("clean-site") / "guide", more).rglob("*.html")
    return {power for page in pages for power in powers(tree(page.read_text()))}


def fold(text: str) -> str:
    """Text as a reader sees it: runs of white space are one space, and hidden signs are nothing."""
    return " ".join(re.sub(r"[\x00-\x08]", "", text).split())


def words(page: Tag) -> str:
    return fold(page.get_text().replace("¶", ""))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    return {path.relative_to(site).as_posix(): tree(path.read_text()) for path in sorted(site.rglob("*.html"))}


def faults(page: Tag, clean: set[str]) -> list[str]:
    """What is wrong with a page."""
    found = sorted(powers(page) - clean)
    for article in page.select("article"):
        found += faults_inside(article, TAGS, SCHEMES)
    return found


@pytest.mark.parametrize("place", PLACES)
def test_harmless_words_are_accepted_in_each_place(place: str, tmp_path: Path) -> None:
    """A place that refuses everything would prove nothing."""
    harmless = {"target of a link": "../../docs/index.md", "whole address of a source": "https://example.org/"}
    text = harmless.get(place, "words")
    assert refused(write(tmp_path / "guide", PLACES[place]("inj", text, "zq0z"))) == set()


@pytest.mark.slow
def test_there_are_many_texts_and_places(accepted: list[Pair]) -> None:
    assert len(DATA["payloads"]) >= 40
    assert len(accepted) > 50
    assert len(PAIRS) - len(accepted) > 500


@pytest.mark.slow
def test_what_is_accepted_brings_nothing_into_a_page(pages: dict[str, BeautifulSoup], clean: set[str]) -> None:
    wrong = {}
    for path, page in pages.items():
        if found := faults(page, clean):
            marks = set(re.findall(r"zq\d+z", page.get_text()))
            wrong[path] = (found, [(pair.place, pair.payload["name"]) for pair in PAIRS if pair.mark in marks][:5])
    assert not wrong, "\n".join(f"{path}: {said}" for path, said in [*wrong.items()][:20])


@pytest.mark.slow
def test_what_is_accepted_is_shown_as_plain_text_or_not_at_all(
    pages: dict[str, BeautifulSoup], accepted: list[Pair]
) -> None:
    """What stands before the mark of a text is this text."""
    by_mark = {pair.mark: pair for pair in accepted}
    wrong = set()
    for page in pages.values():
        text = words(page)
        for found in re.finditer(r"zq\d+z", text):
            pair = by_mark[found[0]]
            meant = [*map(fold, pair.payload.get("shows", [])), fold(pair.payload["text"])]
            # Where a text needs a source, the number of its note stands in between.
            before = text[: found.start()].rstrip()
            if not before.endswith(tuple(meant)) and not re.sub(r"[\d,]+$", "", before).endswith(tuple(meant)):
                wrong.add((pair.place, pair.payload["name"], before[-60:]))
    assert not wrong, "\n".join(map(str, sorted(wrong)[:40]))


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<article><iframe></iframe></article>", "tag iframe"),
        ("<article><marquee>x</marquee></article>", "tag marquee"),
        ("<article><p onclick='ran()'>x</p></article>", "attribute onclick of p"),
        ("<article><p style='color:red'>x</p></article>", "attribute style of p"),
        ("<article><a href='JaVa\nScript:ran()'>x</a></article>", "scheme javascript in a"),
        ("<article><a href=' data:text/html,x'>x</a></article>", "scheme data in a"),
        ("<article><img src=x onerror='ran()'></article>", "attribute onerror of img"),
        ("<script>ran()</script>", "script [] "),
        ("<script src='x.js'></script>", "script [('src', 'x.js')] "),
        ("<body onload='ran()'>", "onload of body: ran()"),
        ("<meta http-equiv='refresh' content='0'>", "meta [('content', '0'), ('http-equiv', 'refresh')] "),
        ("<base href='https://example.org/'>", "base [('href', 'https://example.org/')] "),
        ("<form action='x'></form>", "form [('action', 'x')] "),
        ("<style>p{}</style>", "style [] "),
        ("<p style='x'>x</p>", "[style] [('style', 'x')] "),
        ("<iframe src='x'></iframe>", "iframe [('src', 'x')] "),
        ("<a href='javascript:ran()'>x</a>", "scheme javascript in a"),
    ],
)
def test_the_gate_can_close(html: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(tree(html), set())), faults(tree(html), set())


def test_the_gate_is_open_for_what_an_article_holds(clean: set[str]) -> None:
    html = "<article><p class='x' id='y'>a <a href='../b/'>c</a> <a href='https://example.org/'>d</a></p></article>"
    assert faults(tree(html), clean) == []


def test_nothing_runs_in_a_browser(site: Path, browser: Browser) -> None:
    """Every page is opened, everything on it pointed at and focused, and words are searched for."""
    wrong: list[str] = []
    with served(site) as home, browser.new_context() as context:

        def asked(url: str) -> None:
            if not url.startswith((home, "data:", "blob:")):
                wrong.append(f"asked for {url}")

        page = context.new_page()
        page.expose_function("ran", lambda *_: wrong.append(f"ran on {page.url}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog on {page.url}"), dialog.dismiss()))
        page.on("request", lambda request: asked(request.url))
        search(page, home)
        # Styles and pictures take time and are the same everywhere; our scripts handle what stands in the page.
        context.route(re.compile(r"\.(css|png|woff2)$"), lambda route: route.abort())
        for path in sorted(site.rglob("index.html")):
            page.goto(home + path.relative_to(site).parent.as_posix() + "/", wait_until="domcontentloaded")
            page.evaluate(POINT_AND_FOCUS)
    assert wrong == []


def search(page: Page, home: str) -> None:
    page.goto(home)
    box = page.get_by_role("textbox", name="Search")
    box.click()
    for word in ("zq", "onerror"):
        box.fill("")
        box.press_sequentially(word)
        page.locator(".md-search-result__link").first.wait_for()
        page.wait_for_function(SETTLED)


def test_the_browser_would_notice(browser: Browser) -> None:
    """The same hook sees a script and a handler run."""
    with browser.new_context() as context:
        page, ran = context.new_page(), []
        page.expose_function("ran", lambda *_: ran.append(True))
        page.goto("about:blank")
        page.set_content("<article><img src=x onerror=ran()><p onmouseover=ran()>x</p></article><script>ran()</script>")
        page.evaluate(POINT_AND_FOCUS)
        page.wait_for_function(SETTLED)
    assert len(ran) >= 3
