"""Journeys in a real browser: phone and desktop, light and dark, keyboard and touch, with and without scripts."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.browsing import SIZES, Open, first_with

TERM = 'class="pg-term"'
TWICE = "mention b of source"
PAGES = ["", "therapies/chemotherapy/", "medications/trastuzumab/", "faq/", "references/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_and_nothing_is_tiny(visit: Open, name: str, width: str, scheme: str) -> None:
    page = visit(name, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # WCAG 2.2, 1.4.10: no text runs out of the column at the right.
    wide = page.evaluate(
        """() => [...document.querySelectorAll('article *')].filter(e => e.getClientRects().length
             && e.getBoundingClientRect().right > innerWidth + 1
             && !e.closest('.md-typeset__scrollwrap')).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    tiny = page.evaluate(
        """() => [...document.querySelectorAll('article p, article li, article dd, article td')]
             .filter(e => e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 16)
             .map(e => e.textContent.slice(0, 60))"""
    )
    assert tiny == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, dark.strip("rgb()").split(","))) < 200) == (scheme == "dark")


def test_a_word_is_explained_with_the_keyboard(site: Path, visit: Open) -> None:
    page = visit(first_with(site, TERM), "desktop")
    word = page.locator("button.pg-term").first
    card = page.locator(f"#{word.get_attribute('popovertarget')}")
    expect(card).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(card).to_be_visible()
    expect(card.get_by_role("link")).to_have_attribute("href", re.compile("glossary/#"))
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_word_is_explained_by_touch(site: Path, visit: Open) -> None:
    page = visit(first_with(site, TERM), has_touch=True)
    word = page.locator("button.pg-term").first
    card = page.locator(f"#{word.get_attribute('popovertarget')}")
    word.tap()
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.touchscreen.tap(180, 90)
    expect(card).to_be_hidden()


def test_a_word_is_explained_without_scripts(site: Path, visit: Open) -> None:
    page = visit(first_with(site, TERM), java_script_enabled=False)
    word = page.locator("button.pg-term").first
    card = page.locator(f"#{word.get_attribute('popovertarget')}")
    expect(card).to_be_hidden()
    word.click()
    expect(card).to_be_visible()


def test_a_note_is_reached_and_left_again_without_scripts(site: Path, visit: Open) -> None:
    page = visit(first_with(site, TWICE), java_script_enabled=False)
    back = page.locator(".footnote-backref", has_text="b").first
    note = page.locator("li[id^='fn:']", has=back).first
    marks = page.locator(f"a.footnote-ref[href='#{note.get_attribute('id')}']")
    assert marks.count() > 1
    marks.nth(1).click()
    expect(note).to_be_in_viewport()
    assert back.get_attribute("aria-label") == "Back to mention b of source " + marks.nth(1).inner_text()
    back.click()
    expect(marks.nth(1)).to_be_in_viewport()


def test_all_can_be_read_without_scripts(site: Path, visit: Open) -> None:
    page = visit(first_with(site, 'class="pg-call', TERM), java_script_enabled=False)
    headings = page.locator("article h2")
    assert headings.count() > 2
    for heading in headings.all():
        expect(heading).to_be_visible()
    assert page.locator(".footnote li").count() > 0


def test_a_page_prints_dark_on_white_whatever_the_screen_shows(visit: Open) -> None:
    page = visit("when-to-call/", "desktop", "dark")
    page.emulate_media(media="print", color_scheme="dark")
    colors = page.evaluate(
        """() => [...document.querySelectorAll('article p, article li, article h2')]
             .filter(e => e.getClientRects().length)
             .map(e => getComputedStyle(e).color.match(/[0-9.]+/g).slice(0, 3).map(Number))"""
    )
    assert len(colors) > 20
    assert max(sum(color) for color in colors) < 330


def test_a_reader_may_see_which_statements_wait_for_a_check(site: Path, visit: Open) -> None:
    page = visit(first_with(site, 'class="pg-waits"'))
    which, marks = page.get_by_role("button", name="Show which"), page.locator(".pg-waits")
    expect(marks.first).to_have_text("")
    page.locator(".pg-state > summary").click()
    which.click()
    expect(which).to_have_attribute("aria-pressed", "true")
    assert set(marks.all_text_contents()) == {"not yet checked"}
    which.click()
    expect(marks.first).to_have_text("")


def test_ways_back_show_their_letters(site: Path, visit: Open) -> None:
    page = visit(first_with(site, TWICE))
    page.locator(".pg-sources > summary").click()
    note = page.locator(".footnote > ol > li", has=page.locator(".footnote-backref", has_text="b")).first
    if note.locator(".pg-words").count():
        expect(note.locator(".footnote-backref").nth(1)).to_be_hidden()
        note.locator(".pg-words > summary").click()
    back = note.locator(".footnote-backref", has_text="b")
    box = back.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
    assert float(back.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 12


@pytest.mark.parametrize(("after", "shown"), [(-1, False), (1, True)])
def test_a_saved_or_printed_copy_warns_when_its_review_is_due(site: Path, visit: Open, after: int, shown: bool) -> None:
    """The reader's own clock decides: no build and no network is needed for a page to grow old."""
    page = visit(first_with(site, "data-pg-due="))
    note = page.locator(".pg-due")
    year, month = map(int, str(note.get_attribute("data-pg-due")).split("-"))
    first_day_after = date(year + month // 12, month % 12 + 1, 1)
    page.clock.set_fixed_time(f"{first_day_after + timedelta(days=min(after, 0))}T12:00")
    page.reload()
    expect(note).to_be_visible(visible=shown)
    page.emulate_media(media="print")
    expect(note).to_be_visible(visible=shown)
    if shown:
        expect(note).to_contain_text(str(year))


def test_a_number_is_shown_as_words_picture_and_table(site: Path, visit: Open) -> None:
    page = visit(first_with(site, 'class="pg-number'))
    picture = page.get_by_role("img", name=re.compile(r"^[0-9]+ out of [0-9]+ ")).first
    expect(picture).to_be_visible()
    n, of = map(int, re.findall(r"[0-9]+", picture.locator("title").text_content() or "")[:2])
    dots = {name: picture.locator(f".pg-number__{name}").count() for name in ("is", "not")}
    assert dots == {"is": n, "not": of - n}
    # WCAG 2.2, 1.4.1: what is counted differs in size as well as in color.
    sizes = [picture.locator(f".pg-number__{name}").first.bounding_box()["width"] for name in ("is", "not")]
    assert sizes[0] > 1.5 * sizes[1]
    table = page.locator("details.note", has=page.locator("table")).first
    table.locator("summary").click()
    expect(table.locator("table")).to_contain_text(str(of))
