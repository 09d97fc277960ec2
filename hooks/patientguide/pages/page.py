"""A page before and after it is composed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from patientguide.core import i18n
from patientguide.fidelity.compare import Placed
from patientguide.model.registry import Input, PageType
from patientguide.pages import fragments
from patientguide.review.status import Age

_PASSAGE = re.compile(r"\[\^([^\]\n#]+)#[^\]\n]+\]")
"""The mark of a note that names a passage: only our own converter knows it."""


class Quote(NamedTuple):
    """Words of a source that a page rests on; `read_in` says whether they were read in the source itself."""

    id: str
    exact: str
    where: str
    url: str
    read_in: str


@dataclass(frozen=True)
class Page:
    """A page for any engine: its path, its Markdown, and the one file to edit, if there is one.

    `body` is its Markdown with placeholders for fragments that other pages share.
    """

    uri: str
    title: str
    description: str
    body: str
    source: str | None
    cites: tuple[str, ...] = ()
    text: str = ""
    """Its Markdown without title, status, cards and sources."""
    assets: tuple[str, ...] = ()
    """Styles and scripts that only this page needs: names of files in docs/assets/."""
    parts: tuple[str, ...] = ()
    quotes: Mapping[str, tuple[Quote, ...]] = field(default_factory=dict)
    """The words of its sources that it rests on, by the keys of these."""
    linked_data: str = ""
    """Its JSON-LD."""
    changed: str = ""
    """The day its text last changed."""
    language: str = "en"
    placed: Placed = field(default_factory=Placed, compare=False)
    """The texts that it takes from files."""
    bodies: tuple[tuple[str, str], ...] = ()
    """The bodies that it shows completely, by the paths of their files."""

    @property
    def head(self) -> dict[str, str]:
        """The variables that its template gets."""
        locale = i18n.catalog(self.language).locale_name
        said = {"description": self.description, "locale": locale, "linked_data": self.linked_data}
        return {name: text for name, text in said.items() if text}

    @property
    def markdown(self) -> str:
        """All of it, for any engine."""
        return fragments.put_in(_PASSAGE.sub(r"[^\1]", self.body), self.parts)


@dataclass(frozen=True, slots=True)
class Draft:
    """The inputs of a page before it is composed."""

    uri: str
    title: str
    type: PageType
    source: str
    values: Mapping[str, Any]
    ages: Sequence[Age]
    texts: tuple[str, ...]
    description: str = ""
    edits: str | None = None
    assets: tuple[str, ...] = ()

    @property
    def shown_whole(self) -> Sequence[Any]:
        """The entries whose bodies the page shows completely."""
        if Input.ANSWERS in self.type.depends_on:
            return list(self.values["entries"])
        return [self.values["entry"]] if "entry" in self.values else []

    @property
    def changed(self) -> str:
        """The day its text last changed."""
        return max(age.changed for age in self.ages)
