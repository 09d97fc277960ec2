"""Everybody can use every page: what axe finds, and what a keyboard reaches."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect
from support import axe, sampling
from support.browsing import SIZES
from support.project import ROOT

PARTS = 4
"""How many tests look at all pages together, so that each process does some."""
TRIED: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "access.yml").read_text())


def addresses(site: Path) -> list[str]:
    found = [path.parent.relative_to(site).as_posix() + "/" for path in sorted(site.rglob("index.html"))]
    return ["" if name == "./" else name for name in found] + ["404.html"]


@pytest.mark.smoke
@pytest.mark.sampled
@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_on_any_page_light_and_dark_on_phone_and_desktop(
    site: Path, address: str, pages: dict[str, Page], part: int
) -> None:
    # Looking at colors takes longest. Those of the text are the same on every screen, and what stands around it has the
    # same ones on every page of a kind.
    frame = "{exclude: [['article']]}"
    phone = [axe.EVERYTHING]
    desktop = [axe.LAYOUT, axe.colors("dark", "'article'")]
    around = [axe.colors("light", frame), axe.colors("dark", frame)]
    faults = []
    for name in sampling.part(addresses(site), TRIED["kinds"])[part::PARTS]:
        runs = {"phone": phone, "desktop": desktop + (around if name in TRIED["kinds"] else [])}
        for size, page in pages.items():
            page.goto(address + name)
            axe.start(page, runs[size])
        for size, page in pages.items():
            faults += [f"{name} on a {size}: {fault}" for fault in axe.found(page)]
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", TRIED["states"].values(), ids=TRIED["states"])
def test_axe_finds_nothing_in_what_a_reader_opens(
    address: str, pages: dict[str, Page], state: dict[str, str], scheme: str
) -> None:
    page = pages[state["width"]]
    page.goto(address + state["page"])
    if "first" in state:
        page.locator(state["first"]).click()
    page.locator(state["press"]).first.click()
    expect(page.locator(state["shown"]).first).to_be_visible()
    assert axe.look(page, (scheme, *axe.EVERYTHING[1:])) == []


@pytest.mark.parametrize("size", SIZES)
def test_medicines_side_by_side_are_a_table_on_every_screen(address: str, pages: dict[str, Page], size: str) -> None:
    """Browsers forget what a table is where the style shows it as cards."""
    page = pages[size]
    page.goto(address + "for/her2-positive/")
    rows = page.locator(".pg-compare tbody tr").count()
    table = page.get_by_role("table").filter(has=page.locator("tbody th"))
    for role in ("row", "rowheader"):
        assert table.locator("tbody").get_by_role(role).count() == rows > 0, role
    expect(table.locator("tbody [role=cell]")).to_have_count(table.locator("td").count())


# Keyboard

FOCUS = """() => { const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
  return {tag: e.tagName, name: (e.getAttribute('aria-label') || e.textContent || e.placeholder || '').trim(),
          html: e.outerHTML.slice(0, 90), width: r.width, height: r.height, outline: parseFloat(s.outlineWidth),
          style: s.outlineStyle, left: r.left, right: r.right, hidden: s.visibility}; }"""


@pytest.mark.parametrize("size", SIZES)
def test_every_stop_of_the_tab_key_can_be_seen(address: str, pages: dict[str, Page], size: str) -> None:
    page = pages[size]
    page.goto(address + "phases/surgery/")
    page.evaluate("document.fonts.ready")
    faults, stops = [], 0
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] == "BODY":
            break
        stops += 1
        seen = focus["width"] > 0 and focus["height"] > 0 and focus["right"] > 0 and focus["hidden"] == "visible"
        marked = focus["outline"] >= 3 and focus["style"] == "solid"
        if not (seen and marked and focus["name"]):
            faults.append(focus)
    assert stops > 20
    assert faults == []


# What lies over a control, or cuts it off, hides it from everybody although the browser calls it visible.
FIRST_LINK_ON_TOP = """() => { const link = document.querySelector('.pg-menu a'), box = link.getBoundingClientRect();
  return link.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)); }"""


def test_the_menu_opens_keeps_and_gives_back_the_focus(address: str, pages: dict[str, Page]) -> None:
    page = pages["phone"]
    page.goto(address + "phases/surgery/")
    opener = page.get_by_role("button", name="Menu")
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    opener.press("Enter")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    assert page.evaluate(FIRST_LINK_ON_TOP)
    inside = "document.activeElement === document.body || !!document.activeElement.closest('#pg-drawer')"
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    opener.press(" ")
    page.get_by_role("button", name="Close").press("Enter")
    expect(opener).to_be_focused()


def test_the_search_opens_and_gives_back_the_focus(address: str, pages: dict[str, Page]) -> None:
    page = pages["phone"]
    page.goto(address + "phases/surgery/")
    opener = page.get_by_role("button", name="Search")
    opener.press("Enter")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_the_first_stop_leads_to_the_text(address: str, pages: dict[str, Page]) -> None:
    page = pages["desktop"]
    page.goto(address + "phases/surgery/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


def test_each_landmark_has_a_name_of_its_own(address: str, pages: dict[str, Page]) -> None:
    for page in pages.values():
        page.goto(address + "phases/surgery/")
        names = page.evaluate(
            """() => [...document.querySelectorAll('nav, [role=region], [role=search], [role=dialog]')]
                 .filter(e => e.checkVisibility({visibilityProperty: true}))
                 .map(e => e.tagName + (e.role ?? '') + e.getAttribute('aria-label'))"""
        )
        assert len(names) == len(set(names))
        assert not any(name.endswith("null") for name in names)


# Whether what has the focus lies behind the header, wholly or in part.
BEHIND = """() => { const focus = document.activeElement, box = focus.getBoundingClientRect();
  const header = document.querySelector('.md-header');
  return !header.contains(focus) && box.height > 0 && box.top < header.getBoundingClientRect().bottom - 1
    && box.bottom > 0 && getComputedStyle(focus).position !== 'fixed'; }"""


@pytest.mark.parametrize("text", ["100%", "200%"])
@pytest.mark.parametrize("size", SIZES)
def test_no_stop_lies_behind_the_header(address: str, pages: dict[str, Page], size: str, text: str) -> None:
    """WCAG 2.2, 2.4.11, with the text as it is and twice as large."""
    page = pages[size]
    page.goto(address + "glossary/")
    page.evaluate("size => (document.documentElement.style.fontSize = `calc(125% * ${parseFloat(size) / 100})`)", text)
    page.wait_for_function(
        """() => parseFloat(document.documentElement.style.scrollPaddingTop)
             > document.querySelector('.md-header').offsetHeight"""
    )
    page.evaluate("() => [...document.querySelectorAll('a')].filter(e => e.getClientRects().length).at(-1).focus()")
    faults = []
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(BEHIND):
            faults.append(page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    assert faults == []
