"""The engine's side: what a wrong entry does to a build, to the last good site, and to the live preview."""

import shutil
from pathlib import Path

import pytest
from support.programs import mkdocs
from support.project import ROOT, make_buildable, tree
from support.serving import Server

GOOD = "therapies/tablets/index.html"


@pytest.fixture
def project(mini: Path) -> Path:
    return make_buildable(mini)


def test_another_condition_builds_with_the_same_code(project: Path) -> None:
    done = mkdocs(project, "build", "--strict")
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    for path in (project / "site").rglob("*.html"):
        assert "breast" not in path.read_text(), path
    assert "<title>Tablets - Hay fever</title>" in (project / "site" / GOOD).read_text()


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("content/therapies/tablets.md", "order: 1\n", "", "content/therapies/tablets.md:2:1: error[missing]"),
        ("content/therapies/tablets.md", "order: 1", "ordr: 1", "tablets.md:3:7: error[unknown-field]"),
        ("content/therapies/tablets.md", "[@label#words]", "[@lable]", "Did you mean 'label'?"),
        ("content/therapies/tablets.md", "what-next.md", "what-nxt.md", "tablets.md:32:1: error[broken-link]"),
        ("content/therapies/tablets.md", 'title: "Tablets"', "title: a: b", "tablets.md:2:9: error[yaml-syntax]"),
        ("docs/index.md", "../content/phases", "../content/fases", "docs/index.md:9:1: error[broken-link]"),
        ("content/guide.yml", "id: summer", "id: spring", "content/guide.yml:1:1: error[duplicate-address]"),
    ],
    ids=["missing", "unknown-field", "citation", "link", "yaml", "page", "duplicate-address"],
)
def test_a_wrong_entry_stops_the_build_and_leaves_the_last_good_site(
    project: Path, path: str, old: str, new: str, said: str
) -> None:
    assert mkdocs(project, "build", "--strict").returncode == 0
    before = tree(project / "site")
    file = project / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    done = mkdocs(project, "build")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(project / "site") == before


def test_addresses_that_links_do_not_lead_to_are_refused_by_their_setting(project: Path) -> None:
    settings = project / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("use_directory_urls: true", "use_directory_urls: false"))
    done = mkdocs(project, "build")
    assert done.returncode == 1
    assert "mkdocs.yml says use_directory_urls: false." in done.stderr
    assert "patientguide offline" in done.stderr
    assert not (project / "site").exists()


def test_a_page_that_would_replace_another_is_refused(project: Path) -> None:
    """The content checks refuse such files earlier; this is the last gate, for what another hook may add."""
    (project / "other.py").write_text(
        "from mkdocs.structure.files import File\n"
        "def on_files(files, config):\n"
        "    files.append(File.generated(config, 'faq.md', content='# Other'))\n"
    )
    config = project / "mkdocs.yml"
    config.write_text(config.read_text().replace("hooks: [", "hooks: [other.py, "))
    done = mkdocs(project, "build")
    assert done.returncode == 1
    assert "Two pages want the address faq/: faq.md and faq.md." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_warning_of_the_content_is_counted_and_stops_nothing(project: Path) -> None:
    (project / "content" / "references" / "lonely.yml").write_text(
        'type: book\ntitle: "L"\nissued: "2024"\nURL: "https://example.org/lonely"\n'
        "custom: {evidence: leaflet, title_confirmed: true}\n"
    )
    done = mkdocs(project, "build", "--strict")
    assert done.returncode == 0
    assert "The content has 0 errors, 1 warning. `make check` lists them." in done.stderr


def test_a_link_to_a_missing_heading_stops_a_strict_build(project: Path) -> None:
    file = project / "docs" / "index.md"
    file.write_text(file.read_text() + "\n[x](../content/therapies/tablets.md#gone)\n")
    done = mkdocs(project, "build", "--strict")
    assert done.returncode == 1
    assert "#gone" in done.stderr


@pytest.mark.process
def test_the_preview_keeps_the_last_good_page_and_renews_it(project: Path) -> None:
    # The watcher follows no links, so what it must watch stands here as real folders.
    (project / "overrides").unlink()
    shutil.copytree(ROOT / "overrides", project / "overrides")
    override = project / "overrides" / "partials" / "footer.html"
    with Server(project) as preview:
        file = project / "content" / "therapies" / "tablets.md"
        good = file.read_text()
        preview.wait_for(lambda: "They block" in preview.page("therapies/tablets/"))

        file.write_text(good.replace("order: 1", "order: one"))
        preview.wait_for(lambda: "tablets.md:3:8: error[wrong-value]" in preview.said())
        preview.wait_for(lambda: "last version without errors" in preview.said())
        assert "They block" in preview.page("therapies/tablets/")

        file.write_text(good.replace("They block histamine", "They stop histamine"))
        preview.wait_for(lambda: "They stop" in preview.page("therapies/tablets/"))

        override.write_text("{% broken %}")
        preview.wait_for(lambda: "unknown tag 'broken'" in preview.said())
        assert "They stop" in preview.page("therapies/tablets/")
        assert "Traceback" not in preview.said()

        override.write_text("<p>New foot</p>")
        preview.wait_for(lambda: "New foot" in preview.page("therapies/tablets/"))

        page = project / "docs" / "index.md"
        page.write_text(page.read_text().replace("See the steps", "Look at the steps"))
        preview.wait_for(lambda: "Look at" in preview.page(""))
