"""The sheets for an appointment: two pages, honest about what is missing, in any browser and for any guide."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from patientguide.pages import reader_tools
from patientguide.project import load
from playwright.sync_api import Browser, Page, Route, expect
from support.cases import TODAY
from support.readers import sheets, watched
from support.serving import served

NAME = "appointment/"
SIZES = ("A4", "Letter")
MISSING = "the number is missing here. Write it by hand:"


def choose(page: Page, *medicines: str, questions: int = 6) -> None:
    for name in medicines:
        page.locator("[data-pg-list=medicines] label", has_text=name).first.locator("input").check()
    first = page.locator("[data-pg-list=questions] > details").first
    first.locator("summary").click()
    for box in first.locator("input").all()[:questions]:
        box.check()


def typical(page: Page) -> None:
    page.get_by_label("HER2-positive", exact=True).check()
    page.get_by_label("Before surgery", exact=True).check()
    choose(page, "Trastuzumab", "Pertuzumab", "Docetaxel")
    page.get_by_label("Questions of your own").fill("Can my sister come along?\n\n <b>Can I work?</b> ")


def at_once(route: Route) -> None:
    """A style sheet whose font is waited for."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("font-display: optional", "font-display: block"))


# -- the core


@pytest.mark.parametrize(
    ("value", "printed"),
    [("000", "000"), ("1-800-5", "1-800-5"), ("15", "15"), ("-", ""), ("ask your ward", ""), ("9?", "")],
)
def test_only_what_can_be_dialed_is_a_number(change: Callable[..., Path], value: str, printed: str) -> None:
    change("content/guide.yml", 'emergency: "000"', f'emergency: "{value}"')
    mini = change("content/guide.yml", "hedges:", 'alert_card: [{label: "Emergency", number: emergency}]\nhedges:')
    guide, problems = load(mini / "content", date.fromisoformat(TODAY))
    assert guide is not None, problems
    assert reader_tools.alert_lines(guide) == [("Emergency", printed)]


def test_what_is_embedded_cannot_end_its_script_or_become_a_citation(change: Callable[..., Path]) -> None:
    mini = change("content/therapies/tablets.md", "call:", 'questions: ["Is A & B [email me @ home] right?"]\ncall:')
    mini = change("content/therapies/tablets.md", "[email me @ home]", "(me @ home)")
    guide, problems = load(mini / "content", date.fromisoformat(TODAY))
    assert guide is not None, problems
    text = reader_tools.appointment_data(guide)
    assert not set("<>&@") & set(text)
    asked = [question for entry in json.loads(text)["entries"] for question in entry["questions"]]
    assert "Is A & B (me @ home) right?" in asked


def test_a_name_that_is_hard_to_say_is_respelt(change: Callable[..., Path]) -> None:
    mini = change("content/medications/cetirizine.md", "brands:", 'pronunciation: "seh-TEER-ih-zeen"\nbrands:')
    guide, problems = load(mini / "content", date.fromisoformat(TODAY))
    assert guide is not None, problems
    entries = {entry["id"]: entry for entry in json.loads(reader_tools.appointment_data(guide))["entries"]}
    assert entries["cetirizine"]["said"] == "seh-TEER-ih-zeen"


# -- in the browser


def test_a_typical_choice_prints_on_two_pages_in_a_wider_font_too(site: Path, browser: Browser) -> None:
    """Our font is left out when it comes late. What is said before printing may then be a page too many."""
    with served(site) as address, watched(browser, address + NAME) as page:
        page.route("**/*.woff2", lambda route: route.fulfill(body=""))
        page.reload()
        typical(page)
        assert [sheets(page, size) for size in SIZES] == [2, 2]


