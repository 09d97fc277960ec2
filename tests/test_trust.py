"""Trust at a glance: what a page says of itself, why it says what it says, and when to call. On screen and on paper."""

import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from patientguide.core import i18n
from playwright.sync_api import Browser, Page, expect
from support.readers import watched
from support.serving import served

PAGE = "therapies/chemotherapy/"


@cache
def tree(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "lxml")


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("index.html"))


def several(page: Page) -> tuple[str, int]:
    """A statement with several marks: a selector for its first mark, and how many sources it has."""
    found = page.evaluate(
        """() => { for (const li of document.querySelectorAll(".pg-call li")) {
             const marks = [...new Set([...li.querySelectorAll("a.footnote-ref")].map(a => a.hash))];
             if (marks.length > 1) { li.id = "here"; return ["#here a.footnote-ref >> nth=0", marks.length]; } } }"""
    )
    return found[0], found[1]


# -- at the top and at the end


def test_every_page_says_at_the_top_what_it_is_worth(site: Path, mini_site: Path) -> None:
    for folder in (site, mini_site):
        for path in pages(folder):
            state = tree(path).select_one(".pg-state")
            assert state is not None, path
            text = " ".join(state.get_text(" ").split())
            language = tree(path).html["lang"]
            said = i18n.catalog(language)
            assert said("Not yet reviewed by a clinician.") in text, path
            assert said("What it covers:") in text, path
            assert f"{said('Whom it is for:')} Pe" in text, path
            assert said("Who made it, and what changed:") in text, path
            notes = len(tree(path).select(".footnote > ol > li"))
            summary = state.select_one("summary").get_text()
            count = rf"\b{notes} (?:{said('source')}|{said('sources')}): \d"
            assert bool(notes) == bool(re.search(count, summary)), path


def test_the_strengths_of_a_page_add_up(site: Path) -> None:
    summary = tree(site / PAGE / "index.html").select_one(".pg-glance summary").get_text()
    total, *strengths = map(int, re.findall(r"\d+", summary))
    assert total > 10
    assert sum(strengths) == total
    assert summary.startswith("For: Stage IV. ")


def test_the_top_is_quiet_until_it_is_opened(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + PAGE) as page:
        closed = page.locator(".pg-state").bounding_box()
        assert closed["height"] < 200
        expect(page.get_by_text("How strong its evidence is")).to_be_hidden()
        page.locator(".pg-glance summary").click()
        expect(page.get_by_text("How strong its evidence is")).to_be_visible()


def test_every_page_says_at_the_end_how_to_report_a_mistake(site: Path) -> None:
    for path in pages(site):
        link = tree(path).select_one(".pg-about a[href$='#how-to-report-a-mistake']")
        assert link is not None, path


# -- why we say this


@pytest.mark.parametrize("way", ["mouse", "touch", "keyboard"])
def test_the_marks_of_a_statement_open_one_card_with_all_its_sources(site: Path, browser: Browser, way: str) -> None:
    with served(site) as address, watched(browser, address + PAGE, has_touch=way == "touch") as page:
        selector, count = several(page)
        mark = page.locator(selector)
        if way == "keyboard":
            mark.focus()
            page.keyboard.press("Enter")
        else:
            mark.tap() if way == "touch" else mark.click()
        card = page.get_by_role("dialog", name="Why we say this")
        expect(card).to_be_visible()
        expect(card.locator(".pg-why > li")).to_have_count(count)
        assert page.url == address + PAGE
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(mark).to_be_focused()


def test_a_card_says_kind_date_limits_and_whether_it_was_read(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + PAGE) as page:
        mark = page.locator("a.footnote-ref[href='#fn:nci-infection-neutropenia']").first
        mark.click()
        words = page.locator("#pg-why li", has_text="Infection and Neutropenia").locator(".pg-worth")
        for said in ("Not yet read by us", "Information for patients", "usually moderate", "It seldom tells", "date"):
            expect(words).to_contain_text(said)
        link = page.locator("#pg-why a", has_text="In the list of sources").first
        assert "references/" in link.get_attribute("href")
        # The notes at the end say the same, for readers without scripts.
        assert words.inner_text() in page.locator("[id='fn:nci-infection-neutropenia']").inner_text()


def test_a_card_quotes_the_passages_of_its_statement_and_leads_to_them(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, f"{address}medications/trastuzumab/") as page:
        page.locator("a.footnote-ref[data-pg-passage=words]").first.click()
        expect(page.locator("#pg-why q")).to_have_text("These words stand for those of a label.")
        link = page.locator("#pg-why a", has_text="5.1 A section").get_attribute("href") or ""
        assert link.endswith("#:~:text=These%20words%20stand%20for%20those%20of%20a%20label.")
        page.keyboard.press("Escape")
        # Another statement of the same source does not show them.
        page.locator("a.footnote-ref[href='#fn:dailymed']:not([data-pg-passage])").first.click()
        expect(page.locator("#pg-why")).to_be_visible()
        expect(page.locator("#pg-why q")).to_have_count(0)


def test_another_mark_replaces_the_card_and_the_close_button_closes_it(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + PAGE, width=1280) as page:
        page.locator(".pg-main a.footnote-ref").first.click()
        card = page.get_by_role("dialog", name="Why we say this")
        before = card.inner_text()
        page.locator(".pg-main a.footnote-ref").last.evaluate("mark => mark.click()")
        expect(card).to_be_visible()
        assert card.inner_text().startswith("Why we say this")
        assert before.startswith("Why we say this")
        card.get_by_role("button", name="Close").click()
        expect(card).to_be_hidden()


# -- when to call


def test_when_to_call_is_one_card_with_three_levels(site: Path, mini_site: Path) -> None:
    card = tree(site / PAGE / "index.html").select(".pg-call")
    assert len(card) == 1
    assert len(card[0].select(".pg-call__level")) == 3
    assert card[0].select_one("a[href='#side-effects-by-how-soon-to-act']") is not None
    assert len(tree(mini_site / "therapies/tablets/index.html").select(".pg-call__level")) == 2
    for path in pages(site):
        assert len(tree(path).select("article .admonition:is(.warning, .danger)")) <= 2, path


# -- on paper


def test_a_page_prints_its_sources_its_state_and_its_address(mini_site: Path, browser: Browser) -> None:
    with served(mini_site) as address, watched(browser, address + "therapies/tablets/") as page:
        expect(page.locator(".pg-paper")).to_be_hidden()
        page.emulate_media(media="print")
        for selector in (".pg-paper", ".pg-state", ".pg-glance summary", ".footnote li >> nth=0", ".pg-about"):
            expect(page.locator(selector)).to_be_visible()
        assert page.locator(".pg-paper").inner_text() == "Hay fever · guide.example.org/g/therapies/tablets/"
        expect(page.locator("#pg-why")).to_be_hidden()


def test_no_address_is_printed_where_none_is_known(site: Path) -> None:
    lines = {(tree(path).html["lang"], tree(path).select_one(".pg-paper").get_text()) for path in pages(site)}
    assert len(lines) == len({language for language, _ in lines})
    assert not any("." in line for _, line in lines)
