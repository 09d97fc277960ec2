"""What pages tell programs in their heads: it is of schema.org's words, and it says what the page says."""

import copy
import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from patientguide.core import i18n
from patientguide.model.guide import Guide, brand_names
from patientguide.pages.drafts import build, drafts
from patientguide.pages.jsonld import json_ld
from patientguide.project import load
from patientguide.review import signoff, status
from playwright.sync_api import Browser
from support import jsonld
from support.cases import PEOPLE, apply, sign
from support.jsonld import article_of
from support.project import FROZEN

TODAY = date(2026, 11, 21)
TABLETS = "therapies/tablets"
NOT_REVIEWED = ("Drafted by machine.", "Not yet reviewed by a clinician.")


@cache
def pages(site: Path) -> list[tuple[str, dict[str, Any], Tag]]:
    """The address, JSON-LD and article of every page."""
    return [
        (f"{path.parent.relative_to(site).as_posix()}/".removeprefix("./"), jsonld.of(path), article_of(path))
        for path in sorted(site.rglob("index.html"))
    ]


@pytest.fixture(scope="module")
def guide() -> Guide:
    guide, _ = load(FROZEN / "content", TODAY)
    assert guide is not None
    return guide


def test_every_page_keeps_to_the_vocabulary(site: Path, mini_site: Path) -> None:
    found = [(address, list(jsonld.faults(node))) for one in (site, mini_site) for address, node, _ in pages(one)]
    assert len(found) > 80
    assert [one for one in found if one[1]] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"madeUp": "x"}, "page.madeUp: no such property"),
        ({"drugClass": {"@type": "DrugClass", "name": "x"}}, "page.drugClass: not on"),
        ({"about": {"@type": "Sickness", "name": "x"}}, "page.about: no type Sickness"),
        ({"author": "Ann"}, "page.author: takes no 'Ann'"),
        ({"author": {"@type": "Drug", "name": "x"}}, "page.author: takes no Drug"),
        ({"lastReviewed": "yesterday"}, "page.lastReviewed: takes no 'yesterday'"),
        ({"license": "CC BY"}, "page.license: takes no 'CC BY'"),
        ({"name": 3}, "page.name: takes no number"),
    ],
)
def test_the_vocabulary_can_be_broken(change: dict[str, Any], fault: str, mini_site: Path) -> None:
    node = copy.deepcopy(jsonld.of(mini_site / "faq" / "index.html")) | change
    assert any(found.startswith(fault) for found in jsonld.faults(node)), list(jsonld.faults(node))


def test_it_says_what_the_page_says(site: Path) -> None:
    for address, node, article in pages(site):
        heading = article.h1
        assert heading is not None
        assert node["name"] == heading.get_text().strip(), address
        state = article.select_one(".pg-state > summary")
        assert state is not None
        not_reviewed = " ".join(map(i18n.catalog(node["inLanguage"]), NOT_REVIEWED))
        assert node["creativeWorkStatus"] == not_reviewed, address
        assert state.get_text().strip().startswith(not_reviewed), address
        assert not node.keys() & {"lastReviewed", "reviewedBy", "author"}, address
        assert len(node.get("citation", [])) == len(article.select(".footnote > ol > li")), address


def test_the_notes_of_a_page_are_its_citations(site: Path) -> None:
    for address, node, article in pages(site):
        notes = article.select(".footnote > ol > li")
        for source, note in zip(node.get("citation", []), notes, strict=True):
            # A title in a note is spelt as on the page: marks of Markdown are gone, spaces are one.
            words = " ".join(note.get_text().split())
            assert " ".join(source["name"].split()) in words, (address, source["name"])


def test_each_kind_is_its_type(site: Path, guide: Guide) -> None:
    nodes = {address: node for address, node, _ in pages(site)}
    about = {"@type": "MedicalCondition", "name": guide.settings.condition}
    for therapy in guide.therapies:
        node = nodes[f"therapies/{therapy.id}/"]
        assert node["mainEntity"] == {"@type": "MedicalTherapy", "name": therapy.front.title}
        assert node["about"] == about
    for medicine in guide.medications:
        drug = nodes[f"medications/{medicine.id}/"]["mainEntity"]
        assert drug["@type"] == "Drug"
        assert (drug["name"], drug["nonProprietaryName"]) == (medicine.front.title, medicine.front.generic)
        assert drug.get("proprietaryName", []) == brand_names(medicine)
        assert ("warning" in drug) is (medicine.front.boxed_warning is not None)
    assert "about" not in nodes["how-we-work/"]


def test_questions_and_answers_are_those_of_the_page(site: Path, guide: Guide) -> None:
    node, article = next((node, article) for address, node, article in pages(site) if address == "faq/")
    assert "FAQPage" in node["@type"]
    asked = {one["name"]: one["acceptedAnswer"]["text"] for one in node["mainEntity"]}
    assert len(asked) == len(guide.faqs) == len(article.select("h3"))
    shown = " ".join(re.sub(r"\s+([.,;:?!)])", r"\1", article.get_text(" ")).split())
    for heading in article.select("h3"):
        text = heading.get_text().strip()
        assert asked[text].split(".")[0][:30] in shown, text
        assert "[@" not in asked[text]
        assert "{" not in asked[text]


