"""The guide without a network: from a folder, and once visited. In a real browser; its server is stopped or changed."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from patientguide.offline import worker
from patientguide.offline.archive import archive, explicit, is_for_readers
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.serving import served

READY = """async () => { const one = await navigator.serviceWorker.ready;
    while (one.active.state !== "activated") await new Promise(done => setTimeout(done, 50)); }"""


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


def test_the_worker_changes_with_every_file_and_with_nothing_else() -> None:
    files = {"index.html": "1" * 64, "b.css": "2" * 64, "sitemap.xml": "3" * 64}
    text = worker.text(files)
    assert worker.text(dict(reversed(files.items()))) == text
    assert worker.text({**files, "sitemap.xml": "4" * 64}) == text
    assert worker.text({**files, "b.css": "4" * 64}).split("\n")[0] != text.split("\n")[0]
    assert worker.text({**files, "c.css": "0" * 64}).split("\n")[0] != text.split("\n")[0]


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
        for link in BeautifulSoup(page.read_text(), "html.parser").select("a[href]"):
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
    assert "is no built site: run make site first" in done.stderr
    assert not (tmp_path / "guide.zip").exists()


# -- once visited


class Host:
    """A site on loopback, in a folder as a project's site is; it may be stopped, started again and changed."""

    def __init__(self, site: Path) -> None:
        self.site, self.port = site, 0
        self.start()

    def start(self) -> None:
        self.serving = ExitStack()
        root = self.serving.enter_context(served(self.site.parent, self.port))
        self.port = urlsplit(root).port or 0
        self.address = f"{root}{self.site.name}/"

    def stop(self) -> None:
        self.serving.close()

    def change(self, path: str, old: str, new: str, *, told: bool = True) -> None:
        """Publish another text; `told` says whether the list of the build knows of it."""
        file = self.site / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        if told:
            worker.write(self.site, {})


@pytest.fixture
def host(site: Path, tmp_path: Path) -> Iterator[Host]:
    shutil.copytree(site, tmp_path / "www" / "guide")
    found = Host(tmp_path / "www" / "guide")
    yield found
    found.stop()


@pytest.fixture
def visited(host: Host, browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has visited the home page once, and has its copy."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(host.address)
    page.evaluate(READY)
    page.close()
    yield context
    context.close()


def words(page: Page) -> str:
    return page.locator("article").inner_text()


def test_after_one_visit_every_page_opens_without_signal(host: Host, visited: BrowserContext) -> None:
    pages = sorted(path.parent.relative_to(host.site).as_posix() for path in host.site.rglob("index.html"))
    assert len(pages) > 70
    host.stop()
    page = visited.new_page()
    for name in pages:
        answer = page.goto(host.address + ("" if name == "." else f"{name}/"))
        assert getattr(answer, "status", 0) == 200, name
        assert len(words(page)) > 200, name
    lost = page.goto(f"{host.address}gone/")
    assert getattr(lost, "status", 0) == 404
    host.start()


def test_links_and_spots_work_without_signal(host: Host, visited: BrowserContext) -> None:
    host.stop()
    page = visited.new_page()
    page.goto(f"{host.address}therapies/chemotherapy/?from=mail#how-it-works")
    page.locator("article a[href$='when-to-call/']").first.click()
    page.wait_for_url("**/when-to-call/")
    page.goto(f"{host.address}therapies/chemotherapy")  # without its slash
    assert page.url == f"{host.address}therapies/chemotherapy/"
    host.start()


def test_a_newer_guide_is_offered_and_never_mixed_in(host: Host, visited: BrowserContext) -> None:
    for path in ("index.html", "when-to-call/index.html"):
        host.change(path, "</h1>", "</h1><p>Newer text.</p>")
    page = visited.new_page()
    page.goto(host.address)
    notice = page.get_by_role("status").filter(has_text="A newer version of this guide is here.")
    expect(notice).to_be_visible()
    assert "Newer text." not in words(page)
    other = visited.new_page()
    other.goto(f"{host.address}when-to-call/")
    assert "Newer text." not in words(other)
    expect(other.get_by_role("button", name="Show it")).to_be_visible()
    page.get_by_role("button", name="Show it").click()
    for opened in (page, other):
        expect(opened.get_by_text("Newer text.")).to_be_visible()
        expect(opened.get_by_role("button", name="Show it")).to_have_count(0)
    host.stop()
    page.goto(f"{host.address}when-to-call/")
    assert "Newer text." in words(page)
    host.start()


def test_a_guide_that_moved_house_takes_its_old_copy_along(host: Host, visited: BrowserContext) -> None:
    """What `patientguide stage` puts in the place of the list: nobody reads yesterday's guide for ever."""
    host.change("index.html", "</h1>", "</h1><p>Newer text.</p>", told=False)
    host.change("index.html", "offline.js", "left-out.js", told=False)
    (host.site / worker.URI).write_text(worker.farewell())
    page = visited.new_page()
    page.goto(host.address)
    expect(page.get_by_text("Newer text.")).to_be_visible()
    page.wait_for_function("navigator.serviceWorker.getRegistrations().then(all => all.length === 0)")
    assert page.evaluate("caches.keys()") == []


def test_half_an_update_is_not_taken(host: Host, visited: BrowserContext) -> None:
    """The list of the newer build is online, and one page is not the one that it names."""
    host.change("when-to-call/index.html", "</h1>", "</h1><p>Newer text.</p>")
    host.change("when-to-call/index.html", "Newer", "Newest", told=False)
    page = visited.new_page()
    page.goto(host.address)
    gone = "navigator.serviceWorker.getRegistration().then(one => !one.installing && !one.waiting)"
    page.wait_for_timeout(2000)
    page.wait_for_function(gone)
    assert page.get_by_role("button", name="Show it").count() == 0
    host.stop()
    for name in ("", "when-to-call/"):
        page.goto(host.address + name)
        assert not re.search("Newer|Newest", words(page))
    host.start()


def test_an_update_fetches_only_what_changed(host: Host, visited: BrowserContext) -> None:
    host.change("index.html", "</h1>", "</h1><p>Newer text.</p>")
    asked: list[str] = []
    visited.on("request", lambda request: asked.append(request.url.removeprefix(host.address)))
    page = visited.new_page()
    page.goto(host.address)
    expect(page.get_by_role("button", name="Show it")).to_be_visible()
    sent = [path for path in asked if path.startswith(("therapies/", "medications/"))]
    assert sent == []
