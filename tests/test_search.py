"""Search in patients' words: the right page comes first, what is absent finds nothing, browsers answer the same."""

import gzip
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from math import log
from pathlib import Path

import pytest
import quickjs
from bs4 import BeautifulSoup
from patientguide.search import index
from patientguide.search.engine import ZERO, Answer, Engine, Reader
from playwright.sync_api import Browser, Page, expect
from support import sampling
from support.browsing import Open
from support.cases import guide_of
from support.programs import mkdocs, patientguide
from support.project import FROZEN, ROOT, make_buildable
from support.searching import LISTS

RIGHT = {
    "patients": 0.97,
    "held-out": 0.95,
    "held-out-2": 0.93,
    "held-out-3": 0.95,
    "misspelt": 0.98,
    "people": 0.97,
    "unknown-word": 1.0,
}
"""The share of queries whose right page must be among the first three."""
SCRIPTS = ("assets/searchrank.js", "assets/searchbox.js", index.URI)
STYLES = ROOT / "docs" / "assets" / "search.css"


@cache
def engine() -> Engine:
    return Engine(index.index(guide_of(FROZEN / "content")))


def urls(answer: Answer) -> list[str]:
    return [hit.unit.url for hit in answer.hits]


def is_right(query: dict[str, list[str]], found: list[str]) -> bool:
    return any(url.startswith(meant) if meant else url == "" for url in found[:3] for meant in query["expect"])


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_page_is_among_the_first_three(name: str) -> None:
    wrong = [query["q"] for query in LISTS[name] if not is_right(query, urls(engine().find(query["q"])))]
    assert len(wrong) <= (1 - RIGHT[name]) * len(LISTS[name]), wrong


@pytest.mark.parametrize("name", ["absent", "absent-more"])
def test_what_is_absent_finds_nothing_or_is_named(name: str) -> None:
    """A subject that the guide lacks finds nothing by itself. Beside known words it is named, above what is nearest."""
    for query in LISTS[name]:
        found = engine().find(query["q"])
        if "unknown" in query:
            assert (found.hits != [], found.unknown) == (True, query["unknown"]), query
        else:
            assert urls(found) == [], query


def test_a_word_that_is_not_known_empties_no_answer_and_is_named() -> None:
    for query in LISTS["unknown-word"]:
        found = engine().find(query["q"])
        assert (found.hits != [], found.unknown) == (True, [query["unknown"]]), query


def test_words_of_danger_put_when_to_call_first_at_the_right_part() -> None:
    parts = {"emergency": "emergency-call-now", "now": "call-your-team-now-day-or-night"}
    for query in LISTS["urgent"]:
        first = engine().find(query["q"]).hits[0]
        assert (first.unit.url, first.urgent, first.section[0]) == ("when-to-call/", True, parts[query["at"]]), query
        assert first.text, query


@pytest.mark.parametrize(
    "words", ["38 years old", "room 39", "my age is 41", "100 questions", "chapter 12.5", "h2o 38"]
)
def test_a_number_alone_is_a_fever_only_if_it_can_be_nothing_else(words: str) -> None:
    assert not any(hit.urgent for hit in engine().find(words).hits)


@pytest.mark.sampled
def test_an_ordinary_word_is_never_taken_for_one_of_the_guide() -> None:
    data = index.index(guide_of(FROZEN / "content"))
    words = unpacked(data["ordinary"])[:: sampling.part(12, 60)]
    assert len(words) > 40
    assert {word: engine().find(f"{word} ").meant for word in words} == dict.fromkeys(words, "")
    without = Engine({**data, "ordinary": ""})
    assert sum(bool(without.find(f"{word} ").meant) for word in words) > len(words) / 2
    for word in ("perception", "car", "window", "perfecta", "ventana"):
        assert (engine().find(word).meant, urls(engine().find(word))) == ("", []), word


def unpacked(packed: str) -> list[str]:
    words = [""]
    for shared, rest in re.findall(r"([A-Z])([^A-Z]*)", packed):
        words.append(words[-1][: ord(shared) - ord("A")] + rest)
    return words[1:]


