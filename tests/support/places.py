"""The places where an editor writes, each with a way to put a hostile text there and a mark after it."""

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from patientguide.core.problems import Severity
from patientguide.project import load

from support.project import MINI, ROOT

DATA: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "injections.yml").read_text())
AGES = 'changed: "2026-11-21"\nevidence_checked: "2026-06"\n'
# Where lists of the small guide go on, so that more can be put into them.
MENU = ("content/guide.yml", "items: [index.md, ")
VALUES = ("content/guide.yml", "    values:\n")
LOCAL = ("content/guide.yml", '  emergency: "000"\n')
TERMS = ("content/glossary.yml", "terms:\n")
TRIALS = ("content/trials.yml", "trials:\n")


PNG = b"\x89PNG\r\n\x1a\n"


class Change(NamedTuple):
    """Text for a file: the whole of a new one, or what stands in the small guide after `anchor`, or in its place."""

    path: str
    text: str
    anchor: str = ""
    keep: bool = True


def quoted(text: str) -> str:
    """A text in double quotes, as YAML reads it."""
    return json.dumps(text)


def write(project: Path, changes: Iterable[Change]) -> Path:
    """A copy of the small guide with a picture and these changes."""
    shutil.copytree(MINI, project)
    (project / "docs" / "picture.png").write_bytes(PNG)
    for path, text, anchor, keep in changes:
        file = project / path
        if anchor:
            before = file.read_text() if file.exists() else anchor
            assert anchor in before
            file.write_text(before.replace(anchor, anchor * keep + text, 1))
        else:
            file.write_text(text)
    return project


def _therapy(name: str, body: str = "Text [@label#words].", **facts: str) -> list[Change]:
    facts = {"title": "T", "summary": "S [@label#words].", "main_message": "M [@label#words].", "effect": "E"} | facts
    effect = f'side_effects: [{{effect: {quoted(facts.pop("effect"))}, act: later, text: "Text [@label#words]."}}]\n'
    lines = "".join(f"{field}: {quoted(text)}\n" for field, text in facts.items())
    text = f"---\norder: 9\n{lines}{effect}{AGES}---\n\n## How it works\n\n{body}\n\n## Next\n\nAsk.\n"
    return [Change(f"content/therapies/{name}.md", text)]


def _page(name: str, body: str) -> list[Change]:
    facts = 'title: "P"\nsummary: "S [@label#words]."\nmain_message: "M [@label#words]."\n'
    return [Change(f"docs/{name}.md", f"---\n{facts}{AGES}---\n\n{body}\n"), Change(MENU[0], f"{name}.md, ", MENU[1])]


def _faq(name: str, body: str) -> list[Change]:
    return [
        Change(f"content/faqs/{name}.md", f'---\ntitle: "Q"\ntopic: "First things"\norder: 9\n{AGES}---\n\n{body}\n')
    ]


def _source(name: str, **fields: str) -> list[Change]:
    fields = {"type": "webpage", "title": "S", "issued": "2024", "accessed": "2026-11-20"} | fields
    author = f"author: [{{literal: {quoted(fields.pop('author'))}}}]\n" if "author" in fields else ""
    lines = "".join(f"{field}: {quoted(text)}\n" for field, text in fields.items())
    return [
        Change(
            f"content/references/{name}.yml", f"{lines}{author}custom: {{evidence: leaflet, title_confirmed: true}}\n"
        )
    ]


def _term(name: str, term: str, text: str, form: str) -> list[Change]:
    line = f"  - {{id: {name}, term: {quoted(term)}, text: {quoted(text)}, forms: [{quoted(form)}]}}\n"
    return [Change(TERMS[0], line, TERMS[1])]


def _value(name: str, label: str) -> list[Change]:
    return [
        Change(VALUES[0], f'      - {{id: {name}, label: {quoted(label)}, meaning: "M [@label#words]."}}\n', VALUES[1])
    ]


def _setting(name: str, value: str) -> list[Change]:
    uses = _page(name, f"Call {{local:{name}}} [@label#words].")
    return [Change(LOCAL[0], f"  {name}: {quoted(value)}\n", LOCAL[1]), *uses]


def _trial(title: str) -> list[Change]:
    line = f'  - {{title: {quoted(title)}, phase: "2", for: "All [@label#words].", status: not checked}}\n'
    return [Change(TRIALS[0], line, TRIALS[1])]


Put = Callable[[str, str, str], list[Change]]

