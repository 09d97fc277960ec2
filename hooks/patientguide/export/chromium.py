"""Print an HTML document as a PDF with Chromium, or a browser made from it. Nothing is loaded but files."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""The commands that start it, in order of preference."""
_SECONDS = 600
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-pdf-header-footer", "--generate-pdf-document-outline"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"),
)


class PrintError(Exception):
    """Why nothing was printed, in a sentence."""


def find() -> str | None:
    """The path of the installed browser, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def to_pdf(browser: str, html: str) -> bytes:
    """The PDF of a document whose styles and pictures have `file:` addresses.

    Raises PrintError.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page, pdf = folder / "booklet.html", folder / "booklet.pdf"
        page.write_text(html, encoding="utf-8")
        command = [browser, *_FLAGS, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri()]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has none for the user root
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise PrintError(f"The browser did not print within {_SECONDS // 60} minutes.") from None
        except OSError as error:
            raise PrintError(f"The browser could not be started: {error.strerror}.") from None
        if done.returncode or not pdf.is_file():
            last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
            raise PrintError(f"The browser printed nothing: {last[0]}")
        return pdf.read_bytes()
