"""Files of a guide that were added, changed, renamed or removed, with the changes in each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from patientguide.changes.texts import Change, Text, compare_texts, similar, texts_of
from patientguide.content.blocks import blocks
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide
from patientguide.review import signoff

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
    found: dict[str, list[str]] = {guide.settings.names_source: ["every medicine (content/guide.yml)"]}
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
