"""What is hidden from the converter of Markdown comes back as the converter would have written it."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown
from patientguide.build import markdown as build_markdown
from patientguide.build.markdown import Inlines, Notes, Renderer, one_mark_each
from patientguide.pages.page import Page

EXTENSIONS = ["toc", "tables", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "pymdownx.details"]
KNOWN = ["index.md", "a/b.md", "a/c d.md", "picture.png"]

WORDS = [
    "word",
    "two words",
    "\u00e4\u00f6",
    "1. one",
    "x | y",
    "a_b",
    "2 * 3",
    "it's",
    '"said"',
    "A & B",
    "&amp;",
    "1 < 2",
]
LINKS = [
    "[in](b.md)",
    "[out](https://example.org/?a=1&b=2)",
    "[spot](../index.md#x)",
    "[lost](nowhere.md)",
    "[a space](<c d.md>)",
    "![picture](../picture.png)",
    "\\[no link](b.md)",
    '[titled](b.md "title")',
    "[classed](b.md){ .x }",
    "[**bold** in it](b.md)",
    "[mail](mailto:a@example.org)",
    "[]( b.md)",
    "[a|b](b.md)",
]
MARKED = [
    "**bold**",
    "**bold words:** more",
    "*light*",
    "***both***",
    "** none **",
    "**half",
    "_low_",
    "`**code**`",
    "``[x](b.md)``",
]
TAGS = ['<span class="x">in</span>', "<sup>,</sup>", '<button type="button">b</button>', "<br>", "line  \nbreak"]
STARTS = [
    "",
    "- ",
    "1. ",
    "## ",
    "!!! note\n    ",
    "> ",
    ":   ",
    "| a | b |\n|---|---|\n| ",
    "- **",
    "***\n",
]
ENDS = ["", "\n", "\n\n", "\n===", "\n---", " { #id }", "\n{ .x }", " |"]

piece = st.sampled_from([*WORDS, *LINKS, *MARKED, *TAGS])
line = st.builds(
    lambda start, parts, end: start + " ".join(parts) + end,
    st.sampled_from(STARTS),
    st.lists(piece, min_size=1, max_size=4),
    st.sampled_from(ENDS),
)
texts = st.lists(line, min_size=1, max_size=5).map("\n\n".join)


def html(text: str, **settings: Any) -> build_markdown.Rendered:
    page = Page("a/b.md", "Title", "", text, None)
    return Renderer(EXTENSIONS, {"toc": {"permalink": True}}, KNOWN).render(page, **settings)


def plainly(text: str) -> build_markdown.Rendered:
    """The page with nothing hidden, and a converter that has all its parts."""
    with (
        patch.object(Inlines, "hidden", lambda _, markdown: markdown),
        patch.object(build_markdown, "_NEEDS", {}),
        patch.object(build_markdown, "_SIGN", lambda _: True),
    ):
        return html(text)


@example("- **a** [b](b.md) **c\n\n**d**\n")
@example("    [in code](b.md)")
@example("```\n[in code](b.md) **too**\n```\n\n[after](b.md)")
@example("a **b\n**c** d**")
@example("[a](b.md)\n===\n\n[b](b.md)\n---")
@given(texts)
def test_a_page_is_the_same_with_its_plain_parts_hidden(text: str) -> None:
    hidden, whole = html(text), plainly(text)
    assert hidden.html == whole.html
    assert hidden.headings == whole.headings
    assert (hidden.ids, hidden.anchors, {*hidden.lost}) == (whole.ids, whole.anchors, {*whole.lost})


@pytest.mark.parametrize("text", ["[a](b.md)", "**a**", "- **a:** b", "<sup>a</sup>"])
def test_what_is_plain_is_hidden(text: str) -> None:
    """Or the test above would compare the same with itself."""
    assert "\ue002" in Inlines(str, str).hidden(text)


def test_a_converter_has_no_part_that_finds_nothing_in_a_text() -> None:
    made: list[Markdown] = []
    with patch.object(build_markdown, "Markdown", lambda **settings: made.append(Markdown(**settings)) or made[-1]):
        html("Words.")
    assert [part.name for part in made[0].inlinePatterns._priority] == []
    assert [part.name for part in made[0].parser.blockprocessors._priority] == ["empty", "paragraph"]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("<p>One.a</p>", ["1"]),
        ("<p>One.a Two.b</p>", ["1, 2"]),
        ("<p>One.ab Two.c</p>", ["1\u20133"]),
        ("<p>One.abd</p>", ["1\u2026"]),
        ("<p>One.a Two.a</p>", ["1"]),
        ("<p>One.a</p><p>Two.b</p>", ["1", "2"]),
        ("<li>One.a<br>Two.b</li>", ["1, 2"]),
        ("<td>One.b</td><td>Two.bc</td>", ["2", "2, 3"]),
    ],
)
def test_a_line_shows_one_mark_for_all_its_sources(lines: str, shown: list[str]) -> None:
    notes = Notes(list("abcd"))
    marks = re.sub(r"(?<=\.)[abcd]+", lambda found: "<sup>,</sup>".join(map(notes.mark, found[0])), lines)
    page = BeautifulSoup(one_mark_each(marks, notes.said), "html.parser")
    seen = [mark for mark in page.select("a.footnote-ref") if not mark.has_attr("data-pg-more")]
    assert [mark.get("data-pg-all", mark.get_text()) for mark in seen] == shown
    assert len(page.select("a.footnote-ref")) == notes.mentions.total()
    for mark in seen:
        assert mark.get("data-pg-name", "Sources ").startswith("Sources ")
