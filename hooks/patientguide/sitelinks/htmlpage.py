"""One built HTML page as a link checker needs it: its ids, what it points to, and what is wrong with it by itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import NamedTuple


class Use(NamedTuple):
    """A mention of an address or an id: its kind (link, file, id, entry), what mentions it, and where (from 1)."""

    kind: str
    by: str
    value: str
    line: int
    col: int


class Flaw(NamedTuple):
    """Something wrong with a page by itself: a code of `sitefaults`, what it is about, and where (from 1)."""

    code: str
    about: str
    line: int
    col: int


@dataclass(frozen=True)
class HtmlPage:
    """A page: its ids, what it uses, in order, and its flaws.

    Flaws: duplicate-id, nameless-link, raw-text, refresh, base.
    """

    ids: frozenset[str]
    uses: tuple[Use, ...]
    flaws: tuple[Flaw, ...]


_ATTRIBUTES = {
    "a": {"href": "link"},
    "area": {"href": "link"},
    "form": {"action": "link"},
    "button": {"formaction": "link"},
    "blockquote": {"cite": "link"},
    "q": {"cite": "link"},
    "del": {"cite": "link"},
    "ins": {"cite": "link"},
    "img": {"src": "file"},
    "script": {"src": "file"},
    "source": {"src": "file"},
    "video": {"src": "file", "poster": "file"},
    "audio": {"src": "file"},
    "track": {"src": "file"},
    "embed": {"src": "file"},
    "iframe": {"src": "file"},
    "object": {"data": "file"},
    "input": {"src": "file", "formaction": "link"},
    "use": {"href": "file", "xlink:href": "file"},
    "image": {"href": "file", "xlink:href": "file"},
}
"""Attributes that hold one address, and whether a reader follows it (link) or a browser loads it (file)."""

_LISTS = ("srcset", "imagesrcset")
_LOADED = {"stylesheet", "icon", "apple-touch-icon", "mask-icon", "manifest", "preload", "modulepreload", "prefetch"}
_SHARED = {"og:image", "twitter:image", "og:url"}

_IDS = {
    "for",
    "list",
    "form",
    "headers",
    "popovertarget",
    "commandfor",
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
}
"""Attributes that hold ids of the same page, parted by spaces."""

_UNUSED = {("for", "__toc")}
"""Material for MkDocs makes the title of a list of contents the label of a switch, and leaves the switch out where the
list stands open. Nobody meets it: the label only shows words."""

_SAID = ("alt", "aria-label", "title", "placeholder")
_CODE = {"script", "style", "code", "pre", "kbd", "samp", "textarea", "template"}
# What Markdown or this project's own marks leave behind when they were not understood.
_LEFT = re.compile(r"\]\[|\]\(|\[\^|\[@|\{\{|\{%|\{(?:local|number|figure|part):[a-z]")

Attributes = Mapping[str, str]


def read(html: str) -> HtmlPage:
    """Parse a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_link()
    return HtmlPage(frozenset(reader.ids), tuple(reader.uses), tuple(sorted(reader.flaws, key=lambda flaw: flaw[2:])))


class _Reader(HTMLParser):
    """Goes through a page once. A tree would cost three times as long, and nothing here needs one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: set[str] = set()
        self.uses: list[Use] = []
        self.flaws: list[Flaw] = []
        self._code = 0
        self._link: Flaw | None = None
        """The open link, as the flaw that it is when it ends without a name."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of an attribute that stands twice, browsers take the first.
        values = {name: value or "" for name, value in reversed(attrs)}
        line, col = self.getpos()
        self.uses += [Use(kind, by, value, line, col + 1) for kind, by, value in _uses(tag, values)]
        self.flaws += [Flaw(code, about, line, col + 1) for code, about in _flaws(tag, values, self.ids)]
        if "id" in values:
            self.ids.add(values["id"])
        if tag in _CODE:
            self._code += 1
        if tag in ("a", "area"):
            self._open(tag, values, line, col + 1)
        elif self._link and _is_named(values):
            self._link = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()
        elif tag in _CODE and self._code:
            self._code -= 1

    def handle_data(self, data: str) -> None:
        if self._link and not data.isspace():
            self._link = None
        if self._code or not _LEFT.search(data):
            return
        line, col = self.getpos()
        for found in _LEFT.finditer(data):
            before = data[: found.start()]
            start = -before.rfind("\n") if "\n" in before else col + 1
            self.flaws.append(Flaw("raw-text", found[0], line + before.count("\n"), start + found.start()))

    def _open(self, tag: str, values: Attributes, line: int, col: int) -> None:
        self.end_link()
        if "name" in values and tag == "a":
            self.ids.add(values["name"])
        if "href" in values and not _is_named(values):
            self._link = Flaw("nameless-link", values["href"], line, col)
        if tag == "area":
            self.end_link()

    def end_link(self) -> None:
        """Close the open link: who has had no name until now has none."""
        if self._link:
            self.flaws.append(self._link)
        self._link = None


def _is_named(values: Attributes) -> bool:
    """Whether attributes give a screen reader something to say."""
    return any(values.get(name, "").strip() for name in ("aria-label", "aria-labelledby", "title", "alt"))


def _uses(tag: str, values: Attributes) -> Iterator[tuple[str, str, str]]:
    for name, kind in _ATTRIBUTES.get(tag, _NONE).items():
        if name in values:
            yield kind, f"{tag} {name}", values[name]
    if tag in ("link", "meta"):
        yield from _of_head(values)
    for name, value in values.items():
        if name in _LISTS:
            for one in re.split(r",\s+|,$", value):
                yield "file", f"{tag} {name}", (one.split() or [""])[0]
        elif name in _IDS:
            yield from (("id", name, one) for one in value.split() if (name, one) not in _UNUSED)


_NONE: Mapping[str, str] = {}


def _of_head(values: Attributes) -> Iterator[tuple[str, str, str]]:
    """What stands in the head: links to other addresses of the page, and what is shown when it is shared."""
    rel = set(values.get("rel", "").lower().split())
    if "href" in values:
        yield "file" if rel & _LOADED else "link", f"link {' '.join(sorted(rel))}".strip(), values["href"]
    if values.get("property", values.get("name", "")).lower() in _SHARED:
        yield "link", "meta content", values.get("content", "")


def _flaws(tag: str, values: Attributes, ids: set[str]) -> Iterator[tuple[str, str]]:
    if "id" in values and (values["id"] in ids or not values["id"]):
        yield "duplicate-id", values["id"]
    if tag == "base":
        yield "base", values.get("href", "")
    if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
        yield "refresh", values.get("content", "")
    for name in _SAID if tag != "meta" else ("content",):
        if name in values and (found := _LEFT.search(values[name])):
            yield "raw-text", found[0]
