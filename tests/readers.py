"""What the tests of the readers' pages share: a folder served as a site, a page that is watched, and printed pages."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page


@contextmanager
def served(folder: Path, policy: str = "") -> Iterator[str]:
    """The address of a folder on loopback, with a content security policy if one is given."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def end_headers(self) -> None:
            if policy:
                self.send_header("Content-Security-Policy", policy)
            super().end_headers()

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def watched(browser: Browser, address: str, width: int = 360, **options: object) -> Iterator[Page]:
    """A page in a browser of its own. At the end nothing may have gone wrong, and no other host been asked."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 740}, **options)
    page = context.new_page()
    if not address.startswith("file:"):  # from a stick the theme's search says that it found no index
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: None if "search_index" in str(error) else faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if foreign(request.url) else None)
    page.goto(address)
    yield page
    context.close()
    assert not faults, faults


def foreign(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname != "127.0.0.1"


def sheets(page: Page, size: str) -> int:
    """How many sheets of paper a page takes."""
    return len(re.findall(rb"/Type ?/Page\b(?!s)", page.pdf(format=size)))
