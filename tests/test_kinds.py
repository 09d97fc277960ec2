"""A kind of entry that only guide.yml declares: the sample guide on asthma has one, `triggers`."""

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from patientguide.build.dependencies import Planner
from patientguide.cli.main import main
from patientguide.core.cache import BuildCache
from patientguide.core.problems import as_text
from patientguide.export import feeds
from patientguide.links.indexes import read_index
from patientguide.model import registry
from patientguide.model.guide import Guide
from patientguide.pages.drafts import build
from patientguide.pages.navigation import menu
from patientguide.pages.page import Page
from patientguide.project import load
from patientguide.search import index
from support.cases import DAY, TODAY, apply
from support.project import ROOT

SETTINGS, DUST, AIR = "content/guide.yml", "content/triggers/house-dust.md", "content/triggers/cold-air.md"
PERSON = '- {id: ann, name: "Ann Nose", role: "nurse", interests: {declared: "2026-06", statement: "None."}}\n'


@pytest.fixture
def asthma(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "tests" / "guides" / "asthma", tmp_path / "asthma")


def loaded(project: Path) -> Guide:
    guide, problems = load(project / "content", DAY)
    assert guide is not None, as_text(problems)
    assert problems == []
    return guide


def pages(guide: Guide) -> dict[str, Page]:
    return {page.uri: page for page in build(guide, [])}


