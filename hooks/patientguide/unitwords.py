"""The words of one thing that can be found: its names, and what only its text says."""

from collections.abc import Iterator
from typing import NamedTuple

from patientguide.buildcache import BuildCache, digest
from patientguide.searchrank import Unit
from patientguide.searchwords import Reader


class UnitWords(NamedTuple):
    """Of a unit: its names that say something new, and what only its text says, as stems and the words themselves.

    Words stand with spaces between: those of all units would fill the memory.
    """

    names: list[str]
    stems: str
    said: str


class UnitReader(NamedTuple):
    """Reads the words of units; one that did not change is not read again."""

    reader: Reader
    cache: BuildCache
    settings: str

    def read(self, unit: Unit, text: str) -> UnitWords:
        """The words of a unit whose text this is."""
        made_of = digest(self.settings, unit, text)
        if known := self.cache.get("search", unit.url, made_of):
            return UnitWords(*known)
        only = list(_only_said(unit, text, self.reader))
        stems, said = (" ".join(words) for words in zip(*only, strict=True)) if only else ("", "")
        words = UnitWords(_new(unit, self.reader), stems, said)
        self.cache.put("search", unit.url, made_of, list(words))
        return words


def _new(unit: Unit, reader: Reader) -> list[str]:
    """The names of a unit that say something else than its title and the names before."""
    known = {key(unit.title, reader), key(unit.title.partition(" (")[0], reader)}
    names = []
    for name in unit.names:
        if (stems := key(name, reader)) and stems not in known:
            known.add(stems)
            names.append(name)
    return names


def _only_said(unit: Unit, text: str, reader: Reader) -> Iterator[tuple[str, str]]:
    """The stems and words of the text of a unit that stand in no other field of it."""
    elsewhere = " ; ".join([unit.title, unit.note, unit.text, *(part for s in unit.sections for part in s[1:])])
    stems = {word.stem for word in reader.words(elsewhere)}
    for word in reader.words(text):
        if word.stem not in stems and not word.said.isdecimal():
            stems.add(word.stem)
            yield word.stem, word.said


def key(text: str, reader: Reader) -> frozenset[str]:
    """What tells a name from others, however it is written."""
    return frozenset(word.stem for word in reader.words(text))