def test_pages_about_the_guide_come_after_pages_about_the_subject() -> None:
    about = {"how-we-work/", "accessibility/"}
    assert urls(engine().find("who wrote this guide"))[0] == "how-we-work/"
    for words in (
        "cancer trials funding",
        "contact my team about chemo",
        "do machines give radiation",
        "trust my doctor",
    ):
        found = urls(engine().find(words))
        treated = [place for place, url in enumerate(found) if url not in about]
        assert not treated or max(treated) < min([n for n, url in enumerate(found) if url in about], default=99), words


def test_who_has_another_stage_is_asked_and_answered() -> None:
    for words in ("chemo", "radiation", "surgery"):
        found = engine().find(words)
        stages = [[engine_facets()[n] for n in hit.unit.facets if n in engine_facets()] for hit in found.hits[:3]]
        assert found.asks, words
        assert {("stage-iii",), ("stage-iv",)} <= {tuple(stage) for stage in stages}, (words, urls(found))
        for chosen, other in (("stage-iii", "stage-iv"), ("stage-iv", "stage-iii")):
            theirs = [
                [engine_facets()[n] for n in hit.unit.facets if n in engine_facets()]
                for hit in engine().find(words, chosen).hits[:2]
            ]
            assert [other] not in theirs, (words, chosen)
    assert not engine().find("chemo stage IIIB").asks
    assert not engine().find("metastatic chemo").asks


@cache
def engine_facets() -> dict[int, str]:
    data = index.index(guide_of(FROZEN / "content"))
    return {number: value[0] for number, value in enumerate(data["facets"]) if value[2] == "stage"}


def test_a_hit_shows_the_sentence_that_matches() -> None:
    shown = {
        hit.unit.url: hit.text
        for words in ("letrozole joint pain", "kadcyla liver")
        for hit in engine().find(words).hits
    }
    assert "joint" in shown["medications/letrozole/"].lower()
    assert "liver" in shown["medications/trastuzumab-emtansine/"].lower()
    sentences = {text for unit in engine().units for _, text in unit.passages} | {unit.text for unit in engine().units}
    assert set(shown.values()) <= sentences


def test_a_word_that_only_names_a_medicine_is_never_taken_for_another() -> None:
    """Brand names, everyday names and known misspellings lead to their own page first."""
    for medicine in guide_of(FROZEN / "content").medications:
        for name in (*medicine.front.brands, *medicine.front.also_called, medicine.front.title, medicine.front.generic):
            found = urls(engine().find(name.partition(" (")[0]))
            assert f"medications/{medicine.id}/" in found[:5], name


def test_texts_of_the_index_are_read_as_queries_are() -> None:
    """The index is built in Python, and queries are read by the script: words and stems must be the same."""
    guide = guide_of(FROZEN / "content")
    words = guide.settings.search
    context = quickjs.Context()
    context.eval((ROOT / "docs/assets/searchrank.js").read_text())
    given = json.dumps([words.ignore, words.same, True])
    context.eval(f"const reader = new patientguideSearch.Reader(...{given})")
    theirs = context.eval("text => JSON.stringify(reader.words(text).map(({ said, stem }) => [said, stem]))")
    ours = Reader(words.ignore, words.same, english=True)
    texts = [entry.body for entry in guide.entries] + [query["q"] for queries in LISTS.values() for query in queries]
    texts += [
        "",
        "\u00bfQu\u00e9? \u00bd \ufb01x \u0130 \u1e9e \u01c5",
        "\u2019s",
        "na\u00efve caf\u00e9s",
        "it's the patients\u2019 nurse",
    ]
    assert sum(map(len, texts)) > 50_000
    for text in texts:
        assert json.loads(theirs(text)) == [list(word) for word in ours.words(text)], text


