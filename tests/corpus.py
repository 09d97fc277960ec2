"""A whole guide of any size, always the same for the same size, to measure how a build grows.

It has the shape of the small guide in tests/mini: one page for each medicine, therapy and phase, about 600 words each,
and a few short questions. `python tests/corpus.py FOLDER COUNT` writes one that `mkdocs build` can build.
"""

import shutil
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import yaml
from corpus_text import HEADINGS, TERMS, Text, id_of
from support.project import ROOT, make_buildable

MOST = 6000
"""Entries for which the names and words below suffice."""
SOURCES = 8
"""Different sources that an entry cites."""
HANDBOOK = "handbook"
"""The source that every tenth entry cites: an edit of it is seen on many pages, not on all."""
DAY = "2026-11-21"
DATES = {"changed": DAY, "evidence_checked": "2026-06"}
SEASONS = ("spring", "summer", "fall", "winter", "indoors")
PHONES = tuple(a + b for a, b in product("bdfghklmnprstvz", "aeiou"))
FIELD = 67


def name_of(number: int) -> str:
    """A made-up name of a medicine. Any two differ in three or more places, so that none looks like another's typo.

    Two symbols and two sums of them: a Reed-Solomon code over 67 syllables, of distance 3.
    """
    first, second = divmod(number, FIELD)
    code = (first, second, first + second, first + 2 * second)
    return "".join(PHONES[symbol % FIELD] for symbol in code) + "nol"


