"""Addresses: the page of each source file, and links between files."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from markdown.extensions.toc import slugify

from patientguide.core.problems import suggest
from patientguide.model import identifiers, registry
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide, once_per_guide
from patientguide.model.registry import FACETS, FAQ, GLOSSARY, REFERENCES

# -- the page of each source file, and the address of each page; decided only here


DATA = "data"
"""The folder of the JSON export."""


class Target(NamedTuple):
    """A page by its Markdown path, and an anchor on it."""

    uri: str
    anchor: str = ""


UP = "../"
"""The prefix of links from a translated page to a source page: paths start in the folder of the language."""

UNREAD = Target("index.md", "unread")
"""The target for everything in a file that could not be read."""


def target_of(entry: Entry[Dated]) -> Target:
    """The page and anchor of an entry."""
    match entry.kind:
        case "faqs":
            return Target(FAQ.uri, entry.id)
        case "pages":
            return Target(f"{entry.id}.md")
    return Target(f"{entry.name}.md")


def of_facet_values(*values: str) -> Target:
    """The page of a facet value, or of values of several facets together."""
    return Target(f"for/{'/'.join(values)}.md")


def address(uri: str) -> str:
    """The address of a page: `/therapies/new-entry/` for `therapies/new-entry.md`."""
    stem = uri.removesuffix(".md")
    stem = "" if stem == "index" else stem.removesuffix("/index")
    return f"/{stem}/" if stem else "/"


def file(uri: str) -> str:
    """The HTML file of a page: `therapies/new-entry/index.html` for `therapies/new-entry.md`."""
    return f"{address(uri)[1:]}index.html"


def relative(target: Target, page: str) -> str:
    """The link to `target` from the page whose Markdown path is `page`."""
    anchor = f"#{target.anchor}" if target.anchor else ""
    if anchor and target.uri == page:
        return anchor
    return "../" * page.count("/") + target.uri + anchor


@once_per_guide
def link_targets(guide: Guide) -> Mapping[str, Target]:
    """All link targets: files, folders and named parts of files, by their paths in the project."""
    if guide.targets is not None:
        return guide.targets
    table = {one.source: Target(one.uri) for one in registry.collections(guide).values()}
    table |= dict.fromkeys(guide.unread, UNREAD)
    for entry in guide.entries:
        shown = table[entry.path] = target_of(entry)
        if entry.kind != "faqs":
            table |= {f"{entry.path}#{anchor}": Target(shown.uri, anchor) for anchor in _anchors(entry, guide)}
    table |= {f"content/glossary.yml#{term.id}": Target(GLOSSARY.uri, term.id) for term in guide.terms}
    if guide.edition:
        return table
    table |= {f"content/references/{key}.yml": Target(REFERENCES.uri, key) for key in guide.references}
    table |= {f"content/guide.yml#{value}": of_facet_values(value) for value in guide.facet_values}
    pairs = [(one.id, other.id) for one, other in guide.facet_pairs]
    table |= {f"content/guide.yml#{'+'.join(pair)}": of_facet_values(*pair) for pair in pairs}
    table |= {f"docs/{asset}": Target(asset) for asset in guide.assets}
    return table


def _anchors(entry: Entry[Dated], guide: Guide) -> Iterator[str]:
    """The ids of the headings of a page, as Python-Markdown makes them."""
    kind = guide.settings.kinds.of(entry.kind)
    drawn = [step.heading for step in kind.outline if not step.optional] if kind else []
    written = re.findall(r"^#{2,3} +(\S.*)$", entry.body, re.MULTILINE)
    for heading in dict.fromkeys([entry.front.title, *drawn, *written]):
        yield anchor(heading)


@lru_cache(maxsize=4096)
def anchor(heading: str) -> str:
    """The id of a heading, as Python-Markdown makes it, or an empty string."""
    return slugify(heading.rstrip(" "), "-")


def claims(guide: Guide) -> Iterator[tuple[str, str]]:
    """Every address with its source, collections included. No address may appear twice."""
    lists = registry.collections(guide)
    for name, one in lists.items():
        yield address(one.uri), f"the list {name}"
    for facet in guide.settings.facets if FACETS.name in lists else ():
        for value in facet.values:
            yield address(of_facet_values(value.id).uri), "content/guide.yml"
    for pair in guide.facet_pairs if FACETS.name in lists else ():
        yield address(of_facet_values(*(value.id for value in pair)).uri), "content/guide.yml"
    for entry in guide.entries:
        if entry.kind != "faqs":
            yield address(target_of(entry).uri), entry.path


def data_uri(entry: Entry[Dated]) -> str:
    """The path of the JSON file of one entry."""
    return f"{DATA}/{entry.name}.json"


# -- relative links between source files


_SAFE = {"https", "mailto", "tel"}
_ABSOLUTE = re.compile(r"^\s*([a-zA-Z][a-zA-Z0-9+.-]*:|//)")


_PHONE = re.compile(r"\+?[0-9(][0-9 ().\u2011/-]{1,24}")


def phone_link(text: str) -> str:
    """The address that calls a telephone number, as in RFC 3966; empty if the text is none."""
    digits = "".join(filter(str.isdigit, text))
    is_number = len(digits) >= 3 and _PHONE.fullmatch(text)
    return f"tel:{'+' if text.startswith('+') else ''}{digits}" if is_number else ""


def is_external(target: str) -> bool:
    """Whether the link leaves the guide."""
    return bool(_ABSOLUTE.match(target))


def link_fault(target: str, source: str, table: Mapping[str, Target]) -> tuple[str, str] | None:
    """Message and advice for a wrong link in the file `source`, or None."""
    if is_external(target):
        try:
            parts = urlsplit(target.strip())
        except ValueError:
            return f"'{target}' is not a web address.", "Write an address that starts with https://."
        if parts.scheme.lower() in ("http", "https") and (wrong := identifiers.address_fault(target)):
            return f"{wrong[0][:1].upper()}{wrong[0][1:]}.", wrong[1]
        if parts.scheme.lower() in _SAFE and (parts.netloc or parts.scheme in ("mailto", "tel")):
            return None
        return f"'{target}' is not a web address.", "Write an address that starts with https://."
    if not target:
        return "The link leads nowhere.", "Write the path of a file, such as ../phases/first-step.md."
    if resolve_link(target, source, table) is not None:
        return None
    path = _path(target, source)
    if path.startswith("..") or target.startswith("/"):
        return f"'{target}' leads out of the project.", "Write a path from this file, such as ../phases/first-step.md."
    return f"There is no page or heading for the link '{target}'.", suggest(target, _near(source, table))


def resolve_link(target: str, source: str, table: Mapping[str, Target]) -> Target | None:
    """The page and anchor that a relative link in the file `source` leads to."""
    path = source + target if target.startswith("#") else _path(target, source)
    plain = path.partition("#")[0]
    if table.get(plain) == UNREAD:
        return UNREAD
    if path in table or path == plain:
        return table.get(path)
    return None if plain.startswith("content/") or plain.endswith(".md") else table.get(plain)


def _near(source: str, table: Mapping[str, Target]) -> list[str]:
    folder = posixpath.dirname(source)
    return [posixpath.relpath(path, folder) for path in table if path != source]


def _path(target: str, source: str) -> str:
    path, mark, anchor = target.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) + mark + anchor