def test_a_browser_gives_the_answer_of_the_command(browser: Browser, address: str) -> None:
    queries = [query["q"] for queries in LISTS.values() for query in queries]
    queries += [query[:size] for query in queries[::7] for size in (2, 3, 5)] + [
        "",
        " ",
        "hair ",
        "¿Qué? ½ ﬁx İ ẞ ǅ",
        "\u2019s",
    ]
    page = browser.new_page()
    page.goto(address)
    for path in ("assets/searchrank.js", *index.files(guide_of(FROZEN / "content"))):
        page.add_script_tag(url=address + path)
    told = page.evaluate(
        """queries => { const engine = new patientguideSearch.Engine(patientguideSearch.joined(patientguideIndex));
            return queries.map(engine.find.bind(engine)).map(({hits, meant, unknown}) => ({
              hits: hits.map(({unit, section, text, score, words}) => [unit.url, section.slice(0, 1), text, score, words]),
              meant, unknown})); }""",
        queries,
    )
    page.close()
    assert len(told) > 250
    for query, theirs in zip(queries, told, strict=True):
        ours = engine().find(query)
        hits = [
            [h.unit.url, list(h.section[:1]), h.text, pytest.approx(h.score, abs=2e-6), list(h.words)]
            for h in ours.hits
        ]
        assert theirs == {"hits": hits, "meant": ours.meant, "unknown": list(ours.unknown)}, query


def test_every_place_that_is_found_exists(site: Path) -> None:
    ids = {path: {str(tag["id"]) for tag in soup(path).select("[id]")} for path in site.rglob("index.html")}
    for unit in engine().units:
        page, _, anchor = unit.url.partition("#")
        on = ids[site / page / "index.html"]
        assert not anchor or anchor in on, unit.url
        assert not (lost := {s[0] for s in unit.sections} - on) or unit.kind in (1, 2, 3), (unit.url, lost)


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "lxml")


def test_search_is_small_and_loads_when_it_is_used(site: Path, visit: Open) -> None:
    assert (
        sum(len(gzip.compress(path.read_bytes(), 9)) for path in (*(site / name for name in SCRIPTS), STYLES)) <= 60_000
    )
    assert not list(site.rglob("search_index.json"))
    page = visit("", "desktop")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "search" in request.url else None)
    page.wait_for_load_state()
    page.evaluate("new Promise(done => requestIdleCallback(done))")
    assert asked == []
    page.get_by_role("textbox", name="Search").focus()
    expect(page.get_by_role("status")).to_have_text(re.compile("^Type a word, "))
    names = [url.rpartition("/")[2] for url in asked]
    assert {name for name in names if not name.startswith("part_")} == {"search_index.js", "searchrank.js"}


def test_texts_that_are_shown_are_whole_and_without_marks() -> None:
    units = engine().units
    assert not [unit.url for unit in units if "[@" in unit.text or "{" in unit.text]
    assert not [unit.url for unit in units if unit.text and unit.text.rstrip('\u201d")')[-1] not in ".?!:"]


