"""Text for programs: Markdown with citations as written, and placeholders filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from patientguide.markup.tokens import without_marks
from patientguide.model import frequency, routes
from patientguide.model.entries import Dated, Entry
from patientguide.model.frequency import Number
from patientguide.model.guide import Guide

# Checks refuse code and stray braces, so nothing else in a text looks like one of these.
_MARK = re.compile(r"\{(local|number|figure|part):([^{}\n]*)\}|\]\(((?:[^()\s]|\([^()\s]*\))+)")

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
        return _MARK.sub(self._filled, text).strip() if "{" in text or "](" in text else text

    def _filled(self, found: re.Match[str]) -> str:
        name = found[2]
        match found[1]:
            case "local":
                return self.guide.settings.local.get(name, found[0])
            case "number":
                return frequency.short(self._numbers[name]) if name in self._numbers else found[0]
            case "figure":
                number = self._numbers.get(name)
                cites = "; ".join(f"@{key}" for key in number.source) if number else ""
                return f"{frequency.title(number)} [{cites}]." if number else found[0]
            case "part":
                return ""
        target = found[3]
        if not routes.is_external(target):
            target = address(routes.resolve_link(target, self.path, routes.link_targets(self.guide)))
        return f"]({target}"

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
