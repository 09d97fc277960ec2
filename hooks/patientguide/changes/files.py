"""Files of a guide that were added, changed, renamed or removed, with a word diff of the texts in each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from rapidfuzz.distance import Indel

from patientguide.content.blocks import Block, blocks
from patientguide.core.problems import Place
from patientguide.core.yaml import Path, YamlFile
from patientguide.markup.tokens import Citation, citation_keys, read_citations, tokens
from patientguide.markup.words import LARGEST, Piece, stretches, word_diff
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide
from patientguide.review import signoff

# -- alignment of two lists: equal items in order, then similar ones


LEAST = 0.5
"""From this share of equal words a text counts as changed, not as another one."""

_WORD = re.compile(r"\w+")


class Pair(NamedTuple):
    """The position of an item in both lists, None if it is missing; `moved` if it is equal and out of order."""

    old: int | None
    new: int | None
    moved: bool = False


def pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Every item of both lists once, in the order of the new one; removed items at their old places."""
    partner: dict[int, int] = {}
    for stretch in stretches(old, new):
        if stretch.same:
            in_new, in_old = range(stretch.new_start, stretch.new_end), range(stretch.old_start, stretch.old_end)
            partner.update(zip(in_new, in_old, strict=True))
    in_order = set(partner)
    taken = set(partner.values())
    free_old = [number for number in range(len(old)) if number not in taken]
    free_new = [number for number in range(len(new)) if number not in partner]
    for one, other in similar([old[number] for number in free_old], [new[number] for number in free_new]):
        partner[free_new[other]] = free_old[one]
    place = {one: other for other, one in partner.items()}
    found = [((n, 0, 0), _pair(partner.get(n), n, old, new, n in in_order)) for n in range(len(new))]
    last = -1
    for number in range(len(old)):
        last = place.get(number, last)
        if number not in place:
            found.append(((last, 1, number), Pair(number, None)))
    return [pair for _, pair in sorted(found)]


def _pair(one: int | None, other: int, old: Sequence[str], new: Sequence[str], in_order: bool) -> Pair:
    return Pair(one, other, moved=one is not None and not in_order and old[one] == new[other])


