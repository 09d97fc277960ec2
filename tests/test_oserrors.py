"""What the system refuses becomes one sentence and an exit code, and nothing is lost: full disks, closed folders."""

import http.client
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from mkdocs.exceptions import PluginError
from patientguide.build import mkdocs, prepare, preview
from patientguide.build.session import Session
from patientguide.cli.main import Edge
from patientguide.core import files as core_files
from support import ordinary
from support.project import DAY, ROOT, begun, make_buildable, tree
from support.serving import Server

AS_OF = ("--as-of", "2026-11-21")
PEOPLE = '- {id: ann, name: Ann, role: nurse, interests: {declared: "2026-11-20", statement: "None."}}\n'
WRITING = {
    "new": ("new", "therapies", "sprays", *AS_OF),
    "sign": ("sign", "therapies/tablets", "--by", "ann", *AS_OF),
    "stage": ("stage", "build/stage", *AS_OF),
    "schema": ("schema", "--to", "schemas"),
    "diff": ("diff", "base", "--to", "pack", *AS_OF),
    "offline": ("offline", "built", "--to", "guide.zip"),
    "import": ("import", "list.bib", *AS_OF),
    "init": ("init", "new", "--condition", "hay fever", *AS_OF),
    "translate": ("translate", "es", "therapies/tablets", *AS_OF),
    "replace-site": ("replace-site", "built", "site"),
}
"""Each command that writes, in a folder with all that it reads."""


@pytest.fixture
def project(mini: Path) -> Path:
    make_buildable(mini)
    (mini / "overrides").unlink()
    shutil.copytree(ROOT / "overrides", mini / "overrides")
    (mini / "content" / "people.yml").write_text(PEOPLE)
    (mini / "list.bib").write_text("@article{a-b, title={One}, year=2020, doi={10.1000/one}}")
    for name in ("site", "built"):
        (mini / name).mkdir()
        (mini / name / "index.html").write_text(name)
    shutil.copytree(mini / "content", mini / "base" / "content")
    shutil.copytree(mini / "docs", mini / "base" / "docs")
    return mini


def folders(project: Path) -> list[Path]:
    return [project, *(path for path in project.rglob("*") if path.is_dir() and not path.is_symlink())]


def in_one_sentence(done: "subprocess.CompletedProcess[str]", *said: str) -> None:
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr, done.stderr[-2000:]
    assert any(text in done.stdout + done.stderr for text in said), done.stdout + done.stderr


@pytest.mark.parametrize("command", WRITING)
def test_a_command_that_may_write_nowhere_says_so(command: str, project: Path) -> None:
    before = tree(project)
    for folder in folders(project):
        folder.chmod(0o555)
    try:
        done = ordinary.patientguide(project, *WRITING[command])
    finally:
        for folder in folders(project):
            folder.chmod(0o755)
    in_one_sentence(done, "Permission denied")
    assert tree(project) == before


def test_a_build_that_may_write_nowhere_says_so(project: Path) -> None:
    before = tree(project)
    for folder in folders(project):
        folder.chmod(0o555)
    try:
        done = ordinary.mkdocs(project, "build", "--strict", **DAY)
    finally:
        for folder in folders(project):
            folder.chmod(0o755)
    in_one_sentence(done, "Permission denied")
    assert done.returncode == 1
    assert tree(project) == before


@pytest.mark.parametrize("command", [name for name in WRITING if name != "replace-site"])
def test_on_a_full_disk_nothing_is_lost(command: str, project: Path) -> None:
    """No file may grow beyond a few bytes, as on a disk that has no more."""
    (project / "content" / "reviews.yml").write_text("[]\n")
    before = tree(project)
    process = begun(project, *WRITING[command], limit=20)
    out, err = process.communicate(timeout=120)
    in_one_sentence(subprocess.CompletedProcess([], process.returncode, out, err), "File too large")
    left = {path: text for path, text in tree(project).items() if path in before}
    assert left == before
    assert not [path for path in tree(project) if path.startswith(("new/", "pack/", "build/stage/"))]


def test_a_build_on_a_full_disk_leaves_the_site(project: Path) -> None:
    limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", "build/site"],
        cwd=project,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **DAY},
        preexec_fn=limited,
    )
    in_one_sentence(done, "File too large")
    assert (project / "site" / "index.html").read_text() == "site"


