"""Journeys in a real browser: phone and desktop, light and dark, keyboard and touch, with and without scripts."""

import pytest
from playwright.sync_api import expect
from support.browsing import SIZES, Open

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


def test_a_word_is_explained_with_the_keyboard(visit: Open) -> None:
    page = visit("therapies/immunotherapy/", "desktop")
    word = page.locator("button.pg-term").first
    card = page.locator(f"#{word.get_attribute('popovertarget')}")
    expect(card).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(card).to_be_visible()
    expect(card).to_contain_text("In the glossary")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_word_is_explained_by_touch(visit: Open) -> None:
    page = visit("therapies/immunotherapy/", has_touch=True)
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


def test_a_word_is_explained_without_scripts(visit: Open) -> None:
    page = visit("therapies/immunotherapy/", java_script_enabled=False)
    word = page.locator("button.pg-term").first
    card = page.locator(f"#{word.get_attribute('popovertarget')}")
    expect(card).to_be_hidden()
    word.click()
    expect(card).to_be_visible()


def test_a_note_is_reached_and_left_again_without_scripts(visit: Open) -> None:
    page = visit("therapies/chemotherapy/", java_script_enabled=False)
    marks = page.locator('a.footnote-ref[href="#fn:nci-infection-neutropenia"]')
    assert marks.count() > 1
    marks.nth(1).click()
    note = page.locator("[id='fn:nci-infection-neutropenia']")
    expect(note).to_be_in_viewport()
    back = note.locator(".footnote-backref").nth(1)
    assert back.get_attribute("aria-label") == "Back to mention b of source " + marks.nth(1).inner_text()
    back.click()
    expect(marks.nth(1)).to_be_in_viewport()


def test_all_can_be_read_without_scripts(visit: Open) -> None:
    page = visit("medications/trastuzumab/", java_script_enabled=False)
    expect(page.locator("article").get_by_text("Not yet reviewed by a clinician").first).to_be_visible()
    for heading in ("How it works", "When to call", "About this page", "Sources"):
        expect(page.locator("article").get_by_role("heading", name=heading)).to_be_visible()
    assert page.locator(".footnote li").count() > 3


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


def test_the_sign_for_an_unread_source_explains_itself_and_closes(visit: Open) -> None:
    page = visit("medications/trastuzumab/")
    page.locator("button.pg-unread").first.click()
    card = page.get_by_role("dialog", name="Source not yet read")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()


def test_ways_back_show_their_letters(visit: Open) -> None:
    page = visit("medications/trastuzumab/")
    back = page.locator(".footnote-backref", has_text="b").first
    box = back.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8
    assert float(back.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 12


@pytest.mark.parametrize(
    ("day", "shown"), [("2026-11-21T12:00", False), ("2026-12-31T12:00", False), ("2027-01-01T12:00", True)]
)
def test_a_saved_or_printed_copy_warns_when_its_review_is_due(visit: Open, day: str, shown: bool) -> None:
    """The reader's own clock decides: no build and no network is needed for a page to grow old."""
    page = visit("medications/trastuzumab/")
    page.clock.set_fixed_time(day)
    page.reload()
    note = page.locator(".pg-due")
    assert note.get_attribute("data-pg-due") == "2026-12"
    expect(note).to_be_visible(visible=shown)
    page.emulate_media(media="print")
    expect(note).to_be_visible(visible=shown)
    if shown:
        expect(note).to_have_text(
            "This copy may be out of date. Its review was due by December 2026. Look for a newer one."
        )


def test_a_number_is_shown_as_words_picture_and_table(visit: Open) -> None:
    page = visit("about-ibc/")
    picture = page.get_by_role("img", name="30 out of 100 people with inflammatory breast cancer")
    expect(picture).to_be_visible()
    dots = {name: page.locator(f".pg-number__{name}").count() for name in ("is", "not")}
    assert dots == {"is": 30, "not": 70}
    # WCAG 2.2, 1.4.1: what is counted differs in size as well as in color.
    sizes = [page.locator(f".pg-number__{name}").first.bounding_box()["width"] for name in ("is", "not")]
    assert sizes[0] > 1.5 * sizes[1]
    page.get_by_text("The same as a table").click()
    expect(page.locator("details.note table").first).to_contain_text("Out of 100")
