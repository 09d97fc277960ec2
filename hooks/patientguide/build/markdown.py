"""Convert the Markdown of a page to HTML."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE, AtomicString, Registry

from patientguide.core import i18n
from patientguide.core.i18n import Words
from patientguide.markup.tokens import tokens
from patientguide.model import routes
from patientguide.pages import fragments
from patientguide.pages.page import Page, Quote

# -- inline elements that are converted here: tags, note marks, simple links and bold words
#
# Python-Markdown tries every pattern on every text, which is most of the time of a build. Simple elements become HTML
# here, with a placeholder in the text until the page is converted. Everything else is left to Python-Markdown, so that
# the result is the same (`tests/test_inlines.py`).


_PLAIN = r"[^\[\]\n\\`*_<>&!|{}]"
_INLINE = re.compile(
    rf"""
    (?=[\#<\[*])(?:                                          # most places are none of these: say so at once
      ^\#.*$                                                 # the words of a heading become an id
    | (?P<tag></?(?:span|sup|button)\b[^<>]*>)
    | (?P<note>\[\^[^\[\]\n]+\])
    | (?<![!\\])\[(?P<label>{_PLAIN}+)\]\((?P<target>[^\s()<>\\*_"'&|{{}}]+)\)(?![ ]?\{{)
    | (?:(?<=^)|(?<=^-[ ]))\*\*(?P<bold>(?!\s){_PLAIN}+(?<!\s))\*\*(?![*_\w])
    )""",
    re.MULTILINE | re.VERBOSE,
)
_UNDERLINED = re.compile(r"^.+\n(?:=+|-+)[ ]*$", re.MULTILINE)
_INLINE_SIGN = re.compile("\ue002([0-9]+)\ue003")


class Inlines:
    """The inline elements of one page that were replaced by placeholders."""

    def __init__(self, address: Callable[[str], str], mark: Callable[[str], str]) -> None:
        """`address` returns the target of a link; `mark` makes the next note mark, in the order of the page."""
        self._address, self._mark = address, mark
        self._numbers: dict[str, int] = {}
        self._made: list[str | Callable[[], str]] = []

    def hidden(self, markdown: str) -> str:
        """The text with a placeholder for each, except in headings and code."""
        has_code, left = "`" in markdown or "~~~" in markdown, _left(markdown)

        def sign(found: re.Match[str]) -> str:
            kind = found.lastgroup
            if kind is None or any(start <= found.start() < end for start, end in left):
                return found[0]
            if kind in ("target", "bold") and (has_code or _may_mean_more(markdown, found.start())):
                return found[0]
            text = found[0]
            if text not in self._numbers:
                self._numbers[text] = len(self._made)
                self._made.append(_MAKERS[kind](self, found))
            return f"\ue002{self._numbers[text]}\ue003"

        return _INLINE.sub(sign, markdown)

    def put_back(self, html: str) -> str:
        """The page with HTML for each placeholder."""

        def back(found: re.Match[str]) -> str:
            made = self._made[int(found[1])]
            return made if isinstance(made, str) else made()

        return _INLINE_SIGN.sub(back, html)

    def _tag(self, found: re.Match[str]) -> str:
        return found["tag"]

    def _note(self, found: re.Match[str]) -> Callable[[], str]:
        key = found["note"][2:-1]
        return lambda: self._mark(key)

    def _link(self, found: re.Match[str]) -> str:
        return f'<a href="{escape(self._address(found["target"]))}">{found["label"]}</a>'

    def _bold(self, found: re.Match[str]) -> str:
        return f"<strong>{found['bold']}</strong>"


_MAKERS: dict[str, Callable[[Inlines, re.Match[str]], str | Callable[[], str]]] = {
    "tag": Inlines._tag,
    "note": Inlines._note,
    "target": Inlines._link,
    "bold": Inlines._bold,
}


def _may_mean_more(markdown: str, at: int) -> bool:
    """Whether a line may be code, which only the converter can distinguish from text in a box, or has attributes."""
    start, end = markdown.rfind("\n", 0, at) + 1, markdown.find("\n", at)
    return markdown.startswith("    ", start) or "{" in markdown[start : end if end >= 0 else None]


def _left(markdown: str) -> list[tuple[int, int]]:
    """The spans of code and underlined headings. Code is shown literally."""
    left = []
    if "\n==" in markdown or "\n--" in markdown:
        left += [found.span() for found in _UNDERLINED.finditer(markdown)]
    if "`" in markdown or "~~~" in markdown:
        left += [(t.start, t.start + len(t.text)) for t in tokens(markdown) if t.kind in ("code", "fence")]
    return left


# -- footnotes as HTML
#
# Python-Markdown writes one arrow for every use of a note, all with the same title. Users of screen readers, and
# readers who followed the second of two marks, must be able to distinguish them (WCAG 2.2, 2.4.4 and 2.5.3). The ids
# are those of Python-Markdown.


# Only `compose` writes definitions with a fragment: the same text in an editor's code is not a definition.
_NOTE_DEFINITION = re.compile(rf"^\[\^([^\]\n]+)\]: ({fragments.ONLY_SIGN})$\n*", re.MULTILINE)
IDS = ("fn:", "fnref")
"""The prefixes of the ids of notes and marks."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def taken_out(markdown: str) -> tuple[str, Mapping[str, str]]:
    """The Markdown of a page without note definitions, and the definitions by key, in order."""
    found = dict(_NOTE_DEFINITION.findall(markdown))
    return (_NOTE_DEFINITION.sub("", markdown) if found else markdown), found


@dataclass
class Notes:
    """The notes of one page, by key in the order of their numbers."""

    keys: Sequence[str]
    said: Words = field(default_factory=lambda: i18n.catalog(i18n.SOURCE))
    mentions: Counter[str] = field(default_factory=Counter)

    def mark(self, key: str) -> str:
        """The next mark of a note; ask for them in the order of the page. `key#5.2` names a passage."""
        key, _, passage = key.partition("#")
        passage = f' data-pg-passage="{passage}"' if passage else ""
        self.mentions[key] += 1
        number = self.keys.index(key) + 1
        return (
            f'<sup id="{_mention(key, self.mentions[key])}"><a aria-label="{self.said("Source")} {number}" '
            f'class="footnote-ref" href="#fn:{key}"{passage}>{number}</a></sup>'
        )

    def listed(self, texts: Sequence[str], quotes: Mapping[str, Sequence[Quote]]) -> str:
        """The list of all notes with their texts, once every mark was asked for."""
        items = (
            f'<li id="fn:{key}">\n<p>{text}&#160;{"".join(self._ways_back(number, key))}</p>\n'
            f"{self._details(quotes.get(key, ()))}</li>\n"
            for number, (key, text) in enumerate(zip(self.keys, texts, strict=True), 1)
        )
        return f'<div class="footnote" data-search-exclude="true">\n<hr />\n<ol>\n{"".join(items)}</ol>\n</div>'

    def _details(self, quotes: Sequence[Quote]) -> str:
        """The fold of a note: it has the words of its source, and styles show the whole reference while it is open."""
        items = "".join(f'<li data-pg-passage="{quote.id}">{self._quote(quote)}</li>' for quote in quotes)
        words = f"<ul>{items}</ul>" if items else ""
        return f'<details class="pg-words"><summary>{self.said("Details")}</summary>{words}</details>\n'

    def _quote(self, quote: Quote) -> str:
        where = escape(quote.where)
        where = f'<a href="{escape(quote.url)}">{where}</a>' if quote.url else where
        read = ""
        if quote.read_in == "abstract":
            read = f" ({self.said('read in the abstract')})"
        elif quote.read_in == "second-hand":
            read = f" ({self.said('as another text quotes it')})"
        return f"<q>{escape(quote.exact, quote=False)}</q> {where}{read}"

    def _ways_back(self, number: int, key: str) -> list[str]:
        """The back links of a note."""
        count = self.mentions[key]
        return [
            f'<a aria-label="{self._back_to(at, count, number)}" class="footnote-backref" '
            f'href="#{_mention(key, at)}">&#8617;{_letter(at) if count > 1 else ""}</a>'
            for at in range(1, count + 1)
        ]

    def _back_to(self, at: int, count: int, number: int) -> str:
        if count > 1:
            return self.said("Back to mention {letter} of source {number}", letter=_letter(at), number=number)
        return self.said("Back to source {number} in the text", number=number)


_BLOCKS = "p|li|d[dtl]|t[dhr]|table|h[1-6]|[uo]l|div|details|summary|figure|figcaption"
_IN_BLOCKS = re.compile(
    rf'(?P<edge></?(?:{_BLOCKS})\b)|(?P<comma><sup>,</sup>)|(?P<where><sup class="pg-locator">)'
    r'|(?P<mark><sup id="fnref[^"]*"><a aria-label="[^"]*" class="footnote-ref"[^<>]*>(?P<number>[0-9]+)</a></sup>)'
)


def one_mark_each(html: str, said: Words) -> str:
    """The page with one visible mark for each line or paragraph, where scripts open all its sources on one card.

    The others stay where they were, hidden by the style, so that notes lead back to the very word; without scripts all
    of them are seen. See page.css and trust.js.
    """
    run: list[re.Match[str]] = []
    pieces: list[str] = []
    end = 0
    for found in _IN_BLOCKS.finditer(html):
        if found.lastgroup != "edge":
            run.append(found)
            continue
        if sum(bool(one["mark"]) for one in run) > 1:
            for one in run:
                pieces += [html[end : one.start()], _in_run(one, run, said)]
                end = one.end()
        run = []
    return "".join([*pieces, html[end:]])


def _in_run(one: re.Match[str], run: Sequence[re.Match[str]], said: Words) -> str:
    """A mark, comma or page number of a line: hidden, or the last mark with what it opens."""
    marks = [other for other in run if other["mark"]]
    if one["comma"] or one["where"]:
        return one[0].replace(">", " data-pg-more>", 1)
    numbers = sorted({int(other["number"]) for other in marks})
    more = ""
    if one is not marks[-1]:
        more = " data-pg-more"
    elif len(numbers) > 1:
        name = f"{said('Sources')} {', '.join(map(str, numbers))}"
        more = f' data-pg-all="{_brief(numbers)}" data-pg-name="{name}"'
    return one[0].replace(f">{one['number']}</a>", f"{more}>{one['number']}</a>")


def _brief(numbers: Sequence[int]) -> str:
    """Two numbers, or a range, or the first of more with an ellipsis."""
    if numbers[-1] - numbers[0] == len(numbers) - 1 and len(numbers) > 2:
        return f"{numbers[0]}\u2013{numbers[-1]}"
    return ", ".join(map(str, numbers)) if len(numbers) == 2 else f"{numbers[0]}\u2026"


def _mention(key: str, at: int) -> str:
    return f"fnref{at if at > 1 else ''}:{key}"


def _letter(at: int) -> str:
    return _LETTERS[at - 1] if at <= len(_LETTERS) else str(at)


# -- conversion with the extensions of mkdocs.yml
#
# Creating a converter takes about as long as converting a short page, so there is one for all pages of a build. Links
# between pages are paths of Markdown files; here they become addresses.


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
"""What a text must contain for each processor of Python-Markdown to match, by the name of the processor.

Python-Markdown tries every processor on every block and text, which takes a third of a build.
"""
_LONG = 100_000
_SIGN = re.compile(r"[\\`*_\[<&]|  \n").search
_BETWEEN = "\ue006"
_PERMALINK = re.compile(r'(class="headerlink" [^>]*?title=")([^"]*)"')
# After every other treeprocessor, since those may add links.
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
    """Converts pages to HTML. `known` has every page by Markdown path, and every other file of the site."""

    def __init__(self, extensions: Sequence[Any], settings: Mapping[str, Any], known: Iterable[str]) -> None:
        """`extensions` and `settings` are those for Python-Markdown."""
        self._extensions, self._settings = [*extensions], {**settings}
        self._links = _Links(frozenset(known))
        self._converters: dict[frozenset[tuple[str, str]], Markdown] = {}
        self._parts: dict[tuple[str, str, str | bool], Rendered] = {}

    def render(self, page: Page) -> Rendered:
        """Convert a page. Fragments have no headings and note marks, so each is converted alone, and only once."""
        links = self._links.start(page.uri)
        body, definitions = taken_out(page.body)
        said = i18n.catalog(page.language)
        page_notes = Notes(list(definitions), said)
        html, headings = self._convert(body, page_notes)
        anchors, lost = links.anchors, links.lost
        parts = self._shared(page.parts, page.uri)
        for part in parts:
            anchors |= part.anchors
            lost += [link for link in part.lost if link not in lost]
        if definitions:
            texts = [fragments.put_in(text, [part.html for part in parts]) for text in definitions.values()]
            html = f"{one_mark_each(html, said)}\n{page_notes.listed(texts, page.quotes)}"
        html = fragments.put_in(html, [part.html for part in parts])
        if said.texts:
            html = _PERMALINK.sub(lambda found: f'{found[1]}{said(found[2])}"', html)
        return Rendered(html, headings, frozenset(_ID.findall(html)), frozenset(anchors), tuple(lost))

    def _shared(self, parts: Sequence[str], uri: str) -> list[Rendered]:
        """The fragments of a page. Each is the same on all pages of a folder, except on a page that it links to.

        New ones are converted together, since starting a converter takes about as long as a paragraph. An anchor counts
        for the fragments that link to it, a broken link for all of them.
        """
        folder, name = posixpath.split(uri)
        keys = [(part, folder, name if name in part else name == "index.md") for part in parts]
        if new := [key for key in keys if key not in self._parts]:
            links = self._links.start(uri)
            html, _ = self._convert(f"\n\n{_BETWEEN}\n\n".join(part for part, *_ in new), Notes([]))
            anchors, lost = frozenset(links.anchors), tuple(links.lost)
            for key, piece in zip(new, html.split(f"\n<p>{_BETWEEN}</p>\n"), strict=True):
                own = frozenset(anchor for anchor in anchors if f'#{anchor[1]}"' in piece)
                # A fragment of a single paragraph becomes part of another.
                inner = piece.removeprefix("<p>").removesuffix("</p>") if piece.startswith("<p>") else piece
                self._parts[key] = Rendered(inner, [], frozenset(), own, lost)
        return [self._parts[key] for key in keys]

    def _convert(self, markdown: str, page_notes: Notes) -> tuple[str, list[Any]]:
        """HTML and headings. Inline elements are replaced by placeholders first, for speed."""
        inlines = Inlines(self._links.address, page_notes.mark)
        markdown = inlines.hidden(markdown)
        converter = self._converter(markdown)
        html, headings = inlines.put_back(converter.convert(markdown)), getattr(converter, "toc_tokens", [])
        if len(markdown) > _LONG:
            # It keeps the last text and its tree, which take ten megabytes.
            converter.reset().convert(".")
        return html, headings

    def _converter(self, markdown: str) -> Markdown:
        """A converter without the processors that cannot match in this text."""
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
    """Skip inline parsing for text without Markdown syntax."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and not _SIGN(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _SIGN(element.tail):
                element.tail = AtomicString(element.tail)


class _Links(Treeprocessor):
    """Converts link targets of a page from paths to addresses."""

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
        """The address of a link of this page. External links are unchanged."""
        scheme, host, path, query, anchor = urlsplit(link)
        # Python-Markdown obfuscates mail addresses with this character.
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
    """The relative address from `here` to a page by its Markdown path, or to another file."""
    there = routes.address(target) if target.endswith(".md") else f"/{target}"
    way = posixpath.relpath(there, here)
    return quote(f"{way}/" if there.endswith("/") and way != "." else "./" if way == "." else way)
