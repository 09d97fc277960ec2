"""What all tests share: small guides in temporary folders, the real site built once, and a browser."""

import functools
import http.server
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import registry
from buildable import ROOT, make_buildable
from playwright.sync_api import Browser, Page, sync_playwright

MINI = ROOT / "tests" / "mini"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]

# A shell lets what runs in its background ignore Ctrl-C, and that is inherited; what tests start must hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what comes out into the golden files")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A whole small guide about hay fever, free to be broken."""
    shutil.copytree(MINI, tmp_path / "guide")
    return tmp_path / "guide"


def mkdocs(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run MkDocs in a project as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment},
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real guide, built strictly. A build that warns is a failed test wherever the site is used."""
    target = tmp_path_factory.mktemp("real") / "site"
    done = mkdocs(ROOT, "build", "--strict", "--site-dir", str(target), REPO_URL="https://example.org/guide")
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return target


@pytest.fixture(scope="session")
def mini_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small guide, built for an address with a folder, as a project's site has."""
    project = tmp_path_factory.mktemp("mini") / "guide"
    shutil.copytree(MINI, project)
    done = mkdocs(make_buildable(project), "build", "--strict", SITE_URL="https://guide.example.org/g/")
    assert done.returncode == 0, done.stderr
    return project / "site"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """The address of a folder on loopback. No connection outlives the server, so that it can really be stopped."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The real site, served on loopback."""
    with served(site) as found:
        yield found


def begun(folder: Path, *arguments: str, limit: int | None = None) -> "subprocess.Popen[str]":
    """A command in a process of its own, to be stopped in the middle; `limit` is the most bytes a file may have."""
    return subprocess.Popen(
        [sys.executable, "-m", "patientguide", *arguments],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "hooks")},
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
    )


def find_browser() -> str | None:
    """The path of the system's Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system. In CI its absence is a failure; elsewhere the tests say why they were skipped."""
    path = find_browser()
    if path is None:
        reason = f"No browser found: install one of {', '.join(BROWSERS)}."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[dict[str, Page]]:
    """One page of each size, used again and again: a new one each time would cost more than what is looked at."""
    contexts = {name: browser.new_context(viewport=size, reduced_motion="reduce") for name, size in SIZES.items()}
    for context in contexts.values():
        # Looking at what is shown needs no index of the search, which would be read and sorted on every page.
        context.route("**/search/**", lambda route: route.abort())
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket of this process reaches another machine, and no name is looked up."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"a test asked {address}"
        connect(self, address)

    def lookup(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        assert host in ("127.0.0.1", "::1", "localhost"), f"a test looked up {host}"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, only_loopback: None) -> Iterator[registry.Registry]:  # noqa: ARG001
    """Five services and a few pages on loopback, and nothing else to be reached."""
    with registry.running() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PATIENTGUIDE_CONTACT", raising=False)
        yield server


@pytest.fixture
def change(mini: Path) -> Callable[..., Path]:
    """Replace text in a file of the small guide; the old text must be there."""

    def apply(path: str, old: str, new: str) -> Path:
        file = mini / path
        text = file.read_text()
        assert old in text, f"{path} does not hold {old!r}"
        file.write_text(text.replace(old, new, 1))
        return mini

    return apply
