"""Any condition: no word of the first one stands in code. For guides about others, see test_init.py."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from patientguide.model.guide import Guide
from patientguide.project import load
from support.project import FROZEN, ROOT

CODE = (".py", ".j2", ".html", ".css", ".js", ".svg", ".yml")
FOLDERS = ("hooks", "overrides", "docs/assets")
OF_ANY_CONDITION = ("hooks/patientguide/newguide", "tests/guides/asthma", "tests/mini")
"""Guides that are about something else. What they say as well is no word of the first one."""
EVERYDAY = {
    "cycle": "a span of time, like a week",
    "first line": "of a file",
    "grade": "the reading grade of a text",
    "port": "a part of an address on the web",
}
"""Words of its glossary that mean something else here."""
ABBREVIATION = re.compile(r"\b(?![IVX]+\b)[A-Z][A-Za-z]*[A-Z0-9][\w/]*")
"""Letters, at least two of them capitals or digits. Roman numerals count anything."""


@pytest.fixture(scope="module")
def words() -> set[str]:
    """The words of the first guide, from its own data: its condition, and all that it names."""
    guide, problems = load(FROZEN / "content", date(2026, 11, 21))
    assert guide is not None, problems
    # Two letters stand for too much: hr is also a tag of HTML.
    found = {stem for name in names(guide) for word in said(name) if len(stem := word.removesuffix("s")) > 2}
    assert len(found) > 500
    elsewhere = "\n".join(text for folder in OF_ANY_CONDITION for _, text in files(ROOT / folder))
    return {word for word in found if not re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", elsewhere, re.IGNORECASE)}


def names(guide: Guide) -> Iterator[str]:
    yield from (guide.settings.condition, guide.settings.title)
    yield from guide.settings.condition.split()
    for value in guide.facet_values.values():
        yield from (value.id, value.label)
    for entry in guide.outlined:
        yield from (entry.id, entry.front.title, *entry.front.also_called)
    for medicine in guide.medications:
        yield from (medicine.front.generic, *medicine.front.brands)
    for term in guide.terms:
        yield from (term.id, term.term, *term.forms, *term.misspellings)


def said(name: str) -> set[str]:
    """A name as it may stand in a text, and the abbreviations in it."""
    plain = re.sub(r" \(.*\)", "", name).casefold()
    return {plain, plain.replace("-", " ")} | {short.casefold() for short in ABBREVIATION.findall(name)}


def files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and path.suffix not in (".woff2", ".txt"):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_word_of_the_first_condition_stands_in_code_templates_styles_or_scripts(words: set[str]) -> None:
    # A short name with an s may be another word, of another language.
    each = (re.escape(word) + ("s?" if len(word) > 4 else "") for word in sorted(words, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({'|'.join(each)})(?!\w)", re.I)
    texts = [(path, text) for folder in FOLDERS for path, text in files(ROOT / folder) if path.endswith(CODE)]
    assert len(texts) > 200
    found = {(path, hit[1].casefold().removesuffix("s")) for path, text in texts for hit in pattern.finditer(text)}
    assert {pair for pair in found if pair[1] not in EVERYDAY} == set()
    assert {word for _, word in found} == set(EVERYDAY), "an exception that nothing needs"
