"""The engine's side: what a wrong entry does to a build, to the last good site, and to the live preview."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT, make_buildable, mkdocs

GOOD = "therapies/tablets/index.html"


@pytest.fixture
def project(mini: Path) -> Path:
    return make_buildable(mini)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
        ("content/therapies/tablets.md", "[@label]", "[@lable]", "Did you mean 'label'?"),
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
        'type: book\ntitle: "L"\nissued: "2024"\ncustom: {evidence: leaflet, read: true}\n'
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


class Preview:
    """`mkdocs serve` on a free port, stopped by its own id."""

    def __init__(self, project: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = project.parent / "serve.log"
        self.output = self.log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{self.port}"],
            cwd=project,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        )

    def page(self, address: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{address}", timeout=60) as answer:
            return str(answer.read().decode())

    def wait_for(self, seen, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if seen():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        pytest.fail(f"not seen in {seconds} s; the server said:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.output.close()


def test_the_preview_keeps_the_last_good_page_and_renews_it(project: Path) -> None:
    # The watcher follows no links, so what it must watch stands here as real folders.
    (project / "overrides").unlink()
    shutil.copytree(ROOT / "overrides", project / "overrides")
    override = project / "overrides" / "partials" / "footer.html"
    preview = Preview(project)
    try:
        file = project / "content" / "therapies" / "tablets.md"
        good = file.read_text()
        preview.wait_for(lambda: "They block" in preview.page("therapies/tablets/"))

        file.write_text(good.replace("order: 1", "order: one"))
        preview.wait_for(lambda: "tablets.md:3:8: error[wrong-value]" in preview.log.read_text())
        preview.wait_for(lambda: "last good one" in preview.log.read_text())
        assert "They block" in preview.page("therapies/tablets/")

        file.write_text(good.replace("They block histamine", "They stop histamine"))
        preview.wait_for(lambda: "They stop" in preview.page("therapies/tablets/"))

        override.write_text("{% broken %}")
        preview.wait_for(lambda: "unknown tag 'broken'" in preview.log.read_text())
        assert "They stop" in preview.page("therapies/tablets/")
        assert "Traceback" not in preview.log.read_text()

        override.write_text("<p>New foot</p>")
        preview.wait_for(lambda: "New foot" in preview.page("therapies/tablets/"))

        page = project / "docs" / "index.md"
        page.write_text(page.read_text().replace("See the steps", "Look at the steps"))
        preview.wait_for(lambda: "Look at" in preview.page(""))
    finally:
        preview.stop()
