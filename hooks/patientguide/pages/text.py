"""Text for programs: Markdown with citations as written, and placeholders filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from patientguide.markup.tokens import Token, tokens, without_marks
from patientguide.model import frequency, routes
from patientguide.model.entries import Dated, Entry
from patientguide.model.frequency import Number
from patientguide.model.guide import Guide

_SIGNS = re.compile(
    r"^[ ]*(?:(?:!!!|\?\?\?\+?)[ ]\w+[ ]\"([^\"\n]*)\"|[-*+][ ]|\#+[ ]|[|:\- ]+$)|[ ]*\|[ ]*",
    re.MULTILINE,
)
"""The markers of boxes, items and headings, and the bars of tables. Item numbers stay."""


@dataclass(frozen=True)
class Texts:
    """The texts of a source file. Links are relative to the root of the site."""

    guide: Guide
    path: str

    def shown(self, text: str) -> str:
        """A text with placeholders, numbers and links filled in. Page parts are left out: other fields have them."""
        return "".join(map(self._shown, tokens(text))).strip() if "{" in text or "](" in text else text

    def _shown(self, token: Token) -> str:
        match token.kind:
            case "local":
                return self.guide.settings.local.get(token.group("name"), token.text)
            case "number":
                number = self._numbers.get(token.group("number_name"))
                return frequency.short(number) if number else token.text
            case "figure":
                number = self._numbers.get(token.group("figure_name"))
                return f"{frequency.title(number)} {frequency.cites(number)}." if number else token.text
            case "part":
                return ""
            case "link" if not routes.is_external(token.group("target")):
                target = address(routes.resolve_link(token.group("target"), self.path, routes.link_targets(self.guide)))
                return f"{token.group('image')}[{token.group('text')}]({target}{token.group('title')})"
        return token.text

    @property
    def _numbers(self) -> Mapping[str, Number]:
        return self.guide.numbers[self.path]


def plain(guide: Guide, entry: Entry[Dated], text: str) -> str:
    """A text of an entry as plain words, without citations and markers of boxes, lists, tables and headings."""
    numbers = {id_: frequency.short(number) for id_, number in guide.numbers.get(entry.path, {}).items()}
    return without_marks(_SIGNS.sub(r"\1 ", text), guide.settings.local, numbers)


def address(target: routes.Target | None) -> str:
    """The path from the root of the site to a page, anchor or file; empty for none."""
    if target is None:
        return ""
    where = routes.address(target.uri)[1:] if target.uri.endswith(".md") else target.uri
    return f"{where}#{target.anchor}" if target.anchor else where or "./"
