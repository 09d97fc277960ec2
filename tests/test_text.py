"""Text that hides nothing: which characters nobody sees, and how text of others is shown in reports."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from patientguide.changes import report as changes
from patientguide.core import files, problems, text
from patientguide.core.problems import Place, Problem
from patientguide.links import report as links
from patientguide.links.report import Known
from patientguide.review import status

HIDDEN = {
    "control": "\x00\x07\x1b\x7f\x85\x9f",
    "direction": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "no width": "\u00ad\u034f\u200b\u2060\u2061\u2064\ufeff\u180e",
    "filler": "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5",
    "selector": "\ufe00\ufe0e\U000e0100\U000e01ef",
    "tag": "\U000e0001\U000e0041\U000e007f",
    "line and paragraph": "\u2028\u2029",
    "private": "\ue000\uf8ff\U000f0000",
    "unassigned": "\u0378\ufffe\U0001ffff",
    "surrogate": "\ud800\udcff",
}
SIGNS = [(kind, sign) for kind, signs in HIDDEN.items() for sign in signs]
SEEN = [
    "A dose of 5 mg",
    "é ü ñ e\u0301",
    "no\u00a0break, thin\u2009space",
    "क्\u200dष",  # joined letters of Hindi
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # letters of Persian, kept apart
    "\U0001f469\u200d\u2695\ufe0f",  # a picture sign of two
    "\u2764\ufe0f",
    "日本語",
    "“quoted” \u2013 1\u20132 … ≥ 3 µg",
]


@pytest.mark.parametrize(("kind", "sign"), SIGNS, ids=lambda value: value if value.isascii() else f"{ord(value):04X}")
def test_what_nobody_sees_is_hidden_wherever_it_stands(kind: str, sign: str, tmp_path: Path) -> None:
    hides = f"five{sign}teen"
    name = f"(U+{ord(sign):04X})"
    assert text.first_hidden(hides) == name[1:-1], kind
    assert not text.is_shown(hides)
    shown = [
        text.visible(hides),
        problems.as_text([Problem(Place("a.md"), "code", hides, "")]),
        problems.as_github([Problem(Place("a.md"), "code", hides, "")]),
        str(changes.escape(f"x{sign}y")) if sign not in "\x85\u2028\u2029" else name,
        status.overdue_report([Problem(Place("a.md"), "old-source", hides, "")], date(2026, 11, 21)),
    ]
    assert [one for one in shown if name not in one or sign in one] == []
    known = {"https://example.org/": Known("broken", "2026-11-21", detail=hides)}
    assert sign not in links.as_markdown({"https://example.org/": (Place("a.md"),)}, known, "2026-11-21")
    assert sign not in "".join(p.message for p in links.problems({"https://example.org/": (Place("a.md"),)}, known))
    assert text.plain_text(hides) == ("five teen" if kind == "line and paragraph" else "fiveteen")
    if kind != "surrogate":
        file = tmp_path / "a.md"
        file.write_text(hides, encoding="utf-8")
        assert [problem.code for problem in files.read_text(file, "a.md")[1]] == ["hidden-character"]


@pytest.mark.parametrize("seen", SEEN)
def test_what_belongs_to_letters_is_not_hidden(seen: str, tmp_path: Path) -> None:
    assert text.first_hidden(seen) is None
    assert text.is_shown(seen)
    assert text.visible(seen) == seen
    assert text.without_hidden(seen) == seen
    assert problems.one_line(seen).isprintable()
    file = tmp_path / "a.md"
    file.write_text(seen, encoding="utf-8")
    assert files.read_text(file, "a.md") == (seen, [])


@pytest.mark.parametrize(
    "signs", ["".join(HIDDEN.values()), "\u200d\ufe0f" * 20, "\u2695\u200d\ufe0f\u200dx", "\ufe0f\u200c" * 9]
)
def test_nothing_hidden_is_left_when_what_it_stood_beside_is_gone(signs: str) -> None:
    left = text.without_hidden(f"a{signs}b")
    assert text.first_hidden(left) is None
    assert (left[0], left[-1]) == ("a", "b")


def test_breaks_are_seen_in_a_text_and_named_on_one_line() -> None:
    assert text.visible("a\nb\tc\r") == "a\nb\tc(U+000D)"
    assert problems.one_line("a\nb\tc") == "a(U+000A)b(U+0009)c"
    assert not text.is_shown("a\nb")
    assert not text.is_shown("a\tb")
    assert problems.one_line("a\u00a0b\u200dc") == "a(U+00A0)b(U+200D)c"
    assert problems.one_line("a" * 500) == "a" * 400 + "..."


MARKUP = [
    "<b>x</b> &amp; <!-- -->",
    "![x](https://example.org/a.png) [a]: b",
    "@everyone, team@example.org and #12",
    "www.example.org https://example.org:80/x",
    "`code` ``two`` ~~gone~~",
    "*a* _b_ __c__ \\* $x$",
    "a | b |",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "1) item",
    "=====",
    "> quote",
    ":tada: a::b",
    "&#60;script&#62;",
]


@pytest.mark.parametrize("words", MARKUP)
def test_no_text_is_markup_on_github(words: str) -> None:
    plain, code = text.github(words), text.github_code(words)
    assert unescape(plain).replace("\u200b", "") == words
    assert not set(without_entities(plain)) & set("<>`*_[]|~$@\\")
    assert plain[0] not in "#-+=>"
    assert not plain.startswith(("1.", "1)"))
    assert "www." not in plain
    assert "https:" not in plain
    inside = code.removeprefix("<code>").removesuffix("</code>")
    assert unescape(inside) == words
    assert not set(without_entities(inside)) & set("<>`*_[]|~$@\\#!():")
    assert "www." not in inside


def without_entities(escaped: str) -> str:
    """The text without its entities, which must be the only use of & and #."""
    bare = re.sub(r"&#[0-9]+;", "", escaped)
    assert "&" not in bare
    assert "#" not in bare
    return bare


def test_a_text_for_github_is_on_one_line() -> None:
    assert text.github("a\n\n# b\tc") == "a &#35; b c"
    assert text.github_code("a\n\nb\tc ") == "<code>a b c</code>"
    assert (text.github(""), text.github_code(" \n")) == ("", "")
    assert text.github_code("content/a-b.md:3") == "<code>content/a-b.md&#58;3</code>"
