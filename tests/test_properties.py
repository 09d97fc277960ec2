"""What must hold for any text at all, tried with texts that nobody would think of."""

import json
import re
import shutil
import time
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml
from bs4 import Tag
from hypothesis import example, given
from hypothesis import strategies as st
from patientguide.content import documents
from patientguide.core.problems import Place, Problem, Severity, as_github, as_json, as_text
from patientguide.core.yaml import read_yaml
from patientguide.markup import tokens
from patientguide.pages.drafts import build
from patientguide.project import load
from support.gate import faults_inside, tree
from support.places import DATA, PLACES, Change, write
from support.project import MINI, ROOT
from support.sampling import tries

FILES = sorted(path.relative_to(MINI).as_posix() for path in MINI.rglob("*") if path.is_file())
SCHEMES = {"", *DATA["allowed"]["schemes"]}
BREAKS = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


ANY = st.text(st.characters(exclude_categories=[]), max_size=60)
VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]), max_size=60)
SIGNS: dict[str, list[str]] = yaml.safe_load((ROOT / "tests" / "signs.yml").read_text())
YAML, MARKDOWN = SIGNS["yaml"], SIGNS["markdown"]


def hide(attack: str, ways: list[str]) -> str:
    """An attack inside of one thing inside of another."""
    for way in ways:
        attack = way.replace("@", attack)
    return attack.replace("%", "@")


HIDDEN = st.builds(
    hide, st.sampled_from(SIGNS["attacks"]), st.lists(st.sampled_from(SIGNS["hiding"]), min_size=1, max_size=5)
)


def rich(pieces: list[str], most: int = 14) -> st.SearchStrategy[str]:
    """Text made of signs that mean something, now and then with any character at all."""
    return st.lists(st.one_of(*[st.sampled_from(pieces)] * 4, st.text(max_size=3)), max_size=most).map("".join)


def within(problems: Iterable[Problem], text: str) -> None:
    """Each problem says something, and stands in the text or just behind a line of it."""
    # YAML knows more signs for the end of a line than editors do.
    ends = [[len(line) + 1 for line in lines] for lines in (text.split("\n"), BREAKS.split(text))]
    for problem in problems:
        assert problem.message.strip()
        assert problem.advice.strip()
        _, line, col = problem.place
        assert line >= 1
        assert col >= 1
        assert any(line <= len(lines) and col <= lines[line - 1] for lines in ends), (line, col)


@tries(500)
@given(st.one_of(ANY, rich(YAML)))
def test_yaml_is_read_or_refused_with_a_place(text: str) -> None:
    file, problems = read_yaml(text, "f.yml")
    within(problems, text)
    assert file is not None or problems


@tries(50)
@given(VISIBLE, st.sampled_from("\0\x01\x1b\ud800"))
def test_a_character_that_yaml_refuses_is_found_where_it_stands(before: str, sign: str) -> None:
    _, problems = read_yaml(f"# {before}\na: {sign}\n", "f.yml")
    assert [problem.place for problem in problems] == [("f.yml", 2, 4)]


@tries(300)
@given(st.one_of(ANY, rich(YAML).map(lambda text: f"---\n{text}\n---\n{text}"), rich(YAML).map("---\n{}".format)))
def test_facts_are_read_or_refused_with_a_place(text: str) -> None:
    document, problems = documents.read_front_matter(text, "f.md")
    within(problems, text)
    if document is None:
        assert problems
    else:
        assert "\n".join(text.split("\n")[document.body_line - 1 :]) == document.body


@tries(500)
@given(st.one_of(ANY, rich(MARKDOWN)))
def test_pieces_of_text_join_to_the_text(text: str) -> None:
    pieces = list(tokens.tokens(text))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.start for piece in pieces] == [
        sum(len(before.text) for before in pieces[:number]) for number in range(len(pieces))
    ]


