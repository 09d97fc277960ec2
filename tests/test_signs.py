"""The page that says when to call: each warning sign once, the medicines that name it, numbers to tap, two sheets."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import strictly_built
from patientguide.cli.main import main
from patientguide.core.problems import as_text
from patientguide.export import feeds
from patientguide.pages.drafts import build
from patientguide.project import load
from patientguide.review import signoff
from patientguide.search import index
from patientguide.search.engine import Engine
from patientguide.translations import marks
from playwright.sync_api import Browser, Page, expect
from support.cases import DAY, apply, loaded
from support.project import MINI, Shared, make_buildable
from support.readers import sheets, watched
from support.serving import served

CETIRIZINE, LORATADINE = (f"content/medications/{name}.md" for name in ("cetirizine", "loratadine"))
HEAD = """---
title: "When to call"
summary: "Signs that cannot wait [@pollen-trial#words]."
main_message: "Call {local:emergency} if you cannot breathe [@label#words]."
changed: "2026-11-21"
evidence_checked: "2026-06"
leads:
  - {id: now, text: "Say what you take [@label#words]."}
signs:
  - {id: breath, sign: "You cannot breathe", act: now, text: "It can be dangerous [@label#words].", words: [choking]}
  - {id: sleepy, sign: "You sleep all day", act: now, for_medicines: true, text: "Do not drive [@label#words]."}
  - {id: dry, sign: "A dry mouth", act: later, group: "Mouth", text: "Drink more [@label#words]."}
