"""A folder of content into a Guide, or every reason why not. The only module that reads an editor's files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from patientguide import checks, frontmatter, outline, parse, textfile, yamlfile
from patientguide.csl import Reference
from patientguide.fields import ID_PATTERN
from patientguide.guide import Entry, Guide
from patientguide.models import Dated, Faq, Medication, Page, Phase, Term, Therapy, Trials
from patientguide.problems import Place, Problem, has_errors
from patientguide.settings import Settings

Front = TypeVar("Front", bound=Dated)
Record = TypeVar("Record", bound=BaseModel)

RECORDS = ("guide.yml", "glossary.yml", "trials.yml", "people.yml", "reviews.yml")
KINDS: dict[str, type[Dated]] = {
    "phases": Phase,
    "therapies": Therapy,
    "medications": Medication,
    "faqs": Faq,
}
ASSETS = {".css", ".ico", ".jpg", ".js", ".png", ".svg", ".txt", ".webp", ".woff2"}
FOLDERS = (*KINDS, "references")


def load(content: Path, today: date) -> tuple[Guide | None, list[Problem]]:
    """Read, parse and check the guide in `content` and the hand-written pages in `docs` beside it.

    `today` is the date that states such as "overdue" are reckoned from.
    Answers every problem of every file. The guide is None when any of them is an error.
    """
    loader = _Loader(content.resolve().parent, content.name)
    guide = loader.guide(today)
    if guide is None or has_errors(loader.problems):
        return None, loader.problems
    problems = loader.problems + checks.run(guide)
    return (None if has_errors(problems) else guide), problems


@dataclass
class _Loader:
    root: Path
    folder: str
    problems: list[Problem] = field(default_factory=list)
    records: dict[str, yamlfile.YamlFile] = field(default_factory=dict)

    def guide(self, today: date) -> Guide | None:
        content = self.root / self.folder
        if not (content / "guide.yml").is_file():
            self.refuse(
                "content/guide.yml",
                "missing",
                "There is no such file.",
                "Start with the one in this project.",
            )
            return None
        settings = self.record("guide.yml", Settings)
        self.nothing_else(content)
        phases = self.entries("phases", Phase)
        therapies = self.entries("therapies", Therapy)
        medications = self.entries("medications", Medication)
        faqs = self.entries("faqs", Faq)
        references = dict(self.references())
        terms = self.terms()
        trials = self.record("trials.yml", Trials) if (content / "trials.yml").exists() else Trials()
        self.nobody_signed(content)
        pages = self.pages()
        if settings is None or trials is None:
            return None
        return Guide(
            settings=settings,
            phases=tuple(sorted(phases, key=lambda entry: entry.front.order)),
            therapies=tuple(sorted(therapies, key=lambda entry: entry.front.order)),
            medications=tuple(sorted(medications, key=lambda entry: entry.front.title.casefold())),
            faqs=tuple(sorted(faqs, key=lambda entry: entry.front.order)),
            pages=tuple(pages),
            references=references,
            authored_terms=tuple(terms),
            trials=trials,
            records=self.records,
            assets=frozenset(self.assets()),
            today=today,
        )

    def refuse(self, path: str, code: str, message: str, advice: str) -> None:
        self.problems.append(Problem(Place(path), code, message, advice))

    def nothing_else(self, content: Path) -> None:
        for path in sorted(content.iterdir()):
            known = FOLDERS if path.is_dir() else RECORDS
            if path.name not in known and not path.name.startswith("."):
                self.refuse(
                    f"content/{path.name}",
                    "unknown-file",
                    "This file or folder has no place here.",
                    "Known are: " + ", ".join(known) + ".",
                )

    def text(self, file: Path, path: str) -> str | None:
        text, problems = textfile.read(file, path)
        self.problems += problems
        return text

    def files(self, folder: Path, prefix: str, suffix: str) -> Iterator[tuple[str, str, Path]]:
        """The id, path in the project and file of every entry of a folder. Problems: file-name."""
        for file in sorted(folder.iterdir()) if folder.is_dir() else []:
            if file.name.startswith("."):
                continue
            if file.suffix == suffix and re.match(ID_PATTERN, file.stem) and len(file.stem) <= 80:
                yield file.stem, f"{prefix}/{file.name}", file
            elif prefix != "docs" or file.suffix == suffix:
                self.refuse(
                    f"{prefix}/{file.name}",
                    "file-name",
                    f"'{file.name}' is not the name of an entry.",
                    f"Use small letters, digits and single hyphens, and end with {suffix}, as in new-entry{suffix}.",
                )

    def entries(self, kind: str, model: type[Front]) -> list[Entry[Front]]:
        folder = self.root / self.folder / kind
        found = (
            self.entry(kind, id_, path, file, model) for id_, path, file in self.files(folder, f"content/{kind}", ".md")
        )
        return [entry for entry in found if entry]

    def pages(self) -> list[Entry[Page]]:
        found = (self.entry("pages", *file, Page) for file in self.files(self.root / "docs", "docs", ".md"))
        return [entry for entry in found if entry]

    def assets(self) -> Iterator[str]:
        folder = self.root / "docs"
        for file in folder.rglob("*"):
            if file.is_symlink():
                self.refuse(
                    f"docs/{file.relative_to(folder).as_posix()}",
                    "not-a-file",
                    "This is not an ordinary file.",
                    "Put the file itself here.",
                )
            elif file.is_file() and file.suffix in ASSETS:
                yield file.relative_to(folder).as_posix()
            elif file.is_file() and (file.suffix != ".md" or file.parent != folder):
                self.refuse(
                    f"docs/{file.relative_to(folder).as_posix()}",
                    "unknown-file",
                    "This file would be published without any check.",
                    f"Pages stand directly in docs/ and end with .md. Others may end with {', '.join(sorted(ASSETS))}.",
                )

    def entry(self, kind: str, id_: str, path: str, file: Path, model: type[Front]) -> Entry[Front] | None:
        text = self.text(file, path)
        if text is None:
            return None
        document, problems = frontmatter.read(text, path)
        self.problems += problems
        if document is None:
            return None
        front, problems = parse.model(model, document.facts)
        self.problems += problems
        if front is None:
            return None
        sections = outline.sections(document.body, document.body_line)
        return Entry(kind, id_, path, front, document.body, document.body_line, sections, document.facts)

    def yaml(self, file: Path, path: str) -> yamlfile.YamlFile | None:
        text = self.text(file, path)
        if text is None:
            return None
        data, problems = yamlfile.read(text, path)
        self.problems += problems
        if data is not None:
            self.records[path] = data
        return data

    def record(self, name: str, model: type[Record]) -> Record | None:
        data = self.yaml(self.root / self.folder / name, f"content/{name}")
        if data is None:
            return None
        answer, problems = parse.model(model, data)
        self.problems += problems
        return answer

    def references(self) -> Iterator[tuple[str, Reference]]:
        for key, path, file in self.files(self.root / self.folder / "references", "content/references", ".yml"):
            data = self.yaml(file, path)
            reference, problems = parse.model(Reference, data) if data else (None, [])
            self.problems += problems
            if reference:
                yield key, reference

    def terms(self) -> list[Term]:
        if not (self.root / self.folder / "glossary.yml").exists():
            return []
        data = self.yaml(self.root / self.folder / "glossary.yml", "content/glossary.yml")
        terms, problems = parse.models(Term, data) if data else ([], [])
        self.problems += problems
        return terms

    def nobody_signed(self, content: Path) -> None:
        """Sign-off bound to the text is not built yet, so no review can be claimed by writing one down."""
        for name in ("people.yml", "reviews.yml"):
            data = self.yaml(content / name, f"content/{name}") if (content / name).exists() else None
            if data and data.data:
                self.refuse(
                    f"content/{name}",
                    "no-sign-off",
                    "A review cannot be recorded yet.",
                    "Leave the file as an empty list: []",
                )
