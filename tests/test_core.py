"""Small tables for the parts of the core."""

import time
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import markdown
import pytest
from patientguide.core import dates, files
from patientguide.core.problems import Place, Problem, Severity, as_github, as_json, count, suggest, worst_first
from patientguide.markup import tokens
from patientguide.model import routes
from patientguide.pages.drafts import build
from patientguide.pages.navigation import menu
from patientguide.project import load
from support.project import FROZEN, MINI

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "nlm"), [("2018", "2018"), ("2018-05", "2018 May"), ("2018-05-01", "2018 May 1"), ("2018-09", "2018 Sep")]
)
def test_dates_of_citations(text: str, nlm: str) -> None:
    assert dates.as_nlm(text) == nlm


@pytest.mark.parametrize("text", ["", "18", "2018-13", "2018-02-30", "2018-1-1", "May 2018", "2018-05-01T10:00"])
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        dates.parts(text)


@pytest.mark.parametrize(
    ("text", "months", "later"), [("2026-06", 6, "2026-12"), ("2026-06", 12, "2027-06"), ("2026-12-31", 1, "2027-01")]
)
def test_months_later(text: str, months: int, later: str) -> None:
    assert dates.months_later(text, months) == later


@pytest.mark.parametrize(
    ("text", "past"),
    [("2026-11", False), ("2026-10", True), ("2026", False), ("2026-11-21", False), ("2026-11-20", True)],
)
def test_a_month_is_past_when_it_is_over(text: str, past: bool) -> None:
    assert dates.is_past(text, TODAY) is past


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("index.md", "/"),
        ("about-ibc.md", "/about-ibc/"),
        ("faq.md", "/faq/"),
        ("phases/index.md", "/phases/"),
        ("for/spring.md", "/for/spring/"),
        ("therapies/surgery.md", "/therapies/surgery/"),
    ],
)
def test_addresses(uri: str, address: str) -> None:
    assert routes.address(uri) == address


@pytest.mark.parametrize(
    ("target", "page", "link"),
    [
        (routes.Target("faq.md", "x"), "index.md", "faq.md#x"),
        (routes.Target("faq.md", "x"), "faq.md", "#x"),
        (routes.Target("index.md"), "for/spring.md", "../index.md"),
    ],
)
def test_relative_links(target: routes.Target, page: str, link: str) -> None:
    assert routes.relative(target, page) == link


@pytest.mark.parametrize(
    ("target", "uri"),
    [
        ("surgery.md", "therapies/surgery.md"),
        ("../faqs/why.md", "faq.md#why"),
        ("../glossary.yml#port", "glossary.md#port"),
        ("surgery.md#how-it-works", "therapies/surgery.md#how-it-works"),
        ("surgery.md#gone", None),
        ("gone.md", None),
        ("../faqs/why.md#other", None),
    ],
)
def test_links_between_source_files(target: str, uri: str | None) -> None:
    table = {
        "content/therapies/surgery.md": routes.Target("therapies/surgery.md"),
        "content/therapies/surgery.md#how-it-works": routes.Target("therapies/surgery.md", "how-it-works"),
        "content/faqs/why.md": routes.Target("faq.md", "why"),
        "content/glossary.yml#port": routes.Target("glossary.md", "port"),
    }
    found = routes.resolve_link(target, "content/therapies/x.md", table)
    assert (found and "#".join(filter(None, found))) == uri


@pytest.mark.parametrize(
    "target", ["javascript:x", "JaVaScript:x", "data:text/html,x", "vbscript:x", "//example.org", "file:///etc"]
)
def test_links_that_are_no_web_addresses(target: str) -> None:
    assert routes.link_fault(target, "content/x.md", {}) is not None


def test_pieces_of_text_join_to_the_text() -> None:
    text = 'A [@x], `[@y]`, <b>\\[z] [l](t.md "T")\n\n```\n[@q]\n```\n{local:fever} [^1]\n{part:trials}\n'
    assert "".join(token.text for token in tokens.tokens(text)) == text
    kinds = [token.kind for token in tokens.tokens(text) if token.kind != "plain"]
    assert kinds == ["cite", "code", "tag", "escape", "link", "fence", "local", "footnote", "part"]


HOSTILE = [
    "[" * 20_000,
    "[a](" * 8_000,
    "<a " * 8_000,
    "`" * 20_000,
    "`a ``b " * 5_000,
    "\\[" * 10_000,
    "{local:" * 5_000,
]
HOSTILE += ["<svg " * 20_000, "<!--" * 20_000, "[^a" * 20_000, "[@a;" * 10_000, "~~~\n" * 10_000, "(" * 20_000]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_reading_text_is_quick_whatever_it_holds(text: str) -> None:
    # The quickest of three: one of them may also pay for the garbage of the tests before it.
    took = []
    for _ in range(3):
        start = time.process_time()
        assert "".join(token.text for token in tokens.tokens(text)) == text
        took.append(time.process_time() - start)
    assert min(took) < 1