def type_in(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Search").fill(words)


def test_a_mended_word_is_said(visit: Open) -> None:
    page = visit("therapies/surgery/", "desktop")
    type_in(page, "hercepten")
    expect(page.get_by_role("status")).to_contain_text("Showing results for \u201cHerceptin\u201d")
    first = page.locator(".md-search-result__link").first
    expect(first).to_contain_text("Trastuzumab")
    expect(first).to_contain_text("HER2 antibody")
    first.click()
    page.wait_for_url("**/medications/trastuzumab/")


def test_a_question_shows_the_sentence_of_its_answer(visit: Open) -> None:
    page = visit("")
    page.locator("button[data-pg-opens=search]").click()
    type_in(page, "will I lose my hair")
    hit = page.locator(".md-search-result__link", has_text="Will I lose my hair?")
    expect(hit).to_contain_text("Common questions")
    found = engine().find("will I lose my hair").hits
    answer = next(hit.text for hit in found if hit.unit.url == "faq/#will-i-lose-my-hair")
    expect(hit).to_contain_text(answer)
    hit.click()
    page.wait_for_url("**/faq/#will-i-lose-my-hair")
    assert "?" not in page.url  # what was typed stays here
    expect(page.locator(".md-search__output")).to_be_hidden()


def test_keys_lead_through_the_box(visit: Open) -> None:
    page = visit("", "desktop")
    box = page.get_by_role("textbox", name="Search")
    box.focus()
    box.press_sequentially("chemo")
    links = page.locator(".md-search-result__link")
    expect(links.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(links.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".md-search__output")).to_be_hidden()
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/therapies/chemotherapy/")


def test_nothing_found_helps_on(visit: Open) -> None:
    page = visit("", "desktop")
    type_in(page, "asthma")
    expect(page.get_by_role("status")).to_have_text("Nothing found for \u201casthma\u201d.")
    expect(page.locator(".md-search-result__item")).to_have_count(0)
    expect(page.locator(".pg-nothing a")).to_have_count(4)
    page.locator(".pg-nothing a", has_text="A to Z").click()
    page.wait_for_url("**/a-z/")


def test_what_is_not_known_is_said_with_whom_to_call(visit: Open) -> None:
    page = visit("", "desktop")
    type_in(page, "hernia operation")
    expect(page.get_by_role("status")).to_contain_text("No page on \u201chernia\u201d. Nearest:")
    expect(page.locator(".pg-nothing__call")).to_be_visible()
    expect(page.locator(".pg-nothing__call a[href^='tel:']")).to_have_count(1)
    type_in(page, "chemotherapy")
    expect(page.locator(".pg-nothing__call")).to_be_hidden()


def test_a_sign_of_danger_leads_to_its_part_of_the_page(visit: Open) -> None:
    page = visit("", "desktop")
    type_in(page, "my chest hurts")
    first = page.locator(".md-search-result__link").first
    expect(first.locator(".pg-hit--urgent")).to_be_visible()
    expect(first.locator("mark").first).to_be_visible()
    first.click()
    page.wait_for_url("**/when-to-call/#emergency-call-now")


def test_the_reader_says_whether_it_has_spread(visit: Open) -> None:
    page = visit("", "desktop")
    type_in(page, "radiation")
    first = page.locator(".md-search-result__link").first
    expect(first.locator(".pg-hit__reader")).to_have_text("Stage IV")
    page.get_by_role("group", name="For whom").get_by_role("button", name="No (stage III)").click()
    expect(page.locator(".md-search-result__link", has_text="Phase 3").first).to_be_visible()
    expect(first).not_to_contain_text("Stage IV")
    page.get_by_role("button", name="No (stage III)").click()
    expect(first.locator(".pg-hit__reader")).to_have_text("Stage IV")
    type_in(page, "radiation stage IV")
    expect(page.locator(".pg-ask")).to_be_hidden()


def test_search_works_from_a_folder(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "therapies" / "surgery" / "index.html").as_uri())
    type_in(page, "femara")
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url("**/medications/letrozole/index.html")
    page.close()


def test_without_scripts_there_is_a_list_from_a_to_z(visit: Open) -> None:
    page = visit("therapies/surgery/", java_script_enabled=False)
    page.get_by_role("link", name="list from A to Z").click()
    for name in ("Herceptin", "Lymphedema", "hot flashes"):
        expect(page.get_by_role("listitem").filter(has_text=name).first).to_be_visible()


def test_the_list_from_a_to_z_holds_every_name(site: Path) -> None:
    guide = guide_of(FROZEN / "content")
    text = soup(site / "a-z" / "index.html").article
    assert text is not None
    names = [brand.partition(" (")[0] for medicine in guide.medications for brand in medicine.front.brands]
    names += [entry.front.title for entry in guide.outlined] + [term.term for term in guide.terms]
    held = " ".join(text.get_text(" ").split()).casefold()
    assert [name for name in names if name.casefold() not in held] == []


def test_another_guide_is_searched_in_its_own_words(change: Callable[..., Path]) -> None:
    guide = change(
        "content/guide.yml", 'region: "Testland"', 'region: "Testland"\nsearch: {same: [[tablet, comprimé]]}'
    )
    found = Engine(index.index(guide_of(guide / "content")))
    assert urls(found.find("comprime"))[0] == "therapies/tablets/"
    assert urls(found.find("chemotherapy")) == []


