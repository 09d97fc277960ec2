"""Pages stay light as a guide grows: what a page shows of the menu, long lists in groups, and a search in parts."""

import gzip
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from patientguide.links import indexes
from patientguide.pages import lists
from patientguide.pages.navigation import MenuView, Navigation
from patientguide.search import index as search_index
from patientguide.search.engine import Answer, Engine
from playwright.sync_api import Browser, Locator, Page, Route, expect
from support import rich
from support.cases import guide_of
from support.programs import mkdocs
from support.project import FROZEN, MINI, ROOT, Shared, make_buildable
from support.searching import LISTS
from support.serving import served

FEW, MANY = 20, 160
LETTERS = "bcdfghklmnprstvz"
NAMES = [f"{a}{b}" * 3 + "in" for a, b in product(LETTERS, "aeiou" + LETTERS[:5])]
"""Names that differ in three letters or more, so that none is taken for another misspelt."""

SPRING = "facets: {season: [spring]}\n"


def grown(folder: Path, count: int) -> Path:
    """The small guide with so many more medicines, half as many more questions, and the list of all checks."""
    shutil.copytree(MINI, folder)
    text = (folder / "content/medications/cetirizine.md").read_text()
    for name in NAMES[:count]:
        new = text.replace("Cetirizine", name.capitalize()).replace("cetirizine", name).replace("Nosefine", f"{name}a")
        new = new.replace("changed:", 'questions: ["How long?"]\nchanged:')
        (folder / f"content/medications/{name}.md").write_text(new)
    question = (folder / "content/faqs/what-next.md").read_text()
    for name in NAMES[: count // 2]:
        (folder / f"content/faqs/{name}.md").write_text(
            question.replace('title: "', f'{SPRING}title: "{name.capitalize()} ')
        )
    with (folder / "docs/index.md").open("a") as page:
        page.write("\n## Checks\n\n{part:checks}\n")
    return folder


@pytest.fixture(scope="module")
def sites(shared: Shared) -> dict[int, Path]:
    def make(folder: Path) -> None:
        for count in (FEW, MANY):
            done = mkdocs(make_buildable(grown(folder / str(count), count)), "build", "--strict")
            assert done.returncode == 0, done.stderr

    folder = shared("grown", make)
    return {count: folder / str(count) / "site" for count in (FEW, MANY)}


@pytest.mark.slow
def test_an_ordinary_page_does_not_grow_with_the_guide(sites: dict[int, Path]) -> None:
    few, many = (
        {name: (site / "medications" / name / "index.html").stat().st_size for name in NAMES[:FEW]}
        for site in sites.values()
    )
    assert max(many[name] / few[name] for name in few) < 1.1
    assert mean(many.values()) < 1.1 * mean(few.values())


def links(page: Path, address: str) -> Iterator[str]:
    for found in re.findall(r'<a [^>]*?href="([^"#]*)', page.read_text()):
        yield urljoin(address, found)


@pytest.mark.slow
def test_every_page_is_reached_by_following_links(sites: dict[int, Path]) -> None:
    site = sites[MANY]
    every = {f"/{page.parent.relative_to(site)}/".replace("/./", "/") for page in site.rglob("index.html")}
    assert len(every) > MANY
    reached, waiting = {"/"}, ["/"]
    while waiting:
        address = waiting.pop()
        found = set(links(site / address[1:] / "index.html", address)) & every - reached
        reached |= found
        waiting += found
    assert every - reached == set()
    # The list alone leads to every entry: nobody has to walk from neighbor to neighbor.
    entries = {address for address in every if re.fullmatch(r"/medications/.+/", address)}
    assert entries <= set(links(site / "medications/index.html", "/medications/"))


@pytest.mark.slow
def test_a_page_without_a_place_in_the_menu_has_one_too(sites: dict[int, Path]) -> None:
    lost = (sites[MANY] / "404.html").read_text()
    assert lost.count('class="pg-menu"') == 1
    assert "/medications/" not in lost


@cache
def navigation(count: int) -> tuple[Navigation, list[str]]:
    uris = [f"medications/{number}.md" for number in range(count)]
    groups = [{"Start": ["index.md", "faq.md"]}, {"Medicines": ["medications/index.md", *uris, "a-z.md"]}]
    return Navigation(groups, {uri: uri for group in groups for found in group.values() for uri in found}), uris


def shown(view: MenuView) -> list[list[str]]:
    return [[child.title for child in item.children] for item in view.items]


def test_a_short_collection_is_listed_whole() -> None:
    short, uris = navigation(40)
    view = short.beside(uris[3])
    assert shown(view) == [["index.md"], ["medications/index.md", *uris, "a-z.md"]]
    assert [item.active for item in view.items] == [False, True]
    assert [child.title for child in view.items[1].children if child.active] == [uris[3]]
    assert not any(child.count for child in view.items[1].children)


@pytest.mark.parametrize(("at", "first", "last"), [(0, 0, 5), (3, 0, 8), (50, 45, 55), (99, 94, 99)])
def test_a_long_collection_shows_the_entries_around(at: int, first: int, last: int) -> None:
    long, uris = navigation(100)
    view = long.beside(uris[at])
    assert shown(view)[1] == ["medications/index.md", *uris[first : last + 1], "a-z.md"]
    assert [child.title for child in view.items[1].children if child.active] == [uris[at]]
    assert view.items[1].children[0].count == 100


def test_other_pages_of_a_group_show_of_a_long_collection_only_its_list() -> None:
    long, uris = navigation(100)
    assert shown(long.beside("a-z.md"))[1] == ["medications/index.md", "a-z.md"]
    assert shown(long.beside("index.md")) == [["index.md", "faq.md"], ["medications/index.md"]]
    assert shown(long.beside("medications/index.md"))[1] == ["medications/index.md", *uris[:5], "a-z.md"]
    assert shown(long.beside()) == shown(long.beside("404.md")) == [["index.md"], ["medications/index.md"]]


def test_steps_lead_through_all_pages_in_order() -> None:
    long, uris = navigation(100)
    order = ["index.md", "faq.md", "medications/index.md", *uris, "a-z.md"]
    for before, uri, after in zip([None, *order], order, [*order[1:], None], strict=False):
        view = long.beside(uri)
        assert (view.previous_page and view.previous_page.title) == before
        assert (view.next_page and view.next_page.title) == after
    assert long.beside("index.md").previous_page is None


def test_no_step_leads_from_a_name_to_the_next_name() -> None:
    long, uris = navigation(3)
    course = Navigation(long.menu, long.titles, unordered=frozenset(uris))
    assert [course.beside(uris[1]).previous_page, course.beside(uris[1]).next_page] == [None, None]
    (before, after) = (course.beside("medications/index.md").next_page, course.beside("a-z.md").previous_page)
    assert [before and before.title, after and after.title] == ["a-z.md", "medications/index.md"]


def test_addresses_are_relative_to_the_root() -> None:
    long, uris = navigation(100)
    assert long.beside(uris[0]).items[0].children[0].url == ""
    assert long.beside(uris[0]).items[1].children[1].url == "medications/0/"


def steps(work: Callable[[], Any]) -> int:
    """How many lines of Python a piece of work takes."""
    count = 0

    def line(*_: object) -> Any:
        nonlocal count
        count += 1
        return line

    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


def test_the_menu_of_a_page_costs_the_same_in_a_large_guide() -> None:
    small, large = (navigation(count) for count in (100, 10_000))
    assert steps(lambda: small[0].beside(small[1][50])) == steps(lambda: large[0].beside(large[1][50]))


def test_long_lists_are_cut_by_letters() -> None:
    named = [(name, name) for name in ("beta", "Álpha", "2nd", "alp", "beta one")]
    assert lists.entries_by_letter(named) == {"": [name for name, _ in named]}
    assert list(lists.entries_by_letter(named, most=4).items()) == [
        ("#", ["2nd"]),
        ("A", ["alp", "Álpha"]),
        ("B", ["beta", "beta one"]),
    ]


def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(), "lxml")


