"""A row of an imported list: its place, its own name, its fields under our names, and remarks."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patientguide.core import text
from patientguide.core.problems import Place, Problem, Severity

MAX_BYTES = 30_000_000
"""More than a list of ten thousand references with abstracts."""


@dataclass
class Row:
    """A record as read from a file. `fields` has the names of `Reference`, with dates and numbers as written."""

    place: Place
    name: str = ""
    """Its name in the file; may be empty."""
    fields: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    """The places of fields, for formats with positions."""
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """Fields that sources do not have, such as abstracts. They are counted, not reported row by row."""

    def refuse(self, code: str, message: str, advice: str, name: str = "") -> None:
        """Record why the row cannot be written."""
        self._say(Severity.ERROR, code, message, advice, name)

    def remark(self, code: str, message: str, advice: str, name: str = "") -> None:
        """Record what was left out of a row that is written."""
        self._say(Severity.WARNING, code, message, advice, name)

    def _say(self, severity: Severity, code: str, message: str, advice: str, name: str) -> None:
        called = f"'{text.plain_text(self.name, 60)}': " if self.name else ""
        place = self.places.get(name, self.place)
        self.problems.append(Problem(place, code, called + message, advice, severity))

    @property
    def is_refused(self) -> bool:
        """Whether the row cannot be written."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def locate(self, name: str, *theirs: str) -> None:
        """Record the place of a field: that of the first of their fields that exists."""
        if place := next((self.places[their] for their in theirs if their in self.places), None):
            self.places[name] = place

    def unmapped(self, name: str, ignored: frozenset[str]) -> None:
        """Count a field that is ignored, and remark on any other field that sources do not have."""
        if name in ignored:
            self.left_out[name] += 1
            return
        shown = text.plain_text(name, 40)
        message = f"A source of this guide has no field for '{shown}': it is left out."
        self.remark("import-field", message, "Write it into the new file by hand, if readers need it.", name)

    def only_one(self, name: str, values: list[str]) -> str:
        """The first of several values, with a remark on the others."""
        different = list(dict.fromkeys(value for value in values if value))
        if len(different) > 1:
            others = text.plain_text(", ".join(different[1:]), 120)
            message = f"There are {len(different)} values of {name}; the first is kept, not: {others}."
            self.remark("import-several", message, "Look whether the first is the right one.", name)
        return different[0] if different else ""


_EXTRA = re.compile(r"^[ \t]*(PMID|PMCID|DOI|evidence)[ \t]*:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_EXTRA_NAMES = {"pmid": "PMID", "pmcid": "PMCID", "doi": "DOI", "evidence": "evidence"}


def extra(note: str) -> Mapping[str, str]:
    """Numbers and the kind of evidence in a note, one per line, as in the field Extra of Zotero."""
    return {_EXTRA_NAMES[name.casefold()]: value for name, value in _EXTRA.findall(note)}


def decoded(data: bytes, path: str) -> tuple[str, list[Problem]]:
    """The text of a file. Problems: import-size, import-encoding."""
    if len(data) > MAX_BYTES:
        message = f"The file has more than {MAX_BYTES:,} bytes."
        return "", [Problem(Place(path), "import-size", message, "Split it into several files.")]
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"), []
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(path, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        advice = "Save or export it again as UTF-8; in Excel that is 'CSV UTF-8 (Comma delimited)'."
        return "", [Problem(place, "import-encoding", "From here on it is no UTF-8 text.", advice)]
