"""The pages of a guide in other languages: their plans and menus, and how a page leads to itself in each language."""

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
"""Stands for pages that are none of the guide's, such as the one for an address that leads nowhere."""


@dataclass(frozen=True)
class EditionPages:
    """The pages of one language."""

    planner: Planner
    view: Navigation = field(repr=False)


@dataclass(frozen=True)
class Choice:
    """A language that a page can be read in, by its own name: `url` leads from the root of the site.

    `note` says, in that language, that the page itself is not there: its home page, which `short`
    names, is offered instead.
    """

    language: str
    name: str
    url: str
    here: bool = False
    note: str = ""
    short: str = ""


def language_pages(guide: Guide, cache: BuildCache, site_url: str = "") -> Mapping[str, EditionPages]:
    """The pages of each translation of a guide, by their folder."""
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
    """What pages say at their top in a project without hooks, by their Markdown paths, so that templates know as much.

    `uris` are all pages. A page of a translation brings its own menu along: an engine has only one. What holds for
    all other pages stands under `OTHERS`.
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
    """Data classes as lists and mappings, without what is empty."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value):
        return value
    found = {one.name: getattr(value, one.name) for one in fields(value)}
    return {name: _plain(inner) for name, inner in found.items() if inner}


def choices(guide: Guide, there: Mapping[str, Collection[str]], uri: str | None) -> tuple[Choice, ...]:
    """The languages of a guide, each with the way to the same page: `there` has the pages of each by its folder."""
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
