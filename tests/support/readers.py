"""What the tests of the readers' pages share: a page that is watched, and printed pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page


@contextmanager
def watched(browser: Browser, address: str, width: int = 360, **options: object) -> Iterator[Page]:
    """A page in a browser of its own. At the end nothing may have gone wrong, and no other host been asked."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 740}, **options)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
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
