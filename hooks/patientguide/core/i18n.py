"""The words of the interface in each language, by the English words that templates and code hold, as gettext has them.

A table is a file of `words/`, named by the tag of its language (BCP 47). What a table does not hold stays English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from patientguide.core import dates

_FOLDER = Path(__file__).parent.parent / "words"
LANGUAGES: tuple[str, ...] = tuple(sorted(file.stem for file in _FOLDER.glob("*.yml")))
"""The languages that have a table."""


@dataclass(frozen=True)
class Words:
    """The table of one language.

    `name` is what the language calls itself, and `languages` what it calls others. `day` and `month` say how a date is
    written; without them it is written as in English.
    """

    name: str
    texts: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    months: tuple[str, ...] = ()
    day: str = ""
    month: str = ""

    def __call__(self, text: str, **values: object) -> str:
        """The words of this language for an English text, with `values` where it has their names in curly brackets."""
        said = self.texts.get(text, text)
        return said.format(**values) if values else said

    def date(self, text: str) -> str:
        """A date in words, as far as it is known."""
        known = dates.parts(text)
        if not self.months or len(known) == 1:
            return dates.in_words(text)
        said = self.day if len(known) == 3 else self.month
        return said.format(year=known[0], month=self.months[known[1] - 1], day=known[-1])


@lru_cache(maxsize=64)
def catalog(language: str) -> Words:
    """The table of a language, or that of the language without its country; English when there is none."""
    for tag in (language, language.partition("-")[0]):
        if tag in LANGUAGES:
            read = yaml.load((_FOLDER / f"{tag}.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
            return Words(**{**read, "months": tuple(read.get("months", ()))})
    return Words(language)
