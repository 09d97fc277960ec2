"""Text of references, people, trials, words and settings is text: no sign in it becomes markup, wherever it is shown.

A mark of its own follows each text of plaintext.yml. Wherever a mark is found on the site, its text must stand before
it; and a site with such texts has the same elements as one with harmless words.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from click.testing import CliRunner
from patientguide.cli.main import main
from patientguide.core.problems import Severity
from patientguide.project import load
from support.gate import tree
from support.programs import mkdocs
from support.project import MINI, ROOT, make_buildable

DATA: dict[str, list[str]] = yaml.safe_load((ROOT / "tests" / "plaintext.yml").read_text(encoding="utf-8"))
NAMES, PRINTED = DATA["names"], DATA["names"] + DATA["printed"]
TODAY = date(2026, 11, 21)
SIGNS = "[[]]^^@()*_!:;#|~\\'\"&$%=+-./? 1aé"
RANDOM = ["".join(Random(seed).choices(SIGNS, k=16)).strip(" ") for seed in range(60)]
"""Signs that may mean something together which nobody thought of."""
FIELDS = ("title", "family", "given", "literal", "container-title", "publisher", "volume", "issue", "page")
SHORT = ("volume", "issue", "page")
MARK = re.compile(r"zq\d+z")
ADDRESSES = ("href", "id", "for", "aria-labelledby", "data-pg-guide")
BLOCKS = ["title", "h1", "h2", "h3", "p", "li", "dt", "dd", "td", "th", "summary", "label", "legend", "nav", "div"]
HARMLESS = "Harmless words"


class Marked:
    """Texts with a mark of their own behind them; those of `refused` marks, or all, are other words."""

    def __init__(self, harmless: bool, refused: AbstractSet[str] = frozenset()) -> None:
        self.harmless, self.refused, self.texts = harmless, refused, dict[str, str]()

    def __call__(self, text: str) -> str:
        mark = f"zq{len(self.texts)}z"
        self.texts[mark] = HARMLESS if self.harmless or mark in self.refused else text
        return f"{self.texts[mark]} {mark}"


def sources(project: Path, marked: Marked) -> None:
    """A source for each text and field, all of them cited by the side effects of one treatment."""
    keys = []
    for number, text in enumerate([*PRINTED, *RANDOM]):
        for field in FIELDS:
            if (field in SHORT and text not in NAMES) or (field != "title" and text in RANDOM):
                continue
            keys.append(key := f"s{number}-{field}")
            value: Any = marked(text)
            data = {"type": "article-journal", "title": f"Title of {key}", "issued": "2024", "DOI": f"10.1000/{key}"}
            data |= {"type": "book"} if field == "publisher" else {}
            if field in ("family", "given", "literal"):
                name = {field: value} | ({"family": "Doe"} if field == "given" else {})
                data["author"] = [name]
            else:
                data[field] = value
            file = project / "content" / "references" / f"{key}.yml"
            data["custom"] = {"evidence": "trial"}
            file.write_text(yaml.safe_dump(data, allow_unicode=True, width=10_000), encoding="utf-8")
    file = project / "content" / "therapies" / "tablets.md"
    cites = ["; ".join(f"@{key}" for key in keys[start : start + 50]) for start in range(0, len(keys), 50)]
    effects = [f'  - {{effect: E{n}, act: later, text: "Common [{group}]."}}' for n, group in enumerate(cites)]
    file.write_text(file.read_text().replace("side_effects:\n", "\n".join(["side_effects:", *effects, ""])))


def edited(file: Path, values: dict[tuple[str, ...], str]) -> None:
    """A YAML file, or the facts of a Markdown file, with other values at these paths."""
    before, facts, after = file.read_text().split("---\n", 2) if file.suffix == ".md" else ("", file.read_text(), "")
    data = yaml.safe_load(facts)
    for path, value in values.items():
        at = data
        for step in path[:-1]:
            at = at[int(step) if isinstance(at, list) else step]
        at[int(path[-1]) if isinstance(at, list) else path[-1]] = value
    text = yaml.safe_dump(data, allow_unicode=True, width=10_000, sort_keys=False)
    file.write_text(f"{before}---\n{text}---\n{after}" if after else text, encoding="utf-8")


NAMED: dict[str, list[str]] = {
    "content/guide.yml": [
        *("title", "condition", "audience", "region", "facets_title", "evidence/0/label", "evidence/0/meaning"),
        *("evidence/1/cannot_tell", "facets/0/label", "facets/0/values/0/label", "kinds/phases/title"),
        *("kinds/therapies/title", "kinds/medications/title", "kinds/faqs/title", "navigation/0/label"),
        *("local/emergency", "situation"),
    ],
    "content/phases/first-step.md": [
        "title",
        "short_title",
        "length",
        "everyone_short",
        "branches/0/short",
        "questions/0",
    ],
    "content/therapies/tablets.md": ["title", "at_a_glance/0/label", "side_effects/0/effect"],
    "content/medications/cetirizine.md": ["title", "generic", "brands/0", "class", "side_effects/0/effect"],
    "content/faqs/what-next.md": ["title"],
    "content/glossary.yml": ["terms/0/term"],
    "content/trials.yml": ["trials/0/title", "trials/0/phase", "trials/0/places"],
    "content/people.yml": ["0/name", "0/role", "0/interests/statement"],
    "docs/index.md": ["title"],
}
"""Every field of the small guide that holds a name, by its path."""


def names(project: Path, marked: Marked, turn: int) -> None:
    """A text in each field that holds a name; another one in each turn."""
    (project / "content" / "trials.yml").write_text(
        'checked: "2026-11-20"\ntrials:\n'
        '  - {title: T, phase: "2", for: "All [@label#words].", status: recruiting, places: P}\n'
    )
    (project / "content" / "people.yml").write_text(
        '- {id: ann, name: Ann, role: nurse, interests: {declared: "2026-11-20", statement: "None."}}\n'
    )
    count = 0
    for file, paths in NAMED.items():
        values = {}
        for path in paths:
            values[tuple(path.split("/"))] = marked(NAMES[(count + turn) % len(NAMES)])
            count += 1
        edited(project / file, values)
    page = project / "docs" / "index.md"
    page.write_text(page.read_text() + "\n{part:trials}\n")


def refused(project: Path) -> set[str]:
    """The marks of the texts that the checks refuse."""
    _, problems = load(project / "content", TODAY)
    found = set()
    for problem in problems:
        if problem.severity is Severity.ERROR:
            lines = (project / problem.place.path).read_text(encoding="utf-8").split("\n")
            mark = MARK.search(lines[problem.place.line - 1])
            assert mark, problem
            found.add(mark[0])
    return found


def built(project: Path) -> Path:
    """The site, with everything signed."""
    if (project / "content" / "people.yml").exists():
        for entry in ("therapies/tablets", "phases/first-step", "medications/cetirizine"):
            arguments = ["sign", entry, "--by", "ann", "--content", str(project / "content"), "--as-of", str(TODAY)]
            done = CliRunner().invoke(main, arguments)
            assert done.exit_code == 0, done.output
    engine = mkdocs(project, "build", "--strict", SOURCE_DATE_EPOCH="1795219200")
    assert engine.returncode == 0, engine.stderr[-3000:]
    return project / "site"


def made(project: Path, harmless: bool, turn: int | None) -> tuple[Path, Marked]:
    """A site, and its texts; harmless words stand in the place of each that the checks refuse."""
    marked = Marked(harmless)
    while True:
        shutil.copytree(MINI, project)
        sources(project, marked) if turn is None else names(project, marked, turn)
        if not (wrong := refused(project)):
            assert len(marked.refused) < len(marked.texts) / 2
            return built(make_buildable(project)), marked
        marked = Marked(harmless, marked.refused | wrong)
        shutil.rmtree(project)


TURNS = [None, 0, 9, 17, 26]
Pair = tuple[tuple[Path, Marked], tuple[Path, Marked]]


@pytest.fixture(scope="module", params=TURNS, ids=lambda turn: "sources" if turn is None else f"names-{turn}")
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A site with hostile texts, and the same with harmless words."""
    folder = tmp_path_factory.mktemp("plain")
    return made(folder / "hostile", False, request.param), made(folder / "harmless", True, request.param)