def test_a_typical_choice_prints_on_two_pages_of_either_paper(site: Path, browser: Browser) -> None:
    """Our font is asked for at once, or a slow machine would leave it out, and the guess be that of a wider font."""
    with served(site) as address, watched(browser, address + NAME) as page:
        page.route("**/*.css", at_once)
        page.reload()
        assert page.evaluate("document.fonts.load('1em Atkinson').then(fonts => fonts[0].display)") == "block"
        typical(page)
        expect(page.locator(".pg-pages")).to_have_text("Your choice fits on two pages.")
        assert [sheets(page, size) for size in SIZES] == [2, 2]
        page.locator(".pg-sheet").first.evaluate("sheet => sheet.replaceChildren('Short.')")
        assert sheets(page, "A4") == 2, "the second page starts on a sheet of its own"


def test_a_long_choice_flows_on_and_says_so_before_printing(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        for box in page.locator("[data-pg-list=medicines] input").all():
            box.check(force=True)
        said = page.locator(".pg-pages").inner_text()
        assert "For two pages, choose fewer questions or medicines." in said
        printed = sheets(page, "Letter")
        assert printed > 2
        assert abs(int(said.split()[4]) - printed) <= 2


def test_the_sheets_hold_what_was_chosen(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        typical(page)
        visit, act = page.locator(".pg-sheet").all()
        expect(visit).to_contain_text("☒ HER2-positive")
        expect(visit).to_contain_text("☐ Stage IV")
        expect(visit).to_contain_text("Trastuzumab (Herceptin, ")
        expect(visit).to_contain_text("<b>Can I work?</b>")
        assert visit.locator("[data-pg-fill=questions] li:not(.pg-write)").count() == 8
        assert visit.locator("[data-pg-fill=questions] li.pg-write").count() == 2
        for words in (
            "Emergency: call 911",
            "Trouble breathing now (Trastuzumab)",
            "You have a fever of 100.4",
            "Sources of the side effects: 1. ",
        ):
            expect(act).to_contain_text(words)
        expect(act).to_contain_text("Not yet reviewed by a clinician")
        assert act.locator("[data-pg-fill=effects] li:not(.pg-write) sup").count() > 5


def test_an_emergency_number_that_is_missing_is_said_to_be_missing(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        card = page.locator(".pg-alert")
        expect(card).to_contain_text("Emergency: 911")
        expect(card).to_contain_text(f"Your cancer team, day and night: {MISSING}")
        number = page.get_by_label("Your cancer team, day and night")
        number.fill("555-0100")
        expect(card).to_contain_text("555-0100")
        expect(card).not_to_contain_text(MISSING, use_inner_text=True)
        number.fill("  ")
        expect(card).to_contain_text(MISSING, use_inner_text=True)


def test_without_any_number_the_card_has_a_line_to_write_on(mini_site: Path, browser: Browser) -> None:
    with served(mini_site) as address, watched(browser, address + NAME) as page:
        expect(page.locator(".pg-alert")).to_contain_text("The emergency number is missing here. Write it by hand:")
        expect(page.locator(".pg-alert__number")).to_have_count(0)
        page.locator("[data-pg-list=medicines] input").first.check()
        expect(page.locator(".pg-sheet").last).to_contain_text("Sleepiness (Cetirizine)")
        assert [sheets(page, size) for size in SIZES] == [2, 2]


def test_without_scripts_it_is_two_pages_to_write_on(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME, java_script_enabled=False) as page:
        assert page.locator(".pg-form:visible, .pg-choice:visible").count() == 0
        assert page.locator(".pg-write:visible").count() > 15
        assert [sheets(page, size) for size in SIZES] == [2, 2]


def test_those_of_my_path_come_first(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        page.get_by_label("Triple-negative", exact=True).check()
        page.get_by_label("Stage IV", exact=True).check()
        first = page.locator("[data-pg-list=questions] > details > summary").all_inner_texts()
        assert "Immunotherapy" in first
        assert "Hormone therapy" not in first
        assert first[-1] == "Questions of other pages"
        medicines = page.locator("[data-pg-list=medicines] > label").all_inner_texts()
        assert any("Pembrolizumab" in name for name in medicines)
        assert not any("Tamoxifen" in name for name in medicines)


def test_questions_of_chosen_medicines_come_before_those_of_others(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        choose(page, "Tamoxifen", questions=0)
        first = page.locator("[data-pg-list=questions] > details > summary").all_inner_texts()
        assert "Tamoxifen" in first
        assert "Letrozole" not in first


def test_what_my_path_remembers_is_ticked_here(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + "my-path/") as page:
        page.get_by_label("Triple-negative", exact=True).check()
        page.get_by_label("Remember what I ticked").check()
        page.goto(address + NAME)
        expect(page.get_by_label("Triple-negative", exact=True)).to_be_checked()
        page.evaluate(
            "for (const key in localStorage) if (key.startsWith('patientguide')) localStorage.setItem(key, 'no JSON')"
        )
        page.reload()
        expect(page.get_by_label("Triple-negative", exact=True)).not_to_be_checked()


def test_nothing_typed_or_chosen_leaves_or_stays(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        asked: list[str] = []
        page.wait_for_load_state("networkidle")
        page.on("request", lambda request: asked.append(request.url))
        before = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        typical(page)
        assert asked == []
        assert page.url == address + NAME
        assert page.evaluate("JSON.stringify([localStorage, sessionStorage])") == before
        page.reload()
        expect(page.get_by_label("Questions of your own")).to_have_value("")
        assert page.locator("input:checked:visible").count() == 0


def test_it_works_from_a_stick(site: Path, browser: Browser) -> None:
    with watched(browser, (site / NAME / "index.html").as_uri()) as page:
        typical(page)
        assert sheets(page, "A4") == 2


@pytest.mark.parametrize("name", [NAME, "my-path/"])
def test_it_works_under_the_policy_of_its_page(site: Path, browser: Browser, name: str) -> None:
    assert "script-src 'self';" in (site / name / "index.html").read_text()
    with served(site) as address, watched(browser, address + name) as page:
        if name == NAME:
            typical(page)
            assert sheets(page, "Letter") == 2
        else:
            page.get_by_label("Stage IV", exact=True).check()
            expect(page.get_by_role("button", name="Show what was folded away")).to_be_visible()


def test_what_was_typed_stays_when_the_reader_asks_for_it_and_only_then(mini_site: Path, browser: Browser) -> None:
    with served(mini_site) as address, watched(browser, address + NAME) as page:
        own = page.get_by_label("Questions of your own")
        medicine = page.locator("[data-pg-list=medicines] input").first
        remember = page.get_by_label("Remember what I chose and typed here")
        own.fill("Can I swim?")
        medicine.check()
        remember.check()
        own.fill("Can I swim in the sea?")
        page.reload()
        expect(own).to_have_value("Can I swim in the sea?")
        expect(medicine).to_be_checked()
        expect(page.locator("[data-pg-fill=questions]")).to_contain_text("Can I swim in the sea?")
        remember.uncheck()
        assert page.evaluate("localStorage.length") == 0
        page.reload()
        expect(own).to_have_value("")
        expect(medicine).not_to_be_checked()


def test_what_was_typed_can_be_forgotten_at_once(mini_site: Path, browser: Browser) -> None:
    with served(mini_site) as address, watched(browser, address + NAME) as page:
        own = page.get_by_label("Questions of your own")
        own.fill("Can I swim?")
        page.get_by_label("Remember what I chose and typed here").check()
        page.get_by_role("button", name="Forget what I chose and typed here").click()
        expect(own).to_have_value("")
        assert "swim" not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.parametrize("kept", ["no JSON", "3", '{"own": {}, "medicines": "x", "questions": 1, "numbers": [2]}'])
def test_what_another_program_stored_does_no_harm(mini_site: Path, browser: Browser, kept: str) -> None:
    with served(mini_site) as address, watched(browser, address + NAME) as page:
        guide = page.locator(".pg-choice").get_attribute("data-pg-guide")
        page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [f"patientguide-pack-{guide}", kept])
        page.reload()
        page.locator("[data-pg-list=medicines] input").first.check()
        expect(page.locator("[data-pg-fill=medicines]")).to_contain_text("Cetirizine")
