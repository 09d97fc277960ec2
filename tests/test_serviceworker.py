"""What a reader is shown by a browser that keeps copies: today's text while the site answers, else a dated copy."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from patientguide.export import offline
from patientguide.export.offline import Plan
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support import axe
from support.browsing import SIZES
from support.programs import mkdocs
from support.project import DAY, MINI, ROOT, make_buildable
from support.publishing import Publisher, publishing

SAFETY = "therapies/tablets/"
FILE = f"{SAFETY}index.html"
OLD, NEW = "Early signs", "All signs"
EARLIER = ROOT / "tests" / "offline"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

# Answers how many files the worker could not keep.
KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((done) => (port1.onmessage = ({ data }) => done(data.missing)));
  active.postMessage({ keep: location.href }, [port2]);
  return answer;
}"""
HAS_COPY = """async ([url, words]) => {
  const copies = (await caches.keys()).map((cacheName) => caches.match(url, { cacheName }));
  const texts = await Promise.all((await Promise.all(copies)).map((copy) => copy?.text()));
  return texts.some((text) => text?.includes(words));
}"""
GONE = """async () => !(await navigator.serviceWorker.getRegistrations()).length && !(await caches.keys()).length"""


# -- the list


def test_what_is_important_comes_first_and_what_is_too_large_makes_room() -> None:
    assert offline.chosen([("a", 60), ("b", 50), ("c", 40), ("d", 1)], 100) == ["a", "c"]


def test_the_worker_changes_with_every_file_it_fetches() -> None:
    plan = Plan((), days=7)
    marks = {"index.html": "1" * 64, "assets/a.css": "2" * 64}
    text = offline.text(marks, plan)
    assert offline.text(marks, plan) == text
    assert offline.text({**marks, "index.html": "3" * 64}, plan) != text
    assert "const DAYS = 7;" in text


@pytest.mark.parametrize(("changed", "same"), [("index.html", True), ("assets/a.css", False)])
def test_only_scripts_and_styles_make_another_set_of_copies(changed: str, same: bool) -> None:
    marks = {"index.html": "1" * 64, "assets/a.css": "2" * 64}
    sets = [
        re.findall(r"const SET = .*", offline.text(found, Plan(()))) for found in (marks, {**marks, changed: "3" * 64})
    ]
    assert (sets[0] == sets[1]) is same


# -- in a browser


class Versions(NamedTuple):
    """Two builds of the small guide, which differ in a safety text and in a script."""

    old: Path
    new: Path


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    return Versions(*(_built(tmp_path_factory.mktemp("version") / "guide", words) for words in (OLD, NEW)))


def _built(project: Path, words: str) -> Path:
    shutil.copytree(MINI, project)
    make_buildable(project)
    text = project / "content" / FILE.replace("/index.html", ".md")
    text.write_text(text.read_text().replace("You cannot breathe", f"{words}: you cannot breathe"))
    script = project / "docs" / "assets" / "guide.js"
    script.write_text(f'{script.read_text()}document.documentElement.dataset.build = "{words}";\n')
    done = mkdocs(project, "build", "--strict", SITE_URL="http://guide.example.org/guide/", **DAY)
    assert done.returncode == 0, done.stderr
    return project / "site"


