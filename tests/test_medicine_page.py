"""The page of a medicine: its title, facts on its side effects, and the picture of a round of treatment."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from bs4 import BeautifulSoup
from patientguide.core.problems import as_text
from patientguide.export import feeds
from patientguide.pages.drafts import build
from patientguide.project import load
from support.cases import DAY, apply

CETIRIZINE = "content/medications/cetirizine.md"


def made(project: Path) -> tuple[str, dict[str, str]]:
    """The text of the page, and what programs are given."""
    guide, problems = load(project / "content", DAY)
    assert guide is not None, as_text(problems)
    pages = {page.uri: page for page in build(guide, [])}
    files = feeds.files(guide, {uri: page.cites for uri, page in pages.items()})
    data = json.loads(files["data/medications/cetirizine.json"])
    jsonschema.validate(data, json.loads(files["data/guide.schema.json"]))
    return pages["medications/cetirizine.md"].markdown, data["entries"][0]


def test_facts_on_a_side_effect_are_shown_under_it_and_exported(mini: Path) -> None:
    facts = {"common": "1 in ten", "starts": "on day one", "lasts": "a week", "helps": "rest"}
    fields = ", ".join(f'{name}: "{text} [@label#words]"' for name, text in facts.items())
    apply({"replace": {CETIRIZINE: {'Common [@label#words]."}': f'Common [@label#words].", {fields}}}'}}}, mini)
    text, exported = made(mini)
    shown = BeautifulSoup(text, "html.parser").get_text()
    labels = ("How common", "When it starts", "How long it lasts", "What helps")
    for label, words in zip(labels, facts.values(), strict=True):
        assert f"*{label}:* {words}[^label]" in shown
    row = exported["side_effects"][0]
    assert {name: row[name] for name in facts} == {name: f"{words} [@label#words]" for name, words in facts.items()}


def test_a_round_of_treatment_is_a_picture_with_the_same_in_words(mini: Path) -> None:
    apply({"replace": {CETIRIZINE: {"given: ": 'cycle: {days: 28, on: ["1-3", 8]}\ngiven: '}}}, mini)
    text, exported = made(mini)
    assert exported["medicine"]["cycle"] == {"days": 28, "on": ["1-3", 8]}
    page = BeautifulSoup(text, "html.parser")
    days = page.select(".pg-cycle__day")
    assert [day.get_text() for day in days] == [str(day) for day in range(1, 29)]
    assert [day.get_text() for day in days if "pg-cycle__day--on" in day["class"]] == ["1", "2", "3", "8"]
    assert "Days with it in each round of 28 days: 1 to 3, 8" in page.select_one(".pg-cycle").get_text()


@pytest.mark.parametrize("on", ['["5-3"]', "[0]", "[0, 3]", "[29]", "[3, 2]", '["1-29"]'])
def test_a_day_outside_its_round_is_an_error(mini: Path, on: str) -> None:
    apply({"replace": {CETIRIZINE: {"given: ": f"cycle: {{days: 28, on: {on}}}\ngiven: "}}}, mini)
    assert "Name days from 1 to 28 in order, each once." in as_text(load(mini / "content", DAY)[1])


@pytest.mark.parametrize("field", ["common", "starts", "lasts", "helps"])
def test_a_fact_on_a_side_effect_needs_a_source(mini: Path, field: str) -> None:
    apply(
        {"replace": {CETIRIZINE: {'Common [@label#words]."}': f'Common [@label#words].", {field}: "One week."}}'}}},
        mini,
    )
    assert "no-source" in {problem.code for problem in load(mini / "content", DAY)[1]}


@pytest.mark.parametrize(
    ("brands", "title"),
    [
        ("[]", "Cetirizine"),
        ('["Nosefine"]', "Cetirizine: Nosefine"),
        ('["Nosefine", "Nosefine Fast", "Zyrno (liquid)"]', "Cetirizine: Nosefine"),
        ('["Zyrno (liquid)", "Nosefine (tablets)", "Third (drops)"]', "Cetirizine: Zyrno, Nosefine"),
        ('["Cetirizine"]', "Cetirizine"),
    ],
)
def test_a_medicine_has_its_brand_name_in_title_menu_and_lists(mini: Path, brands: str, title: str) -> None:
    medicine = mini / CETIRIZINE
    medicine.write_text(re.sub("brands: .*", f"brands: {brands}", medicine.read_text()))
    guide, problems = load(mini / "content", DAY)
    assert guide is not None, as_text(problems)
    pages = {page.uri: page for page in build(guide, [])}
    assert pages["medications/cetirizine.md"].title == title
    assert pages["medications/cetirizine.md"].markdown.startswith(f"# {title}\n")
    assert f"[{title}](" in pages["medications/index.md"].markdown


@pytest.mark.parametrize(
    ("words", "fold", "folds"),
    [
        ("", "", []),
        ("calm", "", []),
        ("were calmer", "", ["Open: 3"]),
        ("sneezed", "", ["Open: 1", "Open: 1"]),
        ("", "Look", ["Look: 1"]),
        ("were calmer", "Look", ["Look: 1", "Open: 2"]),
    ],
)
def test_pictures_that_readers_may_not_want_to_see_are_folded(
    mini: Path, words: str, fold: str, folds: list[str]
) -> None:
    """By words of guide.yml or of the number itself. Pictures in a row under the same title share a fold."""
    rest = "of: 100, group: people, otherwise: were calmer, over: in a week, source: [label#words]"
    own = f', fold: "{fold}"' if fold else ""
    numbers = f"[{{id: one, n: 40, what: sneezed, {rest}{own}}}, {{id: two, n: 41, what: slept, {rest}}}"
    numbers += f", {{id: three, n: 42, what: sneezed, {rest}}}]"
    tablets, settings = mini / "content/therapies/tablets.md", mini / "content/guide.yml"
    apply({"replace": {"content/therapies/tablets.md": {"order: 1": f"order: 1\nnumbers: {numbers}"}}}, mini)
    figures = "{figure:one}\n\n{figure:two}\n\n{figure:three}\n"
    tablets.write_text(tablets.read_text().replace("\nThey block", f"\n{figures}\nThey block", 1))
    if words:
        settings.write_text(f'{settings.read_text()}folded: {{words: ["{words}"], title: "Open"}}\n')
    guide, problems = load(mini / "content", DAY)
    assert guide is not None, as_text(problems)
    page = next(page for page in build(guide, []) if page.uri == "therapies/tablets.md")
    html = BeautifulSoup(page.markdown, "html.parser")
    assert len(html.select("svg")) == 3
    shown = [(one.get_text(), len(one.parent.select("svg"))) for one in html.select("details > summary")]
    assert [f"{title}: {count}" for title, count in shown if count] == folds
    for number, what in ((40, "sneezed"), (41, "slept")):
        assert f"Out of 100 people, {number} {what}" in " ".join(html.get_text().split())
