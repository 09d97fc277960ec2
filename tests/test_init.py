"""A guide in a repository of its own: begun by a command, made by the program from its wheel, and nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from patientguide.authoring import scaffold
from patientguide.authoring.scaffold import NewGuide
from patientguide.build import defaults
from patientguide.cli.main import main
from support.programs import mkdocs
from support.project import MINI, ROOT, Shared, make_buildable, tree
from support.serving import Server
from support.workflows import has_least_rights, linted

NOT_READY = "This guide is not ready."
CONDITION = 'restless "legs" & feet'
OTHER = ROOT / "tests" / "guides" / "asthma"


@dataclass(frozen=True)
class Installed:
    """A Python that has the program from its wheel, and the packages that it needs."""

    python: Path

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command in a folder, as a user would run it."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [self.python, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            env={**kept, "NO_MKDOCS_2_WARNING": "1"},
        )

    def guide(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(folder, "-m", "patientguide", *arguments)

    def build(self, folder: Path) -> Path:
        """The site of a guide, built strictly."""
        done = self.run(folder, "-m", "mkdocs", "build", "--strict")
        assert done.returncode == 0, done.stderr
        assert "WARNING" not in done.stderr
        return folder / "site"


@pytest.fixture(scope="session")
def installed(shared: Shared) -> Installed:
    """The wheel, built and installed without a network: what it needs stands in the environment of the tests."""

    def make(folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        alone = ["--no-deps", "--no-index"]
        subprocess.run([*pip, "wheel", *alone, "--no-build-isolation", "--wheel-dir", folder, ROOT], check=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        (wheel,) = folder.glob("*.whl")
        subprocess.run([*pip, "--python", folder / "venv/bin/python", "install", *alone, wheel], check=True)
        # A path file in a folder that is named here is not read, so the program is not found where it is edited.
        (packages,) = (folder / "venv").glob("lib/python*/site-packages")
        (packages / "needed.pth").write_text(sysconfig.get_paths()["purelib"])

    return Installed(shared("installed", make) / "venv" / "bin" / "python")


@pytest.fixture
def begun(installed: Installed, tmp_path: Path) -> Path:
    done = installed.guide(tmp_path, "init", "new", "--condition", CONDITION, "--region", "Testland")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Next: cd new && make serve\n")
    return tmp_path / "new"


# -- the wheel


def test_a_guide_that_sets_nothing_looks_as_one_beside_the_program(installed: Installed, tmp_path: Path) -> None:
    for name in ("own", "beside"):
        shutil.copytree(MINI, tmp_path / name)
    make_buildable(tmp_path / "beside")
    assert mkdocs(tmp_path / "beside", "build", "--strict").returncode == 0
    settings = (OTHER / "mkdocs.yml").read_text()
    ours = re.search(r"^site_description.*?(?=\ndocs_dir)", (ROOT / "mkdocs.yml").read_text(), re.DOTALL | re.MULTILINE)
    (tmp_path / "own" / "mkdocs.yml").write_text(f"{settings}{ours[0]}\n")
    assert tree(installed.build(tmp_path / "own")) == tree(tmp_path / "beside" / "site")


def test_what_a_guide_sets_itself_holds(installed: Installed, tmp_path: Path) -> None:
    shutil.copytree(OTHER, tmp_path / "own")
    with (tmp_path / "own" / "mkdocs.yml").open("a") as file:
        file.write("extra_javascript: [assets/own.js]\n")
    (tmp_path / "own" / "docs" / "assets").mkdir()
    (tmp_path / "own" / "docs" / "assets" / "own.js").write_text("// own\n")
    home = (installed.build(tmp_path / "own") / "index.html").read_text()
    assert "assets/own.js" in home
    assert "assets/access.js" not in home


def test_a_neighbor_of_the_package_does_not_make_every_page_anew(installed: Installed, tmp_path: Path) -> None:
    (packages,) = installed.python.parent.parent.glob("lib/python*/site-packages")
    shutil.copytree(packages / "patientguide", tmp_path / "patientguide")
    program = "from patientguide.build import session; print(session.program_version(), session.__file__)"

    def said() -> list[str]:
        return installed.run(tmp_path, "-c", program).stdout.split()

    before = said()
    assert Path(before[1]).is_relative_to(tmp_path)
    (tmp_path / "neighbor.py").touch()
    assert said() == before
    with (tmp_path / "patientguide" / "build" / "mkdocs.py").open("a") as plugin:
        plugin.write("\n")
    assert said() != before


@pytest.mark.parametrize(
    ("language", "spoken"), [("en", "en"), ("en-AU", "en"), ("pt-BR", "pt-BR"), ("de-AT", "de"), ("kl", "en")]
)
def test_a_theme_speaks_the_language_or_its_nearest(language: str, spoken: str, tmp_path: Path) -> None:
    (tmp_path / "partials" / "languages").mkdir(parents=True)
    for code in ("en", "de", "pt", "pt-BR"):
        (tmp_path / "partials" / "languages" / f"{code}.html").touch()
    assert defaults.spoken(language, ["nowhere", str(tmp_path)]) == spoken


# -- a new guide


def test_a_new_guide_passes_with_its_gaps_listed_and_is_not_ready(installed: Installed, begun: Path) -> None:
    done = installed.guide(begun, "check", "--format", "json")
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert {problem["severity"] for problem in found} == {"warning"}
    assert {problem["code"] for problem in found} == {"example"}
    texts = [path for path in begun.glob("content/**/*") if path.is_file() and "Example text" in path.read_text()]
    listed = {problem["path"] for problem in found if problem["code"] == "example"}
    assert {path.relative_to(begun).as_posix() for path in texts} <= listed
    assert installed.guide(begun, "check", "--ready").returncode == 1


def test_every_page_says_that_the_guide_is_not_ready_until_it_is(installed: Installed, begun: Path) -> None:
    pages = [path for path in installed.build(begun).rglob("*.html") if path.name != "404.html"]
    assert len(pages) > 15
    for path in pages:
        assert NOT_READY in path.read_text(), path
    for path in [*begun.glob("content/**/*"), *begun.glob("docs/*")]:
        if path.is_file():
            path.write_text(path.read_text().replace("Example text", "A text"))
    assert installed.guide(begun, "check", "--ready").returncode == 0
    for path in installed.build(begun).rglob("*.html"):
        assert NOT_READY not in path.read_text(), path


def test_one_example_is_enough_to_be_not_ready(installed: Installed, begun: Path) -> None:
    """A region or a source that nobody wrote has no text of its own on a page."""
    for path in [*begun.glob("content/**/*"), *begun.glob("docs/*")]:
        if path.is_file() and "references" not in path.parts:
            path.write_text(path.read_text().replace("Example text", "A text"))
    done = installed.guide(begun, "check", "--ready")
    assert done.returncode == 1
    assert done.stdout.count("warning[example]") == 1
    assert "references/example-source.yml:1:1: warning[example] To do: this file has an example text" in done.stdout
    cites_nothing = installed.build(begun) / "accessibility" / "index.html"
    assert NOT_READY in cites_nothing.read_text()
    source = begun / "content" / "references" / "example-source.yml"
    source.write_text(source.read_text().replace("Example text", "A text"))
    installed.build(begun)
    assert NOT_READY not in cites_nothing.read_text()


def test_a_new_guide_names_its_condition_and_no_other(begun: Path) -> None:
    settings = yaml.safe_load((begun / "content" / "guide.yml").read_text())
    assert settings["condition"] == CONDITION
    assert settings["title"] == 'Restless "legs" & feet guide'
    assert settings["region"] == "Testland"
    assert (begun / "requirements.txt").read_text().splitlines()[-1].startswith("patientguide @ file:///")
    assert not [path for path in begun.rglob("*") if path.suffix == ".j2" or "dot-" in path.name]


def test_the_workflows_of_a_new_guide_are_as_careful_as_ours(begun: Path) -> None:
    assert linted(begun).returncode == 0, linted(begun).stdout
    workflows = sorted((begun / ".github" / "workflows").glob("*.yml"))
    assert [path.name for path in workflows] == ["check.yml", "publish.yml"]
    ours = "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    for path in workflows:
        has_least_rights(path)
        assert 'PATIENTGUIDE_CACHE: "no"' in path.read_text(), "nothing foreign can get into a site"
        for action in re.findall(r"uses: (.*)", path.read_text()):
            assert action in ours, "another version than ours"


def test_nothing_is_ever_replaced(installed: Installed, begun: Path) -> None:
    before = tree(begun)
    done = installed.guide(begun.parent, "init", "new", "--condition", "x")
    assert done.returncode == 2
    assert "new holds other files. Name a new folder." in done.stderr
    assert tree(begun) == before


def test_a_repository_without_files_is_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert installed.guide(tmp_path, "init", ".", "--condition", "x").returncode == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--condition", "a\nb"),
        ("--condition", "<b>"),
        ("--condition", 97 * "x"),
        ("--title", ""),
        ("--language", "xx"),
        ("--language", "english"),
    ],
)
def test_what_guide_yml_would_refuse_is_refused_at_once(tmp_path: Path, option: str, value: str) -> None:
    done = CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--condition", "x", option, value])
    assert done.exit_code == 2
    assert "must be" in done.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        (None, "patientguide>=1.2"),
        ({"url": "file:///a.whl", "archive_info": {}}, "patientguide @ file:///a.whl"),
        (
            {"url": "https://example.org/p.git", "vcs_info": {"vcs": "git", "commit_id": "0"}},
            "patientguide @ git+https://example.org/p.git",
        ),
        (
            {"url": "https://example.org/p", "vcs_info": {"vcs": "git", "requested_revision": "v1", "commit_id": "0"}},
            "patientguide @ git+https://example.org/p@v1",
        ),
    ],
)
def test_a_guide_rests_on_the_program_that_began_it(origin: object, wanted: str) -> None:
    assert scaffold.requirement("1.2", json.dumps(origin) if origin else None) == wanted


def test_the_same_day_gives_the_same_files() -> None:
    guide = NewGuide("T", "c", "r", "en", "patientguide")
    assert scaffold.guide_files(guide, date(2026, 11, 21)) == scaffold.guide_files(guide, date(2026, 11, 21))
    assert scaffold.guide_files(guide, date(2026, 11, 21)) != scaffold.guide_files(guide, date(2026, 11, 22))


def test_a_new_guide_can_move_house(installed: Installed, begun: Path) -> None:
    (begun / "docs" / "assets").mkdir()
    (begun / "docs" / "assets" / "favicon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    done = installed.guide(begun, "stage", "out")
    assert done.returncode == 0, done.stderr
    moved = mkdocs(begun / "out", "build", "--strict")
    assert moved.returncode == 0, moved.stderr
    home = (begun / "out" / "site" / "index.html").read_text()
    assert NOT_READY in home
    assert "pg-menu" in home
    assert (begun / "out" / "site" / "assets" / "page.css").is_file()
    assert len((begun / "out" / "site" / "assets" / "favicon.svg").read_text()) < 50


def test_the_preview_needs_no_make(installed: Installed, begun: Path) -> None:
    with Server(begun, str(installed.python), "-m", "patientguide", "serve", "--port") as preview:
        preview.wait_for(lambda: NOT_READY in preview.page(""))
    assert "There is no mkdocs.yml here." in installed.guide(begun.parent, "serve").stderr


# -- a guide of another kind, by its own files alone


@pytest.fixture
def other(tmp_path: Path) -> Path:
    shutil.copytree(OTHER, tmp_path / "asthma")
    return tmp_path / "asthma"


def test_a_long_term_condition_without_medicines_or_trials_builds_with_no_finding(
    installed: Installed, other: Path
) -> None:
    done = installed.guide(other, "check")
    assert (done.returncode, done.stdout) == (0, "0 errors, 0 warnings\n")
    site = installed.build(other)
    assert not list(site.glob("medications*"))
    pages = {path: path.read_text() for path in site.rglob("*.html")}
    assert len(pages) == 25
    said = "\n".join(pages.values())
    for word in ("breast", "cancer", "chemo", "surgeon", "stage I", "test result", "treatment"):
        assert word not in said, word
    assert "<h3>How it is now</h3>" in said
    assert "Ring 999 now" in said
    # Its chapters come round again: none is over, none comes later.
    assert "phases=" not in pages[site / "my-path" / "index.html"]
    assert "pg-pathway__arrow" not in said
    assert ">Good days</text>" in pages[site / "index.html"]


def test_its_own_words_are_its_own_rules(installed: Installed, other: Path) -> None:
    file = other / "content" / "phases" / "everyday.md"
    file.write_text(file.read_text().replace("you look at your plan", "you call a physician about the color of it"))
    done = installed.guide(other, "check")
    assert done.stdout.count("warning[avoid-word]") == 2
    assert "the British spelling." in done.stdout


def test_its_own_questions_must_be_answered(installed: Installed, other: Path) -> None:
    file = other / "content" / "therapies" / "slow-breathing.md"
    file.write_text(file.read_text().replace("## Does it help?", "## Other choices"))
    done = installed.guide(other, "check")
    assert done.returncode == 1
    assert "'Does it help?'" in done.stdout