UNREADABLE = [
    *("content", "content/therapies", "content/guide.yml", "content/glossary.yml", "content/therapies/tablets.md"),
    *("content/references/label.yml", "docs", "docs/index.md", "docs/assets", "docs/assets/guide.js", "mkdocs.yml"),
    *("overrides", "overrides/main.html", "overrides/partials"),
]
READING = {
    "check": ("check", *AS_OF),
    "stage": ("stage", "build/stage", *AS_OF),
    "diff": ("diff", "base", "--to", "pack", *AS_OF),
    "search": ("search", "nose"),
    "links": ("links", "built"),
}


@pytest.mark.parametrize("closed", UNREADABLE)
def test_what_nobody_may_read_is_named(closed: str, project: Path) -> None:
    (project / closed).chmod(0)
    try:
        runs = {name: ordinary.patientguide(project, *arguments) for name, arguments in READING.items()}
        # What MkDocs says of its own settings is its own affair.
        runs["build"] = (
            runs["stage"] if closed == "mkdocs.yml" else ordinary.mkdocs(project, "build", "--strict", **DAY)
        )
    finally:
        (project / closed).chmod(0o755)
    for name, done in runs.items():
        assert "Traceback" not in done.stdout + done.stderr, (name, done.stderr[-2000:])
    assert runs["build"].returncode == 1
    assert Path(closed).name in runs["build"].stdout + runs["build"].stderr
    if not closed.startswith(("mkdocs", "overrides")):
        assert runs["check"].returncode in (1, 2)


def test_a_file_that_vanishes_between_check_and_build_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = prepare.load

    def vanishing(*arguments: object) -> object:
        found = load(*arguments)  # type: ignore[arg-type]
        (project / "docs" / "assets" / "guide.js").unlink()
        return found

    monkeypatch.setattr(prepare, "load", vanishing)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY["SOURCE_DATE_EPOCH"])
    session = Session()
    cache = session.opened(project, [], False)
    with pytest.raises(PluginError, match=r"guide\.js: No such file or directory\."), mkdocs._refusing():
        session.prepared(project / "content", cache, print)


@pytest.mark.parametrize("length", [300, 5000])
def test_a_name_that_is_too_long_is_said_to_be(length: int, project: Path) -> None:
    name = "x" * length
    for arguments in (("stage", name, *AS_OF), ("init", name, "--condition", "x"), ("schema", "--to", name)):
        in_one_sentence(ordinary.patientguide(project, *arguments), "File name too long")
    in_one_sentence(ordinary.patientguide(project, "check", "--content", name), "does not exist", "too long")


def edge(error: Exception) -> click.Command:
    @click.group(cls=Edge)
    def program() -> None:
        pass

    @program.command()
    def run() -> None:
        raise error

    return program


def test_a_fault_of_the_program_stays_a_traceback() -> None:
    for error in (TypeError("x"), KeyError("x"), ValueError("x"), OSError("of a library")):
        done = CliRunner().invoke(edge(error), ["run"])
        assert done.exception is error
    done = CliRunner().invoke(edge(PermissionError(13, "Permission denied", "a\udcffb")), ["run"])
    assert (done.exit_code, done.output) == (1, "Error: a\\udcffb: Permission denied.\n")


def test_a_sentence_names_each_file() -> None:
    assert core_files.os_error_text(OSError(28, "No space left on device")) == "No space left on device."
    assert core_files.os_error_text(OSError(18, "Invalid link", "a", None, b"b")) == "a and b: Invalid link."
    assert core_files.os_error_text(OSError("no number")) is None


# -- init


