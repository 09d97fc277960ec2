"""The pages of translations: their plans and menus, and links from a page to itself in other languages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from patientguide.build.dependencies import Planner
from patientguide.core import i18n
from patientguide.core.cache import BuildCache
from patientguide.model import registry, routes
from patientguide.model.guide import Guide, language_folder
from patientguide.pages.navigation import Navigation, menu

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
            groups = [
                {label: [root + uri for uri in uris]} for group in menu(translated) for label, uris in group.items()
            ]
            found[root] = EditionPages(planner, Navigation(groups, titles))
    return found


def front_matter(guide: Guide, uris: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """The front matter of pages in a project without hooks, by Markdown path, for the templates.

    `uris` are all pages. A translated page has its own menu, since an engine has only one. Values for all other pages
    are under `OTHERS`.
    """
    if not guide.editions:
        return {}
    editions = language_pages(guide, BuildCache())
    there = {"": uris, **dict.fromkeys(editions, uris)}
    told: dict[str, dict[str, Any]] = {uri: {"languages": _plain(choices(guide, there, uri))} for uri in uris}
    told[OTHERS] = {"languages": _plain(choices(guide, there, None))}
    for root, pages in editions.items():
        for uri in pages.planner.drafts:
            settings, menu_beside = pages.planner.guide.settings, _plain(pages.view.beside(uri))
            told[uri] |= {"language": settings.language, "root": root, "site": settings.title, "menu": menu_beside}
    return told


def _plain(value: Any) -> Any:
    """Data classes as lists and dictionaries, without empty values."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value):
        return value
    found = {one.name: getattr(value, one.name) for one in fields(value)}
    return {name: _plain(inner) for name, inner in found.items() if inner}


def choices(guide: Guide, there: Mapping[str, Collection[str]], uri: str | None) -> tuple[Choice, ...]:
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
