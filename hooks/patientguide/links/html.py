"""Parse HTML pages and style sheets for link checking: ids, addresses, and faults of the page itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import NamedTuple

# -- styles: addresses in url(), image-set() and @import (CSS Values 4)


_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"@namespace\b[^;]*", re.IGNORECASE)
_URL = re.compile(
    r"""\burl\(\s*(?:"([^"]*)"|'([^']*)'|([^"'()\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_SET = re.compile(r"\bimage-set\(((?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)
_QUOTED = re.compile(r"(?<!url\()[\"']([^\"']*)[\"']\s+[0-9.]+(?:x|dppx|dpi)")


def urls(text: str) -> Iterator[tuple[str, int]]:
    """Each address with its offset. Comments and namespaces load nothing."""
    bare = text
    for left_out in (_COMMENT, _SPACE):
        bare = left_out.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), bare)
    for found in _URL.finditer(bare):
        yield next(filter(None, found.groups()), "").strip(), found.start()
    for group in _SET.finditer(bare):
        yield from ((one[1], group.start(1) + one.start()) for one in _QUOTED.finditer(group[1]))


# -- attributes of HTML with addresses and ids


Attributes = Mapping[str, str]

_ATTRIBUTES = {
    "a": {"href": "link", "xlink:href": "link", "ping": "file"},
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
    "frame": {"src": "file"},
    "body": {"background": "file"},
    "table": {"background": "file"},
    "td": {"background": "file"},
    "use": {"href": "file", "xlink:href": "file"},
    "image": {"href": "file", "xlink:href": "file"},
}
"""Attributes with one address, and whether a reader follows it (link), or a browser loads or contacts it (file)."""

_LISTS = ("srcset", "imagesrcset")
_LOADED = {
    *("stylesheet", "icon", "apple-touch-icon", "mask-icon", "manifest"),
    *("preload", "modulepreload", "prefetch", "prerender", "preconnect", "dns-prefetch"),
}
_SHARED = {"og:image", "og:image:url", "og:image:secure_url", "twitter:image", "og:url"}
_DRAWN = {"style", "fill", "stroke", "mask", "filter", "clip-path", "marker-start", "marker-mid", "marker-end"}
"""Attributes with styles, in which url() names a file or an id."""

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
"""Attributes with ids of the same page, separated by spaces."""

_LOADED_LATER = "data-pg-file"
"""The prefix of attributes from which our scripts take the address of a file."""

_UNUSED = {("for", "__toc")}
"""Material for MkDocs makes the title of a table of contents the label of a toggle, and omits the toggle where the
table is open. It is harmless: the label only shows words."""


def uses(tag: str, values: Attributes) -> Iterator[tuple[str, str, str]]:
    """The uses in the attributes of a tag: a kind (link, file, id), what mentions it, and the address or id."""
    for name, kind in _ATTRIBUTES.get(tag, _NONE).items():
        if name in values:
            yield kind, f"{tag} {name}", values[name]
    if tag in ("link", "meta"):
        yield from _of_head(values)
    for name, value in values.items():
        if name in _LISTS:
            yield from (("file", f"{tag} {name}", one) for one in _CANDIDATE.findall(value))
        elif name in _DRAWN:
            yield from (("file", "url()", one) for one, _ in urls(value))
        elif name.startswith(_LOADED_LATER):
            yield "file", name, value
        elif name == "usemap":
            yield "id", name, value.removeprefix("#")
        elif name in _IDS:
            yield from (("id", name, one) for one in value.split() if (name, one) not in _UNUSED)


_NONE: Mapping[str, str] = {}
_CANDIDATE = re.compile(r"[\s,]*([^\s,](?:\S*[^\s,])?)(?:\s[^,(]*(?:\([^)]*\)[^,(]*)*)?(?:,|$)")
"""An address in a srcset, and the rest up to the comma (HTML: parsing a srcset attribute)."""


def _of_head(values: Attributes) -> Iterator[tuple[str, str, str]]:
    """Uses in the head: links to other addresses of the page, and previews when it is shared."""
    rel = set(values.get("rel", "").lower().split())
    if "href" in values:
        yield "file" if rel & _LOADED else "link", f"link {' '.join(sorted(rel))}".strip(), values["href"]
    if values.get("property", values.get("name", "")).lower() in _SHARED:
        yield "link", "meta content", values.get("content", "")


# -- pages


class Use(NamedTuple):
    """A mention of an address or id: its kind (link, file, id, entry), what mentions it, and its position (from 1)."""

    kind: str
    by: str
    value: str
    line: int
    col: int


class Flaw(NamedTuple):
    """A fault of a page itself: a code of `graph`, its subject, and its position (from 1)."""

    code: str
    about: str
    line: int
    col: int


@dataclass(frozen=True)
class HtmlPage:
    """A page: its ids, its uses in order, and its flaws.

    Flaws: duplicate-id, bad-id, nameless-link, nested-link, raw-text, refresh, base, cut-page.
    """

    ids: frozenset[str]
    uses: tuple[Use, ...]
    flaws: tuple[Flaw, ...]