def test_a_name_that_is_known_to_be_another_medicine_is_not_mended(change: Callable[..., Path]) -> None:
    guide = change("content/guide.yml", 'region: "Testland"', 'region: "Testland"\nsearch: {others: [cetirizane]}')
    found = Engine(index.index(guide_of(guide / "content")))
    assert urls(found.find("cetirizane")) == []
    assert found.find("cetirizene").meant == "cetirizine"


def test_another_guide_builds_with_its_search(mini: Path, browser: Browser) -> None:
    done = mkdocs(make_buildable(mini), "build", "--strict")
    assert done.returncode == 0, done.stderr
    page = browser.new_page()
    page.goto((mini / "site" / "index.html").as_uri())
    type_in(page, "tablets")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.close()


@pytest.mark.parametrize(("words", "code", "said"), [("hot flushes", 0, "hormone-therapy"), ("asthma", 1, "Nothing")])
def test_editors_see_the_ranking(words: str, code: int, said: str) -> None:
    done = patientguide(FROZEN, "search", *words.split())
    assert (done.returncode, done.stderr) == (code, "")
    assert said in done.stdout
    told = json.loads(patientguide(FROZEN, "search", *words.split(), "--format", "json").stdout)
    assert bool(told["hits"]) == (code == 0)


# -- what a hit is worth, on a guide of a few made-up pages

KINDS = [["pages", 1.0], ["lists", 0.5]]
FIELDS = ("title", "names", "heading", "summary", "text")
"""Where a word stands, the weightiest place first."""
WEIGHTS = {"title": 5, "names": 4, "heading": 2.5, "summary": 1.5, "text": 1}


def small(*units: dict[str, str], medicines: Sequence[str] = (), kinds: Sequence[int] = ()) -> Engine:
    """An engine for pages with a few words each, in these places. Each has words of its own besides."""
    texts: dict[str, str] = {}
    for number, unit in enumerate(units):
        for word in unit.get("text", "").split():
            texts[word] = texts.get(word, "") + chr(ZERO + number)
    rows = [
        [
            f"page-{number}/",
            unit.get("title", f"own{'abcdefghijklmnop'[number] * 5}"),
            kinds[number] if kinds else 0,
            "",
            unit.get("summary", ""),
            [unit["names"]] if "names" in unit else [],
            [["at", unit["heading"]]] if "heading" in unit else [],
            [],
            [[-1, text] for text in unit.get("sentences", "").split(" / ") if text],
        ]
        for number, unit in enumerate(units)
    ]
    words = {
        word: "".join(chr(ZERO + (ord(b) - ord(a))) for a, b in pairwise(chr(ZERO) + at)) for word, at in texts.items()
    }
    data = {"ignore": [], "same": [], "english": True, "kinds": KINDS, "units": rows, "medicines": list(medicines)}
    none = {"about": -1, "facets": [], "ask": None, "urgent": {"temperatures": [], "degrees": [], "signs": []}}
    rest = {"others": [], "ordinary": "", "help": [], "words": " ".join(words), "steps": " ".join(words.values())}
    return Engine({**data, **none, **rest})


@pytest.mark.parametrize(("better", "worse"), list(pairwise(FIELDS)))
def test_a_word_counts_more_the_closer_it_stands_to_the_name(better: str, worse: str) -> None:
    """The worse place comes first in the guide, so that a draw would show."""
    found = small({worse: "pollen"}, {better: "pollen"}, {"text": "dust"})
    assert urls(found.find("pollen")) == ["page-1/", "page-0/"]


@pytest.mark.parametrize("place", ["heading", "summary", "text"])
def test_what_a_hit_scores(place: str) -> None:
    """Worked by hand: one of two pages has the word, so it tells log(1 + 1.5 / 1.5); BM25F takes w / (w + 3) of it.

    A word that no name or heading has tells 0.6 of that.
    """
    (hit,) = small({place: "pollen"}, {"text": "dust"}).find("pollen").hits
    weight, passing = WEIGHTS[place], 1 if place == "heading" else 0.6
    assert hit.score == pytest.approx(passing * log(2) * weight / (weight + 3), abs=1e-6)


