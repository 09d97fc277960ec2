"""The page on which readers find a side effect: each name once, and nothing is hidden without saying so."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import strictly_built
from patientguide.pages import lists
from patientguide.pages.drafts import drafts
from playwright.sync_api import Browser, expect
from support.cases import loaded
from support.project import MINI, Shared, make_buildable
from support.readers import watched
from support.serving import served

EFFECT = '{effect: "Sleepiness", act: later, text: "Common [@label#words]."}'
OTHER = EFFECT.replace("later", "now") + "\n  - " + EFFECT.replace("Sleepiness", "An antihistamine cough")


def with_two_medicines(folder: Path, menu: str = "AZ, EFFECTS") -> Path:
    """The small guide with a second medicine, and the page in its menu."""
    shutil.copytree(MINI, folder)
    settings, first = folder / "content/guide.yml", folder / "content/medications/cetirizine.md"
    settings.write_text(settings.read_text().replace("AZ,", f"{menu},"))
    second = first.read_text().replace("etirizine", "etirizine Plus").replace("Cetirizine", "Loratadine")
    second = second.replace(EFFECT, OTHER).replace("Nosefine", "Sneezeless")
    assert OTHER in second
    (first.parent / "loratadine.md").write_text(second)
    glossary = folder / "content/glossary.yml"
    glossary.write_text(
        glossary.read_text().replace('term: "Antihistamine"', 'term: "Antihistamine"\n    lay: ["hay pill"]')
    )
    return folder


@pytest.fixture(scope="module")
def effects_site(shared: Shared) -> Path:
    def make(folder: Path) -> None:
        project = make_buildable(with_two_medicines(folder / "guide"))
        strictly_built(project, folder / "site")

    return shared("effects", make) / "site"


def test_each_name_is_listed_once_by_its_first_word_of_weight(tmp_path: Path) -> None:
    guide = loaded(with_two_medicines(tmp_path / "guide"))
    found = {letter: [effect.name for effect in effects] for letter, effects in lists.effects_by_letter(guide).items()}
    assert found == {"A": ["An antihistamine cough"], "S": ["Sleepiness"]}
    (sleepy,) = lists.effects_by_letter(guide)["S"]
    assert {act: [one.id for one, _ in named] for act, named in sleepy.medicines.items()} == {
        "now": ["loratadine"],
        "later": ["cetirizine"],
    }


def test_a_menu_may_do_without_it(tmp_path: Path) -> None:
    guide = loaded(with_two_medicines(tmp_path / "guide", menu="AZ"))
    assert "content/guide.yml#side-effects" not in {draft.source for draft in drafts(guide)}


def test_a_reader_sees_the_effects_of_ticked_medicines_and_how_many_are_hidden(
    effects_site: Path, browser: Browser
) -> None:
    with served(effects_site) as address, watched(browser, address + "side-effects/") as page:
        rows, says = page.locator(".pg-effects > li"), page.locator(".pg-filtered")
        expect(rows.locator("visible=true")).to_have_count(2)
        expect(says).to_be_hidden()
        expect(page.locator(".pg-ways a")).to_be_visible()
        page.get_by_text("My medicines").click()
        page.get_by_label("Cetirizine").check()
        expect(rows.locator("visible=true")).to_have_count(1)
        expect(says).to_have_text(re.compile("hidden.*: 1"))
        expect(rows.locator("a:visible")).to_have_text(["Cetirizine"])
        expect(page.locator("h2:visible", has_text=re.compile("^A"))).to_have_count(0)
        page.get_by_role("button", name="Forget it").click()
        expect(rows.locator("visible=true")).to_have_count(2)
        expect(says).to_be_hidden()


def test_an_everyday_word_finds_it(effects_site: Path, browser: Browser) -> None:
    with served(effects_site) as address, watched(browser, address + "side-effects/") as page:
        page.get_by_label("What do you notice?").fill("hay pill")
        expect(page.locator(".pg-effects > li:visible")).to_have_count(1)
        expect(page.locator(".pg-effects > li:visible")).to_contain_text("cough")
        page.get_by_label("What do you notice?").fill("sleep")
        expect(page.get_by_text("1 found")).to_be_visible()
        page.get_by_text("My medicines").click()
        page.get_by_label("Loratadine").check()
        page.get_by_label("What do you notice?").fill("cough")
        expect(page.get_by_text("1 found")).to_be_visible()
        page.get_by_label("Loratadine").uncheck()
        page.get_by_label("Cetirizine").check()
        expect(page.get_by_text("Nothing in this list")).to_be_visible()
        page.get_by_label("What do you notice?").fill("zzz")
        expect(page.get_by_text("Nothing in this list")).to_be_visible()


def test_without_scripts_all_of_it_is_a_plain_list(effects_site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((effects_site / "side-effects" / "index.html").as_uri())
    expect(page.locator(".pg-effects > li:visible")).to_have_count(2)
    expect(page.locator(".pg-filter")).to_be_hidden()
    context.close()
