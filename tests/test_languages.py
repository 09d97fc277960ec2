"""A guide in a second language: what readers see when the source changes, and what editors are told.

Each file of tests/languages/ says what is changed in a small guide that is translated, and what follows from that.
"""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from click.testing import CliRunner
from patientguide.build.dependencies import Planner
from patientguide.cli.main import main
from patientguide.core import i18n
from patientguide.core.cache import BuildCache
from patientguide.core.problems import as_text, worst_first
from patientguide.model import routes
from patientguide.model.guide import Guide
from patientguide.project import load
from playwright.sync_api import Page, expect
from support import axe
from support.browsing import Open
from support.cases import apply
from support.programs import mkdocs
from support.project import MINI, ROOT, make_buildable
from support.serving import Server

LANGUAGES = ROOT / "tests" / "languages"
BASE: dict[str, Any] = yaml.safe_load((LANGUAGES / "base.yml").read_text())
CASES = sorted(file for file in LANGUAGES.glob("*.yml") if file.stem != "base")
MARK = re.compile(r"^translation:\n(?:  .*\n)+", re.MULTILINE)
TODAY = date(2026, 11, 21)
ADDRESS = "https://guide.example.org/g/"


def translated(project: Path, *names: str) -> None:
    """Mark translations as made of the source as it is now."""
    files = names or [
        f"es/{file.relative_to(project / 'content/es')}" for file in (project / "content/es").rglob("*.*")
    ]
    options = ["--content", str(project / "content"), "--as-of", TODAY.isoformat()]
    done = CliRunner().invoke(main, ["translated", *sorted(files), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="session")
def two_languages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small guide with its translation. Not to be changed."""
    project = tmp_path_factory.mktemp("languages") / "guide"
    shutil.copytree(MINI, project)
    apply(BASE, project)
    translated(project)
    return project


@pytest.fixture
def project(two_languages: Path, tmp_path: Path) -> Path:
    """The same, free to be changed."""
    shutil.copytree(two_languages, tmp_path / "guide")
    return tmp_path / "guide"


def pages(guide: Guide) -> dict[str, str]:
    """The Markdown of the pages of every translation, by their path."""
    found = {}
    for edition in guide.editions:
        planner = Planner(edition, (), BuildCache())
        found |= {uri: planner.composer.compose(draft).markdown for uri, draft in planner.drafts.items()}
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_behaves_as_its_file_says(path: Path, project: Path, update_golden: bool) -> None:
    case = yaml.safe_load(path.read_text())
    apply(case, project)
    for name in case.get("mark_again", []):
        translated(project, f"es/{name}")
    for name in case.get("unmark", []):
        (project / name).write_text(MARK.sub("", (project / name).read_text()))
    for name in case.get("damage", []):
        (project / name).write_text(re.sub(r"  source: .*", "  source: ZZ", (project / name).read_text()))
    guide, problems = load(project / "content", TODAY)
    said = as_text(worst_first(problems)).split("\n")
    if update_golden:
        text = path.read_text()
        shown = yaml.safe_dump({"expect": said}, allow_unicode=True, width=10_000)
        path.write_text(re.sub(r"^expect:.*\n(?:[-'\" ].*\n)*", lambda _: shown, text, flags=re.MULTILINE))
    assert said == case["expect"] or update_golden
    for wanted, is_there in ((case.get("shows", {}), True), (case.get("hides", {}), False)):
        for uri, texts in wanted.items():
            assert guide is not None
            found = pages(guide)[uri]
            found += re.sub(r"<[^<>]+>|\[\^[^\[\]]+\]", "", found)
            assert [text for text in texts if (text in found) is not is_there] == [], found


def test_a_source_that_only_a_translation_still_cites_is_listed(project: Path) -> None:
    for file in [
        *(project / "docs").glob("*.md"),
        *(project / "content").glob("*/*.md"),
        *project.glob("content/*.yml"),
    ]:
        file.write_text(re.sub(r"\[@[^\]]*\]", "[@label#words]", file.read_text()).replace("[pollen-trial]", "[label]"))
    guide, problems = load(project / "content", TODAY)
    assert guide is not None, as_text(problems)
    assert guide.cited["pollen-trial"] == 0
    *_, sources = Planner(guide, (), BuildCache()).pages()
    assert "[Fiebre del heno](es/index.md)" in sources.taken(Planner(guide, (), BuildCache()).composer).markdown


ODD = (7, [], {"a": 1}, [{"id": [1]}, {"value": {}}, 3], None)


@pytest.mark.parametrize("name", ["phases/first-step.md", "therapies/tablets.md", "guide.yml", "glossary.yml"])
def test_whatever_stands_in_a_translated_file_is_told_and_not_thrown(name: str, project: Path) -> None:
    file = project / "content" / "es" / name
    before = file.read_text()
    _, *facts = before.split("---\n") if name.endswith(".md") else ("", before, "")
    data = yaml.safe_load(facts[0])
    for field in (*data, "no_such_field"):
        for value in ODD:
            shown = yaml.safe_dump({**data, field: value}, allow_unicode=True)
            file.write_text(f"---\n{shown}---\n{facts[1]}" if name.endswith(".md") else shown)
            guide, problems = load(project / "content", TODAY)
            assert guide is not None or problems


def test_a_guide_without_translations_has_no_switch_and_no_cost(mini: Path) -> None:
    guide, _ = load(mini / "content", TODAY)
    assert guide is not None
    assert guide.editions == ()


def test_a_starting_file_is_a_draft_that_checks_clean(project: Path) -> None:
    (project / "content/es/phases/first-step.md").unlink()
    options = ["--content", str(project / "content"), "--as-of", TODAY.isoformat()]
    done = CliRunner().invoke(main, ["translate", "es", "phases/first-step", *options])
    assert done.exit_code == 0, done.output
    text = (project / "content/es/phases/first-step.md").read_text()
    assert "draft: true" in text
    assert "order" not in text
    guide, problems = load(project / "content", TODAY)
    assert problems == []
    assert guide is not None
    assert "es/phases/first-step.md" not in pages(guide)
    (project / "content/es/phases/first-step.md").write_text(text.replace("draft: true", "# done:"))
    _, problems = load(project / "content", TODAY)
    assert {problem.code for problem in problems} <= {
        "unknown-heading",
        "missing-section",
        "no-source",
        "not-translated",
    }


@pytest.fixture(scope="session")
def built(two_languages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in two languages with an address, built strictly."""
    project = tmp_path_factory.mktemp("built") / "guide"
    shutil.copytree(two_languages, project)
    about = {"SITE_URL": ADDRESS, "SOURCE_DATE_EPOCH": "1795219200"}
    done = mkdocs(make_buildable(project), "build", "--strict", **about)
    assert done.returncode == 0, done.stderr
    return project


def html(project: Path, uri: str) -> BeautifulSoup:
    return BeautifulSoup((project / "site" / routes.file(uri)).read_text(), "html.parser")


def test_the_switch_leads_to_the_same_page_and_back(built: Path) -> None:
    for uri, there, language in (
        ("phases/first-step.md", "../../es/phases/first-step/", "es"),
        ("es/phases/first-step.md", "../../../phases/first-step/", "en"),
        ("index.md", "es/", "es"),
        ("es/index.md", "..", "en"),
    ):
        page = html(built, uri)
        link = page.select_one(".pg-languages a")
        assert link is not None
        assert (link["href"], link["lang"], link["hreflang"], link.text) == (
            there,
            language,
            language,
            i18n.catalog(language).name,
        )
        assert page.html is not None
        assert page.html["lang"] != language


def test_a_page_names_itself_and_its_translations_with_whole_addresses(built: Path) -> None:
    for uri, path in (("index.md", ""), ("phases/first-step.md", "phases/first-step/")):
        for page in (html(built, uri), html(built, f"es/{uri}")):
            assert [(str(one["hreflang"]), one["href"]) for one in page.select("link[hreflang]")] == [
                ("en", f"{ADDRESS}{path}"),
                ("es", f"{ADDRESS}es/{path}"),
                ("x-default", f"{ADDRESS}{path}"),
            ]


def test_a_page_without_translation_leads_to_the_home_page_and_says_so(built: Path) -> None:
    for uri in ("medications/cetirizine.md", "references.md"):
        link = html(built, uri).select_one(".pg-languages a")
        assert link is not None
        assert link.text == "Español (inicio)"
        assert (built / "site" / routes.file(uri)).parent.joinpath(str(link["href"]), "index.html").is_file()
        assert html(built, uri).select("link[hreflang]") == []


def test_links_of_a_translated_site_lead_somewhere(built: Path) -> None:
    for file in (built / "site" / "es").rglob("*.html"):
        for link in BeautifulSoup(file.read_text(), "html.parser").select("a[href]"):
            target = str(link["href"]).partition("#")[0]
            if not re.match("https?:|mailto:|tel:|edit", target):
                assert (file.parent / target / "index.html").exists() or (file.parent / target).is_file(), (file, link)


def test_a_warm_build_of_two_languages_is_that_of_a_cold_one(built: Path, tmp_path: Path) -> None:
    warm = built.parent / "warm"
    shutil.copytree(built, warm, symlinks=True)
    tablets = warm / "content" / "therapies" / "tablets.md"
    tablets.write_text(tablets.read_text().replace("You cannot breathe", "You cannot swallow"))
    shutil.copytree(warm, tmp_path / "cold", symlinks=True, ignore=shutil.ignore_patterns("build", "site"))
    for project in (warm, tmp_path / "cold"):
        done = mkdocs(project, "build", "--strict", SOURCE_DATE_EPOCH="1795219200")
        assert done.returncode == 0, done.stderr
    assert "You cannot swallow" in html(warm, "es/therapies/tablets.md").text
    assert "ha cambiado" in html(warm, "es/therapies/tablets.md").text
    for file in (warm / "site").rglob("*"):
        if file.is_file():
            other = tmp_path / "cold" / "site" / file.relative_to(warm / "site")
            assert file.read_bytes() == other.read_bytes(), file


def test_a_preview_shows_at_once_that_a_safety_text_changed(project: Path) -> None:
    tablets = project / "content" / "therapies" / "tablets.md"
    with Server(make_buildable(project)) as server:
        server.wait_until_up()
        assert "ha cambiado" not in server.page("es/therapies/tablets/")
        tablets.write_text(tablets.read_text().replace("You cannot breathe", "You cannot swallow"))
        server.wait_for(lambda: "información de seguridad ha cambiado" in server.page("es/therapies/tablets/"))
        assert "swallow" in server.page("es/therapies/tablets/")


def test_readers_change_the_language_and_find_what_is_in_it(visit: Open, address: str) -> None:
    page = visit("phases/surgery/", service_workers="block")
    page.click(".pg-languages a")
    assert page.url == f"{address}es/phases/surgery/"
    page.click("[data-pg-opens=search]")
    page.fill(".md-search__input", "linfedema")
    expect(page.locator("#pg-search-state")).to_contain_text("esultado")
    hits = [link.get_attribute("href") or "" for link in page.query_selector_all(".md-search-result__item a")]
    assert hits
    assert all(hit.startswith(f"{address}es/") for hit in hits)
    page.goto(f"{address}es/phases/surgery/")
    page.click(".pg-languages a")
    assert page.url == f"{address}phases/surgery/"


@pytest.mark.parametrize("name", ["es/", "es/when-to-call/", "medications/tamoxifen/"])
def test_the_switch_fits_on_a_phone(address: str, pages: dict[str, Page], name: str) -> None:
    page = pages["phone"]
    page.goto(address + name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.query_selector(".pg-languages a")
    assert box is not None
    size = box.bounding_box()
    # WCAG 2.2, 2.5.8: room for a finger.
    assert size is not None
    assert min(size["width"], size["height"]) >= 44
    axe.start(page, [axe.EVERYTHING])
    assert axe.found(page) == []