@pytest.mark.parametrize("place", ["title", "names"])
def test_to_be_called_what_was_asked_for_triples_a_score(place: str) -> None:
    (hit,) = small({place: "pollen"}, {"text": "dust"}).find("pollen").hits
    weight = WEIGHTS[place]
    assert hit.score == pytest.approx(3 * log(2) * weight / (weight + 3), abs=1e-6)


def test_a_name_that_says_more_than_was_asked_for_helps_less() -> None:
    found = small({"title": "pollen season"}, {"title": "pollen"}, {"text": "dust"})
    exact, longer = found.find("pollen").hits
    assert (exact.unit.url, longer.unit.url) == ("page-1/", "page-0/")
    assert exact.score > 1.5 * longer.score


def test_the_page_of_a_medicine_that_was_named_counts_twice() -> None:
    """Whatever the guide thinks of its kind."""
    units, kinds = ({"title": "cetirizine"}, {"text": "dust"}), (1, 0)
    (plain,) = small(*units, kinds=kinds).find("cetirizine").hits
    (named,) = small(*units, kinds=kinds, medicines=["cetirizine"]).find("cetirizine").hits
    assert plain.score == pytest.approx(0.5 * 3 * log(2) * 5 / 8, abs=1e-6)
    assert named.score == pytest.approx(2 * 3 * log(2) * 5 / 8, abs=1e-6)


def test_a_search_that_is_mostly_unknown_is_only_near() -> None:
    """An unknown word tells more than one that stands here: beside it two known ones are too few, and three enough."""
    found = small({"text": "pollen season grass"}, {"text": "dust"})
    for words, near in (("pollen season grass warp ", False), ("pollen season warp ", True)):
        answer = found.find(words)
        assert (urls(answer), answer.unknown, answer.near) == (["page-0/"], ["warp"], near)


def test_a_sentence_with_all_words_counts_more() -> None:
    apart = {"text": "pollen grass", "sentences": "Pollen flies. / Grass grows."}
    together = {"text": "pollen grass", "sentences": "Dust lies. / Grass has pollen."}
    first, other = small(apart, together, {"text": "dust"}).find("pollen grass").hits
    assert (first.unit.url, first.text, other.text) == ("page-1/", "Grass has pollen.", "Grass grows.")
    assert first.score == pytest.approx(other.score * 1.6 / 1.15, abs=1e-5)


def test_a_medicine_is_found_whatever_stands_beside_its_name() -> None:
    found = small({"title": "cetirizine"}, {"text": "dust"}, medicines=["cetirizine"])
    assert urls(found.find("cetirizine warp weft ")) == ["page-0/"]


def test_at_most_ten_pages_answer() -> None:
    assert len(small(*({"text": "pollen"} for _ in range(12))).find("pollen").hits) == 10


@pytest.mark.parametrize(("place", "is_found"), [("text", False), ("heading", False), ("names", True)])
def test_a_page_far_below_the_best_is_left_out(place: str, is_found: bool) -> None:
    """Of two words a page has one, in these places: in a heading it scores 4.6 percent of the best; 5 are asked."""
    found = small({"title": "pollen warp"}, {place: "pollen"}, *({"text": "dust"} for _ in range(11)))
    assert urls(found.find("pollen warp")) == (["page-0/", "page-1/"] if is_found else ["page-0/"])


def test_the_index_is_the_same_each_time() -> None:
    one, other = (index.files(guide_of(FROZEN / "content")) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("key", ["/", "f", "s", "k"])
def test_no_key_of_one_letter_opens_the_box(visit: Open, key: str) -> None:
    """WCAG 2.2, 2.1.4: whoever dictates a word would press it."""
    page = visit("", "desktop")
    page.keyboard.press(key)
    expect(page.get_by_role("textbox", name="Search")).not_to_be_focused()
    expect(page.locator(".md-search__output")).to_be_hidden()