def test_a_killed_init_leaves_nothing_that_passes_for_a_guide(tmp_path: Path) -> None:
    arguments = ["init", "new", "--condition", "hay fever", *AS_OF]
    for _ in range(3):
        process = begun(tmp_path, *arguments)
        while process.poll() is None and not any(tmp_path.iterdir()):
            time.sleep(0.001)
        process.kill()
        process.communicate()
        assert not (tmp_path / "new").exists() or (tmp_path / "new" / "mkdocs.yml").is_file()
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
    done = ordinary.patientguide(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert ordinary.patientguide(tmp_path / "new", "check", *AS_OF).returncode == 0


@pytest.mark.parametrize("stopped", range(0, 12, 3))
def test_an_init_goes_on_in_a_repository_where_another_was_killed(
    stopped: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"content/{n}.md": str(n) for n in range(9)} | {"mkdocs.yml": "x", "docs/index.md": "y"}
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("mine")
    create, made = core_files.create_file, []

    def killed(file: Path, text: str) -> None:
        if len(made) == stopped:
            core_files.temporary_file(file).write_text("half")
            raise SystemExit
        made.append(file)
        create(file, text)

    with monkeypatch.context() as patch:
        patch.setattr(core_files, "create_file", killed)
        if stopped < len(files):
            with pytest.raises(SystemExit):
                core_files.write_folder(tmp_path, files)
            assert not (tmp_path / "mkdocs.yml").exists()
    assert core_files.other_files(tmp_path, files) == []
    core_files.write_folder(tmp_path, files)
    assert tree(tmp_path) == {path: text.encode() for path, text in files.items()} | {".git/config": b"mine"}


@pytest.mark.parametrize("mine", ["content/0.md", "notes.txt", ".hidden", "content/x.md"])
def test_what_somebody_wrote_is_never_replaced(mine: str, tmp_path: Path) -> None:
    files = {"content/0.md": "0", "mkdocs.yml": "x"}
    (tmp_path / mine).parent.mkdir(exist_ok=True)
    (tmp_path / mine).write_text("mine")
    assert core_files.other_files(tmp_path, files) == [mine]


def test_a_disk_without_links_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    core_files.create_file(tmp_path / "a", "one")
    with pytest.raises(FileExistsError):
        core_files.create_file(tmp_path / "a", "two")
    assert tree(tmp_path) == {"a": b"one"}


# -- the preview


def answer(port: int, host: str | None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("GET", "/", skip_host=True)
    if host is not None:
        connection.putheader("Host", host)
    connection.endheaders()
    found = connection.getresponse()
    return found.status, found.read()


def test_a_preview_answers_its_own_names_only_and_its_port_is_not_given_twice(project: Path) -> None:
    with Server(project) as server:
        server.wait_until_up()
        for host in ("127.0.0.1", f"127.0.0.1:{server.port}", "localhost", "LOCALHOST:8000", "[::1]", "localhost."):
            assert answer(server.port, host)[0] == 200, host
        for host in (
            "evil.example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "[",
            "",
            "a@localhost:x",
        ):
            status, text = answer(server.port, host)
            assert (status, b"<html" in text) == (403, False), host
        for command in (
            ["mkdocs", "serve", "--dev-addr", f"127.0.0.1:{server.port}"],
            ["patientguide", "serve", "--port", str(server.port)],
        ):
            done = subprocess.run(
                [sys.executable, "-m", *command],
                cwd=project,
                capture_output=True,
                text=True,
                timeout=120,
                env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            )
            in_one_sentence(done, f"Port {server.port} is taken")
            assert done.returncode == 1
            assert "--port" in done.stderr
        assert answer(server.port, "localhost")[0] == 200


@pytest.mark.parametrize(
    ("asked", "host", "own"),
    [
        (None, "127.0.0.1", True),
        ("guide.lan:8000", "guide.lan", True),
        ("guide.lan", "127.0.0.1", False),
        ("192.168.1.5:8000", "0.0.0.0", True),
        ("192.168.1.5:8000", "127.0.0.1", False),
        ("guide.example.org", "0.0.0.0", False),
        ("localhost", "0.0.0.0", True),
    ],
)
def test_which_names_are_its_own(asked: str | None, host: str, own: bool) -> None:
    called: list[object] = []
    app = preview.own_hosts_only(lambda *_: [b"page"], host)
    answered = app({"HTTP_HOST": asked} if asked else {}, lambda *found: called.append(found))
    assert (answered == [b"page"]) == own
    assert bool(called) != own


def test_an_address_that_is_none_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "is taken" in (preview.port_fault("127.0.0.1", taken.getsockname()[1]) or "")
        port = taken.getsockname()[1]
    assert preview.port_fault("127.0.0.1", port) is None
    assert "Nothing can be shown at 192.0.2.1" in (preview.port_fault("192.0.2.1", port) or "")