@pytest.fixture
def server(versions: Versions) -> Iterator[Publisher]:
    with publishing(versions.old) as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has used before. Nothing may go wrong in its pages."""
    found = browser.new_context(viewport=SIZES["phone"], reduced_motion="reduce")
    faults: list[str] = []
    found.on("weberror", lambda error: faults.append(str(error.error)))
    yield found
    found.close()
    assert faults == []


@pytest.fixture
def visited(server: Publisher, context: BrowserContext) -> BrowserContext:
    """The same after one visit, with all copies in place."""
    page = context.new_page()
    page.goto(server.address + SAFETY)
    assert page.evaluate(KEPT) == 0
    page.close()
    return context


def shows(page: Page, words: str, *, copy: bool = False) -> None:
    """The page has the text and the script of one build, and says whether it is a copy."""
    expect(page.locator("article")).to_contain_text(words)
    expect(page.locator("html")).to_have_attribute("data-build", words)
    expect(page.locator(".pg-saved")).to_have_count(1 if copy else 0)
    if copy:
        expect(page.locator(".pg-saved")).to_contain_text(re.compile(r"Saved copy of \w+ \d+, \d{4}\."))
        expect(page.locator(".pg-saved")).to_be_in_viewport()


def opened(context: BrowserContext, server: Publisher, path: str = SAFETY) -> Page:
    page = context.new_page()
    page.goto(server.address + path)
    return page


def copied(page: Page, server: Publisher, words: str, path: str = SAFETY) -> None:
    """Wait until the copy of a page has these words."""
    until(page, HAS_COPY, [server.address + path, words])


def until(page: Page, script: str, *arguments: object) -> None:
    """Wait until a script answers with true."""
    for _ in range(200):
        if page.evaluate(script, *arguments):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {script}")


def test_the_first_visit_after_a_change_shows_it(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    server.root = versions.new
    shows(opened(visited, server), NEW)


def test_another_open_tab_holds_nothing_back(server: Publisher, visited: BrowserContext, versions: Versions) -> None:
    other = opened(visited, server)
    server.root = versions.new
    for _ in range(2):
        shows(opened(visited, server), NEW)
    other.reload()
    shows(other, NEW)


def test_a_page_that_fails_is_shown_as_a_copy_and_harms_no_other(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    server.root, server.status = versions.new, {FILE: 503}
    page = opened(visited, server)
    shows(page, OLD, copy=True)
    page.goto(f"{server.address}faq/")
    expect(page.locator("html")).to_have_attribute("data-build", NEW)
    page.goto(server.address + SAFETY)
    shows(page, OLD, copy=True)
    server.status = {}
    page.get_by_role("link", name="Open the page as it is online").click()
    shows(page, NEW)
    expect(page).to_have_url(server.address + SAFETY)


def test_a_failing_file_that_nobody_reads_holds_nothing_back(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    server.root, server.status = versions.new, {"search/search_index.js": 503, "a-z/index.html": 404}
    page = opened(visited, server)
    shows(page, NEW)
    copied(page, server, NEW)
    expect(page.locator(".pg-unkept")).to_contain_text("Not all of this guide could be saved")
    server.down = True
    page.goto(server.address + SAFETY)
    shows(page, NEW, copy=True)


@pytest.mark.parametrize("change", [{"remark": "<!-- seen -->"}, {"without": "default-src 'none'; "}])
def test_a_content_network_may_alter_every_page(
    server: Publisher, visited: BrowserContext, versions: Versions, change: dict[str, str]
) -> None:
    server.root = versions.new
    for name, value in change.items():
        setattr(server, name, value)
    page = opened(visited, server)
    shows(page, NEW)
    copied(page, server, NEW)
    server.down = True
    page.reload()
    shows(page, NEW, copy=True)


def test_full_storage_holds_no_text_back(server: Publisher, visited: BrowserContext, versions: Versions) -> None:
    page = visited.new_page()
    limit(page, server, 1000)
    server.root = versions.new
    for _ in range(2):
        page.goto(server.address + SAFETY)
        shows(page, NEW)
    expect(page.locator(".pg-unkept")).to_be_attached()
    server.down = True
    page.goto(server.address + SAFETY)
    shows(page, OLD, copy=True)


def limit(page: Page, server: Publisher, size: int) -> None:
    """Leave no more than `size` bytes of storage free."""
    page.goto(server.address + SAFETY)
    used = page.evaluate("navigator.storage.estimate().then(found => found.usage)")
    quota = {"origin": server.address.removesuffix("guide/").rstrip("/"), "quotaSize": int(used) + size}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)


@pytest.mark.parametrize("status", [404, 410])
def test_a_site_without_a_worker_is_freed_of_the_one_it_had(
    server: Publisher, visited: BrowserContext, versions: Versions, status: int
) -> None:
    server.root, server.status = versions.new, {"sw.js": status, "assets/offline.js": 404}
    page = opened(visited, server)
    shows(page, NEW)
    until(page, GONE)


def test_a_site_of_another_engine_takes_the_copies_away(
    server: Publisher, visited: BrowserContext, versions: Versions, tmp_path: Path
) -> None:
    """What `patientguide stage` puts in the place of the worker."""
    shutil.copytree(versions.new, tmp_path / "site")
    (tmp_path / "site" / offline.URI).write_text(offline.farewell())
    (tmp_path / "site" / "assets" / "offline.js").write_text("")
    server.root = tmp_path / "site"
    page = opened(visited, server)
    shows(page, NEW)
    until(page, GONE)


def test_another_site_at_the_address_is_shown(server: Publisher, visited: BrowserContext, tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text("<!doctype html><title>x</title><h1>We moved</h1>")
    server.root = tmp_path
    page = opened(visited, server)
    expect(page.locator("h1")).to_have_text("We moved")
    until(page, GONE)


def test_a_page_that_was_taken_away_is_gone(server: Publisher, visited: BrowserContext, tmp_path: Path) -> None:
    shutil.copytree(server.root, tmp_path / "site")
    shutil.rmtree((tmp_path / "site" / FILE).parent)
    server.root = tmp_path / "site"
    page = opened(visited, server)
    expect(page.locator("h1")).to_have_text("not here")
    until(page, f"async (asked) => !(await ({HAS_COPY})(asked))", [server.address + SAFETY, OLD])


def test_without_a_network_a_dated_copy_is_shown_with_a_way_online(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    server.down = True
    page = opened(visited, server, f"{SAFETY}#how-it-works")
    shows(page, OLD, copy=True)
    link = page.get_by_role("link", name="Open the page as it is online")
    link.click()
    shows(page, OLD, copy=True)
    server.root, server.down = versions.new, False
    link.click()
    shows(page, NEW)
    expect(page).to_have_url(f"{server.address}{SAFETY}#how-it-works")


def test_every_page_that_is_kept_opens_without_a_network(server: Publisher, visited: BrowserContext) -> None:
    server.down = True
    page = visited.new_page()
    pages = [path for path in listed(server.root) if path.endswith("index.html")]
    assert len(pages) > 10
    for path in pages:
        page.goto(server.address + path.removesuffix("index.html"))
        expect(page.locator(".pg-saved")).to_be_visible()
    page.goto(f"{server.address}therapies/tablets")  # without its slash
    expect(page).to_have_url(server.address + SAFETY)


@pytest.mark.parametrize("path", ["gone/", "therapies/gone/", "no/where/"])
def test_a_page_that_is_not_kept_says_so_and_leads_on(server: Publisher, visited: BrowserContext, path: str) -> None:
    server.down = True
    page = opened(visited, server, path)
    expect(page.locator("h1")).to_have_text("You are offline, and this page is not saved on this device.")
    expect(page.locator("html")).to_have_attribute("data-build", OLD)
    page.get_by_role("link", name="Hay fever").first.click()
    expect(page).to_have_url(server.address)
    expect(page.locator(".pg-saved")).to_be_visible()
    page.go_back()
    server.down = False
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("h1")).to_have_text("not here")


def listed(site: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((site / offline.URI).read_text().split("\n")[0][len("const FILES = ") : -1])
    return found


def made_with(site: Path) -> str:
    """The mark of the scripts and styles of a site."""
    return re.findall(r'const SET = "(\w+)"', (site / offline.URI).read_text())[0]


def test_a_slow_network_gives_way_to_the_copy_and_is_still_to_be_had(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    server.root, server.held = versions.new, {FILE: threading.Event()}
    page = opened(visited, server)
    shows(page, OLD, copy=True)
    link = page.get_by_role("link", name="Open the page as it is online")
    with page.expect_request("**?pg-online"):
        link.evaluate("link => setTimeout(() => link.click())")
    server.held[FILE].set()
    shows(page, NEW)


@pytest.mark.parametrize("portal", ["<!doctype html><title>x</title><h1>Log in</h1>", "http://localhost:{}/"])
def test_the_page_of_a_captive_portal_is_not_the_guide(
    server: Publisher, visited: BrowserContext, tmp_path: Path, portal: str
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title><h1>Log in</h1>")
    with publishing(tmp_path) as other:
        server.portal = portal.format(other.port)
        page = opened(visited, server)
        shows(page, OLD, copy=True)
        page.get_by_role("link", name="Open the page as it is online").click()
        expect(page.locator("h1")).to_have_text("Log in")
        server.portal = ""
        page.goto(server.address + SAFETY)
        shows(page, OLD)


def test_a_copy_is_of_one_build(server: Publisher, visited: BrowserContext, versions: Versions) -> None:
    server.root, server.status = versions.new, {FILE: 503}
    page = opened(visited, server, "faq/")
    expect(page.locator("html")).to_have_attribute("data-build", NEW)
    until(page, "set => caches.keys().then(names => names.some(name => name.endsWith(set)))", made_with(versions.new))
    assert page.evaluate(KEPT) == 1
    server.down = True
    page.goto(server.address + SAFETY)
    shows(page, OLD, copy=True)
    page.goto(f"{server.address}faq/")
    expect(page.locator("html")).to_have_attribute("data-build", NEW)


def test_pages_that_were_visited_are_renewed_with_the_others(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    server.root = versions.new
    server.asked.clear()
    page = opened(visited, server, "faq/")
    copied(page, server, NEW)
    assert "glossary/index.html" not in server.asked, "what did not change is not fetched again"


def test_a_copy_has_a_greatest_age(server: Publisher, context: BrowserContext, tmp_path: Path) -> None:
    shutil.copytree(server.root, tmp_path / "site")
    script = tmp_path / "site" / offline.URI
    script.write_text(script.read_text().replace("const DAYS = 30;", "const DAYS = -1;"))
    server.root = tmp_path / "site"
    page = opened(context, server)
    page.evaluate(KEPT)
    server.down = True
    with pytest.raises(Exception, match="ERR_FAILED"):
        page.goto(server.address + SAFETY)
    server.down = False
    until(opened(context, server, "feed.xml"), GONE)


def test_a_worker_that_cannot_be_had_is_said(server: Publisher, context: BrowserContext) -> None:
    server.status = {"sw.js": 503}
    expect(opened(context, server).locator(".pg-unkept")).to_be_visible()


def test_nothing_is_fetched_for_a_reader_who_saves_data(server: Publisher, context: BrowserContext) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page = opened(context, server)
    page.wait_for_load_state("networkidle")
    assert "sw.js" not in server.asked
    assert [path for path in server.asked if path.endswith(".html")] == [FILE]


def test_a_first_visit_fetches_2_mb_at_most(real_site: Path, browser: Browser) -> None:
    with publishing(real_site) as server:
        seen = browser.new_context()
        seen.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
        opened(seen, server, "references/").wait_for_load_state("networkidle")
        seen.close()
        foreground, server.sent = server.sent, 0
        seen = browser.new_context()
        page = opened(seen, server, "references/")
        assert page.evaluate(KEPT) == 0
        assert 100_000 < server.sent - foreground <= 2_000_000
        server.down = True
        first = next(path for path in listed(real_site) if path.endswith("index.html"))
        page.goto(server.address + first.removesuffix("index.html"))
        expect(page.locator(".pg-saved")).to_be_visible()
        seen.close()


# -- what was typed


@pytest.fixture
def earlier(server: Publisher, tmp_path: Path) -> Publisher:
    """The old version as an earlier program built it: its worker answered from its copy first, for ever."""
    site = tmp_path / "site"
    shutil.copytree(server.root, site)
    shutil.copy(EARLIER / "earlier-page.js", site / "assets" / "offline.js")
    marks = {
        file.relative_to(site).as_posix(): sha256(file.read_bytes()).hexdigest()[:32]
        for file in site.rglob("*")
        if file.is_file() and file.suffix in (".html", ".css", ".js", ".woff2") and file.name != "sw.js"
    }
    script = (EARLIER / "earlier-sw.js").read_text()
    (site / "sw.js").write_text(f'const BUILD = "0";\nconst FILES = {json.dumps(marks)};\n{script}')
    server.root = site
    return server


def test_readers_with_an_earlier_worker_are_freed_and_lose_nothing(
    earlier: Publisher, context: BrowserContext, versions: Versions
) -> None:
    page = opened(context, earlier)
    page.evaluate("navigator.serviceWorker.ready")
    until(page, "caches.match('../../sw-files.json').then(Boolean)")
    form = opened(context, earlier, "appointment/")
    form.get_by_label("Questions of your own").fill("Can I swim?")
    earlier.root = versions.new
    page.goto(earlier.address + SAFETY)
    shows(page, NEW)  # the script of the earlier page loads it again, and the new worker answers
    expect(form.get_by_label("Questions of your own")).to_have_value("Can I swim?")
    assert page.evaluate(KEPT) == 0
    assert [name for name in page.evaluate("caches.keys()") if " kept " not in name] == []
    expect(form.get_by_label("Questions of your own")).to_have_value("Can I swim?")
    form.reload()
    expect(form.locator("html")).to_have_attribute("data-build", NEW)


def test_an_update_leaves_a_page_that_is_filled_in_alone(
    server: Publisher, visited: BrowserContext, versions: Versions
) -> None:
    form = opened(visited, server, "appointment/")
    form.get_by_label("Questions of your own").fill("Can I swim?")
    server.root = versions.new
    page = opened(visited, server)
    copied(page, server, NEW)
    expect(form.get_by_label("Questions of your own")).to_have_value("Can I swim?")


def test_the_way_online_from_a_page_that_is_filled_in_opens_beside_it(
    server: Publisher, visited: BrowserContext
) -> None:
    server.down = True
    form = opened(visited, server, "appointment/")
    form.get_by_label("Questions of your own").fill("Can I swim?")
    server.down = False
    with visited.expect_page() as other:
        form.get_by_role("link", name="Open the page as it is online").click()
    expect(other.value.locator(".pg-saved")).to_have_count(0)
    expect(form.get_by_label("Questions of your own")).to_have_value("Can I swim?")


# -- how it looks


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_a_page_that_is_a_copy(server: Publisher, visited: BrowserContext, size: str) -> None:
    server.down = True
    page = opened(visited, server)
    page.set_viewport_size(SIZES[size])
    shows(page, OLD, copy=True)
    for scheme in ("light", "dark"):
        assert axe.look(page, (scheme, *axe.EVERYTHING[1:])) == []
    link = page.locator(".pg-saved a").bounding_box()
    assert link is not None
    assert link["height"] >= 44
