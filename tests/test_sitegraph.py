"""Links inside a built site: every seeded defect is found by its code, and none is invented."""

import shutil
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.links import graph
from support.programs import mkdocs
from support.project import ROOT

PAGE = "therapies/tablets/index.html"
SPOT = '<h2 id="how-it-works">'
SEEDED = yaml.safe_load((ROOT / "tests" / "seeded.yml").read_text())


@pytest.fixture
def copy(mini_site: Path, tmp_path: Path) -> Path:
    shutil.copytree(mini_site, tmp_path / "site", ignore=shutil.ignore_patterns("lunr", "*.map"))
    return tmp_path / "site"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["links", *arguments])


def seed(case: dict, site: Path) -> None:
    file = site / case.get("file", PAGE)
    if "put" in case:
        case["replace"] = {SPOT: f"\n{case['put']}\n{SPOT}"}
    for old, new in case.get("replace", {}).items():
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))
    if "write" in case:
        file.write_text(case["write"])
    if "bytes" in case:
        file.write_bytes(bytes.fromhex(case["bytes"]))
    if "delete" in case:
        (file,) = site.glob(case["delete"])
        file.unlink()


@pytest.mark.parametrize("case", SEEDED, ids=lambda case: case["defect"])
def test_each_seeded_defect_is_found_and_nothing_else(case: dict, copy: Path) -> None:
    seed(case, copy)
    found = graph.site_faults(graph.read_site(copy))
    codes = [problem.code for problem in found]
    if case.get("each_page"):
        assert codes == case["codes"] * len(list(copy.rglob("*.html")))
        return
    assert codes == case["codes"], found
    for problem in found:
        assert problem.place.path == case.get("file", PAGE)
        assert problem.advice
        line = (copy / problem.place.path).read_bytes().decode(errors="replace").split("\n")[problem.place.line - 1]
        if "put" in case:
            assert line == case["put"]
            assert line[problem.place.col - 1] in "<[{]!u", line[problem.place.col - 1 :]


def test_there_are_many_and_every_code_is_among_them() -> None:
    assert sum(bool(case["codes"]) for case in SEEDED) >= 60
    assert {code for case in SEEDED for code in case["codes"]} == set(graph.FAULTS)


def test_clean_sites_are_clean(mini_site: Path, site: Path) -> None:
    for folder in (mini_site, site):
        read = graph.read_site(folder)
        assert graph.site_faults(read) == []
        assert read.pages


@pytest.mark.slow
def test_a_site_built_with_its_address_is_clean_too(frozen: Path, tmp_path: Path) -> None:
    """The page for missing addresses links from the root: it must, and must name the folder of the site."""
    built = ["build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = mkdocs(frozen, *built, SITE_URL="http://127.0.0.1:9/guide/")
    assert done.returncode == 0, done.stderr
    assert graph.site_faults(graph.read_site(tmp_path / "site")) == []
    lost = tmp_path / "site" / "404.html"
    lost.write_text(lost.read_text().replace('href="/guide/assets/site.css"', 'href="/assets/site.css"'))
    assert [problem.code for problem in graph.site_faults(graph.read_site(tmp_path / "site"))] == ["outside-site"]


@pytest.mark.slow
def test_three_hundred_pages_take_at_most_fifteen_seconds(site: Path, tmp_path: Path) -> None:
    big = tmp_path / "site"
    shutil.copytree(site, big)
    folders = ("medications", "therapies", "phases", "for")
    for number in range(4):
        for folder in folders:
            shutil.copytree(site / folder, big / f"{folder}-{number}")
    start = time.process_time()
    read = graph.read_site(big)
    problems = graph.site_faults(read)
    seconds = time.process_time() - start
    assert len(read.pages) >= 300
    assert problems == []
    assert seconds <= 15, seconds


def test_the_command_exits_with_0_1_and_2(mini_site: Path, copy: Path) -> None:
    done = run(str(mini_site))
    assert (done.exit_code, done.output) == (0, "0 errors, 0 warnings\n")
    seed({"put": '<a href="../gone/">x</a>'}, copy)
    done = run(str(copy))
    assert done.exit_code == 1
    line = (copy / PAGE).read_text().split("\n").index('<a href="../gone/">x</a>') + 1
    assert done.output == (
        f"{copy.as_posix()}/{PAGE}:{line}:1: error[missing-page] There is no page '../gone/'.\n"
        "    Correct the address, or add the page.\n1 error, 0 warnings\n"
    )
    assert run(str(copy), "--format", "github").stdout.startswith(f"::error file={copy.as_posix()}/{PAGE},line={line},")
    assert '"code": "missing-page"' in run(str(copy), "--format", "json").stdout
    for arguments in ((str(copy / "gone"),), (str(copy), "--format", "xml")):
        done = run(*arguments)
        assert done.exit_code == 2, arguments
        assert "Traceback" not in done.output


def test_an_empty_folder_is_no_site(tmp_path: Path) -> None:
    done = run(str(tmp_path))
    assert done.exit_code == 1
    assert "error[missing-page] There is no page 'index.html'." in done.output
