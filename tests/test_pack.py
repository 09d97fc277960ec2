"""The sheets for an appointment: two pages, honest about what is missing, in any browser and for any guide."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from conftest import strictly_built
from patientguide.pages import reader_tools
from patientguide.project import load
from playwright.sync_api import Browser, Page, Route, expect
from support.cases import TODAY
from support.project import MINI, ROOT, Shared, make_buildable
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


# -- ten medicines whose signs overlap


SAMPLE = yaml.safe_load((ROOT / "tests" / "pack.yml").read_text())
ACTS = ("now", "today")
TEN = [f"What is question {number} of a first visit?" for number in range(1, 11)]


def medicine(number: int) -> dict[str, Any]:
    """The fields of a medicine that the sheets are made from."""
    name, random = SAMPLE["medicines"][number], Random(number)
    call = []
    for act in ACTS:
        for sign in random.sample(sorted(SAMPLE["signs"][act]), len(SAMPLE["signs"][act]) // 2):
            added = random.choice(SAMPLE["added"]).format(name=name)
            call.append({"act": act, "signs": [sign], "text": f"{SAMPLE['signs'][act][sign]} with {name}{added}."})
        call += [{"act": act, "text": f"{text.format(name=name)}."} for text in SAMPLE["alone"][act]]
    effects = [
        {"effect": effect, "act": act, "text": "Common [@label#words]."}
        for act, all_ in SAMPLE["effects"].items()
        for effect in random.sample(all_, len(all_) - 2)
    ]
    return {"call": call, "side_effects": effects, "questions": [q.format(name=name) for q in SAMPLE["questions"]]}


@pytest.fixture(scope="session")
def ten_medicines(shared: Shared) -> Path:
    """The small guide with ten medicines and a list for a first visit."""

    def make(folder: Path) -> None:
        guide = make_buildable(shutil.copytree(MINI, folder / "guide"))
        cetirizine = guide / "content" / "medications" / "cetirizine.md"
        _, front, body = cetirizine.read_text().split("---\n")
        for number, name in enumerate(SAMPLE["medicines"]):
            fields = medicine(number)
            fields["call"] = [{**row, "text": f"{row['text'][:-1]} [@label#words]."} for row in fields["call"]]
            named = {"title": name, "generic": name.lower(), "brands": [f"{name} Forte"]}
            written = yaml.safe_dump({**yaml.safe_load(front), **named, **fields}, sort_keys=False, allow_unicode=True)
            cetirizine.with_name(f"{name.lower()}.md").write_text(f"---\n{written}---\n{body}")
        cetirizine.unlink()
        settings = guide / "content" / "guide.yml"
        first = f"first_visit: {json.dumps({'title': 'For a first visit', 'questions': TEN})}\nhedges:"
        urgent = '{id: today, label: "Call us today", admonition: warning}\n  - {id: later,'
        parts = ("when-to-call", "When to call"), ("questions", "Questions")
        outline = "".join(f'\n      - {{part: {part}, heading: "{heading}"}}' for part, heading in parts)
        text = settings.read_text().replace("hedges:", first).replace("{id: later,", urgent)
        settings.write_text(text.replace("\n  faqs:", f"{outline}\n  faqs:"))
        home = guide / "docs" / "index.md"
        signs = [
            {"id": id_, "sign": sign, "act": act, "text": "Call [@label#words]."}
            for act in ACTS
            for id_, sign in SAMPLE["signs"][act].items()
        ]
        home.write_text(home.read_text().replace("changed:", f"signs: {json.dumps(signs)}\nchanged:", 1))
        strictly_built(guide, folder / "site", REPO_URL="")

    return shared("ten", make) / "site"


def chosen(page: Page, names: list[str], questions: list[str]) -> None:
    """Choose by what the device remembers, as a reader would who comes back."""
    guide = page.locator(".pg-choice").get_attribute("data-pg-guide")
    medicines = [name.lower() for name in names]
    kept = {"medicines": medicines, "questions": questions, "own": "", "numbers": {}}
    page.evaluate(
        "([name, kept]) => localStorage.setItem(name, kept)", [f"patientguide-pack-{guide}", json.dumps(kept)]
    )
    page.reload()


def lines(page: Page, selector: str) -> list[str]:
    return page.locator(f"{selector} > li:not(.pg-write)").all_inner_texts()


def missing(told: list[str], number: int, act: str, others: list[list[str]]) -> list[str]:
    """The signs and side effects of a medicine that no line of an urgency tells with its name.

    A sign that another chosen medicine has too is told in the words of the page that says when to call.
    """
    name, fields = SAMPLE["medicines"][number], medicine(number)
    named = [line for line in told if re.search(rf"\(.*({name}|all my medicines).*\)", line)]
    lost = []
    for row in fields["call"]:
        if row["act"] == act:
            shared = [sign for sign in row.get("signs", ()) if any(sign in other for other in others)]
            words = SAMPLE["signs"][act][shared[0]] if shared else row["text"].removesuffix(".")
            added = re.split("[.:] ", row["text"].removesuffix("."), maxsplit=1)[1:]
            if not any(line.startswith(words) and all(part in line for part in added) for line in named):
                lost.append(row["text"])
    effects = {effect["effect"] for effect in fields["side_effects"] if effect["act"] == act}
    found = {effect for line in told for part in re.findall(rf"{name}: ([^.]*)\.", line) for effect in part.split("; ")}
    return [*lost, *sorted(effects - found)]


@pytest.mark.parametrize("seeds", [range(10), range(10, 20), range(20, 30), range(30, 40)])
def test_six_medicines_and_five_questions_are_two_sheets_without_a_line_twice_or_a_sign_lost(
    ten_medicines: Path, browser: Browser, seeds: range
) -> None:
    all_questions = [
        f"medications/{name.lower()}: {question}"
        for number, name in enumerate(SAMPLE["medicines"])
        for question in medicine(number)["questions"]
    ]
    with served(ten_medicines) as address, watched(browser, address + NAME) as page:
        for seed in seeds:
            random = Random(seed)
            numbers = sorted(random.sample(range(10), random.randint(1, 6)))
            questions = random.sample(all_questions, random.randint(0, 5))
            chosen(page, [SAMPLE["medicines"][number] for number in numbers], questions)
            assert [sheets(page, size) for size in SIZES] == [2, 2], f"seed {seed}"
            expect(page.locator(".pg-pages")).to_have_text("Your choice fits on two sheets.")
            told = [" ".join(re.findall(r"\w+", line.casefold())) for line in lines(page, ".pg-pack ul")]
            assert len(told) == len(set(told)), f"seed {seed}"
            assert len(lines(page, "[data-pg-fill=questions]")) == len(questions)
            signs = {n: [sign for row in medicine(n)["call"] for sign in row.get("signs", ())] for n in numbers}
            for act in ACTS:
                found = lines(page, f"[data-pg-act={act}]")
                for number in numbers:
                    others = [signs[other] for other in numbers if other != number]
                    assert not missing(found, number, act, others), f"seed {seed}"


def test_what_can_wait_gives_way_first_and_the_sheet_says_so(ten_medicines: Path, browser: Browser) -> None:
    with served(ten_medicines) as address, watched(browser, address + NAME) as page:
        chosen(page, SAMPLE["medicines"][:2], [])
        assert lines(page, "[data-pg-act=later]")[0].startswith("Aphrin: ")
        own = "\n".join(f"Question {number} of my own?" for number in range(60))
        page.get_by_label("Questions of your own").fill(own)
        assert lines(page, "[data-pg-act=later]") == ["More on the pages of the medicines: Aphrin, Belzine."]
        assert len(lines(page, "[data-pg-act=now]")) > 5


def test_ten_questions_for_a_first_visit_are_ticked_at_once(ten_medicines: Path, browser: Browser) -> None:
    with served(ten_medicines) as address, watched(browser, address + NAME) as page:
        boxes = page.locator("[data-pg-list=first] input")
        expect(boxes).to_have_count(10)
        for box in boxes.all():
            box.check()
        assert lines(page, "[data-pg-fill=questions]") == TEN
        assert [sheets(page, size) for size in SIZES] == [2, 2]


def test_a_medicine_leads_to_its_sheet(ten_medicines: Path, browser: Browser) -> None:
    with served(ten_medicines) as address, watched(browser, address + "medications/dosolan/") as page:
        page.get_by_role("link", name="Put these on a sheet for your appointment").click()
        expect(page).to_have_url(address + NAME + "#medications-dosolan")
        expect(page.locator("[data-pg-fill=medicines]")).to_contain_text("Dosolan")
        expect(page.locator("[data-pg-list=medicines] label", has_text="Dosolan").locator("input")).to_be_checked()
        opened = page.locator("[data-pg-list=questions] > details").first
        expect(opened).to_have_attribute("open", "")
        expect(opened).to_contain_text("When do I take Dosolan?")
        assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(
    "event", ["window.dispatchEvent(new Event('resize'))", "document.fonts.dispatchEvent(new Event('loadingdone'))"]
)
def test_the_sheets_are_measured_again_when_fonts_or_the_window_change(
    ten_medicines: Path, browser: Browser, event: str
) -> None:
    with served(ten_medicines) as address, watched(browser, address + NAME) as page:
        says = page.locator(".pg-pages")
        expect(says).to_have_text("Your choice fits on two sheets.")
        page.evaluate("document.querySelector('.pg-sheet').style.setProperty('font-size', '60pt', 'important')")
        page.evaluate(event)
        expect(says).not_to_have_text("Your choice fits on two sheets.")


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
    # A worker of the page would answer before the route does.
    with served(site) as address, watched(browser, address + NAME, service_workers="block") as page:
        page.route("**/*.css", at_once)
        page.reload()
        assert page.evaluate("document.fonts.load('1em Atkinson').then(fonts => fonts[0].display)") == "block"
        typical(page)
        expect(page.locator(".pg-pages")).to_have_text("Your choice fits on two sheets.")
        assert [sheets(page, size) for size in SIZES] == [2, 2]
        page.locator(".pg-sheet").first.evaluate("sheet => sheet.replaceChildren('Short.')")
        assert sheets(page, "A4") == 2, "the second page starts on a sheet of its own"


def test_a_long_choice_flows_on_and_says_so_before_printing(site: Path, browser: Browser) -> None:
    with served(site) as address, watched(browser, address + NAME) as page:
        for box in page.locator("[data-pg-list=medicines] input").all():
            box.check(force=True)
        said = page.locator(".pg-pages").inner_text()
        assert "For two sheets, choose fewer questions or medicines." in said
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
            "You have a fever of 100.4",
            "Side effects of this kind: Docetaxel: Fever",
            "Trastuzumab: Trouble breathing now",
            "the sources, are on the pages of the medicines",
            "Not yet reviewed by a clinician",
        ):
            expect(act).to_contain_text(words)
        expect(visit.locator("[data-pg-fill=effects]")).to_contain_text("Docetaxel: ")


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
        expect(page.locator(".pg-sheet").first).to_contain_text("Cetirizine: Sleepiness.")
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
