"""Markdown of a page into HTML, with the extensions of mkdocs.yml: one converter for all pages of a build.

Setting up a converter takes about as long as converting a short page, so it is set up once and reset between pages.
Links between pages are written as paths of Markdown files; here they become addresses.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from patientguide import notes, routes, shelf, words
from patientguide.page import Page
from patientguide.prose import tokens

_ID = re.compile(r'\sid="([^"]+)"')
_LINKED = {"a": "href", "img": "src"}
_DEFINITION = r"(?m)^ {0,3}\[[^\]^][^\]]*\]:"
_NEEDS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(sign)
    for name, sign in {
        "backtick": "`",
        "escape": r"\\",
        "reference": _DEFINITION,
        "image_link": r"!\[",
        "image_reference": _DEFINITION,
        "short_reference": _DEFINITION,
        "short_image_ref": _DEFINITION,
        "autolink": "://",
        "automail": "@",
        "linebreak": "  \n",
        "em_strong": "[*_]",
    }.items()
}
"""What must stand somewhere on a page for an inline pattern of Python-Markdown to find anything, by its name there.

It holds every text against every pattern, which is a third of the time that a build takes.
"""
_TAG = re.compile(r"^#.*$|(</?(?:span|sup|button)\b[^<>]*>|\[\^[^\[\]\n]+\])", re.MULTILINE)
"""A tag within a line, or the mark of a note, but for those in headings: their words become an id."""
_BETWEEN = "\ue006"
_PERMALINK = re.compile(r'(class="headerlink" [^>]*?title=")([^"]*)"')
_HIDDEN = re.compile("\ue002([0-9]+)\ue003")
# After every other treeprocessor: what they add may be a link as well.
_PRIORITY = 0


@dataclass(frozen=True)
class Rendered:
    """A page as HTML: its headings as Python-Markdown nests them, its ids, and the anchors it links to.

    `anchors` are pairs of a page's Markdown path and an id on it; `lost` are links that lead to no page or file.
    """

    html: str
    headings: list[Any]
    ids: frozenset[str]
    anchors: frozenset[tuple[str, str]]
    lost: tuple[str, ...]


class Renderer:
    """Turns pages into HTML. `known` names every page by its Markdown path, and every other file of the site."""

    def __init__(self, extensions: Sequence[Any], settings: Mapping[str, Any], known: Iterable[str]) -> None:
        """`extensions` and `settings` are those that Python-Markdown takes."""
        self._extensions, self._settings = [*extensions], {**settings}
        self._links = _Links(frozenset(known))
        self._converters: dict[frozenset[str], Markdown] = {}
        self._parts: dict[tuple[str, str, str | bool], Rendered] = {}

    def render(self, page: Page) -> Rendered:
        """A page. Its shared parts hold no headings and no marks of notes, so each is converted by itself, and once."""
        links = self._links.start(page.uri)
        body, definitions = notes.taken_out(page.body)
        said = words.of(page.language)
        page_notes = notes.Notes(list(definitions), said)
        html, headings = self._convert(body, page_notes)
        anchors, lost = links.anchors, links.lost
        parts = self._shared(page.parts, page.uri)
        for part in parts:
            anchors |= part.anchors
            lost += [link for link in part.lost if link not in lost]
        if definitions:
            html += f"\n{page_notes.listed(list(definitions.values()))}"
        html = shelf.put_in(html, [part.html for part in parts])
        if said.texts:
            html = _PERMALINK.sub(lambda found: f'{found[1]}{said(found[2])}"', html)
        return Rendered(html, headings, frozenset(_ID.findall(html)), frozenset(anchors), tuple(lost))

    def _shared(self, parts: Sequence[str], uri: str) -> list[Rendered]:
        """Parts of a page. One is the same on all pages of a folder, but for a page that it leads to itself.

        New ones are converted together: a converter takes about as long to begin as for a paragraph. So each is told to
        have the links of all of them.
        """
        folder, name = posixpath.split(uri)
        keys = [(part, folder, name if name in part else name == "index.md") for part in parts]
        if new := [key for key in keys if key not in self._parts]:
            links = self._links.start(uri)
            html, _ = self._convert(f"\n\n{_BETWEEN}\n\n".join(part for part, *_ in new), notes.Notes([]))
            anchors, lost = frozenset(links.anchors), tuple(links.lost)
            for key, piece in zip(new, html.split(f"\n<p>{_BETWEEN}</p>\n"), strict=True):
                # One of a single paragraph is put into another.
                inner = piece.removeprefix("<p>").removesuffix("</p>") if piece.startswith("<p>") else piece
                self._parts[key] = Rendered(inner, [], frozenset(), anchors, lost)
        return [self._parts[key] for key in keys]

    def _convert(self, markdown: str, page_notes: notes.Notes) -> tuple[str, list[Any]]:
        """HTML and headings. Tags within lines, and marks, are hidden from the converter: they cost it much."""
        tags: dict[str, int] = {}
        code = _code(markdown)

        def hidden(found: re.Match[str]) -> str:
            tag: str | None = found[1]
            if not tag or any(start <= found.start() < end for start, end in code):
                return found[0]
            return f"\ue002{tags.setdefault(tag, len(tags))}\ue003"

        markdown = _TAG.sub(hidden, markdown)
        converter = self._converter(markdown)
        html = converter.convert(markdown)
        shown = list(tags)

        def back(found: re.Match[str]) -> str:
            tag = shown[int(found[1])]
            return page_notes.mark(tag[2:-1]) if tag.startswith("[") else tag

        return _HIDDEN.sub(back, html), getattr(converter, "toc_tokens", [])

    def _converter(self, markdown: str) -> Markdown:
        """A converter without the inline patterns that cannot find anything in this text."""
        idle = frozenset(name for name, sign in _NEEDS.items() if not sign.search(markdown))
        if idle not in self._converters:
            made = Markdown(extensions=self._extensions, extension_configs=self._settings)
            made.treeprocessors.register(self._links, "patientguide-links", _PRIORITY)
            for name in idle & {name for name in _NEEDS if name in made.inlinePatterns}:
                made.inlinePatterns.deregister(name)
            self._converters[idle] = made
        return self._converters[idle].reset()


def _code(markdown: str) -> list[tuple[int, int]]:
    """Where code starts and ends: tags in it are shown as they are written, and run nowhere."""
    if "`" not in markdown and "~~~" not in markdown:
        return []
    return [(t.start, t.start + len(t.text)) for t in tokens(markdown) if t.kind in ("code", "fence")]


class _Links(Treeprocessor):
    """Makes addresses of the paths that links of one page lead to."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__()
        self.known = known

    def start(self, uri: str) -> "_Links":
        self.uri, self.folder = uri, posixpath.dirname(uri)
        self.here = routes.address(uri)
        self.anchors: set[tuple[str, str]] = set()
        self.lost: list[str] = []
        return self

    def run(self, root: Element) -> None:
        for element in root.iter():
            if name := _LINKED.get(element.tag):
                element.set(name, self.address(element.get(name, "")))

    def address(self, link: str) -> str:
        """Where a link of this page leads; one that is not written for this project is left as it is."""
        scheme, host, path, query, anchor = urlsplit(link)
        # Python-Markdown hides mail addresses from collectors behind this sign.
        if scheme or host or AMP_SUBSTITUTE in link:
            return link
        if not path:
            self.anchors.add((self.uri, anchor))
            return link
        target = posixpath.normpath(posixpath.join(self.folder, unquote(path)))
        if path.startswith("/") or target not in self.known:
            self.lost.append(link)
            return link
        if anchor:
            self.anchors.add((target, anchor))
        return urlunsplit(("", "", relative(target, self.here), query, anchor))


def relative(target: str, here: str) -> str:
    """The way from the address `here` to a page by its Markdown path, or to another file by its own."""
    there = routes.address(target) if target.endswith(".md") else f"/{target}"
    way = posixpath.relpath(there, here)
    return quote(f"{way}/" if there.endswith("/") and way != "." else "./" if way == "." else way)
