"""What all tests share: a fixed day, guides in temporary folders, sites built once, and a browser."""

import fcntl
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from patientguide.export import chromium
from playwright.sync_api import Browser, Page, sync_playwright
from support import faketime, registry, sampling
from support.browsing import CHROMIUM_FLAGS, SIZES, Open, visiting
from support.programs import mkdocs
from support.project import DAY, FROZEN, MINI, ROOT, Shared, epoch, make_buildable, newest_day
from support.serving import served

# No test, and nothing that a test starts, asks the clock; and `pytest` run directly answers as `make test` does.
os.environ.update(DAY, NO_MKDOCS_2_WARNING="1")
faketime.help_waiting()

# A shell lets what runs in its background ignore Ctrl-C, and that is inherited; what tests start must hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what comes out into the golden files")
    parser.addoption("--quick", action="store_true", help="leave out slow tests, and do a part of the sampled ones")


def pytest_configure(config: pytest.Config) -> None:
    sampling.quick = config.getoption("--quick")


HEAVY = {"browser": "browser", "preview": "process", "installed": "process", "houses": "process"}
"""Fixtures that start another program, and how tests that use one are marked: as slow, too, unless as smoke."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what starts other programs. Leave slow tests out if asked, or else begin with them, so that none is last."""
    for item in items:
        for name in HEAVY.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(HEAVY[name])
        markers = {marker.name for marker in item.iter_markers()}
        if markers & {"browser", "process"} and "smoke" not in markers:
            item.add_marker("slow")
    if config.getoption("--quick"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("slow")])
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
    else:
        items.sort(key=lambda item: not item.get_closest_marker("slow"))


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A whole small guide about hay fever, free to be broken."""
    shutil.copytree(MINI, tmp_path / "guide")
    return tmp_path / "guide"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Make a folder once for all processes of a run: the first that asks makes it, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, ready = base / name, base / f"{name}.ready"
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                ready.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def frozen(shared: Shared) -> Path:
    """The large guide that stays as it is, as `frozen / "site"` too. Not to be changed."""

    def make(folder: Path) -> None:
        project = make_buildable(shutil.copytree(FROZEN, folder / "guide"))
        strictly_built(project, project / "site")

    return shared("frozen", make) / "guide"


@pytest.fixture(scope="session")
def site(frozen: Path) -> Path:
    """The large guide that stays as it is, built strictly."""
    return frozen / "site"


@pytest.fixture(scope="session")
def real_site(shared: Shared) -> Path:
    """The real guide, built strictly. Tests of it hold only what any good edit keeps."""
    return shared("real", lambda folder: strictly_built(ROOT, folder / "site", **epoch(newest_day(ROOT)))) / "site"


def strictly_built(project: Path, target: Path, **environment: str) -> Path:
    """A site of a project. A build that warns is a failed test wherever the site is used."""
    environment = {"REPO_URL": "https://example.org/guide", **environment}
    done = mkdocs(project, "build", "--strict", "--site-dir", str(target), **environment)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return target


@pytest.fixture(scope="session")
def mini_site(shared: Shared) -> Path:
    """The small guide, built for an address with a folder, as a project's site has."""

    def make(folder: Path) -> None:
        project = make_buildable(shutil.copytree(MINI, folder / "guide"))
        strictly_built(project, project / "site", SITE_URL="https://guide.example.org/g/", REPO_URL="")

    return shared("mini", make) / "guide" / "site"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The site of the large guide, served on loopback."""
    with served(site) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system. In CI its absence is a failure; elsewhere the tests say why they were skipped."""
    path = chromium.find()
    if path is None:
        reason = f"No browser found: install one of {', '.join(chromium.NAMES)}."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[dict[str, Page]]:
    """One page of each size, used again and again: a new one each time would cost more than what is looked at."""
    # Without the offline worker: it would fetch pages beside the tests, and answer what a test holds back.
    contexts = {
        name: browser.new_context(viewport=size, reduced_motion="reduce", service_workers="block")
        for name, size in SIZES.items()
    }
    for context in contexts.values():
        # Looking at what is shown needs no index of the search, which would be read and sorted on every page.
        context.route("**/search/**", lambda route: route.abort())
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Open a page; at the end nothing may have gone wrong in it, and nothing been asked of another host."""
    with visiting(browser, address) as go:
        yield go


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