def fold(text: str) -> str:
    """A text in which only what a reader tells apart differs: themes curl straight quotes of names."""
    return re.sub("[\u201c\u201d]", '"', " ".join(text.split()))


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from strings(value)


def shown(page: BeautifulSoup) -> Iterator[str]:
    """Every text that a page gives to readers and programs: what stands in it, attributes, and data."""
    for script in page.select("script[type*=json]"):
        yield from strings(json.loads(script.get_text()))
        script.decompose()
    for tag in page.find_all(True):
        yield from (str(value) for name, value in tag.attrs.items() if isinstance(value, str) and name not in ADDRESSES)
    for block in page.find_all(BLOCKS):
        if not block.find(BLOCKS):
            yield block.get_text()
    for picture in page.find_all("svg"):
        yield " ".join(line.get_text() for line in picture.find_all("text"))


def wrong(texts: Iterator[str], marked: Marked, found: Counter[str]) -> Iterator[str]:
    for text in texts:
        for mark in MARK.finditer(text):
            found[mark[0]] += 1
            before = fold(text[: mark.start()])
            if not before.casefold().endswith(fold(marked.texts[mark[0]]).casefold()):
                yield f"{marked.texts[mark[0]]!r} became {before[-60:]!r}"


def test_every_text_stands_as_it_is_wherever_it_is_shown(pair: Pair) -> None:
    (site, marked), _ = pair
    faults, found = [], Counter[str]()
    for file in sorted(site.rglob("*.html")):
        said = wrong(shown(tree(file.read_text(encoding="utf-8"))), marked, found)
        faults += [f"{file.relative_to(site)}: {fault}" for fault in said]
    for file in sorted(site.rglob("*.json")):
        said = wrong(strings(json.loads(file.read_text(encoding="utf-8"))), marked, found)
        faults += [f"{file.relative_to(site)}: {fault}" for fault in said]
    assert not faults, "\n".join(faults[:30])
    assert not [text for mark, text in marked.texts.items() if not found[mark]]


