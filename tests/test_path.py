"""My path: what is ticked folds away what is for others, in the page alone."""

from datetime import date
from pathlib import Path

import pytest
from patientguide.pages import reader_tools
from patientguide.pages.reader_tools import PHASES
from patientguide.project import load
from playwright.sync_api import Browser, Page, expect
from support.cases import TODAY
from support.readers import watched
from support.serving import served

NAME = "my-path/"
CARD = ".pg-call"


PAGES = ".pg-step, .pg-chapter > ul > li"


def shown(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(f":is({PAGES}):visible").all_inner_texts()]


def tick(page: Page, *labels: str) -> None:
    for label in labels:
        page.get_by_label(label, exact=True).check()


# -- whom an entry is for


@pytest.fixture
def steps(mini: Path) -> Path:
    """The small guide with a second step, to which no medicine belongs."""
    first = mini / "content/phases/first-step.md"
    second = first.read_text().replace("order: 1", "order: 2").replace('title: "', 'title: "Second: ')
    (mini / "content/phases/second-step.md").write_text(second)
    return mini


def test_a_phase_and_its_medicines_are_for_those_in_it_or_before_it(steps: Path) -> None:
    guide, problems = load(steps / "content", date.fromisoformat(TODAY))
    assert guide is not None, problems
    fits = {entry.name: reader_tools.audience_of(guide, entry) for entry in guide.entries}
    assert fits["phases/first-step"][PHASES] == ["first-step"]
    assert fits["phases/second-step"][PHASES] == ["first-step", "second-step"]
    assert fits["medications/cetirizine"][PHASES] == ["first-step"]
    assert fits["therapies/tablets"] == {"season": ["summer"]}
    assert reader_tools.audience_attribute(fits["therapies/tablets"]) == "season=summer"
    assert [choice.id for choice in reader_tools.choices(guide)] == ["season", PHASES]


# -- in the page


