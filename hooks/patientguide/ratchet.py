"""Reading grades before and after a change: what is not easy to read may become at most half a year harder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patientguide import reading
from patientguide.blocks import sections
from patientguide.guide import Guide
from patientguide.problems import Place, Problem

MOST = 0.5
"""By how many years of school a change may make a section harder."""
EASY = 6.0
"""What can be read after as many years of school is easy: such a section may become harder up to here."""

Key = tuple[str, str]
"""A section by its file and heading."""


@dataclass(frozen=True)
class Grade:
    """A section with its grade before and after, as shown: to a tenth. None where it was or is too short, or new."""

    title: str
    section: str
    place: Place
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """By how much it became harder; below 0 when it became easier."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 1)

    @property
    def harder(self) -> bool:
        """Whether it became harder than a change may make it, and is not easy to read."""
        return self.difference is not None and self.difference > MOST and (self.after or 0) > EASY

    @property
    def problem(self) -> Problem:
        """The finding for a section that became too hard."""
        message = f"'{self.section}' went from {self.before:.1f} to {self.after:.1f} years of school."
        advice = f"Use shorter sentences and words: above {EASY:.0f}, a section may become at most half a year harder."
        return Problem(self.place, "harder-to-read", message, advice)


def grades(before: Guide, after: Guide, changed: Iterable[Key], old: Mapping[Key, Key]) -> Iterator[Grade]:
    """The sections whose text is among `changed`, or whose grade is another now, as when a word is not explained.

    `old` names the file and heading a section had before, where it had others.
    """
    was, now = reading.grades(before), reading.grades(after)
    touched = set(changed)
    titles = {entry.path: entry.front.title for entry in after.entries}
    for key, blocks in sections(after).items():
        first, second = (
            None if grade is None else round(grade, 1) for grade in (was.get(old.get(key, key)), now.get(key))
        )
        if (key in touched or first != second) and (first, second) != (None, None):
            title = titles.get(key[0], key[0])
            yield Grade(title, key[1] or title, blocks[0].place(), first, second)