@pytest.fixture(scope="module")
def staged(pair: Pair) -> Path:
    """The site that another engine makes of the guide as plain Markdown, without the hooks of this project."""
    (site, _), _ = pair
    target = site.parent.parent / "staged"
    arguments = ["stage", str(target), "--content", str(site.parent / "content"), "--as-of", str(TODAY)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    engine = mkdocs(target, "build", "--strict")
    assert engine.returncode == 0, engine.stderr[-3000:]
    return target / "site"


def test_every_text_stands_as_it_is_in_plain_markdown(pair: Pair, staged: Path) -> None:
    marked, faults, found = pair[0][1], list[str](), Counter[str]()
    for file in sorted(staged.rglob("*.html")):
        said = wrong(shown(tree(file.read_text(encoding="utf-8"))), marked, found)
        faults += [f"{file.relative_to(staged)}: {fault}" for fault in said]
    assert not faults, "\n".join(faults[:30])
    assert len(found) > len(marked.texts) * 0.8  # of a given name, only the first letter is shown


def skeleton(page: BeautifulSoup, sorted_by_letter: bool) -> Counter[tuple[str, tuple[str, ...]]]:
    """The elements of a page; without those of a list whose order and letters depend on its words."""
    # A long name takes several lines in a picture.
    left = ("text", *(("a", "ul", "li", "details", "summary", "h2", "h3") if sorted_by_letter else ()))
    return Counter((tag.name, tuple(sorted(tag.attrs))) for tag in page.find_all(True) if tag.name not in left)


def test_no_text_brings_an_element_into_a_page(pair: Pair) -> None:
    (site, _), (harmless, _) = pair
    pages = {file.relative_to(harmless) for file in harmless.rglob("*.html")}
    assert {file.relative_to(site) for file in site.rglob("*.html")} == pages
    for path in sorted(pages):
        by_letter = path.parts[0] in ("a-z", "references")
        one, other = (
            skeleton(tree((folder / path).read_text(encoding="utf-8")), by_letter) for folder in (site, harmless)
        )
        assert (one - other, other - one) == (Counter(), Counter()), path
