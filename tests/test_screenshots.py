"""Pictures of the main pages as readers see them, for whoever looks at a change; CI keeps them."""

import pytest
from playwright.sync_api import Page
from support.browsing import SIZES
from support.project import ROOT

PAGES = ("", "when-to-call/", "therapies/chemotherapy/", "medications/trastuzumab/", "faq/", "my-path/", "appointment/")


@pytest.mark.parametrize("name", PAGES)
def test_the_main_pages_are_pictured(address: str, pages: dict[str, Page], name: str) -> None:
    target = ROOT / "build" / "screenshots"
    for size in SIZES:
        page = pages[size]
        page.goto(address + name)
        for scheme in ("light", "dark"):
            page.evaluate("scheme => document.documentElement.dataset.pgColors = scheme", scheme)
            file = target / f"{name.strip('/').replace('/', '-') or 'home'}-{size}-{scheme}.png"
            page.screenshot(path=file, full_page=True)
            assert file.stat().st_size > 20_000, "an empty page"
