"""The policy in the head of every page: it is there, the build keeps to it, and a browser enforces it."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import material
import pytest
import yaml
from patientguide.build import csp, stylesheet
from playwright.sync_api import Browser, Page, Route, expect
from support.programs import mkdocs
from support.project import ROOT, make_buildable


def data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "tests" / name).read_text())
    return found


TEXTS = data("policy.yml")
STYLES = data("styles.yml")
STATES = data("access.yml")["states"]
KINDS = data("access.yml")["kinds"]
PAGE = """<!doctype html>
<html lang="en"><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
</head><body><p>Words</p>{}<p>Words</p></body></html>"""


@pytest.mark.parametrize("text", TEXTS["refused"].values(), ids=TEXTS["refused"])
def test_what_the_policy_would_stop_is_named(text: str) -> None:
    assert len(list(csp.faults(PAGE.format(text)))) == 1


@pytest.mark.parametrize("text", TEXTS["let through"].values(), ids=TEXTS["let through"])
def test_what_the_policy_allows_is_let_through(text: str) -> None:
    assert list(csp.faults(PAGE.format(text))) == []


@pytest.mark.parametrize("head", ["<meta charset=utf-8>", "<script src=x.js></script>", ""])
def test_a_page_without_the_policy_in_first_place_is_refused(head: str) -> None:
    html = PAGE.format("").replace("<head>", f"<head>{head}" if head else "<head><!-- -->")
    assert list(csp.faults(html)) == ["the policy is not first in the head"]


def test_every_page_has_the_same_policy_first_and_nothing_against_it(site: Path) -> None:
    policies = set()
    for path in site.rglob("*.html"):
        html = path.read_text()
        assert list(csp.faults(html)) == [], path
        policies |= set(re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html))
    (only,) = policies
    directives = dict(part.strip().split(" ", 1) for part in only.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["base-uri"] == directives["form-action"] == "'none'"
    assert "unsafe" not in only
    assert "http" not in only


def test_a_script_in_a_template_stops_the_build(mini: Path) -> None:
    project = make_buildable(mini)
    (project / "overrides").unlink()
    shutil.copytree(ROOT / "overrides", project / "overrides")
    footer = project / "overrides" / "partials" / "footer.html"
    footer.write_text(footer.read_text() + "<script>ran()</script>")
    done = mkdocs(project, "build")
    assert done.returncode == 1
    assert "<script>: a script must be in a file of its own" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that remembers what the policy stopped."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script(
        "window.stopped = []; addEventListener('securitypolicyviolation', "
        "e => stopped.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
    )
    yield page
    context.close()


@pytest.mark.parametrize("name", KINDS)
def test_the_policy_stops_nothing_that_a_page_needs(page: Page, address: str, name: str) -> None:
    page.goto(address + name, wait_until="networkidle")
    assert page.evaluate("stopped") == []
    assert page.evaluate("document.documentElement.dataset.pgColors") == "light"


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_the_policy_stops_nothing_that_a_reader_opens(page: Page, address: str, state: dict[str, str]) -> None:
    page.set_viewport_size({"width": 360 if state["width"] == "phone" else 1280, "height": 800})
    page.goto(address + state["page"])
    if "first" in state:
        page.locator(state["first"]).click()
    page.locator(state["press"]).first.click()
    expect(page.locator(state["shown"]).first).to_be_visible()
    assert page.evaluate("stopped") == []


@pytest.mark.parametrize("with_policy", [True, False])
def test_what_is_smuggled_into_a_page_does_not_run(page: Page, address: str, with_policy: bool) -> None:
    """Without the policy it does run: the test would notice if the browser stopped it for another reason."""
    smuggled = "".join(
        (
            "<script>document.title += ' ran'</script>",
            "<img src=none.png onerror=\"document.title += ' ran'\">",
            "<p id=styled style='color: rgb(1, 2, 3)'>x</p>",
        )
    )

    def smuggle(route: Route) -> None:
        html = route.fetch().text().replace("</article>", smuggled + "</article>")
        route.fulfill(body=html if with_policy else re.sub(r'<meta http-equiv="Content.*?>', "", html))

    page.route(address + "faq/", smuggle)
    page.goto(address + "faq/", wait_until="networkidle")
    assert ("ran" in page.title()) is not with_policy
    assert (page.evaluate("getComputedStyle(styled).color") == "rgb(1, 2, 3)") is not with_policy
    assert len(page.evaluate("stopped")) == (3 if with_policy else 0)


def test_a_page_opened_as_a_file_runs_its_scripts(page: Page, site: Path) -> None:
    page.goto((site / "faq" / "index.html").as_uri())
    assert page.evaluate("document.documentElement.dataset.pgColors") == "light"


def test_the_theme_is_the_one_that_the_overrides_replace() -> None:
    templates = Path(material.__file__).parent / "templates"
    replaced = {path.relative_to(ROOT / "overrides").as_posix() for path in (ROOT / "overrides").rglob("*.html")}
    known: dict[str, str] = data("theme.yml")
    assert {name for name in replaced if (templates / name).exists()} <= set(known)
    assert {name: hashlib.sha256((templates / name).read_bytes()).hexdigest() for name in known} == known


# Styles


@pytest.mark.parametrize("case", STYLES.values(), ids=STYLES)
def test_style_sheets_become_one_without_what_nothing_uses(case: dict[str, Any]) -> None:
    assert stylesheet.join(case["sheets"], set(case["used"])) == case["joined"]


def test_the_joined_styles_keep_what_scripts_draw_and_lose_what_nobody_writes(site: Path) -> None:
    joined = (site / "assets" / "site.css").read_text()
    for drawn in (".md-search__input", ".pg-wide", ".pg-card", "@font-face", "@media print"):
        assert drawn in joined
    for unused in (".tabbed-set", ".md-post", "--md-admonition-icon--bug"):
        assert unused not in joined
    assert not (site / "assets" / "stylesheets").exists()