def test_nothing_ticked_folds_nothing_away(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        expect(page.get_by_role("status")).to_have_text("Nothing is folded away.")
        every = page.locator(PAGES).count()
        assert every > 70
        assert len(shown(page)) == every
        tick(page, "HER2-positive")
        assert len(shown(page)) < every
        page.locator("fieldset").first.get_by_label("I don't know").check()
        expect(page.get_by_label("HER2-positive", exact=True)).not_to_be_checked()
        assert len(shown(page)) == every


def test_ticks_show_what_applies_in_reading_order(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        before = shown(page)
        tick(page, "HER2-positive", "Stage IV")
        mine = shown(page)
        names = " ".join(mine)
        assert "Trastuzumab" in names
        assert "Olaparib" not in names
        assert "Phase 1" not in names
        assert mine == [name for name in before if name in mine]
        said = page.get_by_role("status").inner_text()
        assert (
            said
            == f"{len(mine)} of {len(before)} pages fit what you ticked. {len(before) - len(mine)} are folded away."
        )
        questions = page.locator(".pg-chapter details:visible summary").all_inner_texts()
        assert "Trastuzumab" in questions
        assert "Olaparib" not in questions


def test_a_phase_stands_for_the_stage_it_belongs_to(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        tick(page, "Surgery")
        names = " ".join(shown(page))
        assert "Phase 2" in names
        assert "Phase 3" in names
        assert "Phase 1" not in names
        assert "CDK4/6" not in names
        tick(page, "Stage IV")
        assert "CDK4/6" in " ".join(shown(page))


def test_what_was_folded_away_can_be_seen(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        tick(page, "Stage III")
        few = shown(page)
        button = page.get_by_role("button", name="Show what was folded away")
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        every = shown(page)
        assert len(every) > len(few)
        assert sum("folded away: it may be for others" in name for name in every) == len(every) - len(few)
        button.click()
        assert shown(page) == few


def test_two_answers_that_cannot_both_be_true_are_asked_about(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        asked = page.get_by_role("alert").first
        tick(page, "HER2-positive", "Hormone receptor-positive")
        expect(asked).to_have_text("")
        tick(page, "Triple-negative")
        expect(asked).to_contain_text("“Triple-negative” and “Hormone receptor-positive” do not go together.")
        page.get_by_label("Hormone receptor-positive", exact=True).uncheck()
        expect(asked).to_contain_text("“Triple-negative” and “HER2-positive” do not go together.")
        page.get_by_label("HER2-positive", exact=True).uncheck()
        expect(asked).to_have_text("")
        expect(page.get_by_label("Stage III", exact=True)).to_have_accessible_description("In a report: IIIB, IIIC")


def test_when_to_call_is_never_filtered_away(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        for box in page.locator(".pg-choice fieldset input").all():
            box.check()
            expect(page.locator(CARD)).to_be_visible()
            assert page.locator(f"{CARD} .pg-call__level:visible").count() == 3


def test_nothing_leaves_the_page_and_nothing_is_stored_unless_asked(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        asked: list[str] = []
        page.wait_for_load_state("networkidle")
        page.on("request", lambda request: asked.append(request.url))
        stored = "JSON.stringify([localStorage, sessionStorage, document.cookie])"
        before = page.evaluate(stored)
        tick(page, "HER2-positive", "Stage IV", "Surgery")
        assert asked == []
        assert page.url == address + NAME
        assert page.evaluate(stored) == before
        page.get_by_label("Remember what I ticked").check()
        assert "her2-positive" in page.evaluate("JSON.stringify(localStorage)")
        mine = shown(page)
        page.reload()
        expect(page.get_by_label("HER2-positive", exact=True)).to_be_checked()
        assert shown(page) == mine
        page.get_by_role("button", name="Forget what I ticked").click()
        assert page.evaluate(stored) == before
        assert page.locator(".pg-choice input:checked").count() == 0
        page.reload()
        assert page.locator(".pg-choice input:checked").count() == 0


def test_it_is_a_whole_list_without_scripts(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME, java_script_enabled=False) as page:
        assert len(shown(page)) == page.locator(PAGES).count() > 70
        assert page.locator("article input:visible").count() == 0
        expect(page.get_by_role("textbox", name="Search")).to_be_hidden()
        link = page.get_by_role("link", name="HER2-positive", exact=True).last
        link.click()
        assert page.url == address + "for/her2-positive/"


def test_it_works_from_a_stick_and_for_another_condition(mini_site: Path, browser: Browser) -> None:
    with watched(browser, (mini_site / NAME / "index.html").as_uri()) as page:
        assert any("Tablets" in name for name in shown(page))
        tick(page, "Spring")
        assert not any("Tablets" in name for name in shown(page))
        tick(page, "Summer")
        assert any("Tablets" in name for name in shown(page))
        expect(page.locator(CARD)).to_be_visible()


# -- my pages on paper


def test_pages_that_fit_are_printed_as_one_document(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME, service_workers="block") as page:
        button = page.get_by_role("button", name="Print my pages")
        expect(button).to_be_hidden()
        tick(page, "HER2-positive", "Stage IV")
        page.evaluate("void (window.print = () => { document.body.dataset.printed = 'yes'; })")
        button.click()
        expect(page.locator("body")).to_have_attribute("data-printed", "yes")
        parts = page.locator(".pg-mine-pages > article")
        expect(page.get_by_text(f"{parts.count()} pages of this guide, with their sources.")).to_be_visible()
        assert parts.count() == page.locator(".pg-step:visible, .pg-chapter > ul > li:visible").count()
        expect(parts.first).to_be_hidden()
        page.emulate_media(media="print")
        for shown_part in (parts.first.locator("h1"), parts.first.locator(".footnote li").first):
            expect(shown_part).to_be_visible()
        expect(page.locator(".pg-fits")).to_be_hidden()
        assert (
            page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
            == page.locator("[id]").count()
        )
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(parts).to_have_count(0)


def test_pages_that_cannot_be_fetched_are_said_so(site: Path, browser: Browser) -> None:
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    with served(site) as address:
        page.goto(address + NAME)
        tick(page, "HER2-positive")
        page.route("**/therapies/**", lambda route: route.abort())
        page.get_by_role("button", name="Print my pages").click()
        expect(page.get_by_text("They could not be put together here.")).to_be_visible()
        expect(page.locator(".pg-mine-pages > article")).to_have_count(0)
    context.close()