def run(project: Path, *arguments: str) -> str:
    options = ["--content", str(project / "content"), "--as-of", TODAY]
    done = CliRunner().invoke(main, [*arguments, *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def section(text: str, heading: str) -> str:
    """The part of a page under a heading."""
    found = text.partition(f"\n## {heading}")[2]
    assert found, f"there is no heading {heading}"
    return found.partition("\n## ")[0]


def test_every_list_of_readers_has_it(asthma: Path) -> None:
    guide = loaded(asthma)
    made = {uri: page.markdown for uri, page in pages(guide).items()}
    own = "[House dust]({}triggers/house-dust.md)"
    assert own.format("../") in section(made["triggers/index.md"], "Indoors")
    assert own.format("../") not in section(made["triggers/index.md"], "Outdoors")
    assert own.format("") in section(made["questions.md"], "What sets it off")
    assert own.format("") in section(made["my-path.md"], "What sets it off")
    assert own.format("") in made["a-z.md"]
    assert own.format("../") in section(made["for/under-12.md"], "What sets it off")
    assert "What sets it off" not in made["for/teenager.md"]
    (found,) = [uris for group in menu(guide) for uris in group.values() if "triggers/index.md" in uris]
    assert found[-3:] == ["triggers/index.md", "triggers/house-dust.md", "triggers/cold-air.md"]
    entries = json.loads(made["appointment.md"].partition('class="pg-data">')[2].partition("</script>")[0])["entries"]
    dust = next(entry for entry in entries if entry["id"] == "house-dust")
    assert (dust["kind"], dust["questions"], dust["rows"]) == ("triggers", ["Do I need new bedding?"], [])


def test_values_that_an_entry_names_together_have_a_page(asthma: Path) -> None:
    file = asthma / "content/therapies/pollen-days.md"
    both_named = "facets: {age: [under-12], place: [outdoors]}"
    file.write_text(re.sub(r"^facets:.*$", both_named, file.read_text(), flags=re.MULTILINE))
    made = pages(loaded(asthma))
    assert [uri for uri in made if uri.startswith("for/") and uri.count("/") == 2] == ["for/under-12/outdoors.md"]
    both = made["for/under-12/outdoors.md"]
    assert both.title == "Child under 12, Outdoors"
    assert "(../../therapies/pollen-days.md)" in both.markdown
    assert "[Child under 12, Outdoors](under-12/outdoors.md)" in made["for/under-12.md"].markdown.replace("../for/", "")
    assert "Outdoors](" not in made["for/teenager.md"].markdown
    assert "outdoors" not in made["for/grown-up.md"].markdown


def test_a_page_has_only_the_parts_that_were_written(asthma: Path) -> None:
    made = pages(loaded(asthma))
    dust, air = made["triggers/house-dust.md"].markdown, made["triggers/cold-air.md"].markdown
    for heading in ("In short", "Who to ring", "What nobody knows", "What to ask at the surgery", "Read on"):
        assert f"\n## {heading}\n" in dust
        assert f"\n## {heading}\n" not in air
    assert "[Cold air](../triggers/cold-air.md#what-it-does)" in dust
    assert "[All triggers](../triggers/index.md)" in dust
    assert "(../triggers/cold-air.md)" in made["therapies/pollen-days.md"].markdown
    assert "(triggers/house-dust.md#what-nobody-knows)" in made["faq.md"].markdown
    crumbs = json.loads(made["triggers/cold-air.md"].linked_data)["breadcrumb"]["itemListElement"]
    assert [crumb["name"] for crumb in crumbs][1:] == ["What sets it off", "Cold air"]


def test_programs_are_told_of_it(asthma: Path) -> None:
    guide = loaded(asthma)
    files = feeds.files(guide, {uri: page.cites for uri, page in pages(guide).items()}, "https://example.org/")
    whole, schema = json.loads(files["data/guide.json"]), json.loads(files["data/guide.schema.json"])
    jsonschema.validate(whole, schema)
    assert [one["id"] for one in whole["entries"] if one["kind"] == "triggers"] == ["house-dust", "cold-air"]
    assert json.loads(files["data/triggers/cold-air.json"])["entries"][0]["address"] == "triggers/cold-air/"
    assert "[Cold air](https://example.org/triggers/cold-air/)" in section(files["llms.txt"], "What sets it off")
    assert "SUMMARY:Review due: House dust" in files["reviews.ics"]


def test_an_entry_whose_name_sounds_like_a_feed_is_none() -> None:
    """Every other pattern is less exact than the folder of the data."""
    text = '{"schema": "s", "root": "../../", "entries": [{"address": "living/breastfeeding/"}]}'
    found = [use.value for use in read_index("data/living/breastfeeding.json", text)]
    assert found == ["s", "../../living/breastfeeding/"]


@pytest.mark.parametrize(("given", "weight"), [("", 0.8), ("triggers: 50, ", 0.5)])
def test_it_is_a_group_of_its_own_in_search(given: str, weight: float, asthma: Path) -> None:
    apply({"replace": {SETTINGS: {"search:": f"search:\n  weights: {{{given}therapies: 80}}"}}}, asthma)
    found = index.index(loaded(asthma))
    number = found["kinds"].index(["What sets it off", weight])
    assert [unit[1] for unit in found["units"] if unit[2] == number] == ["House dust", "Cold air"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({DUST: {'"Indoors"': '"Indoor"'}}, f"{DUST}:3:8: error[unknown-name] There is no topic 'Indoor'"),
        ({AIR: {'topic: "Outdoors"\n': ""}}, f"{AIR}:1:1: error[missing] 'topic' is missing.\n    Add a line 'topic:"),
        ({AIR: {"## What it does": "## What"}}, f"{AIR}:11:1: error[unknown-heading] 'What' is not a heading"),
        (
            {AIR: {"## What it does\n": "## Read on\n"}},
            f"{AIR}:10:1: error[missing-section] The section 'What it does'",
        ),
        ({AIR: {"order: 1": "act: 1"}}, f"{AIR}:2:1: error[missing] 'order' is missing."),
        (
            {AIR: {"order: 1": "order: 1\nside_effects: [{effect: Cough, act: yearly, text: You cough.}]"}},
            "[not-shown]",
        ),
        ({SETTINGS: {", TRIGGERS": ""}}, "error[not-in-menu] TRIGGERS is not in the menu yet."),
        (
            {SETTINGS: {", TRIGGERS": ", TIGERS"}},
            "There is no page 'TIGERS' in this guide.\n    Did you mean 'TRIGGERS'?",
        ),
        ({SETTINGS: {"  triggers:": "  tigers:"}}, "content/triggers:1:1: error[unknown-file]"),
        ({SETTINGS: {"  triggers:": "  Triggers:"}}, "kinds.Triggers: 'Triggers' does not have the right form."),
        ({SETTINGS: {"  triggers:": "  pages:"}}, "'pages' is the name of something else in every guide."),
        ({SETTINGS: {"review_months: {": "review_months: {tigers: 2, "}}, "There is no kind 'tigers' in this guide."),
        ({SETTINGS: {"search:": "search:\n  weights: {tigers: 2}"}}, "There is no kind 'tigers' in this guide."),
        ({SETTINGS: {'"Outdoors"]': '"Indoors"]'}}, "error[twice] 'Indoors' appears twice."),
        ({SETTINGS: {"triggers:\n": "triggers:\n    note: 5\n"}}, "kinds.triggers.note: this must be text, not '5'."),
        (
            {SETTINGS: {"triggers:\n": "triggers:\n    notes: x\n"}},
            "'notes' is not a field here.\n    Did you mean 'note'",
        ),
        ({SETTINGS: {"treatment: false": "treatment: true"}}, "No heading of triggers answers 'what-to-do'."),
        (
            {SETTINGS: {'nobody knows", optional: true': 'nobody knows", answers: [x]'}},
            "'x' is not listed under required.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, dict[str, str]], said: str, asthma: Path) -> None:
    apply({"replace": change}, asthma)
    assert said in as_text(load(asthma / "content", DAY)[1])


@pytest.mark.parametrize("fault", ["title: 5", 'title: "not closed'])
def test_wrong_settings_do_not_make_its_folder_wrong(fault: str, asthma: Path) -> None:
    apply({"replace": {SETTINGS: {'title: "What sets it off"': fault}}}, asthma)
    assert "content/triggers" not in as_text(load(asthma / "content", DAY)[1])


def test_a_kind_without_entries_has_no_page(asthma: Path) -> None:
    shutil.rmtree(asthma / "content" / "triggers")
    links = {
        "content/therapies/pollen-days.md": {" See [cold air](../triggers/cold-air.md) too.": ""},
        "content/faqs/may-i-have-a-cat.md": {"[house dust](../triggers/house-dust.md#what-nobody-knows)": "dust"},
    }
    apply({"replace": links}, asthma)
    assert "error[empty-list] The list TRIGGERS has no entries yet." in as_text(load(asthma / "content", DAY)[1])
    apply({"replace": {SETTINGS: {", TRIGGERS": ""}}}, asthma)
    assert not [uri for uri, page in pages(loaded(asthma)).items() if "riggers" in uri + page.markdown]


def test_its_months_are_those_of_pages_or_its_own(asthma: Path) -> None:
    assert "Next review due:** October 2028" in pages(loaded(asthma))["triggers/cold-air.md"].markdown
    apply({"replace": {SETTINGS: {"review_months: {": "review_months: {triggers: 6, "}}}, asthma)
    assert "Next review due:** April 2027" in pages(loaded(asthma))["triggers/cold-air.md"].markdown


def test_a_new_entry_is_started_and_signed(asthma: Path) -> None:
    run(asthma, "new", "triggers", "smoke")
    text = (asthma / "content" / "triggers" / "smoke.md").read_text()
    assert '\ntopic: "Indoors"\n' in text
    assert "side_effects" not in text
    assert "## What nobody knows\n" in text
    (asthma / "content" / "people.yml").write_text(PERSON)
    run(asthma, "sign", "triggers/house-dust", "--by", "ann")
    guide, _ = load(asthma / "content", DAY)
    assert guide is not None
    assert "triggers/smoke.md" not in pages(guide)
    assert "Drafted by machine. Reviewed by Ann Nose, nurse, " in pages(guide)["triggers/house-dust.md"].markdown
    topics = json.loads(run(asthma, "schema", "triggers"))["properties"]["topic"]["anyOf"]
    assert topics[0]["enum"] == ["Indoors", "Outdoors"]


def test_a_kind_that_is_unknown_cannot_be_started(asthma: Path) -> None:
    for command in (["new", "tigers", "smoke"], ["schema", "tigers"]):
        done = CliRunner().invoke(main, [*command, "--content", str(asthma / "content"), "--as-of", TODAY])
        assert done.exit_code == 2
        assert "There is no kind 'tigers'. It is one of:" in done.output
        assert "triggers" in done.output


def test_what_depends_on_it_is_made_again(asthma: Path) -> None:
    def keys() -> dict[str, str]:
        return {page.draft.uri: page.key for page in Planner(loaded(asthma), (), BuildCache()).pages()}

    before = keys()
    apply({"replace": {DUST: {"Do I need new bedding?": "Do I need another bed?"}}}, asthma)
    changed = {uri for uri, key in keys().items() if key != before[uri]}
    assert {"triggers/house-dust.md", "triggers/index.md", "questions.md", "appointment.md", "a-z.md"} <= changed
    assert not changed & {"triggers/cold-air.md", "therapies/pollen-days.md"}


SPANISH = {
    "content/es/guide.yml": {
        'title: "What sets it off"': 'title: "Lo que lo provoca"',
        '"Indoors"': '"En casa"',
        '"Outdoors"': '"Fuera"',
        "What it does": "Lo que hace",
        "What nobody knows": "Lo que nadie sabe",
        "Read on": "Siga leyendo",
    },
    "content/es/triggers/house-dust.md": {
        "draft: true  # take this line out when all is in your language\n": "",
        '"House dust"': '"El polvo de casa"',
        "Test text: what dust may do": "Prueba: lo que puede hacer el polvo",
        "Test text: you may sleep better without carpets": "Prueba: quizá duerma mejor sin alfombras",
        "Test text: in beds and carpets": "Prueba: en camas y alfombras",
        "Test text: you cannot speak a whole sentence": "Prueba: usted no puede decir una frase entera",
        "Do I need new bedding?": "¿Necesito otra cama?",
        "What it does\n": "Lo que hace\n",
        "Test text: dust may make you cough at night": "Prueba: el polvo puede hacerle toser de noche",
        "On dry days it is [like pollen]": "En días secos es [como el polen]",
        "What nobody knows": "Lo que nadie sabe",
        "Test text: nobody knows how much dust is too much": "Prueba: nadie sabe cuánto polvo es demasiado",
        "Read on": "Siga leyendo",
        "[Cold air]": "[El aire frío]",
        "[All triggers]": "[Todo lo que lo provoca]",
        "[May I have a cat?]": "[¿Puedo tener un gato?]",
    },
}


HOME = """---
title: "Vivir con asma"
summary: "Prueba: una guía para las pruebas [@test-leaflet#words]."
main_message: "Prueba: esta guía no es para nadie [@test-leaflet#words]."
advice: ["Inicio"]
---

## Inicio

[A quién llamar](get-help.md) y [lo que ayuda](../content/therapies).

{part:pathway}
"""


def test_it_is_translated(asthma: Path) -> None:
    for name in ("guide", "triggers/house-dust"):
        run(asthma, "translate", "es", name)
    apply({"replace": SPANISH, "write": {"content/es/pages/index.md": HOME}}, asthma)
    run(asthma, "translated", "es/guide", "es/pages/index")
    guide, problems = load(asthma / "content", DAY)
    assert [p for p in problems if "triggers" in p.place.path] == []
    assert guide is not None, as_text(problems)
    made = pages(guide)
    dust = made["es/triggers/house-dust.md"].markdown
    assert "\n## Lo que nadie sabe\n" in dust
    assert "[El polvo de casa](../triggers/house-dust.md)" in section(made["es/triggers/index.md"].markdown, "En casa")
    assert "[Todo lo que lo provoca](../triggers/index.md)" in dust
    assert "(../../triggers/cold-air.md#what-it-does)" in dust
    apply({"replace": {DUST: {"how much dust": "how much of the dust"}}}, asthma)
    assert "The source text of 'triggers/house-dust' has changed" in as_text(load(asthma / "content", DAY)[1])
    run(asthma, "translated", "es/triggers/house-dust")
    assert "triggers" not in as_text(load(asthma / "content", DAY)[1])


def test_no_name_of_a_list_can_be_that_of_a_kind(asthma: Path) -> None:
    for name in {one.lower() for one in registry.COLLECTIONS} - set(loaded(asthma).settings.kinds.names):
        text = (asthma / SETTINGS).read_text()
        (asthma / SETTINGS).write_text(text.replace("  triggers:", f"  {name}:"))
        assert f"'{name}' is the name of something else" in as_text(load(asthma / "content", DAY)[1])
        (asthma / SETTINGS).write_text(text)
