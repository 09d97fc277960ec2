"""Load the files of a guide into entries, and collect every problem of every file."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from os.path import lexists
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from patientguide.content import assets, documents
from patientguide.core import i18n
from patientguide.core.cache import BuildCache
from patientguide.core.files import read_text
from patientguide.core.problems import Place, Problem
from patientguide.core.yaml import YamlFile, read_yaml
from patientguide.model.entries import Dated, Entry, Glossary, Trials, model_of
from patientguide.model.fields import ID_PATTERN
from patientguide.model.guide import Guide
from patientguide.model.kinds import Kinds
from patientguide.model.records import ChangeNotes, People, Reviews, Watch
from patientguide.model.reference import Reference
from patientguide.model.settings import FileLimits, Settings

Record = TypeVar("Record", bound=BaseModel)

RECORDS = ("guide.yml", "glossary.yml", "trials.yml", "people.yml", "reviews.yml", "watch.yml", "changes.yml")
# Windows cannot create files with these names, whatever follows the first point.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


def is_entry_name(stem: str) -> bool:
    """Whether a file name without its suffix is valid for an entry."""
    return bool(re.fullmatch(ID_PATTERN, stem)) and len(stem) <= 80 and not _DEVICES.fullmatch(stem)


def _order(settings: Settings | None, entry: Entry[Any]) -> Any:
    """The place of an entry among those of its kind: its topic and order, its order or, for medicines, its title."""
    if settings and entry.kind in settings.kinds.further:
        topics = settings.kinds.of(entry.kind).topics
        return topics.index(entry.front.topic) if entry.front.topic in topics else len(topics), entry.front.order
    return getattr(entry.front, "order", entry.front.title.casefold())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its folder is not readable
        return False


@dataclass
class Loader:
    """Loads a guide's files into models, and collects problems."""

    root: Path
    folder: str
    cache: BuildCache
    problems: list[Problem] = field(default_factory=list)
    records: dict[str, YamlFile] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def guide(self, today: date, fallback: Settings | None = None) -> Guide | None:
        """The whole guide, drafts included, or None if its settings cannot be read."""
        content = self.root / self.folder
        if not _is_file(content / "guide.yml"):
            advice = "Start with the one in this project."
            self.refuse("content/guide.yml", "missing", "There is no such file.", advice)
            return None
        settings = self.record("guide.yml", Settings) or fallback
        kinds = self.kinds(settings)
        self.nothing_else(content, settings, kinds)
        by_kind = {kind: tuple(sorted(self.entries(kind), key=partial(_order, settings))) for kind in kinds}
        references = dict(self.references())
        glossary = self.record("glossary.yml", Glossary) if lexists(content / "glossary.yml") else None
        trials = self.record("trials.yml", Trials) if lexists(content / "trials.yml") else None
        people = self.record("people.yml", People) if lexists(content / "people.yml") else None
        reviews = self.record("reviews.yml", Reviews) if lexists(content / "reviews.yml") else None
        watch = self.record("watch.yml", Watch) if lexists(content / "watch.yml") else None
        changes = self.record("changes.yml", ChangeNotes) if lexists(content / "changes.yml") else None
        by_kind["pages"] = tuple(self.pages())
        published, problems = assets.find(self.root, settings.file_limits if settings else FileLimits())
        self.problems += problems
        if settings is None:
            return None
        return Guide(
            settings=settings,
            by_kind=by_kind,
            references=references,
            glossary=glossary,
            trials=trials or Trials(),
            people=tuple(people.root) if people else (),
            reviews=tuple(reviews.root) if reviews else (),
            records=self.records,
            assets=published,
            unread=frozenset(self.unread),
            today=today,
            watch=watch,
            changes=tuple(changes.root) if changes else (),
        )

    def refuse(self, path: str, code: str, message: str, advice: str) -> None:
        """Record a problem of a whole file."""
        self.problems.append(Problem(Place(path), code, message, advice))

    def kinds(self, settings: Settings | None) -> tuple[str, ...]:
        """The kinds of entry. Without settings, those that guide.yml names, whatever else is wrong in it."""
        if settings:
            return settings.kinds.names
        file = self.records.get("content/guide.yml")
        named = file.data.get("kinds") if file and isinstance(file.data, dict) else None
        further = [name for name in named if re.fullmatch(ID_PATTERN, str(name))] if isinstance(named, dict) else []
        return tuple(dict.fromkeys([*Kinds.model_fields, *map(str, further)]))

    def nothing_else(self, content: Path, settings: Settings | None, kinds: Collection[str]) -> None:
        """Refuse unknown files in the folder. Problems: unknown-file, not-a-file."""
        others = [name for name in i18n.LANGUAGES if settings is None or name != settings.language]
        folders = (*kinds, "references")
        may_be_kind = settings is None and "content/guide.yml" not in self.records
        for path in self.inside(content, "content"):
            known = (*folders, *others) if path.is_dir() else RECORDS
            if path.name.startswith(".") or (may_be_kind and path.is_dir()):
                continue
            if path.name not in known:
                advice = "Known are: " + ", ".join(folders if path.is_dir() else known) + "."
                advice += " Further kinds of entry are named under kinds: in guide.yml." if path.is_dir() else ""
                self.refuse(f"content/{path.name}", "unknown-file", "This file or folder has no place here.", advice)
            elif path.is_symlink() and path.is_dir():
                advice = "Put the folder itself here."
                self.refuse(f"content/{path.name}", "not-a-file", "This is not an ordinary folder.", advice)

    def inside(self, folder: Path, path: str) -> list[Path]:
        """The sorted content of a folder. Problems: not-a-file."""
        found, problems = assets.inside(folder, path)
        self.problems += problems
        return found

    def text(self, file: Path, path: str) -> str | None:
        """The text of a file. Problems: those of `files.read_text`."""
        text, problems = read_text(file, path)
        self.problems += problems
        if text is None:
            self.unread.add(path)
        return text

    def files(self, folder: Path, prefix: str, suffix: str) -> Iterator[tuple[str, str, Path]]:
        """The id, path in the project and file of every entry of a folder. Problems: file-name."""
        for file in self.inside(folder, prefix) if folder.is_dir() and not folder.is_symlink() else []:
            if file.name.startswith("."):
                continue
            if file.suffix == suffix and is_entry_name(file.stem):
                yield file.stem, f"{prefix}/{file.name}", file
            elif prefix != "docs" or file.suffix == suffix:
                self.refuse(
                    f"{prefix}/{file.name}",
                    "file-name",
                    f"'{file.name}' is not the name of an entry.",
                    f"Use small letters, digits and single hyphens, and end with {suffix}, as in new-entry{suffix}.",
                )

    def entries(self, kind: str) -> list[Entry[Dated]]:
        """The entries of a folder that could be read."""
        files = self.files(self.root / self.folder / kind, f"content/{kind}", ".md")
        return [entry for file in files if (entry := self.entry(kind, *file))]

    def pages(self) -> list[Entry[Dated]]:
        """The hand-written pages. Problems: missing, if there is no home page."""
        files = self.files(self.root / "docs", "docs", ".md")
        pages = [entry for file in files if (entry := self.entry("pages", *file))]
        if (self.root / "docs").is_symlink():
            self.refuse("docs", "not-a-file", "This is not an ordinary folder.", "Put the folder itself here.")
        elif not _is_file(self.root / "docs" / "index.md"):
            self.refuse("docs/index.md", "missing", "There is no home page.", "Add docs/index.md.")
        return pages

    def entry(self, kind: str, id_: str, path: str, file: Path) -> Entry[Dated] | None:
        """A Markdown file as an entry. Problems: those of `document` and `parsed`."""
        text = self.text(file, path)
        if text is None:
            return None
        document = self.document(text, path)
        front = self.parsed(model_of(kind), document.facts) if document else None
        if document is None or front is None:
            self.unread.add(path)
            return None
        return Entry(kind, id_, path, front, document.body, document.body_line, document.facts)

    def document(self, text: str, path: str) -> documents.Document | None:
        """The front matter and text of a Markdown file. Problems: those of `documents.read_front_matter`."""
        found, problems = self.cache.recalled(
            "read", path, text, lambda: documents.read_front_matter(text, path, self.cache)
        )
        self.problems += problems
        return found

    def parsed(self, model: type[Record], file: YamlFile) -> Record | None:
        """A file as its model. Problems: those of `documents.validate`."""
        found, problems = self.cache.recalled("parsed", file.path, file.digest, lambda: documents.validate(model, file))
        self.problems += problems
        return found

    def yaml(self, file: Path, path: str) -> YamlFile | None:
        """A YAML file. Problems: those of `text` and `yaml.read_yaml`."""
        text = self.text(file, path)
        if text is None:
            return None
        data, problems = self.cache.recalled("read", path, text, lambda: read_yaml(text, path, cache=self.cache))
        self.problems += problems
        if data is not None:
            self.records[path] = data
        return data

    def record(self, name: str, model: type[Record]) -> Record | None:
        """A single YAML file of content/ as its model."""
        data = self.yaml(self.root / self.folder / name, f"content/{name}")
        answer = self.parsed(model, data) if data else None
        if answer is None:
            self.unread.add(f"content/{name}")
        return answer

    def references(self) -> Iterator[tuple[str, Reference]]:
        """The sources that could be read, by key."""
        for key, path, file in self.files(self.root / self.folder / "references", "content/references", ".yml"):
            data = self.yaml(file, path)
            if data and (reference := self.parsed(Reference, data)):
                yield key, reference
            else:
                self.unread.add(path)