def jumps(page: BeautifulSoup, prefix: str) -> list[str]:
    """The letters of a jump list; each leads to a heading that says it."""
    found = page.select(f'p.pg-aside a[href^="#{prefix}"]')
    for link in found:
        heading = page.find(id=str(link["href"])[1:])
        assert heading is not None
        assert heading.find(string=True) == link.string
    return [link.get_text() for link in found]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "prefix"),
    [("medications", "pg-letter-"), ("questions", "pg-questions-2-"), ("for/spring", "pg-faqs-"), ("faq", "pg-topic-")],
)
def test_a_long_list_has_groups_to_jump_to(sites: dict[int, Path], page: str, prefix: str) -> None:
    few, many = (jumps(soup(site / page / "index.html"), prefix) for site in sites.values())
    assert few == []
    names = NAMES[: MANY if prefix in ("pg-letter-", "pg-questions-2-") else MANY // 2]
    first = {name[0].upper() for name in names}
    assert many == (["First things"] if page == "faq" else sorted(first))


@pytest.mark.slow
def test_the_page_on_checks_folds_its_long_lists(sites: dict[int, Path]) -> None:
    few, many = (soup(site / "index.html").select("details.note > summary") for site in sites.values())
    said = [[summary.get_text() for summary in found if "page" in summary.get_text()] for found in (few, many)]
    assert len(said[0]) < 3
    assert "B: 20 pages" in said[1]


@pytest.mark.slow
def test_a_source_that_many_pages_cite_folds_them(sites: dict[int, Path]) -> None:
    page = soup(sites[MANY] / "references/index.html")
    source = page.find(id="label")
    assert source is not None
    folded = source.select_one("details")
    assert folded is not None
    every, rest = (len(part.select("p a[href^='../']")) for part in (source, folded))
    assert every > MANY
    assert every - rest == 12
    assert folded.get_text().strip().startswith(f"and on {rest} more pages")
    assert not soup(sites[FEW] / "references/index.html").select("#pollen-trial details")


@pytest.fixture(scope="module")
def index() -> dict[str, Any]:
    """The search index of a guide of a thousand entries and more."""
    return rich.grown(guide_of(FROZEN / "content"), 1000)


def packed(texts: Iterable[str]) -> int:
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


ENGINE = [(ROOT / "docs/assets" / name).read_text() for name in ("searchrank.js", "searchbox.js")]


@pytest.mark.slow
def test_a_first_search_in_a_thousand_entries_loads_little(index: dict[str, Any]) -> None:
    """All of it, sentences included, within 360 kB; what gives the first answer, within 100 kB."""
    files = search_index.scripts(index)
    assert len(files) > 3
    assert packed([*ENGINE, *files.values()]) < 360_000
    assert packed([*ENGINE, files[search_index.URI]]) < 100_000
    assert max(len(text) for text in files.values()) < 300_000


def test_a_small_guide_has_one_file() -> None:
    assert list(search_index.files(guide_of(MINI / "content"))) == [search_index.URI]


def loaded(browser: Browser, files: Iterable[str]) -> Page:
    page = browser.new_page(service_workers="block")
    page.goto("about:blank")
    for text in (ENGINE[0], *files):
        page.add_script_tag(content=text)
    return page


def told(page: Page, data: str, queries: list[str]) -> list[dict[str, Any]]:
    return page.evaluate(  # type: ignore[no-any-return]
        f"""queries => {{ const engine = new patientguideSearch.Engine({data});
            return queries.map(engine.find.bind(engine)).map(({{hits, meant, unknown}}) => ({{
              hits: hits.map(({{unit, section, score, words}}) => [unit.url, section.slice(0, 1), score, words]),
              meant, unknown}})); }}""",
        queries,
    )


def as_told(answer: Answer) -> dict[str, Any]:
    hits = [[h.unit.url, list(h.section[:1]), pytest.approx(h.score, abs=2e-6), list(h.words)] for h in answer.hits]
    return {"hits": hits, "meant": answer.meant, "unknown": list(answer.unknown)}


@pytest.mark.slow
def test_parts_together_are_the_index_and_answer_as_it_does(index: dict[str, Any], browser: Browser) -> None:
    rng = Random("queries")
    words = [*index["words"].split(" "), *(unit[1] for unit in index["units"])]
    queries = [query["q"] for queries in LISTS.values() for query in queries]
    queries += [" ".join(rng.choices(words, k=rng.randint(1, 3))) for _ in range(60)]
    queries += [(word := rng.choice(words))[: rng.randint(2, len(word))] for _ in range(40)]
    page = loaded(browser, search_index.scripts(index, most=100_000).values())
    joined = "patientguideSearch.joined(patientguideIndex)"
    assert page.evaluate(joined) == index
    answers = told(page, joined, queries)
    page.close()
    engine = Engine(index)
    for query, theirs in zip(queries, answers, strict=True):
        assert theirs == as_told(engine.find(query)), query


@pytest.mark.slow
def test_the_first_part_takes_no_word_of_the_guide_for_a_mistake(index: dict[str, Any], browser: Browser) -> None:
    page = loaded(browser, [search_index.scripts(index)[search_index.URI]])
    words = index["words"].split(" ")[::20]
    assert [answer["meant"] for answer in told(page, "patientguideIndex", words)] == [""] * len(words)
    assert told(page, "patientguideIndex", ["hercepten"])[0]["meant"] == "Herceptin"
    page.close()


@pytest.fixture(scope="module")
def split_site(mini_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site with an index in parts."""
    site = tmp_path_factory.mktemp("split") / "site"
    shutil.copytree(mini_site, site)
    for uri, text in search_index.scripts(search_index.index(guide_of(MINI / "content")), most=1000).items():
        (site / uri).write_text(text)
    assert len(list((site / "search").iterdir())) > 3
    return site


def test_every_place_that_a_part_names_is_looked_at(split_site: Path) -> None:
    parts = [(f"search/{part.name}", part.read_text()) for part in (split_site / "search").iterdir()]
    uses = {use.value.removeprefix("../"): use.kind for path, text in parts for use in indexes.read_index(path, text)}
    assert uses["medications/cetirizine/#how-it-works"] == "entry"
    assert {path for path, _ in parts} == {value for value, kind in uses.items() if kind == "file"} | {search_index.URI}
    for value in uses:
        path, _, anchor = value.partition("#")
        file = split_site / path / ("index.html" if uses[value] == "entry" else "")
        assert file.is_file(), value
        assert not anchor or f'id="{anchor}"' in file.read_text(), value


def results(page: Page) -> Locator:
    return page.locator(".md-search-result__item")


def test_a_search_in_parts_works_from_a_folder(split_site: Path, browser: Browser) -> None:
    page = browser.new_page(service_workers="block")
    page.goto((split_site / "index.html").as_uri())
    page.get_by_role("textbox", name="Search").fill("histamine")  # stands in texts only
    expect(results(page).first).to_contain_text("Tablets")
    expect(page.locator("#pg-search-state")).to_have_text("2 results")
    page.close()


def asked(browser: Browser, address: str, words: str, first: int, best: str, parts: int) -> list[str]:
    """What the browser asks the server for when somebody types; the parts are held back until names were found."""
    page = browser.new_page(service_workers="block")
    held: list[Route] = []
    names: list[str] = []
    page.route("**/search/part_*", lambda route: held.append(route))
    page.goto(address)
    page.on("request", lambda request: names.append(request.url))
    page.get_by_role("textbox", name="Search").fill(words)
    expect(page.locator("#pg-search-state")).to_have_text(re.compile(r"^(\d results? )?Looking in the texts"))
    expect(page.locator(".pg-nothing")).to_be_hidden()
    expect(results(page)).to_have_count(first)
    for _ in range(200):
        if len(held) == parts:
            break
        page.wait_for_timeout(10)
    for route in held:
        route.continue_()
    expect(page.locator("#pg-search-state")).to_have_text(re.compile(r"^\d results?$"))
    expect(results(page).first).to_contain_text(best)
    page.close()
    return sorted(name for name in names if "/search" in name)


def test_names_are_found_first_and_all_parts_are_loaded_whatever_is_typed(split_site: Path, browser: Browser) -> None:
    parts = len(list((split_site / "search").glob("part_*")))
    with served(split_site) as address:
        one = asked(browser, address, "cetirizine", 1, "Cetirizine", parts)
        assert len(one) == parts + 2
        assert asked(browser, address, "histamine", 0, "Tablets", parts) == one


def test_a_part_that_does_not_come_is_asked_for_again(split_site: Path, browser: Browser) -> None:
    with served(split_site) as address:
        page = browser.new_page(service_workers="block")
        page.route("**/search/part_*", lambda route: route.abort())
        page.goto(address)
        box = page.get_by_role("textbox", name="Search")
        box.fill("histamin")
        expect(page.locator("#pg-search-state")).to_have_text(re.compile("^Search cannot be loaded now"))
        page.unroute("**/search/part_*")
        box.fill("histamine")
        expect(results(page).first).to_contain_text("Tablets")
        page.close()