@dataclass(frozen=True)
class Shape:
    """How many entries there are of each kind, and how many sources and words of the glossary."""

    phases: int
    therapies: int
    medications: int
    faqs: int
    references: int
    terms: int

    @classmethod
    def of(cls, count: int) -> "Shape":
        """As a guide grows: more medicines and therapies, and never many phases or questions, which share a page."""
        if not 8 <= count <= MOST:
            raise ValueError(f"{count} is no size of a guide; name one from 8 to {MOST}.")
        phases, faqs = min(12, max(1, count // 20)), min(40, max(1, count // 10))
        therapies = (count - phases - faqs) * 5 // 17
        medications = count - phases - faqs - therapies
        return cls(phases, therapies, medications, faqs, count // 2 + 20, 40 + count // 20)


class Writer:
    """Writes the entries of a guide. Each draws from a chance of its own, so that none depends on another."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.medicines = [name_of(number) for number in range(shape.medications)]

    def entry(self, number: int, kind: str, order: int) -> str:
        """An entry: its facts, then its text."""
        rng = Random(f"{kind} {order}")
        keys = self._keys(rng, number)
        facts = {**getattr(self, f"_{kind}")(order, keys), **DATES}
        text = Text(rng, keys, self.shape.terms, self.medicines, self.shape.therapies)
        return f"---\n{_yaml(facts)}---\n\n{text.short() if kind == 'faqs' else text.long()}"

    def _keys(self, rng: Random, number: int) -> list[str]:
        """Eight sources: two in turn, so that none is left out, and the others by chance."""
        count = self.shape.references
        turn = [(2 * number + step) % count for step in (0, 1)]
        others = [at for at in rng.sample(range(count), SOURCES) if at not in turn]
        keys = [f"source-{at}" for at in (turn + others)[:SOURCES]]
        return [HANDBOOK, *keys[1:]] if number % 10 == 3 else keys

    def _treatment(self, title: str, order: int, keys: list[str]) -> dict[str, Any]:
        one, two = keys[:2]
        return {
            "title": title,
            "summary": f"{title} can calm the nose [@{one}#words].",
            "main_message": f"{title} helps many people [@{one}#words; @{two}#words]. You can stop when the season ends [@{two}#words].",
            "facets": {"season": [SEASONS[order % len(SEASONS)]]},
            "at_a_glance": [
                {"label": "How often", "text": f"Once a day [@{one}#words, p. 4]."},
                {"label": "How soon", "text": f"It starts to work after an hour [@{two}#words]."},
            ],
            "side_effects": [
                {"effect": "Sleepiness", "act": "later", "text": f"You may feel tired [@{one}#words]."},
                {"effect": "Dry mouth", "act": "later", "text": f"A drink of water can help [@{two}#words]."},
            ],
            "call": [{"act": "now", "text": f"You cannot breathe [@{one}#words]."}],
            "questions": ["How long do I need it?", "What if it does not help?", "Can I drive?"],
        }

    def _phases(self, order: int, keys: list[str]) -> dict[str, Any]:
        title = f"Step {order + 1}"
        return {
            **self._treatment(title, order, keys),
            "order": order + 1,
            "short_title": title,
            "length": "A week",
            "everyone_short": "Windows shut",
            "everyone": f"Everyone keeps windows shut [@{keys[0]}#words].",
            "branches": [{"value": "spring", "short": "Avoid trees", "text": f"You avoid trees [@{keys[1]}#words]."}],
        }

    def _therapies(self, order: int, keys: list[str]) -> dict[str, Any]:
        return {**self._treatment(f"Plan {order + 1}", order, keys), "order": order + 1}

    def _medications(self, order: int, keys: list[str]) -> dict[str, Any]:
        name = self.medicines[order]
        return {
            **self._treatment(name.capitalize(), order, keys),
            "generic": name,
            "brands": [f"Nosefine {order + 1}"],
            "class": "Antihistamine",
            "given": f"By mouth [@{keys[2]}#words].",
            "test": f"You need no test [@{keys[3]}#words].",
            "therapies": [f"plan-{order % self.shape.therapies + 1}"],
            "phases": [f"step-{order // 8 % self.shape.phases + 1}"] if order % 8 == 0 else [],
        }

    def _faqs(self, order: int, keys: list[str]) -> dict[str, Any]:  # noqa: ARG002
        return {"title": f"What helps on day {order + 1}?", "topic": "First things", "order": order + 1}


class _Written(yaml.SafeDumper):
    """YAML as people write it: what stands in two places is written twice."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _yaml(data: object) -> str:
    return yaml.dump(data, Dumper=_Written, allow_unicode=True, sort_keys=False, width=10_000)


def _reference(key: str, number: int) -> str:
    return _yaml(
        {
            "type": "article-journal",
            "title": f"Pollen and noses, part {number}",
            "author": [{"family": "Nase", "given": "Nora N."}, {"family": "Auge", "given": "Otto"}],
            "container-title": "Journal of Sneezing",
            "issued": f"{2018 + number % 8}-05-01",
            "volume": str(number % 40 + 1),
            "issue": "2",
            "page": f"{number + 10}-{number + 19}",
            "DOI": f"10.1000/sneeze.{key}",
            "custom": {"evidence": "trial"},
            "passages": [
                {"id": "words", "where": "Abstract", "exact": f"Noses ran less in part {number}.", "seen": "2026-11-19"}
                | {"in": "abstract"}
            ],
        }
    )


def _settings(source: Path) -> str:
    """guide.yml of the small guide, with the headings that the texts here have."""
    settings = yaml.safe_load((source / "tests/mini/content/guide.yml").read_text(encoding="utf-8"))
    written = [{"heading": HEADINGS[0], "answers": ["how-it-works"]}, *({"heading": name} for name in HEADINGS[1:])]
    drawn = [{"part": name, "heading": name.replace("-", " ").capitalize()} for name in ("side-effects", "questions")]
    first, last = {"part": "summary-list", "heading": "At a glance"}, {"heading": "Next", "advice": True}
    for kind, more in (
        ("phases", "branches medicines when-to-call"),
        ("therapies", "medicines when-to-call"),
        ("medications", "when-to-call"),
    ):
        extra = [{"part": name, "heading": name.replace("-", " ").capitalize()} for name in more.split()]
        settings["kinds"][kind]["outline"] = [first, *written, *drawn, *extra, last]
    meaning = f"Pollen of that time [@{HANDBOOK}#words]."
    values = [{"id": name, "label": name.capitalize(), "meaning": meaning} for name in SEASONS]
    settings["facets"] = [{"id": "season", "label": "Season", "values": values}]
    return _yaml(settings)


def _glossary(shape: Shape) -> str:
    terms = [
        {
            "id": id_of(term),
            "term": term.capitalize(),
            "text": f"A {term} keeps pollen away [@source-{number % shape.references}#words].",
            "forms": [term, f"{term}s"],
        }
        for number, term in enumerate(TERMS[: shape.terms])
    ]
    return _yaml({**DATES, "terms": terms})


def _files(count: int, source: Path) -> dict[str, str]:
    """Every file of content/ with its text."""
    shape = Shape.of(count)
    writer = Writer(shape)
    ids = {
        "phases": [f"step-{number + 1}" for number in range(shape.phases)],
        "therapies": [f"plan-{number + 1}" for number in range(shape.therapies)],
        "medications": writer.medicines,
        "faqs": [f"day-{number + 1}" for number in range(shape.faqs)],
    }
    entries = [(kind, order, id_) for kind, names in ids.items() for order, id_ in enumerate(names)]
    keys = [HANDBOOK, *(f"source-{number}" for number in range(shape.references))]
    return {
        "guide.yml": _settings(source),
        "glossary.yml": _glossary(shape),
        **{f"references/{key}.yml": _reference(key, number) for number, key in enumerate(keys)},
        **{f"{kind}/{id_}.md": writer.entry(at, kind, order) for at, (kind, order, id_) in enumerate(entries)},
    }


def write(folder: Path, count: int, source: Path = ROOT) -> Path:
    """Write a guide of so many entries to a new folder, buildable with the hooks and templates of a project.

    Raises ValueError for a size it has no words for, FileExistsError when the folder is not new.
    """
    files = _files(count, source)
    folder.mkdir(parents=True)
    shutil.copytree(source / "tests/mini/docs", folder / "docs")
    shutil.copytree(source / "tests/mini/content/references", folder / "content/references")
    label = folder / "content/references/label.yml"  # only names rest on it here, and no passage
    label.write_text(label.read_text(encoding="utf-8").partition("passages:")[0], encoding="utf-8")
    for name, text in files.items():
        file = folder / "content" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return make_buildable(folder, source)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), *map(Path, sys.argv[3:]))