_SAID = ("alt", "aria-label", "aria-description", "title", "placeholder", "label", "summary")
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_CODE = {"script", "style", "code", "pre", "kbd", "samp", "textarea", "template"}
# What Markdown and this project's own syntax leave behind when they are not parsed.
_LEFT = re.compile(
    r"\]\[|\]\(|\[\^|\[@|\{\{|\{%|\{(?:local|number|figure|part):[a-z]|"
    r"\[\[|\{[#:.] ?[a-z][^{}]{0,200}\}|(?:^|\n)[ \t]*(?:(?:!!!|\?\?\?\+?) [a-z]|\[[^\[\]]{1,200}\]: )"
)
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*")


def read_page(html: str) -> HtmlPage:
    """Parse a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_page()
    return HtmlPage(frozenset(reader.ids), tuple(reader.uses), tuple(sorted(reader.flaws, key=lambda flaw: flaw[2:])))


class _Reader(HTMLParser):
    """A streaming parser of a page. A tree would take three times as long, and is not needed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: set[str] = set()
        self.uses: list[Use] = []
        self.flaws: list[Flaw] = []
        self._code = 0
        self._is_style = self._is_whole = False
        self._anchor: Flaw | None = None
        """The open link, as the flaw if another starts inside of it, or if it never ends."""
        self._hidden: list[str] = []
        """The open elements inside of a link, from the first one that screen readers ignore."""
        self._link: Flaw | None = None
        """The open link, as the flaw if it ends without a name."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Browsers use the first of duplicate attributes.
        values = {name: value or "" for name, value in reversed(attrs)}
        line, col = self.getpos()
        self.uses += [Use(kind, by, value, line, col + 1) for kind, by, value in uses(tag, values)]
        self.flaws += [Flaw(code, about, line, col + 1) for code, about in _flaws(tag, values, self.ids)]
        if "id" in values:
            self.ids.add(values["id"])
        if tag in _CODE:
            self._code += 1
        self._is_style = tag == "style"
        if self._link and tag not in _VOID and (self._hidden or _is_hidden(values)):
            self._hidden.append(tag)
        if tag == "map" and "name" in values:
            self.ids.add(values["name"])
        if tag in ("a", "area"):
            self._open(tag, values, line, col + 1)
        elif self._link and not self._hidden and _is_named(values):
            self._link = None

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False
        self._is_whole |= tag == "html"
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                continue
        if tag == "a":
            self._anchor = None
            self.end_link()
        elif tag in _CODE and self._code:
            self._code -= 1

    def handle_data(self, data: str) -> None:
        if self._link and not self._hidden and not _INVISIBLE.fullmatch(data):
            self._link = None
        if self._is_style:
            self.uses += [Use("file", "url()", value, *self._at(data, start)) for value, start in urls(data)]
        if self._code or not _LEFT.search(data):
            return
        for found in _LEFT.finditer(data):
            mark = found[0].strip()
            start = found.start() + found[0].index(mark)
            self.flaws.append(Flaw("raw-text", mark, *self._at(data, start)))

    def _at(self, data: str, start: int) -> tuple[int, int]:
        """The line and column of an offset in the current text."""
        line, col = self.getpos()
        before = data[:start]
        return line + before.count("\n"), start - before.rfind("\n") if "\n" in before else col + 1 + start

    def _open(self, tag: str, values: Attributes, line: int, col: int) -> None:
        if self._anchor:
            self.flaws.append(self._anchor)
        self.end_link()
        if tag == "a":
            self._anchor = Flaw("nested-link", values.get("href", ""), line, col) if "href" in values else None
        if "name" in values and tag == "a":
            self.ids.add(values["name"])
        if "href" in values and not _is_named(values):
            self._link = Flaw("nameless-link", values["href"], line, col)
        if tag == "area":
            self.end_link()

    def end_page(self) -> None:
        """Finish parsing; a page without an end was cut off."""
        self.end_link()
        if self._anchor:
            self.flaws.append(self._anchor)
        if not self._is_whole:
            line, col = self.getpos()
            self.flaws.append(Flaw("cut-page", "", line, col + 1))

    def end_link(self) -> None:
        """Close the open link: without a name until now, it has none."""
        self._hidden.clear()
        if self._link:
            self.flaws.append(self._link)
        self._link = None


def _is_hidden(values: Attributes) -> bool:
    """Whether screen readers ignore an element and its content."""
    return "hidden" in values or values.get("aria-hidden", "").lower() == "true"


def _is_named(values: Attributes) -> bool:
    """Whether attributes give an element a name for screen readers."""
    return any(values.get(name, "").strip() for name in ("aria-label", "aria-labelledby", "title", "alt"))


def _flaws(tag: str, values: Attributes, ids: set[str]) -> Iterator[tuple[str, str]]:
    if "id" in values and (values["id"] in ids or not values["id"]):
        yield "duplicate-id", values["id"]
    elif re.search(r"\s", values.get("id", "")):
        yield "bad-id", values["id"]
    if tag == "base":
        yield "base", values.get("href", "")
    if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
        yield "refresh", values.get("content", "")
    for name in _SAID if tag != "meta" else ("content",):
        if name in values and (found := _LEFT.search(values[name])):
            yield "raw-text", found[0]
