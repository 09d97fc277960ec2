"""A few minutes with the real site in a real browser: what every reader does, whatever the pages say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browsing import Open, first_with, visiting
from support.serving import served

pytestmark = pytest.mark.smoke

TERM, NOTE = 'class="pg-term"', 'class="footnote-ref"'


@pytest.fixture
def visit(browser: Browser, real_site: Path) -> Iterator[Open]:
    """Open a page of the real site."""
    with served(real_site) as address, visiting(browser, address) as go:
        yield go


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_pages_open_without_a_fault_and_fit_the_screen(real_site: Path, visit: Open, width: str) -> None:
    """The fixture fails on an error in the console and on a request to another host."""
    page = visit("", width)
    origin = page.url
    for folder in ("medications", "therapies", "phases", "faq", "references", "glossary", "my-path", "appointment"):
        if (real_site / folder / "index.html").is_file():
            page.goto(f"{origin}{folder}/")
            expect(page.locator("article h1")).to_be_visible()
            assert not overflows(page), folder


def test_the_menu_opens_and_leads_on(visit: Open) -> None:
    page = visit("")
    page.locator("button[data-pg-opens=drawer]").click()
    page.locator("#pg-drawer .pg-menu a:visible").last.click()
    expect(page.locator("article h1")).to_be_visible()


def test_the_title_of_a_page_is_found_by_the_search(real_site: Path, visit: Open) -> None:
    entry = next(path for path in sorted(real_site.glob("medications/*/index.html")))
    page = visit(f"medications/{entry.parent.name}/", "desktop")
    title = page.locator("article h1").inner_text().strip()
    page.get_by_role("textbox").first.fill(title)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(re.compile(rf"/medications/{entry.parent.name}/"))


def test_a_word_is_explained_and_a_note_leads_to_its_source(real_site: Path, visit: Open) -> None:
    page = visit(first_with(real_site, TERM, NOTE), "desktop")
    word = page.locator("button.pg-term:visible").first
    card = page.locator(f"#{word.get_attribute('popovertarget')}")
    word.focus()
    page.keyboard.press("Enter")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    for mark in page.locator("a.footnote-ref").all()[:3]:
        note = (mark.get_attribute("href") or "").removeprefix("#")
        assert page.locator(f"[id='{note}']").count() == 1


def test_a_page_can_be_read_without_scripts(real_site: Path, visit: Open) -> None:
    page = visit(first_with(real_site, TERM, NOTE), java_script_enabled=False)
    expect(page.locator("article h1")).to_be_visible()
    expect(page.locator(".footnote li").first).to_be_visible()
    assert not overflows(page)