def test_plain_text_can_be_no_markup() -> None:
    assert tokens.escape("<b> & $5") == "&#60;b&#62; &#38; &#36;5"
    assert tokens.escape("1. One") == "1&#46; One"
    assert tokens.escape("- one") == "&#45; one"
    html = markdown.markdown(tokens.escape(text := "*a* _b_ `c` [d](e) <f> & | # ~ ^ $ {g} !!!"), extensions=["tables"])
    assert unescape(html) == f"<p>{text}</p>"


def test_plain_words_of_prose() -> None:
    assert (
        tokens.without_marks("It **helps** [@x] [a lot](b.md) at {local:fever} [@y].", {"fever": "38"})
        == "It helps a lot at 38."
    )


def test_sections_do_not_start_inside_code() -> None:
    found = tokens.sections("## One\n\na\n\n```\n## Not\n```\n\n## Two\nb\n", 10)
    assert [(section.heading, section.line, section.text) for section in found] == [
        ("One", 10, "a\n\n```\n## Not\n```"),
        ("Two", 18, "b"),
    ]


def test_problems_come_once_and_worst_first() -> None:
    warning = Problem(Place("a", 1), "w", "m", "d", Severity.WARNING)
    error = Problem(Place("b", 9), "e", "m", "d")
    assert worst_first([warning, error, error]) == [error, warning]
    assert count([warning, error]) == "1 error, 1 warning"


def test_nothing_in_an_entry_can_forge_a_github_command() -> None:
    problem = Problem(Place("a,b:c%", 1, 2), "x", "one\n::error::two", "100%\r")
    assert as_github([problem]) == "::error file=a%2Cb%3Ac%25,line=1,col=2,title=x::one%0A::error::two 100%25%0D"


def test_json_holds_every_part() -> None:
    text = as_json([Problem(Place("a", 1, 2), "x", "m", "d")])
    assert all(
        word in text for word in ('"path": "a"', '"line": 1', '"col": 2', '"severity": "error"', '"advice": "d"')
    )


def test_suggestions() -> None:
    assert suggest("emtansitine", ["emtansine", "deruxtecan"]) == "Did you mean 'emtansine'?"
    assert suggest("zzz", ["a", "b"]) == "Write one of: a, b."
    assert suggest("zzz", map(str, range(21))) == "Check the spelling, or add it first."


def test_same_input_and_day_give_the_same_pages() -> None:
    first, second = (load(MINI / "content", TODAY)[0] for _ in range(2))
    assert first is not None
    assert second is not None
    assert build(first, []) == build(second, [])


def test_a_page_says_that_its_review_is_overdue() -> None:
    guide, _ = load(MINI / "content", date(2027, 1, 1))
    assert guide is not None
    page = next(page for page in build(guide, []) if page.uri == "medications/cetirizine.md")
    assert "Its review has been due since December 2026." in page.markdown


def test_every_page_is_in_the_menu_once() -> None:
    guide, _ = load(FROZEN / "content", TODAY)
    assert guide is not None
    for one in (replace(guide, editions=()), *guide.editions):
        root = one.edition.root if one.edition else ""
        listed = [root + uri for group in menu(one) for uris in group.values() for uri in uris]
        pages = [page.uri for page in build(guide, []) if page.language == one.settings.language]
        together = [root + routes.of_facet_values(*(value.id for value in pair)).uri for pair in one.facet_pairs]
        assert sorted([*listed, *together]) == sorted(pages)


def test_an_empty_list_of_trials_says_so(mini, change) -> None:
    change("docs/index.md", "{part:pathway}", "## Trials\n\n{part:trials}")
    guide, _ = load(mini / "content", TODAY)
    assert guide is not None
    assert "\nNone listed.\n" in build(guide, [])[0].markdown
    (mini / "content" / "trials.yml").write_text('checked: "2026-11-20"\n')
    guide, problems = load(mini / "content", TODAY)
    assert problems == []
    assert guide is not None
    assert "\nNone listed, checked on November 20, 2026.\n" in build(guide, [])[0].markdown


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("page.md", "\n" * 1_000, None),
        ("page.md", "\n" * 1_001, "The file has more than 1,000 lines."),
        ("page.md", "\r\n" * 1_001, "The file has more than 1,000 lines."),
        ("page.md", "x" * 40_000, None),
        ("page.md", "x" * 40_001, "The file has more than 40,000 bytes."),
        ("page.md", "\u00e9" * 20_001, "The file has more than 40,000 bytes."),
        ("data.yml", "\n" * 1_001, None),
        ("data.yml", "x" * 200_000, None),
        ("data.yml", "x" * 200_001, "The file has more than 200,000 bytes."),
    ],
)
def test_how_large_a_file_may_be(name: str, text: str, message: str | None, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text.encode())
    found, problems = files.read_text(tmp_path / name, name)
    assert (found is None) is (message is not None)
    assert [(problem.code, problem.message) for problem in problems] == ([("file-size", message)] if message else [])
