"""The guide without a server: packed as one zip, and opened from a folder in a real browser."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from patientguide.export.offline import archive, explicit, is_for_readers
from playwright.sync_api import Browser, expect


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("../surgery/", "../surgery/index.html"),
        ("../surgery/#risks", "../surgery/index.html#risks"),
        (".", "./index.html"),
        ("..", "../index.html"),
        ("../..", "../../index.html"),
        ("../?a=1&amp;b=2#x", "../index.html?a=1&amp;b=2#x"),
        ("#risks", "#risks"),
        ("https://example.org/", "https://example.org/"),
        ("//example.org/", "//example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("../assets/guide.css", "../assets/guide.css"),
        ("", ""),
    ],
)
def test_links_name_their_file(before: str, after: str) -> None:
    assert explicit(f'<a class="x" href="{before}">x</a>') == f'<a class="x" href="{after}">x</a>'


def test_quotes_are_as_pages_have_them() -> None:
    assert (
        explicit("<a href=../x/>x</a><a href='../y/'>y</a>")
        == '<a href="../x/index.html">x</a><a href="../y/index.html">y</a>'
    )
    assert explicit('<link rel="canonical" href="../x/"><p>href="../x/"</p>').count("index.html") == 0


def test_one_site_gives_one_zip_and_leaves_out_what_needs_a_server() -> None:
    files = {"index.html": b"<a href='x/'>", "x/index.html": b"", "sitemap.xml": b"", "sw.js": b""}
    packed = archive(files, "guide")
    assert packed == archive(dict(reversed(files.items())), "guide")
    assert [path for path in files if is_for_readers(path)] == ["index.html", "x/index.html"]


# -- from a folder


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole guide as a reader unpacks it."""
    target = tmp_path_factory.mktemp("stick")
    command = [sys.executable, "-m", "patientguide", "offline", str(site), "--to", str(target / "guide.zip")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"Wrote {target}/guide.zip: unpack it and open guide/index.html.\n"
    with zipfile.ZipFile(target / "guide.zip") as packed:
        packed.extractall(target)
    return target / "guide"


def test_every_link_leads_to_a_file(folder: Path) -> None:
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 70
    for page in pages:
        if page.name == "404.html":
            continue  # nobody is sent there without a server
        for link in BeautifulSoup(page.read_text(), "lxml").select("a[href]"):
            address = str(link["href"]).partition("#")[0].partition("?")[0]
            if address and not re.match(r"[a-z]+:", address):
                assert (page.parent / address).is_file(), f"{page}: {address}"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_walks_through_the_guide_from_a_folder(folder: Path, browser: Browser, scripts: bool) -> None:
    faults: list[str] = []
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda asked: None if asked.url.startswith(("file:", "data:", "blob:")) else faults.append(asked.url)
    )
    page.goto((folder / "index.html").as_uri())
    for name in ("medications", "therapies", "a-z"):
        page.locator(f".md-tabs a[href$='/{name}/index.html'], .md-tabs a[href='{name}/index.html']").first.click()
        expect(page.locator("article h1")).to_be_visible()
        assert page.url.endswith(f"/{name}/index.html")
    context.close()
    assert faults == []


def test_search_works_from_a_folder(folder: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((folder / "faq" / "index.html").as_uri())
    page.get_by_role("textbox", name="Search").fill("word list")
    page.locator(".md-search-result__link").first.click()
    expect(page.locator("article h1")).to_be_visible()
    assert page.url.startswith(folder.as_uri())
    page.close()


def test_a_folder_that_is_no_site_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "patientguide", "offline", str(tmp_path), "--to", str(tmp_path / "guide.zip")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "is not a built site: run make site first" in done.stderr
    assert not (tmp_path / "guide.zip").exists()
