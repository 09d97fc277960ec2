"""linkchecker, which knows nothing of our code, says of a site what our graph says of its pages."""

import shutil
from pathlib import Path

import crawl
import pytest
from conftest import ROOT, make_buildable, mkdocs


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("crawled") / "project"
    shutil.copytree(ROOT / "tests" / "mini", project)
    target = project.parent / "www" / crawl.FOLDER
    done = mkdocs(make_buildable(project), "build", "--strict", "--site-dir", str(target))
    assert done.returncode == 0, done.stderr
    return target.parent


def test_linkchecker_finds_nothing_in_a_good_site(parent: Path) -> None:
    with crawl.served(parent) as address:
        done = crawl.crawl(address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 warnings found. 0 errors found." in done.stdout


@pytest.mark.parametrize("link", ['<a href="../gone/">x</a>', '<a href="/faq/">x</a>', '<a href="../../faq">x</a>'])
def test_linkchecker_would_find_what_is_wrong(parent: Path, tmp_path: Path, link: str) -> None:
    shutil.copytree(parent, tmp_path / "www")
    file = tmp_path / "www" / crawl.FOLDER / "therapies/tablets/index.html"
    file.write_text(file.read_text().replace("</h1>", f"</h1>{link}"))
    with crawl.served(tmp_path / "www") as address:
        done = crawl.crawl(address)
    assert done.returncode == 1, done.stdout + done.stderr
