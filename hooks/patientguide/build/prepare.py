"""A loaded guide with its page list, navigation and extra files, ready to build, in each of its languages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from patientguide.build.dependencies import Planned, Planner
from patientguide.core import i18n
from patientguide.core.cache import BuildCache, bytes_hash, digest
from patientguide.core.problems import Problem, Severity, as_text, worst_first
from patientguide.export import feeds
from patientguide.model import registry, routes
from patientguide.model.guide import Guide, language_folder
from patientguide.pages.drafts import references
from patientguide.pages.navigation import Menu, Navigation, in_order_of_name, menu
from patientguide.pages.page import Draft
from patientguide.project import load
from patientguide.search import index

OTHERS = ""
"""The key for pages outside the guide, such as the 404 page."""


@dataclass(frozen=True)
class EditionPages:
    """The pages of a language."""

    planner: Planner
    view: Navigation = field(repr=False)


@dataclass(frozen=True)
class Choice:
    """A language of a page, by its own name. `url` is relative to the root of the site.

    `note` says in that language that the page is not translated: the home page, named by `short`, is linked instead.
    """

    language: str
    name: str
    url: str
    here: bool = False
    note: str = ""
    short: str = ""


def language_pages(guide: Guide, cache: BuildCache, site_url: str = "") -> Mapping[str, EditionPages]:
    """The pages of each translation of a guide, by folder."""
    found = {}
    for translated in guide.editions:
        if translated.edition:
            planner = Planner(translated, (), cache, site_url)
            titles = {uri: draft.title for uri, draft in planner.drafts.items()}
            root = translated.edition.root
            unordered = frozenset(root + uri for uri in in_order_of_name(translated))
            groups = [
                {label: [root + uri for uri in uris]} for group in menu(translated) for label, uris in group.items()
            ]
            found[root] = EditionPages(planner, Navigation(groups, titles, unordered=unordered))
    return found


def front_matter(guide: Guide, titles: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
    """The front matter of pages in a project without hooks, by Markdown path, for the templates.

    `titles` has the title of every page. A translated page gets its own menu, since an engine has only one. A page gets
    its own previous and next page where those of the menu would be wrong. Values for other pages are under `OTHERS`.
    """
    found: dict[str, dict[str, Any]] = {uri: {} for uri in titles}
    view, engine = (Navigation(menu(guide), titles, unordered=of) for of in (in_order_of_name(guide), frozenset[str]()))
    for uri in titles:
        steps, same = ([one.previous_page, one.next_page] for one in (view.beside(uri), engine.beside(uri)))
        if steps != same:
            found[uri]["steps"] = dict(zip(("previous_page", "next_page"), map(_plain, steps), strict=True))
    if not guide.editions:
        return found
    editions = language_pages(guide, BuildCache())
    there = {"": titles, **dict.fromkeys(editions, titles)}
    for uri in titles:
        found[uri]["languages"] = _plain(language_choices(guide, there, uri))
    found[OTHERS] = {"languages": _plain(language_choices(guide, there, None))}
    for root, pages in editions.items():
        for uri in pages.planner.drafts:
            settings, menu_beside = pages.planner.guide.settings, _plain(pages.view.beside(uri))
            found[uri] |= {"language": settings.language, "root": root, "site": settings.title, "menu": menu_beside}
    return found


def _plain(value: Any) -> Any:
    """Data classes as lists and dictionaries, without empty values."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value):
        return value
    found = {one.name: getattr(value, one.name) for one in fields(value)}
    return {name: _plain(inner) for name, inner in found.items() if inner}


def language_choices(guide: Guide, there: Mapping[str, Collection[str]], uri: str | None) -> tuple[Choice, ...]:
    """The languages of a guide, each with the path to the same page. `there` has the pages of each, by folder."""
    languages = {language_folder(one.settings.language): one.settings.language for one in guide.editions}
    here = next((root for root in languages if (uri or "").startswith(root)), "")
    plain = (uri or "").removeprefix(here)
    found = []
    for root, language in {"": guide.settings.language, **languages}.items():
        said = i18n.catalog(language)
        has = uri is not None and (root + plain in there[root] or (not root and plain == registry.REFERENCES.uri))
        url = f"{root}{routes.address(plain if has else 'index.md')[1:]}"
        notes = () if has else (said("home page: the page you are on is not translated"), said("home page"))
        found.append(Choice(language, said.name, url, root == here, *notes))
    return tuple(found)


# -- what a build prepares


