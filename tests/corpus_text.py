"""Sentences for the benchmark's guide: short and plain, each with a source, and links and words of the glossary."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

import yaml

WORDS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("corpus_words.yml").read_text(encoding="utf-8"))
TERMS = [f"{first} {last}" for first, last in product(WORDS["first"], WORDS["last"])]
HEADINGS = ("How it works", "When it is used", "How you take it", "Checks", "Take care", "What is not known")


@dataclass(frozen=True)
class Text:
    """The text of one entry: its own chance, the sources it cites, and what it may link to."""

    rng: Random
    keys: Sequence[str]
    terms: int
    medicines: Sequence[str]
    therapies: int

    def long(self) -> str:
        """About 600 words under all headings, with two boxes, a table, and links to others and to the glossary."""
        cited = iter([*self.keys] * 3)
        parts = []
        for number, heading in enumerate(HEADINGS):
            parts.append(f"## {heading}")
            parts += [self._paragraph(next(cited)), self._paragraph(next(cited))]
            if number == 1:
                rows = (f"| {self._one('what')} | {self._plain()} [@{next(cited)}#words] |" for _ in range(4))
                parts.append("\n".join(["| Where | What helps |\n|---|---|", *rows]))
            if number in (2, 4):
                box = '!!! note "Ask first"' if number == 2 else '!!! warning "Do not drive"'
                parts.append(f"{box}\n    {self._sentence()} {self._plain()} [@{next(cited)}#words].")
        parts += ["## Next", f"{self._link()} and [a word](../glossary.yml#{id_of(self._term())})."]
        return "\n\n".join(parts) + "\n"

    def short(self) -> str:
        """Two paragraphs of two sentences."""
        return "\n\n".join(f"{self._sentence()} {self._plain()} [@{key}#words]." for key in self.keys[:2]) + "\n"

    def _paragraph(self, key: str) -> str:
        """Three sentences, one with a word of the glossary, now and then one with a link, and their source."""
        word = f"{self._start()} a {self._term()} {self._one('when')}."
        link = f"{self._start()} {self._link()} too" if self.rng.random() < 0.25 else self._plain()
        return f"{self._sentence()} {word} {link} [@{key}#words]."

    def _sentence(self) -> str:
        return f"{self._plain()} {self._one('then')}."

    def _plain(self) -> str:
        return f"{self._start()} something for {self._one('what')} {self._one('when')}"

    def _start(self) -> str:
        return f"{self._one('who')} {self._one('does')}"

    def _one(self, words: str) -> str:
        return self.rng.choice(WORDS[words])

    def _term(self) -> str:
        return TERMS[self.rng.randrange(self.terms)]

    def _link(self) -> str:
        if self.rng.random() < 0.5:
            name = self.rng.choice(self.medicines)
            return f"[{name}](../medications/{name}.md)"
        number = self.rng.randrange(self.therapies) + 1
        return f"[plan {number}](../therapies/plan-{number}.md)"


def id_of(term: str) -> str:
    """The id of a word of the glossary."""
    return term.replace(" ", "-")
