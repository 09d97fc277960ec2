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
from markdown.util import AMP_SUBSTITUTE, AtomicString, Registry

from patientguide import notes, routes, shelf, words
from patientguide.inlines import Inlines
from patientguide.page import Page

_ID = re.compile(r'\sid="([^"]+)"')
_LINKED = {"a": "href", "img": "src"}
_DEFINITION = r"(?m)^ {0,3}\[[^\]^][^\]]*\]:"
_LINE = r"(?m)^[\s>:*+\d.-]*"
_NEEDS: Mapping[tuple[str, str], re.Pattern[str]] = {
    (kind, name): re.compile(sign)
    for kind, signs in {
        "block": {
            "admonition": "!!!",
            "markdown_block": "markdown=",
            "details": r"\?\?\?",
            "indent": "    ",
            "defindent": _LINE + r":\s",
            "code": "    ",
            "table": r"\|",
            "hashheader": "#",
            "setextheader": r"(?m)[=-] *$",
            "hr": r"(?m)[-_*] *$",
            "olist": _LINE + r"\d\.\s",
            "ulist": r"[*+-]\s",
            "deflist": _LINE + r":\s",
            "quote": _LINE + ">",
            "footnote": r"\[\^",
            "reference": _DEFINITION,
        },
        "inline": {
            "backtick": "`",
            "escape": r"\\",
            "reference": _DEFINITION,
            "link": r"\]\(",
            "image_link": r"!\[",
            "image_reference": _DEFINITION,
            "short_reference": _DEFINITION,
            "short_image_ref": _DEFINITION,
            "autolink": "://",
            "automail": "@",
            "linebreak": "  \n",
            "html": "<",
            "entity": "&",
            "not_strong": "[*_]",
            "em_strong": "[*_]",
            "em_strong2": "[*_]",
            "footnote": r"\[\^",
        },
        "tree": {
            "unescape": r"\\",
            "attr_list": r"\{",
            "footnote": r"\[\^",
            "footnote-duplicate": r"\[\^",
        },
    }.items()
    for name, sign in signs.items()
}
"""What must stand somewhere in a text for a part of Python-Markdown to find anything, by its name there.

It holds every block and every text against every part, which is a third of the time that a build takes.
"""
_LONG = 100_000
_SIGN = re.compile(r"[\\`*_\[<&]|  \n").search
_BETWEEN = "\ue006"
_PERMALINK = re.compile(r'(class="headerlink" [^>]*?title=")([^"]*)"')
# After every other treeprocessor: what they add may be a link as well.
_PRIORITY = 0
_BEFORE_INLINE = 21


@dataclass(frozen=True, slots=True)
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
        self._converters: dict[frozenset[tuple[str, str]], Markdown] = {}
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

        New ones are converted together: a converter takes about as long to begin as for a paragraph. Then a spot
        that is linked to counts for those that name it, and a link that is lost for all of them.
        """
        folder, name = posixpath.split(uri)
        keys = [(part, folder, name if name in part else name == "index.md") for part in parts]
        if new := [key for key in keys if key not in self._parts]:
            links = self._links.start(uri)
            html, _ = self._convert(f"\n\n{_BETWEEN}\n\n".join(part for part, *_ in new), notes.Notes([]))
            anchors, lost = frozenset(links.anchors), tuple(links.lost)
            for key, piece in zip(new, html.split(f"\n<p>{_BETWEEN}</p>\n"), strict=True):
                own = frozenset(anchor for anchor in anchors if f'#{anchor[1]}"' in piece)
                # One of a single paragraph is put into another.
                inner = piece.removeprefix("<p>").removesuffix("</p>") if piece.startswith("<p>") else piece
                self._parts[key] = Rendered(inner, [], frozenset(), own, lost)
        return [self._parts[key] for key in keys]

    def _convert(self, markdown: str, page_notes: notes.Notes) -> tuple[str, list[Any]]:
        """HTML and headings. What stands within lines is hidden from the converter: it costs it much."""
        inlines = Inlines(self._links.address, page_notes.mark)
        markdown = inlines.hidden(markdown)
        converter = self._converter(markdown)
        html, headings = inlines.put_back(converter.convert(markdown)), getattr(converter, "toc_tokens", [])
        if len(markdown) > _LONG:
            # It holds on to the last text and its tree, which fill ten megabytes.
            converter.reset().convert(".")
        return html, headings

    def _converter(self, markdown: str) -> Markdown:
        """A converter without the parts that cannot find anything in this text."""
        idle = frozenset(at for at, sign in _NEEDS.items() if not sign.search(markdown))
        if idle not in self._converters:
            made = Markdown(extensions=self._extensions, extension_configs=self._settings)
            made.treeprocessors.register(self._links, "patientguide-links", _PRIORITY)
            made.treeprocessors.register(_Plain(), "patientguide-plain", _BEFORE_INLINE)
            parts: dict[str, Registry[Any]] = {
                "block": made.parser.blockprocessors,
                "inline": made.inlinePatterns,
                "tree": made.treeprocessors,
            }
            for kind, name in idle:
                if name in parts[kind]:
                    parts[kind].deregister(name)
            self._converters[idle] = made
        return self._converters[idle].reset()


class _Plain(Treeprocessor):
    """Spares text without any sign of Markdown the search for what stands within lines."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and not _SIGN(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _SIGN(element.tail):
                element.tail = AtomicString(element.tail)


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
