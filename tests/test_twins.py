"""What programs are given beside the pages: data, news, calendars and llms.txt agree with the pages."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import icalendar
import jsonschema
import pytest
from bs4 import Tag
from click.testing import CliRunner
from patientguide.cli.main import main
from patientguide.core import i18n
from patientguide.export.feeds import files
from patientguide.export.offline import is_for_readers, is_kept
from patientguide.model.guide import Guide
from patientguide.pages.drafts import build
from patientguide.project import load
from support.cases import PEOPLE, apply, sign
from support.jsonld import article_of
from support.programs import mkdocs
from support.project import FROZEN, make_buildable

TODAY = date(2026, 11, 21)
ADDRESS = "https://guide.example.org/g/"
NEWS = """
- {id: first, date: "2026-11-19", text: "The first draft."}
- id: tablets-renewed
  date: "2026-11-20"
  text: "Two texts say more about sleep & sneezing."
  about: [therapies/tablets, faqs/what-next]
"""
MENU = {"content/guide.yml": {"GLOSSARY, REFERENCES": "GLOSSARY, REFERENCES, CHANGES"}}


@cache
def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def guide_of(project: Path, today: date = TODAY) -> Guide:
    guide, problems = load(project / "content", today)
    assert guide is not None, problems
    return guide


def beside(project: Path, today: date = TODAY, address: str = "") -> Mapping[str, str]:
    guide = guide_of(project, today)
    return files(guide, {page.uri: page.cites for page in build(guide, [], address)}, address)


@pytest.fixture(scope="module")
def guide() -> Guide:
    return guide_of(FROZEN)


@pytest.fixture
def news(mini: Path) -> Path:
    """The small guide with people, reviews and notes on changes."""
    apply({"write": {"content/people.yml": PEOPLE, "content/changes.yml": NEWS}, "replace": MENU}, mini)
    sign(mini, [{"entry": "therapies/tablets", "by": "ann"}])
    return mini


# -- data


def test_every_file_follows_the_schema_published_beside_it(site: Path, mini_site: Path) -> None:
    for one in (site, mini_site):
        schema = read(one / "data" / "guide.schema.json")
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        found = [path for path in sorted((one / "data").rglob("*.json")) if path.name != "guide.schema.json"]
        assert len(found) > 5
        for path in found:
            assert [error.message for error in validator.iter_errors(read(path))] == [], path


@pytest.mark.parametrize("lost", ["review", "sources", "address", "facets"])
def test_the_schema_can_be_broken(lost: str, mini_site: Path) -> None:
    data = json.loads((mini_site / "data" / "guide.json").read_text())
    del data["entries"][0][lost]
    data["entries"][1]["made_up"] = 1
    validator = jsonschema.Draft202012Validator(read(mini_site / "data" / "guide.schema.json"))
    assert len(list(validator.iter_errors(data))) == 2


def test_the_whole_guide_holds_every_entry_as_its_own_file_does(site: Path, guide: Guide) -> None:
    whole = read(site / "data" / "guide.json")
    assert [f"{one['kind']}/{one['id']}" for one in whole["entries"]] == [entry.name for entry in guide.entries]
    sources = {one["id"]: one for one in whole["references"]}
    for entry in whole["entries"]:
        own = read(site / "data" / entry["kind"] / f"{entry['id']}.json")
        assert own["entries"] == [entry]
        assert own["references"] == [sources[key] for key in entry["sources"]]
        assert own["guide"] == whole["guide"]
    cited = {key for entry in whole["entries"] for key in entry["sources"]}
    assert cited <= sources.keys() <= guide.references.keys()
    assert "Not yet reviewed by a clinician." in whole["guide"]["notice"]
    assert whole["guide"]["license"].startswith("https://creativecommons.org/")


def test_data_says_what_the_page_says(site: Path, guide: Guide) -> None:
    labels = {value.id: value.label for facet in guide.settings.facets for value in facet.values}
    for entry in read(site / "data" / "guide.json")["entries"]:
        page, anchor = [*entry["address"].split("#"), ""][:2]
        shown = article_of(site / page / "index.html")
        if anchor:
            spot = shown.find(id=anchor)
            assert isinstance(spot, Tag)
            assert spot.get_text().strip() == entry["title"]
            continue
        heading = shown.h1
        assert heading is not None
        # The page of a medicine adds its brand name.
        assert heading.get_text().strip().partition(":")[0] == entry["title"].partition(":")[0]
        headings = [h2.get_text().strip() for h2 in shown.select("h2") if h2.get("id") != "sources"]
        assert headings == [section["heading"] for section in entry["sections"] if section["heading"]], page
        notes = [str(li["id"]).removeprefix("fn:") for li in shown.select(".footnote > ol > li")]
        assert notes == entry["sources"], page
        state = shown.select_one(".pg-state")
        assert state is not None
        assert entry["review"]["notice"] in " ".join(state.get_text(" ").split())
        for name in ("changed", "evidence_checked", "review_due"):
            assert i18n.catalog("en").date(entry[name]) in state.get_text(), (page, name)
        summary = " ".join(state.get_text(" ").split())
        for facet in guide.settings.facets:
            named = entry["facets"].get(facet.id, [])
            if 0 < len(named) < len(facet.values):
                assert all(labels[value] in summary for value in named), page


def test_data_of_a_medicine_has_its_names_and_warnings(site: Path) -> None:
    for entry in read(site / "data" / "guide.json")["entries"]:
        if entry["kind"] != "medications":
            continue
        # An explained word is a button, with spaces around it.
        text = "".join(article_of(site / entry["address"] / "index.html").get_text().split()).lower()
        medicine = entry["medicine"]
        names = [*medicine["brands"], medicine["class"], medicine["generic"]]
        effects = [effect[name] for effect in entry["side_effects"] for name in ("effect", "how_soon")]
        for name in names + effects:
            assert name.replace(" ", "").lower() in text, (entry["id"], name)
        assert ("boxedwarningonthelabel" in text) is ("boxed_warning" in medicine)


def test_texts_of_data_hold_nothing_that_only_this_project_reads(site: Path, guide: Guide) -> None:
    text = (site / "data" / "guide.json").read_text()
    assert not re.search(r"\{(local|number|figure|part):", text)
    assert ".md)" not in text
    assert set(re.findall(r"@([a-z0-9][\w-]*)", text)) <= guide.references.keys() | {"example"}


def test_a_name_of_a_reviewer_stands_in_data_while_the_review_does(news: Path) -> None:
    def review(today: date = TODAY) -> dict[str, Any]:
        data = json.loads(beside(news, today)["data/therapies/tablets.json"])
        found: dict[str, Any] = data["entries"][0]["review"]
        return found

    assert review()["state"] == "valid"
    assert review()["reviewers"] == [{"name": "Ann Nose", "role": "nurse"}]
    assert review(date(2029, 1, 1))["state"] == "overdue"
    apply({"replace": {"content/therapies/tablets.md": {"They block": "They stop"}}}, news)
    assert review()["state"] == "changed"
    assert review()["notice"] == "Drafted by machine. Changed since it was reviewed."


def test_addresses_start_where_the_file_says(mini_site: Path, mini: Path) -> None:
    known = read(mini_site / "data" / "therapies" / "tablets.json")
    assert known["root"] == known["guide"]["url"] == ADDRESS
    assert known["schema"] == f"{ADDRESS}data/guide.schema.json"
    assert known["entries"][0]["url"] == f"{ADDRESS}therapies/tablets/"
    data = beside(mini)
    assert json.loads(data["data/guide.json"])["root"] == "../"
    alone = json.loads(data["data/therapies/tablets.json"])
    assert (alone["root"], alone["schema"]) == ("../../", "../../data/guide.schema.json")
    assert "url" not in alone["guide"] | alone["entries"][0]


# -- news


def feed_of(project: Path, today: date = TODAY, address: str = "") -> Any:
    text = beside(project, today, address)["feed.xml"]
    found = feedparser.parse(text.encode())
    assert not found.bozo, found.get("bozo_exception")
    # RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have, once.
    root, space = ET.fromstring(text), "{http://www.w3.org/2005/Atom}"
    for element in (root, *root.iter(f"{space}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{space}{name}")) == 1
    assert root.find(f"{space}author/{space}name") is not None
    return found


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_the_feed_has_the_newest_first_and_names_that_stay(address: str, news: Path) -> None:
    found = feed_of(news, address=address)
    assert [entry.summary for entry in found.entries] == [
        "Ann Nose, nurse, reviewed “Tablets”.",
        "Two texts say more about sleep & sneezing.",
        "The first draft.",
    ]
    assert [entry.updated[:10] for entry in found.entries] == ["2026-11-21", "2026-11-20", "2026-11-19"]
    assert found.feed.updated == "2026-11-21T00:00:00Z"
    ids = [entry.id for entry in found.entries]
    assert len(set(ids)) == 3
    assert all(id_.startswith(f"{address}changes/#" if address else "urn:uuid:") for id_ in ids)
    assert found.entries[2].link == f"{address}changes/#first"
    # Neither another day nor other words make it another note.
    apply({"replace": {"content/changes.yml": {"The first draft.": "The very first draft."}}}, news)
    assert [entry.id for entry in feed_of(news, date(2026, 12, 24), address).entries] == ids


def test_a_build_by_itself_is_no_news(news: Path) -> None:
    assert beside(news)["feed.xml"] == beside(news, date(2026, 12, 24))["feed.xml"]
    assert beside(news)["reviews.ics"] == beside(news, date(2026, 12, 24))["reviews.ics"]


def test_a_review_that_holds_no_more_is_no_news(news: Path) -> None:
    apply({"replace": {"content/therapies/tablets.md": {"They block": "They stop"}}}, news)
    assert [entry.id for entry in feed_of(news).entries if "reviewed" in entry.summary] == []


def test_a_guide_without_notes_has_a_feed_without_entries(mini: Path) -> None:
    found = feed_of(mini)
    assert found.entries == []
    assert found.feed.updated == "2026-11-21T00:00:00Z"
    assert "changes.md" not in [page.uri for page in build(guide_of(mini), [])]


def test_the_page_and_the_feed_tell_the_same(site: Path) -> None:
    shown = article_of(site / "changes" / "index.html")
    found = feedparser.parse((site / "feed.xml").read_bytes())
    assert len(found.entries) > 1
    for entry in found.entries:
        spot = shown.find(id=entry.link.partition("#")[2])
        assert spot is not None
        assert entry.summary in spot.get_text()
    for path in (site / "index.html", site / "faq" / "index.html"):
        assert re.search(
            r'<link rel="alternate" type="application/atom\+xml"[^>]* href="(\.\./|\./)?feed.xml">', path.read_text()
        )


# -- calendars


def events(text: str) -> list[Any]:
    assert text.count("\n") == text.count("\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    found = list(calendar.walk("VEVENT"))
    assert all(event.errors == [] for event in found)
    assert len({str(event["UID"]) for event in found}) == len(found)
    return found


def test_every_text_stands_in_the_calendar_on_the_day_its_page_gives(site: Path, guide: Guide) -> None:
    due = {one["title"]: one["review_due"] for one in read(site / "data" / "guide.json")["entries"]}
    found = events((site / "reviews.ics").read_bytes().decode())
    assert len(found) == len(guide.entries)
    for event in found:
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        assert type(start) is date
        assert (end - start).days == 1
        assert end.day == 1, "a review is due by the end of a month"
        assert start.strftime("%Y-%m") == due[str(event["SUMMARY"]).removeprefix("Review due: ")]
    assert not (site / "reviews").exists(), "nobody has signed anything"


def test_whoever_signed_has_a_calendar(news: Path) -> None:
    title = "Täblets; slow, with a long name that has to be folded: «éèêëěēę» twice over"
    apply({"replace": {"content/therapies/tablets.md": {'title: "Tablets"': f'title: "{title}"'}}}, news)
    sign(news, [{"entry": "therapies/tablets", "by": "ann"}])
    made = beside(news, address=ADDRESS)
    assert [name for name in made if name.endswith(".ics")] == ["reviews.ics", "reviews/ann.ics"]
    (event,) = events(made["reviews/ann.ics"])
    assert str(event["SUMMARY"]) == f"Review due: {title}"
    assert "Last signed by Ann Nose." in str(event["DESCRIPTION"])
    assert str(event["URL"]) == f"{ADDRESS}therapies/tablets/"
    assert event["DTSTAMP"].dt.date() == TODAY
    everyone = {str(one["UID"]) for one in events(made["reviews.ics"])}
    assert str(event["UID"]) in everyone


# -- where to look


def test_llms_txt_has_its_form_and_leads_to_every_entry(site: Path, guide: Guide) -> None:
    lines = (site / "llms.txt").read_text().split("\n")
    assert lines[0] == f"# {guide.settings.title}"
    assert lines[2].startswith("> ")
    assert "Not yet reviewed by a clinician." in lines[2]
    assert "no advice" in lines[2]
    text = "\n".join(lines)
    for entry in guide.entries:
        assert f"[{entry.front.title}](" in text
    assert set(re.findall(r"^#+ .*$", text, re.MULTILINE)) >= {"## Optional"}
    for link in re.findall(r"\]\(([^()\s]+)\)", text):
        path = link.partition("#")[0]
        assert (site / path / "index.html" if path.endswith("/") else site / path).is_file(), link


def test_the_site_map_has_every_page_with_the_day_its_text_changed(mini_site: Path, site: Path) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    urls = ET.fromstring((mini_site / "sitemap.xml").read_text()).findall(f"{space}url")
    listed = {str(url.findtext(f"{space}loc")): url.findtext(f"{space}lastmod") for url in urls}
    pages = {path.parent.relative_to(mini_site).as_posix() for path in mini_site.rglob("index.html")}
    assert listed.keys() == {f"{ADDRESS}{page}/".replace("/./", "/") for page in pages}
    assert set(listed.values()) == {"2026-11-21"}
    assert not (mini_site / "robots.txt").exists(), "programs read it at the root of a host only"
    assert len(ET.fromstring((site / "sitemap.xml").read_text())) == 0, "without an address there is none to list"


def test_robots_txt_stands_at_the_root_of_a_host_only(mini: Path) -> None:
    assert "Sitemap: https://x.example.org/sitemap.xml" in beside(mini, address="https://x.example.org/")["robots.txt"]
    assert "robots.txt" not in beside(mini, address=ADDRESS)
    assert "robots.txt" not in beside(mini)


def test_a_visit_keeps_no_data_and_a_stick_keeps_one_copy(site: Path) -> None:
    listed = json.loads((site / "sw.js").read_text().split("\n")[0].removeprefix("const FILES = ").removesuffix(";"))
    assert "index.html" in listed
    assert not [name for name in listed if name.endswith((".json", ".xml", ".ics")) or name == "llms.txt"]
    assert [is_kept(name) for name in ("data/guide.json", "feed.xml", "reviews/ann.ics", "faq/index.html")] == [
        0,
        0,
        0,
        1,
    ]
    assert is_for_readers("data/guide.json")
    assert is_for_readers("feed.xml")
    assert not is_for_readers("data/faqs/x.json")


def test_a_file_of_docs_is_never_replaced(mini: Path) -> None:
    project = make_buildable(mini)
    (project / "docs" / "data").mkdir()
    (project / "docs" / "data" / "guide.json").write_text("{}")
    done = mkdocs(project, "build")
    assert done.returncode == 1
    assert "data/guide.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_any_engine_is_given_is_what_ours_writes(site: Path) -> None:
    made = beside(FROZEN)
    assert len(made) > 80
    for name, text in made.items():
        assert (site / name).read_bytes() == text.encode(), name


def test_a_staged_guide_knows_its_address(mini: Path, tmp_path: Path) -> None:
    (mini / "mkdocs.yml").write_text("site_name: x\nsite_url: https://guide.example.org/g")
    target = tmp_path / "staged"
    arguments = ["stage", str(target), "--content", str(mini / "content"), "--as-of", TODAY.isoformat()]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert json.loads((target / "docs" / "data" / "guide.json").read_text())["root"] == ADDRESS
    assert f'"url":"{ADDRESS}therapies/tablets/"' in (target / "docs" / "therapies" / "tablets.md").read_text()
    assert "changed: '2026-11-21'" in (target / "docs" / "therapies" / "tablets.md").read_text()