class ContentError(Exception):
    """The errors of the content that prevent a build."""

    halfway = False
    """Whether they were found while pages were rendered."""

    def __init__(self, why: str, problems: Sequence[Problem] = ()) -> None:
        """`problems` are errors only."""
        super().__init__(why)
        self.problems = problems


@dataclass(frozen=True)
class Prepared:
    """A guide without errors. `assets` is the hash of the files in docs/ that are published unchanged."""

    planner: Planner
    menu: Menu
    view: Navigation = field(repr=False)
    sources: tuple[tuple[str, str | None], ...]
    """The path of each page, and of the file to edit."""
    assets: str
    listed: tuple[Problem, ...] = ()
    """The warnings."""
    editions: Mapping[str, EditionPages] = field(default_factory=dict)
    """The pages of translations, by folder."""

    @cached_property
    def beside(self) -> Mapping[str, str]:
        """The files beside the pages, by path."""
        guide, site_url = self.planner.guide, self.planner.site_url
        found = {**index.all_files(guide, self.planner.cache), **feeds.feed_files(guide, site_url)}
        self.planner.cache.settle("search")
        return found

    @cached_property
    def frame(self) -> str:
        """The hash of what must stay the same so that pages can be rebuilt one by one.

        This is the day, the settings, the addresses of all pages, the files in docs/, and the menu of the 404 page.
        """
        day, settings = self.planner.guide.today.isoformat(), self.planner.record("guide")
        return digest(day, settings, self.assets, self.sources, self.menu, repr(self.view.beside()))

    def draft(self, uri: str) -> Draft | None:
        """The draft of a page; None for the list of sources, which needs all others."""
        return self.planner_of(uri).drafts.get(uri)

    def pages(self) -> Iterator[Planned]:
        """Every page in every language, those of the source first."""
        yield from self.planner.pages()
        for edition in self.editions.values():
            yield from edition.planner.pages()

    def planner_of(self, uri: str) -> Planner:
        """The planner of a page, by Markdown path."""
        edition = self.edition_of(uri)
        return edition.planner if edition else self.planner

    def language_context(self, uri: str | None) -> dict[str, Any]:
        """The variables about languages for templates; nothing if the guide is only in English."""
        pages = self.edition_of(uri)
        guide = pages.planner.guide if pages else self.planner.guide
        settings = guide.settings
        context: dict[str, Any] = {}
        if self.editions:
            drafts = {"": self.planner.drafts, **{root: one.planner.drafts for root, one in self.editions.items()}}
            uris = {root: found.keys() for root, found in drafts.items()}
            context["pg_languages"] = language_choices(self.planner.guide, uris, uri)
        if texts := i18n.catalog(settings.language).texts:
            context["pg_words"] = texts
        if guide.edition:
            context |= {"pg_language": settings.language, "pg_root": guide.edition.root, "pg_name": settings.title}
        return context

    def edition_of(self, uri: str | None) -> EditionPages | None:
        """The translation of a page; None for a source page."""
        root, slash, _ = (uri or "").partition("/")
        return self.editions.get(root + slash) if self.editions else None


def prepare(content: Path, today: date, cache: BuildCache, site_url: str = "") -> Prepared:
    """Load and prepare a guide. Raises ContentError if it has errors."""
    guide, problems = load(content, today, cache)
    listed = worst_first(problems)
    if guide is None:
        errors = [problem for problem in listed if problem.severity is Severity.ERROR]
        raise ContentError(as_text(errors), errors)
    planner = Planner(guide, problems, cache, site_url)
    drafts = [*planner.drafts.values(), references(guide, [])]
    editions = language_pages(guide, cache, site_url)
    drafts += [draft for edition in editions.values() for draft in edition.planner.drafts.values()]
    found = [(draft.uri, draft.title, draft.edits) for draft in drafts]
    view = Navigation(
        menu(guide), {uri: title for uri, title, _ in found}, guide.settings.safety_page, in_order_of_name(guide)
    )
    _free(guide, cache)
    docs = content.parent / "docs"
    assets = digest([[name, bytes_hash((docs / name).read_bytes())] for name in sorted(guide.assets)])
    return Prepared(
        planner, menu(guide), view, tuple((uri, edits) for uri, _, edits in found), assets, tuple(listed), editions
    )


def _free(guide: Guide, cache: BuildCache) -> None:
    """Free what no page needs. Front matter of reviewed and translated texts is needed again."""
    cache.settle("yaml", "texts")
    if not cache.again:
        needed = set(guide.reviews_of).union(*({one.name for one in edition.entries} for edition in guide.editions))
        for entry in guide.entries:
            if entry.name not in needed:
                entry.facts.forget("data", "places")
        for record in guide.records.values():
            record.forget("places")