def similar(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of similar texts, each at most once, most similar first."""
    if len(old) * len(new) > LARGEST:
        return []
    old_words, new_words = ([_WORD.findall(text) for text in texts] for texts in (old, new))
    scores = []
    for one, words in enumerate(old_words):
        for other, others in enumerate(new_words):
            score = 1.0 if old[one] == new[other] else Indel.normalized_similarity(words, others) if words else 0.0
            if score >= LEAST:
                scores.append((-score, abs(one - other), one, other))
    found: dict[int, int] = {}
    for _, _, one, other in sorted(scores):
        if one not in found and other not in found.values():
            found[one] = other
    return list(found.items())


# What changed in one file: its statements under each heading, and the facts at its top or in its fields.


STATES = ("changed", "added", "removed", "moved")

_STATEMENTS = ("paragraph", "item", "row", "field")
_NAMES = ("id", "effect", "label", "term", "heading", "value", "name", "entry", "rule", "family", "literal", "title")
_RULE = re.compile(r"[|:\-\s]*")


@dataclass(frozen=True)
class Change:
    """A statement or field before and after, None if it does not exist.

    It is under `heading` in the body or, if `field` is not empty, in that field of the file. `place` is its new place
    or, if it was removed, its old one.
    """

    heading: str
    field: str
    before: str | None
    after: str | None
    place: Place
    statement: bool

    @property
    def state(self) -> str:
        """Changed, added, removed or moved."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "moved" if self.before == self.after else "changed"

    @property
    def in_body(self) -> bool:
        """Whether it is in the body, not in a field."""
        return not self.field

    @cached_property
    def pieces(self) -> list[Piece]:
        """The word diff of the text."""
        return word_diff(self.before or "", self.after or "")

    @property
    def citations(self) -> list[Citation]:
        """The citations of its new text."""
        found = (token.text for token in tokens(self.after or "") if token.kind == "cite")
        return [citation for text in found for citation in read_citations(text) or []]

    @property
    def cites_added(self) -> list[str]:
        """The sources that it cites only now."""
        return [key for key in _cites(self.after) if key not in _cites(self.before)]

    @property
    def cites_dropped(self) -> list[str]:
        """The sources that it no longer cites."""
        return [key for key in _cites(self.before) if key not in _cites(self.after)]


def _cites(text: str | None) -> list[str]:
    found = (key for token in tokens(text or "") if token.kind == "cite" for key in citation_keys(token.text))
    return list(dict.fromkeys(found))


class Unit(NamedTuple):
    """A block of a body on one line, or another line, such as a picture."""

    text: str
    place: Place
    statement: bool


@dataclass(frozen=True)
class Text:
    """A file prepared for comparison: its fields, the places of texts in them, its body by heading."""

    facts: YamlFile
    stated: frozenset[Place] = frozenset()
    sections: Mapping[str, Sequence[Unit]] = field(default_factory=dict)

    @cached_property
    def whole(self) -> str:
        """The whole body on one line, to compare how similar two files are."""
        return " ".join(unit.text for units in self.sections.values() for unit in units)


def texts_of(guide: Guide) -> dict[str, Text]:
    """Every readable file of the guide, by path."""
    bodies: dict[str, list[Block]] = {entry.path: [] for entry in guide.entries}
    stated: dict[str, set[Place]] = {path: set() for path in [*bodies, *guide.records]}
    for block in blocks(guide):
        if block.field_place is None:
            bodies[block.path].append(block)
        elif block.kind in _STATEMENTS:
            stated[block.path].add(block.field_place)
    found = {path: Text(file, frozenset(stated[path])) for path, file in guide.records.items()}
    for entry in guide.entries:
        units = _units(entry, bodies[entry.path])
        found[entry.path] = Text(entry.facts, frozenset(stated[entry.path]), units)
    return found


def _units(entry: Entry[Dated], blocks: Sequence[Block]) -> dict[str, list[Unit]]:
    """The body by heading. Lines outside of blocks, such as code or a picture, count one by one."""
    pieces = [(b.start, b.text, b.heading, b.kind in _STATEMENTS) for b in blocks]
    known = {b.start + match.start() for b in blocks for match in re.finditer(r"^", b.text, re.MULTILINE)}
    start = 0
    for line in entry.body.split("\n"):
        if start not in known and not _RULE.fullmatch(line):
            pieces.append((start, line, "", False))
        start += len(line) + 1
    found: dict[str, list[Unit]] = {}
    under = ""
    for first, text, heading, statement in sorted(pieces):
        under = heading or under
        found.setdefault(under, []).append(Unit(" ".join(text.split()), entry.body_place(first), statement))
    return found


def compare_texts(old: Text | None, new: Text | None) -> tuple[list[Change], dict[str, str]]:
    """Every change between two versions of a file, fields first, and the old heading of each renamed one."""
    walker = _Walker(old, new)
    changes = list(walker.walk(walker.old_file.data, walker.new_file.data, (), (), ()))
    before, after = old.sections if old else {}, new.sections if new else {}
    headings = _headings(before, after)
    for heading in _in_order(before, after, headings):
        changes += _section(heading, before.get(headings.get(heading, heading), ()), after.get(heading, ()))
    return changes, headings


def _headings(before: Mapping[str, Sequence[Unit]], after: Mapping[str, Sequence[Unit]]) -> dict[str, str]:
    """The old heading of each new one: the same, or that of the most similar section."""
    found = {heading: heading for heading in after if heading in before}
    gone, come = ([h for h in one if h not in other] for one, other in ((before, after), (after, before)))
    old, new = (
        [" ".join(unit.text for unit in side[h]) for h in names] for side, names in ((before, gone), (after, come))
    )
    return found | {come[there]: gone[here] for here, there in similar(old, new)}


def _in_order(before: Mapping[str, Any], after: Mapping[str, Any], headings: Mapping[str, str]) -> list[str]:
    """Every heading once: those of the new text, then removed ones."""
    return [*after, *(heading for heading in before if heading not in headings.values())]


def _section(heading: str, before: Sequence[Unit], after: Sequence[Unit]) -> Iterator[Change]:
    for pair in pairs([unit.text for unit in before], [unit.text for unit in after]):
        old = before[pair.old] if pair.old is not None else None
        new = after[pair.new] if pair.new is not None else None
        if (unit := new or old) and (pair.moved or old is None or new is None or old.text != new.text):
            yield Change(heading, "", old and old.text, new and new.text, unit.place, unit.statement)


@dataclass(frozen=True)
class _Walker:
    """Compares the data of two files. Items of lists are matched by content, not by index."""

    old: Text | None
    new: Text | None

    @cached_property
    def old_file(self) -> YamlFile:
        return self.old.facts if self.old else YamlFile("")

    @cached_property
    def new_file(self) -> YamlFile:
        return self.new.facts if self.new else YamlFile("")

    def walk(self, old: Any, new: Any, names: tuple[str, ...], at_old: Path, at_new: Path) -> Iterator[Change]:
        kinds = {type(value) for value in (old, new) if value is not None}
        if kinds == {dict}:
            old, new = old or {}, new or {}
            for key in dict.fromkeys([*new, *old]):
                yield from self.walk(old.get(key), new.get(key), (*names, key), (*at_old, key), (*at_new, key))
        elif kinds == {list}:
            yield from self.items(old or [], new or [], names, at_old, at_new)
        elif (said := _said(old)) != (says := _said(new)):
            yield self.change(names, said, says, at_old, at_new)

    def items(
        self, old: list[Any], new: list[Any], names: tuple[str, ...], at_old: Path, at_new: Path
    ) -> Iterator[Change]:
        for pair in pairs([_said(item) or "" for item in old], [_said(item) or "" for item in new]):
            one = old[pair.old] if pair.old is not None else None
            other = new[pair.new] if pair.new is not None else None
            number = pair.new if pair.new is not None else pair.old or 0
            named = (*names, _name(other if other is not None else one, number))
            places = ((*at_old, pair.old or 0), (*at_new, pair.new or 0))
            if one is not None and other is not None and not pair.moved:
                yield from self.walk(one, other, named, *places)
            else:
                yield self.change(named, _said(one), _said(other), *places)

    def change(
        self, names: tuple[str, ...], before: str | None, after: str | None, at_old: Path, at_new: Path
    ) -> Change:
        text, at = (self.new, at_new) if after is not None else (self.old, at_old)
        file = text.facts if text else self.new_file
        places = {place for path, place in file.places.items() if path[: len(at)] == at}
        states = bool(text and places & text.stated)
        return Change("", " \u203a ".join(names), before, after, file.place(at), states)


def _said(value: Any) -> str | None:
    """A value in words, on one line, or None."""
    if value is None:
        return None
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_said(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return "; ".join(_said(item) or "" for item in value)
    return str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())


def _name(item: Any, number: int) -> str:
    """The name of a list item: its first naming field, or else its number."""
    fields = item if isinstance(item, dict) else {}
    return next((str(fields[key]) for key in _NAMES if isinstance(fields.get(key), str)), str(number + 1))


# -- files


REFERENCES = "content/references/"
_TRIALS = "content/trials.yml"


@dataclass(frozen=True)
class FileChange:
    """A file that was added, changed, renamed or removed, every change in it, and what cites a source.

    `reordered` says that the body differs, but no statement: in order, line breaks or indents. `headings` has the old
    heading of each section that had one.
    """

    what: str
    path: str
    title: str
    changes: tuple[Change, ...] = ()
    was: str = ""
    cited_by: tuple[str, ...] = ()
    reordered: bool = False
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def sections(self) -> set[tuple[str, str]]:
        """The changed sections of its body, by path and heading."""
        return {(self.path, change.heading) for change in self.changes if change.in_body}

    @property
    def old_sections(self) -> dict[tuple[str, str], tuple[str, str]]:
        """The former path and heading of each of its sections."""
        return {(self.path, here): (self.was or self.path, there) for here, there in self.headings.items()}


@dataclass(frozen=True)
class Files:
    """Two versions of a guide, file by file."""

    before: Guide
    after: Guide

    @cached_property
    def texts(self) -> tuple[dict[str, Text], dict[str, Text]]:
        """Every file by path, before and after."""
        return texts_of(self.before), texts_of(self.after)

    def entries(self) -> Iterator[FileChange]:
        """Every changed entry in reading order, then removed ones."""
        old, new = self.texts
        before = {entry.path: entry for entry in self.before.entries}
        after = {entry.path: entry for entry in self.after.entries}
        was = {path: path for path in after if path in before} | self.renamed(before, after)
        for path, entry in after.items():
            if path not in was and path not in self.before.unread:
                changes, _ = compare_texts(None, new[path])
                yield FileChange("added", path, entry.front.title, tuple(changes))
            elif path in was and (change := self.entry(before[was[path]], entry)):
                yield change
        for path, entry in before.items():
            if path not in was.values() and path not in self.after.unread:
                changes, _ = compare_texts(old[path], None)
                yield FileChange("removed", path, entry.front.title, tuple(changes))

    def entry(self, before: Entry[Dated], after: Entry[Dated]) -> FileChange | None:
        """The change of an entry that is in both versions."""
        old, new = self.texts
        changes, headings = compare_texts(old[before.path], new[after.path])
        reordered = before.body != after.body and not any(change.in_body for change in changes)
        if not changes and not reordered and before.path == after.path:
            return None
        what, was = ("changed", "") if before.path == after.path else ("renamed", before.path)
        return FileChange(
            what, after.path, after.front.title, tuple(changes), was, reordered=reordered, headings=headings
        )

    def renamed(self, before: Mapping[str, Entry[Dated]], after: Mapping[str, Entry[Dated]]) -> dict[str, str]:
        """The old path of each new file with a text similar to that of a removed file of the same kind."""
        gone = [path for path in before if path not in after and path not in self.after.unread]
        come = [path for path in after if path not in before and path not in self.before.unread]
        found: dict[str, str] = {}
        for kind in sorted({after[path].kind for path in come}):
            old, new = [p for p in gone if before[p].kind == kind], [p for p in come if after[p].kind == kind]
            alike = similar([self.texts[0][p].whole for p in old], [self.texts[1][p].whole for p in new])
            found |= {new[there]: old[here] for here, there in alike}
        return found

    def others(self) -> Iterator[FileChange]:
        """Every other file that changed: sources, glossary, settings, trials, people and reviews."""
        old, new = self.texts
        lost = (self.before.unread - set(self.before.records)) | (self.after.unread - set(self.after.records))
        for path in sorted({*self.before.records, *self.after.records} - lost):
            changes, _ = compare_texts(old.get(path), new.get(path))
            if changes:
                what = "added" if path not in old else "removed" if path not in new else "changed"
                cited_by: tuple[str, ...] = ()
                if path.startswith(REFERENCES):
                    key = path.removeprefix(REFERENCES).removesuffix(".yml")
                    cited_by = tuple((self.citing[0] if what == "removed" else self.citing[1]).get(key, ()))
                yield FileChange(what, path, self.title(path), tuple(changes), cited_by=cited_by)

    def title(self, path: str) -> str:
        """The name of a file that is not an entry: for a source its title."""
        records = self.after.records if path in self.after.records else self.before.records
        data = records[path].data
        title = data.get("title") if path.startswith(REFERENCES) and isinstance(data, dict) else None
        return title if isinstance(title, str) else path.rpartition("/")[2]

    @cached_property
    def citing(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """What cites each source, by key, in both versions."""
        return _citing(self.before), _citing(self.after)


def _citing(guide: Guide) -> dict[str, list[str]]:
    """What cites each source, by key: entries by title and path, other files by path."""
    titles = {entry.name: f"{entry.front.title} ({entry.path})" for entry in guide.entries}
    named = guide.settings.names_source
    found: dict[str, list[str]] = {named: ["every medicine (content/guide.yml)"]} if named else {}
    for name in signoff.signable(guide):
        for key in signoff.bound(guide, name).sources:
            found.setdefault(key, []).append(titles.get(name, f"content/{name}.yml"))
    for key in dict.fromkeys(key for block in blocks(guide) if block.path == _TRIALS for key in block.cites):
        found.setdefault(key, []).append(_TRIALS)
    return found


def changed_assets(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FileChange]:
    """Published files, such as pictures, that were added, changed or removed. Both map a path to a hash."""
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            what = "added" if path not in before else "removed" if path not in after else "changed"
            yield FileChange(what, path, path.rpartition("/")[2])
