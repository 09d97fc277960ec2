"""linkchecker, which knows nothing of our code, says of a site what our graph says of its pages."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.links import crawl
from support.programs import mkdocs
from support.project import ROOT, make_buildable

pytestmark = pytest.mark.process

PAGE = "therapies/tablets/index.html"


@pytest.fixture(scope="module", params=["", "http://127.0.0.1:8767/hay/", "http://127.0.0.1:8767/"])
def small(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The small guide, built for no address, for a folder of loopback, and for its root."""
    project = tmp_path_factory.mktemp("crawled") / "project"
    shutil.copytree(ROOT / "tests" / "mini", project)
    site = project.parent / "site"
    done = mkdocs(make_buildable(project), "build", "--strict", "--site-dir", str(site), SITE_URL=request.param)
    assert done.returncode == 0, done.stderr
    return site


def crawled(site: Path) -> Result:
    return CliRunner().invoke(main, ["links", "--crawl", str(site)])


def test_linkchecker_finds_nothing_in_a_good_site(small: Path) -> None:
    done = crawled(small)
    assert (done.exit_code, done.output) == (0, "0 errors, 0 warnings\n")


@pytest.mark.parametrize("link", ['<a href="../gone/">x</a>', '<a href="/nowhere/">x</a>', '<a href="../../faq">x</a>'])
def test_linkchecker_would_find_what_is_wrong_by_itself(small: Path, tmp_path: Path, link: str) -> None:
    shutil.copytree(small, tmp_path / "site")
    file = tmp_path / "site" / PAGE
    file.write_text(file.read_text().replace("</h1>", f"</h1>{link}"))
    found = crawl.problems(tmp_path / "site")
    assert [(problem.code, problem.place.path) for problem in found] == [("crawled-link", PAGE)]
    assert link.split('"')[1] in found[0].message


@pytest.mark.parametrize("arguments", [["--crawl"], ["--crawl", "gone"]])
def test_only_a_site_is_crawled(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["links", *arguments]).exit_code == 2


def test_a_port_that_is_taken_is_said(small: Path) -> None:
    taken = pytest.raises(crawl.CrawlError, match="could not be served: Address already in use")
    with crawl.served(small) as address, taken:
        crawl.problems(small, address)