def test_an_answer_is_told_in_plain_words(mini: Path) -> None:
    faq = mini / "content" / "faqs" / "what-next.md"
    body = """Call {local:emergency} [@label#words].

!!! note "Ask first"
    Some [must not](../therapies/tablets.md) drive [@label#words].

- An item - with a dash [@label#words].

| What | How |
|---|---|
| Nose | **Dries** up [@label#words] |
"""
    faq.write_text(f"---{faq.read_text().split('---')[1]}---\n\n{body}")
    (asked,) = node_of(mini, uri="faq.md")["mainEntity"]
    told = "Call 000. Ask first Some must not drive. An item - with a dash. What How Nose Dries up"
    assert asked["acceptedAnswer"]["text"] == told


@pytest.mark.parametrize("known", [True, False])
def test_addresses_lead_to_pages(known: bool, site: Path, mini_site: Path) -> None:
    root = "https://guide.example.org/g/" if known else "https://else.example.org/x/"
    folder = mini_site if known else site
    for address, node, _ in pages(folder):
        here = root + address.removeprefix("./")
        steps = [step["item"]["@id"] for step in node["breadcrumb"]["itemListElement"]]
        found = [urljoin(here, one) for one in (node["url"], node["isPartOf"]["url"], *steps)]
        assert found[0] == here
        assert found[1] == found[2] == (f"{root}es/" if address.startswith("es/") else root)
        assert found[-1] == here
        assert all(
            (folder / urlsplit(one).path.removeprefix(urlsplit(root).path) / "index.html").is_file() for one in found
        )
        if "encoding" in node:
            data = urljoin(here, node["encoding"]["contentUrl"]).removeprefix(root)
            assert node["name"].startswith(json.loads((folder / data).read_text())["entries"][0]["title"])
        assert known is node["url"].startswith("https:")
        assert address.startswith("es/") is ("translationOfWork" in node)
        if "translationOfWork" in node:
            assert urljoin(here, node["translationOfWork"]["url"]) == here.replace("/es/", "/")
            assert (node["inLanguage"], node["translationOfWork"]["inLanguage"]) == ("es", "en")


def node_of(project: Path, today: date = TODAY, uri: str = f"{TABLETS}.md") -> dict[str, Any]:
    guide, problems = load(project / "content", today)
    assert guide is not None, problems
    (page,) = [page for page in build(guide, problems) if page.uri == uri]
    found: dict[str, Any] = json.loads(page.linked_data)
    assert list(jsonld.faults(found)) == []
    return found


def test_a_review_stands_there_while_it_holds(mini: Path) -> None:
    apply({"write": {"content/people.yml": PEOPLE}}, mini)
    sign(mini, [{"entry": TABLETS, "by": "ann"}])
    node = node_of(mini)
    assert node["lastReviewed"] == "2026-11-21"
    assert node["reviewedBy"] == [{"@type": "Person", "name": "Ann Nose", "jobTitle": "nurse"}]
    assert node["creativeWorkStatus"] == "Drafted by machine. Reviewed."
    # A list of one reviewed text and its settings is reviewed by nobody by name.
    assert not node_of(mini, uri="therapies/index.md").keys() & {"lastReviewed", "reviewedBy"}
    overdue = node_of(mini, date(2029, 1, 1))
    assert overdue["creativeWorkStatus"] == "Drafted by machine. Its review is overdue."
    assert not overdue.keys() & {"lastReviewed", "reviewedBy"}
    apply({"replace": {"content/therapies/tablets.md": {"They block": "They stop"}}}, mini)
    changed = node_of(mini)
    assert changed["creativeWorkStatus"] == "Drafted by machine. Changed since it was reviewed."
    assert not changed.keys() & {"lastReviewed", "reviewedBy"}


def test_people_who_wrote_it_are_its_authors(mini: Path) -> None:
    authors = {"content/therapies/tablets.md": {"changed:": "authors: [bob]\nchanged:"}}
    apply({"write": {"content/people.yml": PEOPLE}, "replace": authors}, mini)
    node = node_of(mini)
    assert [person["name"] for person in node["author"]] == [node["creativeWorkStatus"].split(" by ")[1].split(".")[0]]


@pytest.mark.parametrize("text", ["</script><b>", "<!--<script>", "]]>", "\u2028 & ' \" \\", "</SCRIPT x"])
def test_no_text_ends_its_element(text: str, mini: Path) -> None:
    guide, _ = load(mini / "content", TODAY)
    assert guide is not None
    draft = replace(next(iter(drafts(guide))), title=text)
    review = signoff.page_review(guide, draft.texts)
    state = status.status_of(draft.ages, review.until, TODAY)
    found = json_ld(guide, draft, text, state, review, [])
    assert json.loads(found)["name"] == text
    assert not set("<>&") & set(found)
    html = BeautifulSoup(f"<head><script type='application/ld+json'>{found}</script></head><body>x", "html.parser")
    assert json.loads(html.script.string)["description"] == text  # type: ignore[union-attr, arg-type]


def test_a_browser_reads_it_as_data_and_complains_of_nothing(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in ("medications/", "faq/", "changes/"):
        page.goto(address + name, wait_until="networkidle")
        found = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
        assert found == jsonld.of(site / name / "index.html")
    page.close()
    assert said == []
