"""One Markdown file of a guide: an entry, or a hand-written page."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from patientguide.buildcache import digest
from patientguide.models import Dated
from patientguide.problems import Place
from patientguide.sections import Section, sections
from patientguide.yamlfile import YamlFile

Front = TypeVar("Front", bound=Dated, covariant=True)


@dataclass(frozen=True)
class Entry(Generic[Front]):
    """One Markdown file: its facts (`front`), its text (`body`) and where both stand."""

    kind: str
    id: str
    path: str
    front: Front
    body: str
    body_line: int
    facts: YamlFile

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its body, cut at `##` headings."""
        return sections(self.body, self.body_line)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text under each heading."""
        return {section.heading: section.text for section in self.sections}

    def forget(self) -> None:
        """Free what only checks ask for, and what can be found again."""
        vars(self).pop("_starts", None)
        self.facts.forget("places")

    @cached_property
    def digest(self) -> str:
        """A hash of the whole file."""
        return digest(self.facts.digest, self.body, self.body_line)

    @cached_property
    def name(self) -> str:
        """What reviews and commands call it, as therapies/new-entry."""
        return f"{self.kind}/{self.id}"

    def body_place(self, offset: int) -> Place:
        """The place of a character of the body."""
        line = bisect_right(self._starts, offset) - 1
        return Place(self.path, self.body_line + line, offset - self._starts[line] + 1)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the body starts."""
        return [0, *(found.end() for found in re.finditer("\n", self.body))]
