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
             if (marks.length > 1) { li.id = "here"; return ["#here a.footnote-ref:visible", marks.length]; } } }"""
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
            assert said("Next review due:") in text, path
            notes = len(tree(path).select(".footnote > ol > li"))
            fold = tree(path).select_one(".pg-sources > summary")
            count = rf"\b{notes} (?:{said('source')}|{said('sources')})"
            assert bool(notes) == bool(re.search(rf"{count}: \d", state.get_text())), path
            assert not notes or re.match(count, fold.get_text().strip()), path
            assert bool(notes) == bool(fold), path


def test_the_strengths_of_a_page_add_up(site: Path) -> None:
    state = tree(site / PAGE / "index.html").select_one(".pg-state").get_text()
    total, strengths = re.search(r"(\d+) sources: ([^.]*)", state).groups()
    assert int(total) > 10
    assert sum(map(int, re.findall(r"\d+", strengths))) == int(total)


def test_the_top_is_quiet_until_it_is_opened(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + PAGE) as page:
        expect(page.get_by_text("Not yet reviewed by a clinician.").first).to_be_visible()
        expect(page.get_by_text("How strong its evidence is")).to_be_hidden()
        page.locator(".pg-state > summary").click()
        expect(page.get_by_text("How strong its evidence is")).to_be_visible()


def test_the_answer_begins_in_the_upper_third_of_a_phone(site: Path, mini_site: Path, browser: Browser) -> None:
    for folder in (site, mini_site):
        with served(folder) as address, watched(browser, address) as page:
            for path in pages(folder):
                page.goto(f"{address}{path.parent.relative_to(folder).as_posix()}/")
                page.evaluate("document.fonts.ready")
                answer = "document.querySelector('.pg-main, .pg-state ~ :not(.pg-due)').getBoundingClientRect().top"
                assert page.evaluate(answer) <= 260, path


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
        page.evaluate("""() => { const all = [...document.querySelectorAll("a.footnote-ref")];
          const of = all.findIndex(mark => mark.hash === "#fn:nci-infection-neutropenia");
          all.slice(of).find(mark => !("pgMore" in mark.dataset)).click(); }""")
        words = page.locator("#pg-why li", has_text="Infection and Neutropenia")
        for said in ("Not yet read by us", "Information for patients", "usually moderate", "It seldom tells", "date"):
            expect(words).to_contain_text(said)
        words.get_by_text("Details").click()
        assert "references/" in (words.get_by_role("link", name="In the list of sources").get_attribute("href") or "")
        # The list at the end says the same, and what a kind means only once, for readers without scripts.
        note = page.locator("[id='fn:nci-infection-neutropenia']").text_content() or ""
        assert "Not yet read by us" in note
        assert "It seldom tells" not in note
        assert (page.locator(".pg-sources").text_content() or "").count("It seldom tells") == 1


def test_a_card_quotes_the_passages_of_its_statement_and_leads_to_them(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, f"{address}medications/trastuzumab/") as page:
        page.locator("a.footnote-ref[data-pg-passage=words]").first.click()
        expect(page.locator("#pg-why q")).to_have_text("These words stand for those of a label.")
        link = page.locator("#pg-why a", has_text="5.1 A section").get_attribute("href") or ""
        assert link.endswith("#:~:text=These%20words%20stand%20for%20those%20of%20a%20label.")
        page.keyboard.press("Escape")
        # Another statement of the same source does not show them.
        page.evaluate("""() => { const marks = [...document.querySelectorAll("a.footnote-ref")], groups = [[]];
          for (const mark of marks) { groups.at(-1).push(mark); if (!("pgMore" in mark.dataset)) groups.push([]); }
          groups.find(group => group.length && group.every(mark => mark.dataset.pgPassage !== "words")).at(-1).click(); }""")
        expect(page.locator("#pg-why")).to_be_visible()
        expect(page.locator("#pg-why q")).to_have_count(0)


def test_another_mark_replaces_the_card_and_the_close_button_closes_it(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + PAGE, width=1280) as page:
        page.locator(".pg-main a.footnote-ref:visible").first.click()
        card = page.get_by_role("dialog", name="Why we say this")
        before = card.inner_text()
        page.locator("a.footnote-ref:visible").last.evaluate("mark => mark.click()")
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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mark_leads_to_the_words_of_its_source_and_back(site: Path, browser: Browser, scripts: bool) -> None:
    with served(site) as address, watched(browser, address + PAGE, java_script_enabled=scripts) as page:
        note = page.locator(".footnote > ol > li").first
        expect(note).to_be_visible(visible=not scripts)
        target = str(note.locator(".footnote-backref").first.get_attribute("href"))
        if scripts:
            page.locator(".pg-sources > summary").press("Enter")
            expect(note).to_be_visible()
        else:
            page.locator(f"a.footnote-ref[href='#{note.get_attribute('id')}']").first.click()
            assert page.url.endswith(str(note.get_attribute("id")))
        note.locator(".footnote-backref").first.press("Enter")
        assert page.url.endswith(target)
        place = page.locator(f"[id='{target[1:]}']").evaluate("e => e.getBoundingClientRect().top")
        assert 0 <= place <= 740


def test_a_page_that_is_not_there_leads_on(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + "404.html") as page:
        expect(page.locator("article a[href*='when-to-call']")).to_be_visible()
        assert page.locator("article li a").count() == len(tree(site / "index.html").select(".pg-menu > ul > li"))
        page.locator("article").get_by_role("button", name="Search").click()
        expect(page.get_by_role("textbox", name="Search")).to_be_focused()


def test_a_call_is_at_most_two_taps_away(site: Path) -> None:
    assert 'href="tel:' in (site / "when-to-call" / "index.html").read_text()
    for path in [*pages(site), site / "404.html"]:
        html = path.read_text()
        article = html[html.index("<article") : html.index("</article>")]
        assert 'href="tel:' in article or re.search('href="[^"]*when-to-call/"', article), path


# -- on paper


def test_a_page_prints_its_state_and_its_address_and_its_sources_if_asked(mini_site: Path, browser: Browser) -> None:
    with served(mini_site) as address, watched(browser, address + "therapies/tablets/") as page:
        for selector in (".pg-paper", "p.pg-onpaper"):
            expect(page.locator(selector)).to_be_hidden()
        page.emulate_media(media="print")
        for selector in (".pg-paper", ".pg-state > summary", "p.pg-onpaper", ".pg-sources > summary"):
            expect(page.locator(selector)).to_be_visible()
        note, mark = page.locator(".footnote li >> nth=0"), page.locator("a.footnote-ref").first
        for place in (note, mark):
            expect(place).to_be_hidden()
        page.locator(".pg-sources > summary").click()
        for place in (note, mark):
            expect(place).to_be_visible()
        # Whole references in print, in short on the screen.
        for media, printed in (("print", True), ("screen", False)):
            page.emulate_media(media=media)
            expect(note.locator(".pg-rest").first).to_be_visible(visible=printed)
            expect(note.locator("q")).to_be_hidden()
        note.get_by_text("Details").click()
        expect(note.locator(".pg-rest").first).to_be_visible()
        expect(note.locator("q")).to_be_visible()
        page.emulate_media(media="print")
        assert page.locator(".pg-paper").inner_text() == "Hay fever · guide.example.org/g/therapies/tablets/"
        expect(page.locator("#pg-why")).to_be_hidden()


def test_no_address_is_printed_where_none_is_known(site: Path) -> None:
    lines = {(tree(path).html["lang"], tree(path).select_one(".pg-paper").get_text()) for path in pages(site)}
    assert len(lines) == len({language for language, _ in lines})
    assert not any("." in line for _, line in lines)
