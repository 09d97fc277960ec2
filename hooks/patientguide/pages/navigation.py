"""The menu as nested lists for any engine, and the part of it that each page shows.

A page shows every group, and the pages of its own group. A long collection is folded to its list page with the count,
and the entries around the open page, so that neither the size of a page nor its cost grows with the guide. The list
page still leads to every entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from patientguide.model import registry, routes
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide

Menu = list[dict[str, list[str]]]

MOST = 40
"""A longer collection is folded: nobody can scan its names, and every page would contain them all."""
AROUND = 5
"""How many entries of a folded collection are shown before the page that is open, and how many after it."""


def menu(guide: Guide) -> Menu:
    """Every page of the guide once, in the groups and order of guide.yml."""
    children: dict[str, list[str]] = {}
    lists = registry.known(guide.settings)
    for entry in guide.outlined:
        children.setdefault(entry.kind.upper(), []).append(routes.target_of(entry).uri)
    children[registry.FACETS.name] = [routes.of_facet_values(value).uri for value in guide.facet_values]
    return [
        {
            group.label: [
                uri
                for item in group.items
                for uri in ([lists[item].uri, *children.get(item, [])] if item.isupper() else [item])
            ]
        }
        for group in guide.settings.navigation
    ]


def in_order_of_name(guide: Guide) -> frozenset[str]:
    """The pages of entries whose kind gives them no order."""
    return frozenset(
        routes.target_of(entry).uri for entry in guide.outlined if "order" not in type(entry.front).model_fields
    )


def _uris(entries: Iterable[Entry[Dated]]) -> list[str]:
    return [routes.target_of(entry).uri for entry in entries]


@dataclass(frozen=True)
class Item:
    """A line of the menu, with the attribute names of MkDocs, so that templates accept either.

    `url` is relative to the root of the site. `count` is the number of entries of a folded collection, else 0.
    """

    title: str
    url: str
    active: bool = False
    count: int = 0
    children: tuple["Item", ...] = ()

    @cached_property
    def mark(self) -> str:
        """A key of all that it shows. Cached, since most lines are on many pages."""
        inside = "".join(child.mark for child in self.children)
        return f"{self.title}\n{self.url}\n{self.active} {self.count} ({inside})\n"


@dataclass(frozen=True)
class MenuView:
    """The menu of one page: every group; other groups have only their first page as a child."""

    items: tuple[Item, ...]
    previous_page: Item | None = None
    next_page: Item | None = None
    a_to_z: Item | None = None
    safety: Item | None = None
    """The page on when to call, for a page of the theme: all others say where it is."""

    @property
    def mark(self) -> str:
        """A key of all that it shows."""
        return "".join(
            item.mark if item else "-" for item in (*self.items, self.previous_page, self.next_page, self.a_to_z)
        )


class _Run(NamedTuple):
    """Consecutive lines of a group from index `start`, folded or not."""

    start: int
    items: Sequence[Item]
    folded: bool


@dataclass(frozen=True)
class Navigation:
    """The menu of a guide, for lookups by page. `titles` are those of the pages, by uri; `safety` is one of them."""

    menu: Menu
    titles: Mapping[str, str]
    safety: str = ""
    unordered: frozenset[str] = frozenset()
    """Pages in order of name. No step leads to or from them: the next name says nothing about what comes next."""
    most: int = MOST
    _groups: list[tuple[Item, list[_Run]]] = field(init=False, repr=False, default_factory=list)
    _course: list[Item] = field(init=False, repr=False, default_factory=list)
    _places: dict[str, tuple[int, int, int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the group of each page, its place there, and its place among all pages."""
        for number, group in enumerate(self.menu):
            for label, uris in group.items():
                items = [Item(self.titles[uri], routes.address(uri)[1:]) for uri in uris]
                for place, uri in enumerate(uris):
                    self._places[uri] = (number, place, len(self._course))
                    if uri not in self.unordered:
                        self._course.append(items[place])
                self._groups.append((Item(label, "", children=(items[0],)), _runs(uris, items, self.most)))

    def beside(self, uri: str | None = None) -> MenuView:
        """The menu of the page at `uri`. Without one, or if no group has it, all groups are closed."""
        found = self._course[self._places[registry.A_TO_Z.uri][2]] if registry.A_TO_Z.uri in self._places else None
        items = [item for item, _ in self._groups]
        if uri not in self._places:
            help_ = self._course[self._places[self.safety][2]] if self.safety in self._places else None
            return MenuView(tuple(items), a_to_z=found, safety=help_)
        number, place, at = self._places[uri]
        item, runs = self._groups[number]
        shown = tuple(one for run in runs for one in _shown(run, place))
        items[number] = replace(item, active=True, children=shown)
        if uri in self.unordered:
            return MenuView(tuple(items), a_to_z=found)
        before = self._course[at - 1] if at else None
        after = self._course[at + 1] if at + 1 < len(self._course) else None
        return MenuView(tuple(items), before, after, found)


def _runs(uris: Sequence[str], items: Sequence[Item], most: int) -> list[_Run]:
    """The lines of a group, split around the entries of a long collection, whose list page has the count."""
    runs: list[_Run] = []
    for folder, found in groupby(range(len(uris)), key=lambda n: _folder(uris[n])):
        places = list(found)
        run = [items[n] for n in places]
        if folder and len(run) > most:
            *lines, list_page = runs[-1].items
            runs[-1] = runs[-1]._replace(items=[*lines, replace(list_page, count=len(run))])
            runs.append(_Run(places[0], run, folded=True))
        else:
            runs.append(_Run(places[0], run, folded=False))
    return runs


def _folder(uri: str) -> str:
    """The collection of an entry, or an empty string for other pages."""
    folder, slash, name = uri.rpartition("/")
    return folder if slash and name != "index.md" else ""


def _shown(run: _Run, place: int) -> list[Item]:
    """The lines of a run for the page at `place` in its group, which is marked as current.

    The list page is right before a folded run, and shows its first entries.
    """
    own = place - run.start
    if run.folded and not -1 <= own < len(run.items):
        return []
    first = max(0, own - AROUND) if run.folded else 0
    lines = list(run.items[first : own + AROUND + 1] if run.folded else run.items)
    if 0 <= own < len(run.items):
        lines[own - first] = replace(lines[own - first], active=True)
    return lines