@tries(100)
@given(rich(MARKDOWN, 4).filter(bool))
def test_pieces_are_found_in_time_that_grows_with_the_text(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    # The quickest of three: another process on the same core costs time as well.
    assert min(_seconds(text) for _ in range(3)) < 1


def _seconds(text: str) -> float:
    start = time.process_time()
    assert sum(len(token.text) for token in tokens.scan(text)) == len(text)
    return time.process_time() - start


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("properties")


def fresh(folder: Path, changes: Iterable[Change]) -> Path:
    """The small guide with changes, in the place of the last one."""
    shutil.rmtree(folder / "guide", ignore_errors=True)
    return write(folder / "guide", changes)


EDITS = st.tuples(st.sampled_from(FILES), st.integers(0, 1200), st.integers(0, 40), rich(MARKDOWN + YAML, 5))


@tries(250)
@given(st.lists(EDITS, min_size=1, max_size=3))
def test_edited_files_are_refused_or_built(folder: Path, edits: list[tuple[str, int, int, str]]) -> None:
    project = fresh(folder, [])
    for path, start, length, new in edits:
        text = (project / path).read_bytes().decode(errors="surrogateescape")
        start %= len(text) + 1
        text = text[:start] + new + text[start + length :]
        (project / path).write_bytes(text.encode(errors="surrogatepass"))
    guide, problems = load(project / "content", date(2026, 11, 21))
    assert all(problem.message.strip() and problem.advice.strip() for problem in problems)
    if guide is None:
        assert any(problem.severity is Severity.ERROR for problem in problems)
        return
    for page in build(guide, []):
        assert "[@" not in page.markdown


@cache
def engine() -> markdown.Markdown:
    """Python-Markdown as mkdocs.yml sets it up, with what MkDocs always adds."""
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(), Loader=yaml.BaseLoader)["markdown_extensions"]
    named: dict[str, Any] = {}
    for item in ["toc", "tables", "fenced_code", *settings]:
        named |= item if isinstance(item, dict) else {item: {}}
    return markdown.Markdown(extensions=list(named), extension_configs=named)


def rendered(text: str) -> Tag:
    found = tree(f"<article>{engine().reset().convert(text)}</article>").article
    assert found is not None
    return found


@tries(450)
@given(st.sampled_from(sorted(PLACES)), st.one_of(HIDDEN, HIDDEN, rich(MARKDOWN, 10)))
def test_what_the_checks_accept_the_engine_turns_into_nothing_else(folder: Path, place: str, text: str) -> None:
    """Checks and engine read Markdown each in its own way; where they disagree, a tag could slip through."""
    project = fresh(folder, PLACES[place]("inj", text, "zq0z"))
    guide, _ = load(project / "content", date(2026, 11, 21))
    for page in build(guide, []) if guide else []:
        if "zq0z" in page.markdown or page.uri.endswith("inj.md"):
            assert list(faults_inside(rendered(page.markdown), DATA["allowed"]["tags"], SCHEMES)) == []


def on_one_line(text: str) -> str:
    """Text as a field holds it: without line breaks and characters that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


CONTEXTS = {
    "{}": "p",
    "### {}": "h3",
    "- **{}:** x": "strong",
    "See [{}](x.md)": "a",
    "<div markdown=1>\n{}\n</div>": "p",
}


@pytest.mark.parametrize("context", CONTEXTS)
@tries(250)
@given(st.one_of(VISIBLE, rich(MARKDOWN + YAML)).map(on_one_line).filter(bool))
@example("2018. A year")
@example("12) A number")
def test_escaped_text_shows_as_it_is(context: str, text: str) -> None:
    part = rendered(context.format(tokens.escape(text))).find(CONTEXTS[context])
    assert part is not None
    for link in part.select(".headerlink"):
        link.decompose()
    assert part.find_all(True) == []
    assert part.get_text().removesuffix(":" if "**" in context else "").split() == text.split()


PROBLEMS = st.lists(
    st.builds(
        Problem,
        st.builds(Place, ANY.filter(bool), st.integers(1, 9), st.integers(1, 9)),
        st.just("code"),
        ANY.map("m{}".format),
        ANY.map("a{}".format),
        st.sampled_from([Severity.ERROR, Severity.WARNING]),
    ),
    max_size=4,
)


@tries(200)
@given(PROBLEMS)
def test_no_problem_can_forge_a_report(problems: list[Problem]) -> None:
    """Whatever stands in a message or the name of a file, each format holds these problems and nothing else."""
    lines = as_text(problems).splitlines()
    assert len(lines) == 2 * len(problems)
    for first, advice in zip(lines[::2], lines[1::2], strict=True):
        assert re.search(r":\d:\d: (error|warning)\[code\] m", first)
        assert advice.startswith("    a")
    lines = as_github(problems).splitlines()
    assert len(lines) == len(problems)
    assert all(re.match(r"::(error|warning|notice) file=", line) for line in lines)
    for text in (as_text(problems), as_github(problems)):
        assert text.replace("\n", "").isprintable()
    found = json.loads(as_json(problems).encode())
    assert [(entry["path"], entry["message"], entry["advice"]) for entry in found] == [
        (problem.place.path, problem.message, problem.advice) for problem in problems
    ]