"""
BODY = "---\n\n## Help by phone\n\n{part:phones}\n"
ROW = '  - {act: now, signs: [breath, sleepy], text: "You cannot breathe [@label#words]."}\n'
SETTINGS = {
    "safety_page: index.md": "safety_page: call.md",
    "items: [index.md,": "items: [index.md, call.md,",
    'emergency: "000"': 'emergency: "000"\n  line: "1-800-555-0100"',
    '      - {part: side-effects, heading: "Side effects"}\n  faqs': (
        '      - {part: side-effects, heading: "Side effects"}\n'
        '      - {part: when-to-call, heading: "When to call"}\n  faqs'
    ),
    "hedges:": (
        "alert_card:\n"
        '  - {label: "Emergency", number: emergency, act: now}\n'
        '  - {label: "Your \\"team\\"", act: later}\n'
        "phones:\n"
        '  - {id: line, who: "Nose line", text: "They listen [@label#words].", hours: "By day [@label#words].", '
        'languages: "In English [@label#words]."}\n'
        "hedges:"
    ),
}


def with_signs(project: Path, more: str = "") -> Path:
    medicine = (project / CETIRIZINE).read_text().replace("changed:", f"call:\n{ROW}changed:", 1)
    other = (
        medicine.replace("etirizine", "oratadine")
        .replace("Coratadine", "Loratadine")
        .replace("coratadine", "loratadine")
    )
    other = other.replace("Nosefine", "Sneezeless").replace("[breath, sleepy]", "[breath]")
    apply(
        {
            "replace": {"content/guide.yml": SETTINGS},
            "write": {"docs/call.md": HEAD + more + BODY, CETIRIZINE: medicine, LORATADINE: other},
        },
        project,
    )
    return project


@pytest.fixture
def guide(mini: Path) -> Path:
    return with_signs(mini)


def drawn(project: Path) -> BeautifulSoup:
    text = next(page.markdown for page in build(loaded(project), []) if page.uri == "call.md")
    return BeautifulSoup(text, "html.parser")


# -- the core


def test_each_sign_is_shown_once_under_its_urgency_with_the_medicines_that_name_it(guide: Path) -> None:
    page = drawn(guide)
    signs = page.select(".pg-sign")
    assert [sign["id"] for sign in signs] == ["breath", "sleepy", "dry"]
    assert [sign.get("data-pg-with") for sign in signs] == ["cetirizine loratadine", "cetirizine", None]
    assert [sign.has_attr("data-pg-only") for sign in signs] == [False, True, False]
    assert "[Cetirizine](medications/cetirizine.md), [Loratadine]" in signs[0].get_text()
    text = page.get_text()
    places = [
        text.index(words) for words in ("{ #now", "Say what you take", "You cannot breathe.", "{ #later", "### Mouth")
    ]
    assert places == sorted(places)


def test_more_than_three_medicines_are_folded(guide: Path) -> None:
    text = (guide / LORATADINE).read_text()
    names = ["Bilastine", "Desloratadine", "Ebastine"]
    others = {f"content/medications/{name.lower()}.md": text for name in names}
    for name, path in zip(names, others, strict=True):
        others[path] = (
            text.replace("Loratadine", name).replace("loratadine", name.lower()).replace("Sneezeless", f"{name}a")
        )
    apply({"write": others}, guide)
    first = drawn(guide).select_one("#breath details.pg-with")
    assert "Watch for it with 5 medicines" in first.summary.get_text()
    assert "Bilastine" in first.get_text()


def test_programs_get_signs_with_their_medicines(guide: Path) -> None:
    found = loaded(guide)
    files = feeds.files(found, {page.uri: page.cites for page in build(found, [])})
    data = json.loads(files["data/pages/call.json"])
    jsonschema.validate(data, json.loads(files["data/guide.schema.json"]))
    first = data["entries"][0]["signs"][0]
    assert first["how_soon"] == "Call 000"
    assert first["medicines"] == ["medications/cetirizine", "medications/loratadine"]


def test_search_leads_to_the_sign_that_was_named(guide: Path) -> None:
    engine = Engine(index.index(loaded(guide)))
    for query, anchor in (("choking", "breath"), ("you sleep all day", "sleepy"), ("a dry mouth", "dry")):
        hit = engine.find(query).hits[0]
        assert (hit.unit.url, hit.urgent, hit.section[0]) == ("call/", True, anchor), query
        assert hit.text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("signs: [breath, sleepy]", "signs: [breth, sleepy]", "There is no warning sign 'breth' in this guide."),
        (
            "act: now, signs",
            "act: later, signs",
            "'later' is lower than 'now', the urgency of 'breath' on docs/call.md.",
        ),
        ("[breath, sleepy]", "[dry]", "'now' is higher than 'later', the urgency of 'dry' on docs/call.md."),
        ("[breath, sleepy]", "[breath]", "No medicine names 'sleepy', so readers who tick theirs would never see it."),
    ],
)
def test_a_row_that_does_not_fit_its_sign_is_an_error(guide: Path, old: str, new: str, said: str) -> None:
    apply({"replace": {CETIRIZINE: {old: new}}}, guide)
    assert said in as_text(load(guide / "content", DAY)[1])


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("docs/call.md", "id: dry", "id: breath", "'breath' appears twice."),
        ("docs/call.md", "act: later, group", "act: soon, group", "There is no urgency 'soon' in this guide."),
        ("docs/call.md", "{id: now, text", "{id: soon, text", "There is no urgency 'soon' in this guide."),
        ("docs/call.md", "Drink more [@label#words].", "Drink more.", "no-source"),
        ("content/guide.yml", "act: later}", "act: soon}", "There is no urgency 'soon' in this guide."),
        ("content/guide.yml", "{id: line, who", "{id: lines, who", "There is no local setting 'lines' in this guide."),
        ("content/guide.yml", "safety_page: call.md", "safety_page: index.md", "Only the page that says when to call"),
    ],
)
def test_a_sign_or_number_that_does_not_fit_is_an_error(guide: Path, path: str, old: str, new: str, said: str) -> None:
    apply({"replace": {path: {old: new}}}, guide)
    assert said in as_text(load(guide / "content", DAY)[1])


def test_a_guide_without_signs_keeps_its_page_as_written(mini: Path) -> None:
    text = next(page.markdown for page in build(loaded(mini), []) if page.uri == "index.md")
    assert "pg-sign" not in text


def test_a_review_covers_the_signs_and_the_medicines_that_name_them(guide: Path) -> None:
    before = signoff.text_hash(loaded(guide), "pages/call")
    apply({"replace": {"docs/call.md": {"words: [choking]": "words: [choking, gasping]"}}}, guide)
    assert signoff.text_hash(loaded(guide), "pages/call") == before, "nobody signs words for search"
    apply({"replace": {LORATADINE: {"signs: [breath], ": ""}}}, guide)
    assert signoff.text_hash(loaded(guide), "pages/call") != before


def test_naming_a_sign_makes_no_translation_stale_and_its_text_does(guide: Path) -> None:
    def fingerprint(name: str) -> marks.Mark:
        found = loaded(guide)
        return marks.mark_of_entry(found.by_name[name], found.settings)

    medicine, page = fingerprint("medications/loratadine"), fingerprint("pages/call")
    apply({"replace": {LORATADINE: {"signs: [breath], ": ""}, "docs/call.md": {"[choking]": "[gasping]"}}}, guide)
    assert (fingerprint("medications/loratadine"), fingerprint("pages/call")) == (medicine, page)
    apply({"replace": {"docs/call.md": {"Drink more": "Drink much more"}}}, guide)
    assert fingerprint("pages/call").safety != page.safety


def test_a_translation_says_the_words_and_the_source_the_rest(guide: Path) -> None:
    spanish = (
        '---\ntitle: "Cuándo llamar"\nsummary: "Señales [@pollen-trial#words]."\n'
        'main_message: "Llame al {local:emergency} [@label#words]."\n'
        'leads:\n  - {id: now, text: "Diga qué toma [@label#words]."}\nsigns:\n'
        '  - {id: dry, sign: "Boca seca", group: "Boca", text: "Beba más [@label#words]."}\n'
        '  - {id: breath, sign: "No puede respirar", text: "Puede ser grave [@label#words].", words: [ahogo]}\n'
        '  - {id: sleepy, sign: "Duerme todo el día", text: "No maneje [@label#words]."}\n---\n\n'
        "## Ayuda por teléfono\n\n{part:phones}\n"
    )
    home = (
        '---\ntitle: "Guía"\nsummary: "Ayuda [@pollen-trial#words]."\nmain_message: "Bien [@pollen-trial#words]."\n---\n\n'
        "[Vea los pasos](../content/phases).\n\n{part:pathway}\n"
    )
    pages = {"content/es/guide.yml": 'title: "Fiebre"\n', "content/es/pages/index.md": home}
    apply({"write": {**pages, "content/es/pages/call.md": spanish}}, guide)
    names = ("es/guide", "es/pages/index", "es/pages/call")
    done = CliRunner().invoke(main, ["translated", *names, "--content", str(guide / "content")])
    assert done.exit_code == 0, done.output
    found, problems = load(guide / "content", DAY)
    assert found is not None, as_text(problems)
    signs = found.editions[0].safety_page.front.signs
    assert [(sign.id, sign.sign, sign.act, sign.for_medicines) for sign in signs] == [
        ("breath", "No puede respirar", "now", False),
        ("sleepy", "Duerme todo el día", "now", True),
        ("dry", "Boca seca", "later", False),
    ]
    assert [sign.words for sign in signs] == [["ahogo"], [], []], "words for search are those of the language"


# -- in the browser


@pytest.fixture(scope="module")
def signs_site(shared: Shared) -> Path:
    """A guide with as many signs as a large one has."""

    def make(folder: Path) -> None:
        sentence = " ".join(["This may be a sign of harm, and your team can help."] * 3)[:-1]
        more = "".join(
            f'  - {{id: sign-{n}, sign: "Sign number {n} that you may notice", act: later, '
            f'group: "Group {n // 8}", text: "{sentence} [@label#words]."}}\n'
            for n in range(45)
        )
        project = make_buildable(with_signs(shutil.copytree(MINI, folder / "guide"), more))
        strictly_built(project, project / "site")

    return shared("signs", make) / "guide" / "site"


def opened(page: Page) -> Page:
    page.locator(".pg-choice > summary").click()
    return page


def test_a_sign_of_another_medicine_is_hidden_and_one_that_anyone_may_have_never_is(
    signs_site: Path, browser: Browser
) -> None:
    with served(signs_site) as address, watched(browser, f"{address}call/") as page:
        hidden = page.locator(".pg-sign:not(:visible)")
        expect(hidden).to_have_count(0)
        opened(page).get_by_label("Loratadine").check()
        expect(hidden).to_have_count(1)
        assert hidden.get_attribute("id") == "sleepy"
        expect(page.get_by_role("status").filter(has_text="other medicines: 1.")).to_be_visible()
        expect(page.locator("#breath")).to_contain_text("With yours: Loratadine")
        page.get_by_label("Cetirizine").check()
        expect(hidden).to_have_count(0)
        page.get_by_role("button", name="Forget it").click()
        expect(hidden).to_have_count(0)
        expect(page.locator(".pg-mine")).to_have_count(0)


def test_choices_and_the_number_of_the_team_are_kept_only_if_the_reader_asks(
    signs_site: Path, browser: Browser
) -> None:
    with served(signs_site) as address, watched(browser, f"{address}call/") as page:
        call = page.get_by_role("link", name="555-0199")

        def fill_in() -> None:
            opened(page).get_by_label("Loratadine").check()
            page.get_by_label('Your "team"').fill("555-0199")

        fill_in()
        assert call.get_attribute("href") == "tel:5550199"
        page.reload()
        expect(call).to_have_count(0)
        assert page.evaluate("localStorage.length") == 0
        fill_in()
        page.get_by_label("on this device only").check()
        page.reload()
        expect(call).to_be_visible()
        expect(page.locator("#sleepy")).to_be_hidden()
        opened(page).get_by_role("button", name="Forget it").click()
        page.reload()
        expect(call).to_have_count(0)
        expect(page.locator("#sleepy")).to_be_visible()


def test_a_phone_is_two_taps_away_from_any_page(signs_site: Path, browser: Browser) -> None:
    with served(signs_site) as address, watched(browser, address) as page:
        for uri in ("", "medications/cetirizine/", "phases/first-step/", "glossary/", "404.html"):
            page.goto(address + uri)
            page.locator("a:visible", has_text="When to call").first.click()
            assert page.get_by_role("link", name="Emergency: 000").get_attribute("href") == "tel:000"
        numbers = {link.get_attribute("href") for link in page.locator("article a[href^='tel:']:visible").all()}
        assert numbers == {"tel:000", "tel:18005550100"}


def test_without_scripts_all_signs_show_and_nothing_can_be_ticked(signs_site: Path, browser: Browser) -> None:
    with served(signs_site) as address, watched(browser, f"{address}call/", java_script_enabled=False) as page:
        expect(page.locator(".pg-sign:visible")).to_have_count(48)
        expect(page.locator(".pg-choice:visible")).to_have_count(0)
        assert [sheets(page, size) for size in ("A4", "Letter")] == [2, 2]


def test_a_large_list_prints_on_two_sheets_in_a_size_one_can_read(signs_site: Path, browser: Browser) -> None:
    with served(signs_site) as address, watched(browser, f"{address}call/") as page:
        assert [sheets(page, size) for size in ("A4", "Letter")] == [2, 2]
        page.emulate_media(media="print")
        sizes = page.locator(".pg-sign:visible").first.evaluate_all(
            "signs => signs.map(s => getComputedStyle(s).fontSize)"
        )
        assert {float(size.removesuffix("px")) * 0.75 for size in sizes} == {9}
        outline = Counter(
            heading.evaluate("one => one.tagName") for heading in page.locator("article :is(h1, h2)").all()
        )
        assert outline["H1"] == 1
        page.locator(".pg-choice fieldset input").first.evaluate("box => box.click()")
        assert sheets(page, "A4") == 2


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_the_page_of_the_real_guide_prints_on_two_sheets(real_site: Path, browser: Browser, size: str) -> None:
    with served(real_site) as address, watched(browser, f"{address}when-to-call/") as page:
        assert sheets(page, size) == 2
        page.goto(f"{address}es/when-to-call/")
        assert sheets(page, size) == 2


def test_no_sign_of_the_real_guide_is_listed_twice(real_site: Path) -> None:
    page = BeautifulSoup((real_site / "when-to-call" / "index.html").read_text(), "html.parser")
    leads = [sign.select_one("strong").get_text() for sign in page.select(".pg-sign")]
    phrases = [part.strip(" .").casefold() for lead in leads for part in re.split(r",| or ", lead)]
    counts = Counter(phrase for phrase in phrases if " " in phrase)
    assert leads
    assert [phrase for phrase, count in counts.items() if count > 1] == []
