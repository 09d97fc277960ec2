"""Every page can be read as its reader needs: colors, sizes, own spacing, stillness, without scripts, on paper."""

import re
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect
from support.browsing import SIZES
from support.project import ROOT

TRIED: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "access.yml").read_text())

# Colors


def test_a_choice_of_colors_is_kept_only_when_the_reader_makes_one(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZES["desktop"], color_scheme="light")
    page = context.new_page()
    page.goto(address)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    button = page.get_by_role("button", name="Dark colors")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(address + "faq/")
    assert page.evaluate(ground) != light
    page.get_by_role("button", name="Dark colors").click()
    assert page.evaluate(ground) == light
    assert page.evaluate("localStorage.length") == 0
    context.close()


# axe gives up on some grounds and says nothing then; this walks up to the ground that is there.
CONTRAST = """() => {
   const numbers = color => color.match(/[0-9.]+/g).map(Number);
   const light = color => color.slice(0, 3).map(v => v / 255)
     .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
     .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
   const ground = e => { const c = numbers(getComputedStyle(e).backgroundColor);
     return c.length < 4 || c[3] === 1 ? c : ground(e.parentElement); };
   return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility({visibilityProperty: true})
       && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
     .map(e => { const [a, b] = [numbers(getComputedStyle(e).color), ground(e)].map(light);
       const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
       return [ratio, !!e.closest('article'), e.outerHTML.slice(0, 80)]; }); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", TRIED["kinds"])
def test_text_and_warnings_stand_out_seven_to_one(address: str, pages: dict[str, Page], name: str, scheme: str) -> None:
    """WCAG 2.2, 1.4.6 for the text of a page, and 1.4.3 for what stands around it."""
    page = pages["desktop"]
    page.goto(address + name)
    page.evaluate("scheme => document.documentElement.dataset.pgColors = scheme", scheme)
    texts = page.evaluate(CONTRAST)
    assert len(texts) > 10
    assert [text for ratio, in_article, text in texts if ratio < (7 if in_article else 4.5)] == []


# Sizes

TINY = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility({visibilityProperty: true})
   && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
   && parseFloat(getComputedStyle(e).fontSize) < 15.9 && !e.closest('sup, .pg-waits, svg'))
   .map(e => e.outerHTML.slice(0, 100))"""
# Links within a sentence are excepted (WCAG 2.2, 2.5.8).
SMALL = """() => [...document.querySelectorAll('a, button, summary, input, label')]
   .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length)
   .filter(e => getComputedStyle(e).display !== 'inline' || e.tagName === 'BUTTON' && !e.classList.contains('pg-term'))
   .filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.width < 24 || r.height < 24); })
   .map(e => e.outerHTML.slice(0, 100))"""
# Letters of each line as it is broken, whatever marks and links stand in it.
LINES = """() => [...document.querySelectorAll('article p, article li')].flatMap(part => {
   const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), range = document.createRange(), lines = {};
   while (texts.nextNode())
     for (let i = 0; i < texts.currentNode.length; i++) {
       range.setStart(texts.currentNode, i);
       range.setEnd(texts.currentNode, i + 1);
       const box = range.getBoundingClientRect(), line = Math.round((box.top + box.bottom) / 24);
       if (box.width) lines[line] = (lines[line] ?? 0) + 1;
     }
   return Object.values(lines); })"""


@pytest.mark.parametrize("name", TRIED["kinds"])
def test_on_a_phone_nothing_is_tiny_or_hard_to_hit(address: str, pages: dict[str, Page], name: str) -> None:
    page = pages["phone"]
    page.goto(address + name)
    assert page.evaluate(TINY) == []
    assert page.evaluate(SMALL) == []


def test_lines_are_short(address: str, pages: dict[str, Page]) -> None:
    """At most 75 letters, which is a comfortable line; counted in paragraphs of a few lines."""
    page = pages["desktop"]
    page.goto(address + "when-to-call/")
    page.evaluate("document.fonts.ready")
    letters = page.evaluate(LINES)
    assert len(letters) > 50
    assert max(letters) <= 75


SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
   p { margin-bottom: 2em !important; }"""
CUT = """() => [...document.querySelectorAll('article *, .pg-menu a, .pg-steps a, .pg-home span')]
   .filter(e => e.checkVisibility() && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX))
   .filter(e => e.scrollWidth > e.clientWidth + 1)
   .map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("name", TRIED["kinds"])
def test_400_percent_zoom_and_wide_spacing_lose_nothing(browser: Browser, address: str, name: str) -> None:
    """WCAG 2.2, 1.4.10 and 1.4.12: 1280 px at 400 % are 320 px."""
    context = browser.new_context(viewport={"width": 320, "height": 256}, bypass_csp=True)
    page = context.new_page()
    page.goto(address + name)
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    page.add_style_tag(content=SPACING)
    assert page.evaluate(fits)
    assert page.evaluate(CUT) == []
    context.close()


def test_nothing_moves_for_those_who_ask_for_stillness(address: str, pages: dict[str, Page]) -> None:
    page = pages["phone"]
    page.goto(address + "faq/")
    moving = """() => [...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);
      return s.transitionDuration.split(',').some(d => parseFloat(d) > 0) || s.animationName !== 'none'; }).length"""
    assert page.evaluate(moving) == 0


def test_with_forced_colors_controls_keep_an_edge(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZES["desktop"], forced_colors="active")
    page = context.new_page()
    page.goto(address + "therapies/chemotherapy/")
    assert page.locator(".pg-steps a").first.evaluate("e => getComputedStyle(e).borderTopWidth") != "0px"
    # What is drawn as a mask in a color vanishes unless it takes the color of text.
    vanished = page.evaluate(
        """() => [...document.querySelectorAll('article *')]
             .flatMap(e => ['::before', '::after'].map(part => getComputedStyle(e, part)))
             .filter(s => s.content !== 'none' && s.maskImage !== 'none' && s.forcedColorAdjust !== 'none').length"""
    )
    assert vanished == 0
    context.close()


# Without scripts


def test_without_scripts_the_menu_opens_with_the_keyboard_and_by_touch(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZES["phone"], java_script_enabled=False, has_touch=True)
    page = context.new_page()
    page.goto(address + "phases/surgery/")
    menu = page.get_by_role("navigation", name="Pages")
    expect(menu).to_be_hidden()
    page.locator("label.pg-tool--menu").tap()
    expect(menu).to_be_visible()
    # The drawer slides: a link can only be pressed once it has come and nothing lies over it.
    menu.get_by_role("link").first.click(trial=True)
    page.goto(address + "phases/surgery/")
    page.get_by_role("checkbox", name="Menu").press(" ")
    expect(menu).to_be_visible()
    expect(page.locator("noscript p", has_text="Search needs JavaScript")).to_be_visible()
    context.close()


# Paper


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_page_prints_whole_and_says_what_it_is(browser: Browser, address: str, paper: str) -> None:
    context = browser.new_context(viewport=SIZES["desktop"], color_scheme="dark")
    page = context.new_page()
    page.goto(address + "medications/trastuzumab/")
    page.emulate_media(media="print")
    for gone in (".md-header", ".md-tabs", ".md-footer", ".md-sidebar--primary", ".pg-contents", ".footnote-backref"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".pg-paper")).to_be_visible()
    expect(page.get_by_text("Not yet reviewed by a clinician").first).to_be_visible()
    without = sheets(page.pdf(format=paper))
    page.locator(".pg-sources > summary").click()
    expect(page.locator(".footnote .pg-rest", has_text="http").first).to_be_visible()
    assert 1 <= without <= sheets(page.pdf(format=paper)) <= 6
    context.close()


def test_the_address_of_a_link_in_the_text_is_printed(address: str, pages: dict[str, Page]) -> None:
    page = pages["desktop"]
    page.goto(address + "clinical-trials/")
    page.emulate_media(media="print")
    link = page.locator("article li > a[href^=http]").first
    assert str(link.get_attribute("href")) in link.evaluate("e => getComputedStyle(e, '::after').content")
    page.emulate_media(media="screen")


def test_a_short_page_prints_on_one_sheet(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZES["desktop"])
    page = context.new_page()
    page.goto(address + "404.html")
    assert sheets(page.pdf(format="A4")) == 1
    context.close()
