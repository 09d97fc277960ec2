"""Where everything lives: the page of each source file, and the address of each page. Nothing else decides either."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from markdown.extensions.toc import slugify

from patientguide import registry
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.registry import FACETS, FAQ, GLOSSARY, REFERENCES

DATA = "data"
"""The folder of the JSON export."""


class Target(NamedTuple):
    """A page by its Markdown path, and a spot on it."""

    uri: str
    anchor: str = ""


UP = "../"
"""How a page of a translation leads to one of the source: the way starts in the folder of its language."""

UNREAD = Target("index.md", "unread")
"""Stands for whatever a file holds that could not be read."""


def of(entry: Entry[Dated]) -> Target:
    """Where an entry is shown."""
    match entry.kind:
        case "faqs":
            return Target(FAQ.uri, entry.id)
        case "pages":
            return Target(f"{entry.id}.md")
    return Target(f"{entry.name}.md")


def of_facet_value(value: str) -> Target:
    """The page of a facet value."""
    return Target(f"for/{value}.md")


def address(uri: str) -> str:
    """`therapies/new-entry.md` as `/therapies/new-entry/`."""
    stem = uri.removesuffix(".md")
    stem = "" if stem == "index" else stem.removesuffix("/index")
    return f"/{stem}/" if stem else "/"


def file(uri: str) -> str:
    """`therapies/new-entry.md` as `therapies/new-entry/index.html`, the file at its address."""
    return f"{address(uri)[1:]}index.html"


def relative(target: Target, page: str) -> str:
    """The link to `target` from the page whose Markdown path is `page`."""
    anchor = f"#{target.anchor}" if target.anchor else ""
    if anchor and target.uri == page:
        return anchor
    return "../" * page.count("/") + target.uri + anchor


def sources(guide: Guide) -> Mapping[str, Target]:
    """Every file, folder and named part of a file that a link may point to, by its path in the project."""
    if "sources" not in guide.lookups:
        guide.lookups["sources"] = _sources(guide)
    found: Mapping[str, Target] = guide.lookups["sources"]
    return found


def _sources(guide: Guide) -> Mapping[str, Target]:
    table = {one.source: Target(one.uri) for one in registry.collections(guide).values()}
    table |= dict.fromkeys(guide.unread, UNREAD)
    for entry in guide.entries:
        shown = table[entry.path] = of(entry)
        if entry.kind != "faqs":
            table |= {f"{entry.path}#{anchor}": Target(shown.uri, anchor) for anchor in _anchors(entry, guide)}
    table |= {f"content/glossary.yml#{term.id}": Target(GLOSSARY.uri, term.id) for term in guide.terms}
    if guide.edition:
        return table
    table |= {f"content/references/{key}.yml": Target(REFERENCES.uri, key) for key in guide.references}
    table |= {f"content/guide.yml#{value}": of_facet_value(value) for value in guide.facet_values}
    table |= {f"docs/{asset}": Target(asset) for asset in guide.assets}
    return table


def _anchors(entry: Entry[Dated], guide: Guide) -> Iterator[str]:
    """The ids that Python-Markdown gives to the headings of a page."""
    kind = getattr(guide.settings.kinds, entry.kind, None)
    drawn = [step.heading for step in kind.outline] if kind else []
    written = re.findall(r"^#{2,3} +(\S.*)$", entry.body, re.MULTILINE)
    for heading in dict.fromkeys([entry.front.title, *drawn, *written]):
        yield anchor(heading)


@lru_cache(maxsize=4096)
def anchor(heading: str) -> str:
    """The id that Python-Markdown gives to a heading; empty for none."""
    return slugify(heading.rstrip(" "), "-")


def claims(guide: Guide) -> Iterator[tuple[str, str]]:
    """Every address with the source that wants it, collections included; no address may stand twice."""
    lists = registry.collections(guide)
    for name, one in lists.items():
        yield address(one.uri), f"the list {name}"
    for facet in guide.settings.facets if FACETS.name in lists else ():
        for value in facet.values:
            yield address(of_facet_value(value.id).uri), "content/guide.yml"
    for entry in guide.entries:
        if entry.kind != "faqs":
            yield address(of(entry).uri), entry.path


def data_uri(entry: Entry[Dated]) -> str:
    """The path of the JSON file of one entry."""
    return f"{DATA}/{entry.name}.json"
