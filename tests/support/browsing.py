"""The system's Chromium: where it is, how it is started, and on which screens pages are looked at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

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

Open = Callable[..., Page]
"""Opens a page by its path: the fixture `visit`."""


def first_with(site: Path, *signs: str) -> str:
    """The address of the first page of a site whose HTML holds all these signs, so that no test names a real page."""
    for path in sorted(site.rglob("index.html")):
        html = path.read_text(encoding="utf-8")
        if all(sign in html for sign in signs):
            address = path.parent.relative_to(site).as_posix()
            return "" if address == "." else f"{address}/"
    raise AssertionError(f"no page of the site holds {signs}")


@contextmanager
def visiting(browser: Browser, address: str) -> Iterator[Open]:
    """Opens pages of a site; at the end nothing may have gone wrong in one, and nothing been asked of another host."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def asked(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(address):
            faults.append(f"asked for {url}")

    def go(name: str, width: str = "phone", scheme: str = "light", **options: object) -> Page:
        context = browser.new_context(viewport=SIZES[width], color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked(request.url))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address + name)
        return page

    yield go
    for context in contexts:
        context.close()
    assert faults == []
