"""Seconds from saving a file to its new words in a browser, with `mkdocs serve` on a copy of the real guide.

The kinds of edit take turns. Each puts a word of its own into a file and waits until an open page shows it, without
being told to load again.
"""

import argparse
import re
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from patientguide.export import chromium
from playwright.sync_api import Page, sync_playwright
from support.browsing import CHROMIUM_FLAGS
from support.project import ROOT
from support.serving import Server

WORDS = ("azurite", "basalt", "citrine", "dolomite", "epidote", "feldspar", "gypsum", "halite", "jasper", "olivine")
# Asked at every frame: to wait for a locator asks up to half a second apart, and measures that.
_SHOWS = "([word, wanted]) => !!document.body && document.body.textContent.includes(word) === wanted"


class Edit(NamedTuple):
    """A file, the page that shows it, and its text with a word put into it."""

    file: Path
    address: str
    put: Callable[[str, str], str]


def edits(project: Path) -> dict[str, Edit]:
    """One of each kind, of whatever entries the guide has."""
    content = project / "content"
    therapy = sorted((content / "therapies").glob("*.md"))[3]
    faq = sorted((content / "faqs").glob("*.md"))[0]
    cited = re.findall(r"\[@([\w-]+)", therapy.read_text())[0]
    page = f"therapies/{therapy.stem}/"
    return {
        "body": Edit(therapy, page, lambda text, word: _sub(r"(?m)^(\w[^\n:]{30,}?) ", rf"\1 {word} ", text)),
        "title": Edit(therapy, page, lambda text, word: _sub(r'(?m)^(title: "?[^"\n]+)', rf"\1 {word}", text)),
        "summary": Edit(
            therapy, "therapies/", lambda text, word: _sub(r'(?m)^(summary: [">|-]*\s*\w+)', rf"\1 {word}", text)
        ),
        "question": Edit(
            faq, "faq/", lambda text, word: _sub(r'(?m)^((?:title|question): "?\w+)', rf"\1 {word}", text)
        ),
        "source": Edit(
            content / "references" / f"{cited}.yml",
            page,
            lambda text, word: _sub(r'(?m)^(title: [">|-]*\s*\w+)', rf"\1 {word}", text),
        ),
        "glossary": Edit(
            content / "glossary.yml",
            "glossary/",
            lambda text, word: _sub(r'(?m)^( +text: [">|-]*\s*\w+)', rf"\1 {word}", text),
        ),
    }


def _sub(pattern: str, new: str, text: str) -> str:
    changed, count = re.subn(pattern, new, text, count=1)
    if not count:
        raise ValueError(f"{pattern} stands nowhere in: {text[:300]}")
    return changed


def seconds(page: Page, server: Server, edit: Edit, word: str) -> float:
    """How long one edit takes; it is taken back at the end."""
    good = edit.file.read_text()
    text = edit.put(good, word)
    page.goto(server.address + edit.address, wait_until="load")
    page.wait_for_timeout(500)
    begun = time.perf_counter()
    edit.file.write_text(text)
    page.wait_for_function(_SHOWS, arg=[word, True], timeout=60_000)
    taken = time.perf_counter() - begun
    edit.file.write_text(good)
    page.wait_for_function(_SHOWS, arg=[word, False], timeout=60_000)
    return taken


def measure(project: Path, number: int) -> dict[str, list[float]]:
    """Seconds of as many edits, by their kind."""
    found: dict[str, list[float]] = defaultdict(list)
    kinds = edits(project)
    with Server(project) as server, sync_playwright() as playwright:
        server.wait_until_up()
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=CHROMIUM_FLAGS)
        page = browser.new_page()
        for turn in range(number):
            kind = list(kinds)[turn % len(kinds)]
            found[kind].append(seconds(page, server, kinds[kind], WORDS[turn % len(WORDS)]))
        browser.close()
    return found


def _line(name: str, taken: Sequence[float]) -> str:
    return f"{name:10} median {statistics.median(taken):.2f} s, worst {max(taken):.2f} s of {len(taken)}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=20)
    number = parser.parse_args().edits
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "guide"
        shutil.copytree(ROOT, project, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "build", "site"))
        found = measure(project, number)
    for kind, taken in found.items():
        print(_line(kind, taken))
    print(_line("all", [one for taken in found.values() for one in taken]))


if __name__ == "__main__":
    main()
