"""The preview in a real browser: an edit is seen by itself, what is wrong stands on the page, and leaves it."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from patientguide.build import csp
from patientguide.build.preview import VARIABLE, chosen, overlay_html, with_overlay
from patientguide.core.problems import Place, Problem
from playwright.sync_api import Browser, Page, expect
from support.programs import mkdocs
from support.project import ROOT, make_buildable
from support.serving import Server
from watchdog.events import FileSystemEvent, FileSystemEventHandler

LONG = 90_000
TABLETS = "content/therapies/tablets.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preview") / "guide"
    shutil.copytree(ROOT / "tests" / "mini", folder)
    make_buildable(folder)
    (folder / "overrides").unlink()
    shutil.copytree(ROOT / "overrides", folder / "overrides")
    return folder


@pytest.fixture(scope="module")
def preview(project: Path) -> Iterator[Server]:
    with Server(project) as preview:
        preview.wait_until_up()
        yield preview


@pytest.fixture
def page(preview: Server, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{preview.address}therapies/tablets/")
    yield page
    page.close()


@pytest.fixture
def file(project: Path) -> Iterator[Path]:
    """The source of the open page, as it was at the end."""
    file = project / TABLETS
    good = file.read_text()
    yield file
    file.write_text(good)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_an_edit_is_seen_by_itself(page: Page, file: Path, preview: Server) -> None:
    change(file, "They block histamine", "They halt histamine")
    expect(page.get_by_text("They halt").first).to_be_attached(timeout=LONG)
    preview.wait_for(lambda: re.search(r"\d+ of \d+ pages renewed in \d+\.\d s", preview.said()) is not None)


def test_a_title_changes_wherever_it_is_shown(page: Page, file: Path, preview: Server) -> None:
    change(file, 'title: "Tablets"', 'title: "Small tablets"')
    expect(page.get_by_role("heading", name="Small tablets", level=1)).to_be_attached(timeout=LONG)
    # At once, whatever else is still to be made.
    assert "Small tablets" in preview.page("therapies/")
    assert "Small tablets" in preview.page("search/search_index.js")


def test_what_is_wrong_stands_on_the_page_until_it_is_mended(page: Page, file: Path, preview: Server) -> None:
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(0)
    change(file, "[@label#words]", "[@lable]")
    expect(alert).to_be_visible(timeout=LONG)
    expect(alert).to_contain_text(f"{TABLETS}:")
    expect(alert).to_contain_text("Did you mean 'label'?")
    assert "Did you mean 'label'?" in preview.said()
    assert alert.evaluate("element => getComputedStyle(element).position") == "fixed"
    change(file, "[@lable]", "[@label#words]")
    expect(alert).to_have_count(0, timeout=LONG)


def test_an_edit_taken_back_leaves_no_trace(page: Page, file: Path, preview: Server) -> None:
    before = preview.page("therapies/tablets/")
    change(file, "They block histamine", "They check histamine")
    expect(page.get_by_text("They check").first).to_be_attached(timeout=LONG)
    change(file, "They check histamine", "They block histamine")
    expect(page.get_by_text("They check")).to_have_count(0, timeout=LONG)
    assert without_script(preview.page("therapies/tablets/")) == without_script(before)


def test_a_fault_of_a_template_is_shown_too(page: Page, project: Path) -> None:
    footer = project / "overrides" / "partials" / "footer.html"
    good = footer.read_text()
    footer.write_text("{% <b>broken</b> %}")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible(timeout=LONG)
    expect(alert.locator("b")).to_have_count(0)
    footer.write_text(good)
    expect(alert).to_have_count(0, timeout=LONG)


def test_renewed_pages_are_those_of_a_whole_build(page: Page, file: Path, project: Path, preview: Server) -> None:
    def tree() -> dict[str, str]:
        pages = ["", "therapies/", "therapies/tablets/", "references/", "faq/", "glossary/", "a-z/"]
        return {
            path: without_script(preview.page(path)) for path in [*pages, "assets/site.css", "search/search_index.js"]
        }

    change(file, 'title: "Tablets"', 'title: "Big tablets"')
    expect(page.get_by_role("heading", name="Big tablets", level=1)).to_be_attached(timeout=LONG)
    renewed = tree()
    said = preview.said().count("All pages renewed")
    config = project / "mkdocs.yml"
    config.write_text(config.read_text() + "# Saved again\n")
    preview.wait_for(lambda: preview.said().count("All pages renewed") > said)
    assert tree() == renewed


def without_script(html: str) -> str:
    return re.sub(r"<script>\s*var livereload.*?</script>", "", html, flags=re.DOTALL)


def test_only_the_preview_lets_a_script_of_the_page_run(preview: Server, project: Path, tmp_path: Path) -> None:
    assert "script-src 'self' 'unsafe-inline';" in preview.page("")
    assert list(csp.faults(without_script(preview.page("")))) == []
    done = mkdocs(project, "build", "--strict", "--site-dir", str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "site").rglob("*.html"):
        assert "unsafe" not in path.read_text(), path
        assert "livereload" not in path.read_text(), path


def test_a_preview_keeps_no_copy(preview: Server) -> None:
    with pytest.raises(HTTPError, match="404"):
        preview.page("sw.js")


def test_the_panel_escapes_what_it_shows() -> None:
    problem = Problem(Place("content/<b>.md"), "code", "<script>x</script>\u202e", "Write & save")
    text = overlay_html([problem] * 22, "", "/a.css")
    assert "<script" not in text
    assert "<b>" not in text
    assert "\u202e" not in text
    assert "Write &amp; save" in text
    assert "And 2 more" in text
    assert "&lt;i&gt;" in overlay_html([], "<i>", "/a.css")


def test_the_panel_is_the_last_thing_in_a_page() -> None:
    assert with_overlay(b"<body><p></p></body></html>", "X") == b"<body><p></p>X</body></html>"
    assert with_overlay(b"words", "X") == b"wordsX"


class Heard(FileSystemEventHandler):
    def __init__(self) -> None:
        self.files: set[str] = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        self.files |= {Path(str(path)).name for path in (event.src_path, event.dest_path) if path}


@pytest.mark.parametrize("way", [{}, {VARIABLE: "poll"}], ids=["events", "poll"])
def test_saved_files_are_heard_and_read_ones_are_not(way: dict[str, str], tmp_path: Path) -> None:
    folder, config, other = tmp_path / "content", tmp_path / "mkdocs.yml", tmp_path / "other.yml"
    folder.mkdir()
    for file in (folder / "read.md", folder / "saved.md", config, other):
        file.write_text("text")
    observer, heard = chosen(way), Heard()
    observer.schedule(heard, str(folder), recursive=True)
    observer.schedule(heard, str(config))
    observer.start()
    (folder / "read.md").read_text()
    other.write_text("changed")
    (folder / "saved.md").write_text("changed")
    new = tmp_path / "new.yml"
    new.write_text("changed")
    new.replace(config)
    end = time.monotonic() + 30
    while not {"saved.md", "mkdocs.yml"} <= heard.files and time.monotonic() < end:
        time.sleep(0.05)
    observer.stop()
    observer.join()
    assert heard.files - {"new.yml"} == {"saved.md", "mkdocs.yml"}