PLACES: dict[str, Put] = {
    "text of an entry": lambda name, text, mark: _therapy(name, f"{text} [@label#words]\n\n{mark} [@label#words]."),
    "text of an answer": lambda name, text, mark: _faq(name, f"{text} [@label#words]\n\n{mark} [@label#words]."),
    "text of a page": lambda name, text, mark: _page(name, f"{text} [@label#words]\n\n{mark} [@label#words]."),
    "list item": lambda name, text, mark: _faq(name, f"- {text} {mark} [@label#words]"),
    "cell": lambda name, text, mark: _faq(name, f"| a | b |\n|---|---|\n| {text} {mark} | c [@label#words] |"),
    "heading": lambda name, text, mark: _page(name, f"### {text}\n\n{mark} [@label#words]."),
    "title of a box": lambda name, text, mark: _faq(name, f'!!! note "{text} {mark}"\n    Text [@label#words].'),
    "words of a link": lambda name, text, mark: _faq(name, f"See [{text} {mark}](../../docs/index.md) [@label#words]."),
    "words of a picture": lambda name, text, _: _faq(name, f"See ![{text}](../../docs/picture.png) [@label#words]."),
    "target of a link": lambda name, text, _: _faq(name, f"See [words]({text}) [@label#words]."),
    "code in a line": lambda name, text, mark: _faq(name, f"See `{text}` {mark} [@label#words]."),
    "block of code": lambda name, text, mark: _faq(name, f"```\n{text}\n```\n\n{mark} [@label#words]."),
    "place in a source": lambda name, text, mark: _faq(name, f"Text [@pollen-trial#words, {text}]\n{mark}."),
    "title": lambda name, text, mark: _therapy(name, title=f"{text} {mark}"),
    "summary": lambda name, text, mark: _therapy(name, summary=f"{text} {mark} [@label#words]"),
    "main message": lambda name, text, mark: _therapy(name, main_message=f"{text} {mark} [@label#words]"),
    "side effect": lambda name, text, mark: _therapy(name, effect=f"{text} {mark}"),
    "title of a source": lambda name, text, mark: _source(name, title=f"{text} {mark}"),
    "author of a source": lambda name, text, mark: _source(name, author=f"{text} {mark}"),
    "publisher of a source": lambda name, text, mark: _source(name, publisher=f"{text} {mark}"),
    "address of a source": lambda name, text, mark: _source(name, URL=f"https://example.org/{text}{mark}"),
    "whole address of a source": lambda name, text, _: _source(name, URL=text),
    "DOI of a source": lambda name, text, mark: _source(name, DOI=f"10.1000/{text}{mark}"),
    "word": lambda name, text, mark: _term(name, f"{text} {mark}", "M [@label#words].", mark.upper()),
    "meaning of a word": lambda name, text, mark: _term(name, "W", f"{text} {mark} [@label#words]", mark.upper()),
    "form of a word": lambda name, text, mark: _term(name, "W", "M [@label#words].", f"{mark.upper()} {text}"),
    "value to tick": lambda name, text, mark: _value(name, f"{text} {mark}"),
    "local setting": lambda name, text, mark: _setting(name, f"{text} {mark}"),
    "title of a trial": lambda _, text, mark: _trial(f"{text} {mark}"),
}
"""By what an editor would call it. The mark follows the text, where both are shown."""

_QUOTES = ' A" autofocus tabindex="1" onfocus="ran()" x="'


def _name(path: str, before: str, name: str, after: str = "") -> Change:
    return Change(path, f"{before}{quoted(name + _QUOTES)}{after}", f"{before}{quoted(name)}{after}", keep=False)


NAMES = {
    "the guide": _name("content/guide.yml", "title: ", "Hay fever"),
    "the condition": _name("content/guide.yml", "condition: ", "hay fever"),
    "the audience": _name("content/guide.yml", "audience: ", "People with hay fever"),
    "the region": _name("content/guide.yml", "region: ", "Testland"),
    "the menu": _name("content/guide.yml", "label: ", "Start"),
    "a collection": _name("content/guide.yml", "title: ", "Treatments"),
    "a facet": _name("content/guide.yml", "label: ", "Season"),
    "an urgency": _name("content/guide.yml", "label: ", "Tell us later"),
    "a kind of evidence": _name("content/guide.yml", "label: ", "Leaflet"),
    "a heading of the outline": _name("content/guide.yml", "heading: ", "By season"),
    "the page of facets": _name("content/guide.yml", "facets_title: ", "By season"),
    "a phase in the picture": _name("content/phases/first-step.md", "short_title: ", "First"),
    "a branch in the picture": _name("content/phases/first-step.md", "short: ", "Avoid trees"),
    "a medicine": _name("content/medications/cetirizine.md", "title: ", "Cetirizine"),
    "a brand": _name("content/medications/cetirizine.md", "brands: [", "Nosefine", "]"),
}
"""Names that stand once in a guide, each with one that would leave the attribute it is put into."""


class Pair(NamedTuple):
    """A hostile text in a place, with the mark that follows it."""

    number: int
    place: str
    payload: dict[str, Any]

    @property
    def name(self) -> str:
        return f"inj-{self.number}"

    @property
    def mark(self) -> str:
        return f"zq{self.number}z"

    @property
    def changes(self) -> list[Change]:
        return PLACES[self.place](self.name, self.payload["text"], self.mark)


PAIRS = [
    Pair(number, place, payload)
    for number, (place, payload) in enumerate((place, payload) for place in PLACES for payload in DATA["payloads"])
]


def refused(project: Path) -> set[str]:
    """The files of a guide that have an error."""
    _, problems = load(project / "content", date(2026, 11, 21))
    return {problem.place.path for problem in problems if problem.severity is Severity.ERROR}


def alone(pair: Pair) -> bool:
    """Whether the text stands in a file of its own, so that an error there is its own."""
    return not pair.changes[0].anchor
