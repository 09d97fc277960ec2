"""Load translations: links, menus and texts of a guide in another language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from patientguide.content import documents
from patientguide.content.documents import Document
from patientguide.content.loader import Loader
from patientguide.core import i18n
from patientguide.core.cache import BuildCache, digest
from patientguide.core.problems import Place, Problem, suggest
from patientguide.core.yaml import YamlFile
from patientguide.model import registry, roles, routes
from patientguide.model.entries import Entry, Glossary, Term
from patientguide.model.guide import Edition, Fit, Guide
from patientguide.model.roles import WHOLE, Role
from patientguide.model.routes import UP, Target
from patientguide.model.settings import Settings
from patientguide.translations import marks, overlay
from patientguide.translations.overlay import Shown, settled_text

# -- links: to the page in the same language if there is one, else to the source page
#
# A link may be written as in the source, or relative to the translated file; both have the same target.


def table(guide: Guide, source: Guide, prefix: str) -> Mapping[str, Target]:
    """All link targets of a translation. `prefix` is the folder of its files."""
    found = {
        path: target if target == routes.UNREAD else Target(f"{UP}{target.uri}", target.anchor)
        for path, target in routes.link_targets(source).items()
    }
    own = routes.link_targets(guide)
    names = {entry.path: guide.by_name[entry.name] for entry in source.entries if entry.name in guide.by_name}
    for path, entry in names.items():
        target = routes.target_of(entry)
        pairs = zip(_spots(path, source), _spots(entry.path, guide), strict=False)
        found |= {path: target} | {one: Target(target.uri, other.partition("#")[2]) for one, other in pairs}
    lists = tuple(one.source for one in registry.known(guide.settings).values() if one.translated)
    found |= {path: target for path, target in own.items() if path.startswith(lists)}
    return {**{other: target for path, target in found.items() for other in _ways(path, prefix)}, **found, **own}


def _spots(path: str, guide: Guide) -> list[str]:
    return [name for name in routes.link_targets(guide) if name.startswith(f"{path}#")]


def _ways(path: str, prefix: str) -> Iterator[str]:
    """The forms of a link to `path` in a file of the translation."""
    folder, _, rest = path.partition("/")
    if folder == "content":
        yield f"{prefix}/{rest}"
        yield f"{prefix}/content/{rest}"
    elif folder == "docs":
        yield f"{prefix}/pages/{rest}"
        yield f"content/docs/{rest}"
        yield f"{prefix}/docs/{rest}"


# -- menu: the groups of the source, with the translated pages


def with_menu(settings: Settings, entries: Sequence[Entry[Any]], glossary: Glossary | None) -> Settings:
    """The settings with a menu of the existing pages."""
    have = {f"{entry.id}.md" for entry in entries if entry.kind == "pages"}
    kinds = {entry.kind for entry in entries}
    have |= {name for name, one in registry.known(settings).items() if one.translated and one.kind in kinds}
    have |= {registry.EFFECTS.name} if registry.MEDICATIONS.kind in kinds else set()
    have |= {registry.GLOSSARY.name} if glossary and glossary.terms else set()
    groups = [
        group.model_copy(update={"items": [i for i in group.items if i in have]}) for group in settings.navigation
    ]
    return settings.model_copy(update={"navigation": [group for group in groups if group.items]})


# -- texts: each folder of content/ with the name of a language, merged over the source guide


_RECORDS = ("guide.yml", "glossary.yml")


def languages(content: Path, own: str) -> list[str]:
    """The languages of the translations in a folder of content."""
    return [name for name in i18n.LANGUAGES if name != own and (content / name).is_dir()]


def editions(guide: Guide, whole: Guide, content: Path, cache: BuildCache) -> tuple[tuple[Guide, ...], list[Problem]]:
    """The translations of the guide. `whole` is the source with its drafts."""
    found, problems = [], list[Problem]()
    for language in languages(content, guide.settings.language):
        reader = _Reader(guide, whole, language, Loader(content.parent, content.name, cache))
        if edition := reader.edition():
            found.append(edition)
        problems += reader.problems
    return tuple(found), problems


@dataclass
class _Reader:
    """Loads the files of one language."""

    source: Guide
    whole: Guide
    language: str
    loader: Loader
    fits: dict[str, Fit] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        return self.loader.problems

    @property
    def kinds(self) -> tuple[str, ...]:
        return (*self.source.settings.kinds.names, "pages")

    @property
    def prefix(self) -> str:
        return f"content/{self.language}"

    @property
    def folder(self) -> Path:
        return self.loader.root / self.loader.folder / self.language

    def edition(self) -> Guide | None:
        """The guide in this language, or None if its settings cannot be read."""
        self._nothing_else()
        file, settings = self._settings()
        if settings is None or file is None:
            return None
        urgent = frozenset(marks.URGENT) if self.fits["guide"].given_way else frozenset[str]()
        entries = [entry for kind in self.kinds for entry in self._entries(kind, settings, urgent)]
        glossary_file, glossary = self._glossary()
        if not any(entry.name == "pages/index" for entry in entries):
            message = "There is no home page in this language."
            self._problem(f"{self.prefix}/pages/index.md", "missing", message, self._starting("pages/index"))
            return None
        entries += self._safety_page(entries)
        shared = ("content/references/", "content/trials.yml")
        records = {path: f for path, f in self.source.records.items() if path.startswith(shared)}
        records |= {"content/guide.yml": file, file.path: file}
        if glossary_file:
            records |= {"content/glossary.yml": glossary_file, glossary_file.path: glossary_file}
        unread = {path for path in self.source.unread if path.startswith(shared)}
        guide = replace(
            self.source,
            by_kind={kind: tuple(e for e in entries if e.kind == kind) for kind in self.kinds},
            settings=with_menu(settings, entries, glossary),
            glossary=glossary,
            reviews=(),
            records=records,
            unread=frozenset(self.loader.unread | unread),
            targets=None,
            texts={},
            editions=(),
            edition=Edition(self.language, self.source, self.fits),
        )
        return replace(guide, targets=table(guide, self.source, self.prefix))

    def _nothing_else(self) -> None:
        for path in self.loader.inside(self.folder, self.prefix):
            if not path.name.startswith(".") and path.name not in (self.kinds if path.is_dir() else _RECORDS):
                advice = "Known are: " + ", ".join((*self.kinds, *_RECORDS)) + "."
                self._problem(
                    f"{self.prefix}/{path.name}", "unknown-file", "This file or folder has no place here.", advice
                )

    def _settings(self) -> tuple[YamlFile | None, Settings | None]:
        path = f"{self.prefix}/guide.yml"
        file = self.loader.yaml(self.folder / "guide.yml", path) if (self.folder / "guide.yml").is_file() else None
        if file is None:
            self._problem(path, "missing", "There is no such file.", self._starting("guide"))
            return None, None
        source = self.source.records["content/guide.yml"]
        data, mark, problems = marks.take_mark(file)
        fit = marks.fit_of(mark, marks.mark_of_settings(source.data))
        self.loader.problems += [*problems, *marks.mark_problems(file, mark, fit, "guide")]
        gone = fit.given_way
        self.fits["guide"] = Fit(given_way=gone)
        own = roles.named(Settings, Role.OWN)
        rules = {name: value for name, value in source.data.items() if name not in own}
        laid = overlay.Overlay(Settings, whole=False)
        merged = laid.laid(rules, {name: value for name, value in data.items() if name not in gone})
        merged["language"] = self.language
        made = self._made(file, merged, source.digest)
        self.loader.problems += _faults(made, laid)
        settings = self.loader.parsed(Settings, made)
        for name, kind in self.source.settings.kinds if settings else ():
            own_topics = settings.kinds.of(name).topics if settings else []
            if len(own_topics) != len(kind.topics):
                place = made.place(("kinds", name, "topics"))
                message = f"There are {len(own_topics)} topics here, and {len(kind.topics)} in the source text."
                self.loader.problems.append(Problem(place, "translation", message, "Write one for each, in its order."))
                return made, None
        return made, settings

    def _entries(self, kind: str, settings: Settings, urgent: frozenset[str]) -> Iterator[Entry[Any]]:
        prefix = f"{self.prefix}/{kind}"
        found = [
            entry
            for id_, path, file in self.loader.files(self.folder / kind, prefix, ".md")
            if (entry := self._entry(f"{kind}/{id_}", path, file, settings, urgent))
        ]
        order = {entry.name: n for n, entry in enumerate(self.source.entries)}
        yield from sorted(found, key=lambda entry: order[entry.name])

    def _entry(self, name: str, path: str, file: Path, settings: Settings, urgent: frozenset[str]) -> Entry[Any] | None:
        text = self.loader.text(file, path)
        document = self.loader.document(text, path) if text is not None else None
        source = self.source.by_name.get(name)
        # A text that could not be read exists all the same.
        unread = {f"content/{name}.md", f"docs/{name.removeprefix('pages/')}.md"} & self.whole.unread
        if source is None and name not in self.whole.by_name and not unread:
            known = [entry.name for entry in self.source.entries]
            near = suggest(name, known)
            advice = "Delete this translation, too, or give it the name of its source."
            advice += f" {near}" if near.startswith("Did") else ""
            self._problem(path, "unknown-entry", "There is no such entry in the source language.", advice)
        if document is None or source is None:
            return None
        key = (text, source.digest, self.source.records["content/guide.yml"].digest, settings, urgent)
        make = partial(self._laid, path, document, source, settings, urgent)
        laid = self.loader.cache.recalled("laid", path, key, make)
        self.loader.problems += laid.problems
        if laid.fit:
            self.fits[name] = laid.fit
            self.loader.unread.update([path] if laid.entry is None else [])
        return laid.entry

    def _laid(
        self, path: str, document: Document, source: Entry[Any], settings: Settings, urgent: frozenset[str]
    ) -> "_Laid":
        """A translated text merged over its source."""
        data, mark, problems = marks.take_mark(document.facts)
        if data.get("draft"):
            return _Laid(None, None, problems)
        fit = marks.fit_of(mark, marks.mark_of_entry(source, self.source.settings))
        problems += marks.mark_problems(document.facts, mark, fit, source.name)
        fit = replace(fit, given_way=fit.given_way | urgent)
        laid = overlay.Overlay(type(source.front))
        shown = Shown(source, self.source.settings, settings, fit)
        merged, body, given_way = settled_text(shown, data, document.body, laid)
        facts = self._made(document.facts, merged, source.digest)
        problems += _faults(facts, laid)
        front, more = documents.validate(type(source.front), facts)
        entry = Entry(source.kind, source.id, path, front, body, document.body_line, facts) if front else None
        return _Laid(entry, replace(fit, given_way=fit.given_way | given_way), problems + more)

    def _glossary(self) -> tuple[YamlFile | None, Glossary | None]:
        path, source = f"{self.prefix}/glossary.yml", self.source.records.get("content/glossary.yml")
        if source is None or self.source.glossary is None or not (self.folder / "glossary.yml").is_file():
            return None, None
        file = self.loader.yaml(self.folder / "glossary.yml", path)
        if file is None:
            return None, None
        data, mark, problems = marks.take_mark(file)
        self.loader.problems += problems
        now = marks.mark_of_glossary(self.source.glossary).words
        terms = data.get("terms")
        rows = [row for row in terms if isinstance(row, dict)] if isinstance(terms, list) else []
        ids = {str(row.get("id")) for row in rows}
        stale = frozenset(id_ for id_ in ids if mark and mark.words.get(id_) != now.get(id_))
        self.loader.problems += marks.mark_problems(file, mark, Fit(stale=bool(stale)), "glossary", stale)
        self.fits |= {f"glossary#{id_}": Fit(stale=True) for id_ in stale} | {"glossary": Fit()}
        laid = overlay.Overlay(Glossary)
        # A word that is not translated yet is left out; links lead to the source page.
        known = [_without_forms(row, ids) for row in source.data["terms"] if row["id"] in ids]
        merged = laid.laid({**source.data, "terms": known}, data)
        made = self._made(file, merged, source.digest)
        self.loader.problems += _faults(made, laid)
        glossary, problems = documents.validate(Glossary, made)
        self.loader.problems += problems
        return (made, glossary) if glossary else (None, None)

    def _safety_page(self, entries: list[Entry[Any]]) -> list[Entry[Any]]:
        """The source page on when to call, if this language has none."""
        page = self.source.safety_page
        if any(entry.name == page.name for entry in entries):
            return []
        self.fits[page.name] = Fit(given_way=frozenset({WHOLE}))
        return [replace(page, path=f"{self.prefix}/pages/{page.id}.md")]

    def _starting(self, what: str) -> str:
        return f"Run: patientguide translate {self.language} {what}"

    def _made(self, file: YamlFile, data: dict[str, Any], source: str) -> YamlFile:
        return replace(file, digest=digest(file.digest, source)).knowing(data=data)

    def _problem(self, path: str, code: str, message: str, advice: str) -> None:
        self.loader.problems.append(Problem(Place(path), code, message, advice))


class _Laid(NamedTuple):
    """A translated entry. Without `fit` it is a draft; without `entry` it could not be read."""

    entry: Entry[Any] | None
    fit: Fit | None
    problems: list[Problem]


def _faults(file: YamlFile, laid: overlay.Overlay) -> list[Problem]:
    return [Problem(file.place(path), "translation", said, advice) for path, said, advice in laid.faults]


def _without_forms(row: Mapping[str, Any], ids: set[Any]) -> dict[str, Any]:
    """A source word without its forms. It refers only to words with these `ids`."""
    kept = {name: value for name, value in row.items() if name not in roles.named(Term, Role.OWN)}
    return {**kept, "see": [name for name in row.get("see", []) if name in ids]}
