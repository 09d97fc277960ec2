"""The system's Chromium: where it is, how it is started, and on which screens pages are looked at."""

import shutil
from collections.abc import Callable

from playwright.sync_api import Page

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

Open = Callable[..., Page]
"""Opens a page by its path: the fixture `visit`."""


def find_browser() -> str | None:
    """The path of the system's Chromium."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
