"""A page as readers get it, in a form in which pages of different engines can be held against each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

HOST = "http://guide/"
_PIECE = re.compile(r"""(<[a-zA-Z/!](?:[^"'>]|"[^"]*"|'[^']*')*>)""")
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*"([^"]*)"|\s*=\s*'([^']*)')?""")
_HEAD = {
    "title": r"<title>(.*?)</title>",
    "description": r'<meta name="description" content="(.*?)"',
    "policy": r'<meta http-equiv="Content-Security-Policy" content="(.*?)"',
    "language": r'<html lang="(.*?)"',
    "shared": r'<(meta property="og:.*?|link rel="canonical".*?|link rel="alternate" hreflang.*?)>',
}
_FRAME = (
    *(r'<nav class="pg-menu".*?</nav>', r'<nav class="md-tabs".*?</nav>', r'<nav class="pg-steps.*?</nav>'),
    *(r'<nav class="pg-toc".*?</nav>', r'<details class="pg-contents".*?</details>', r"<noscript>.*?</noscript>"),
    *(r'<div class="pg-colophon">.*?</footer>', r'<nav class="pg-languages".*?</nav>'),
)
"""What stands around the text: menu, tabs, next page, contents, foot."""
_HEADING = re.compile(r'<h([1-6]) id="([^"]*)"[^>]*>(.*?)</h\1>', re.DOTALL)
_COUNTED = {
    "notes": re.compile(r'<li id="fn:[^"]+">'),
    "marks": re.compile(r'class="footnote-ref" href="(#fn:[^"]+)"[^<>]*>([0-9]+)<'),
    "ways back": re.compile(r'class="footnote-backref" href="(#fnref[^"]+)"'),
    "boxes": re.compile(r'<div class="admonition [^"]+">'),
    "calls": re.compile(r'<div class="pg-call__level[^"]*">'),
    "states": re.compile(r'<details class="pg-state"'),
    "tables": re.compile(r"<table[ >]"),
    "words": re.compile(r'class="pg-term" popovertarget="([^"]+)"'),
}


@dataclass(frozen=True)
class ReadPage:
    """A page and its address."""

    name: str
    html: str

    @cached_property
    def head(self) -> dict[str, str]:
        """What the head says."""
        return {what: unescape(" ".join(re.findall(pattern, self.html, re.DOTALL))) for what, pattern in _HEAD.items()}

    @cached_property
    def text(self) -> str:
        """The article."""
        return self.html[self.html.index("<article") : self.html.index("</article>")]

    @cached_property
    def frame(self) -> str:
        """What stands around it and is the guide's own."""
        return "".join(found for pattern in _FRAME for found in re.findall(pattern, self.html, re.DOTALL))

    @cached_property
    def counted(self) -> dict[str, list[object]]:
        """What must not be lost, in order; ways back, whose order differs, from first to last."""
        found = {what: pattern.findall(self.text) for what, pattern in _COUNTED.items()}
        headings = [(level, id_, words(text)) for level, id_, text in _HEADING.findall(self.text)]
        return {**found, "ways back": sorted(found["ways back"]), "headings": headings}


def pages(site: Path) -> list[str]:
    """The path of every page."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def words(html: str) -> str:
    """What HTML says."""
    return " ".join(unescape(_PIECE.sub(" ", html)).split())


def differences(name: str, ours: str, theirs: str) -> Iterator[tuple[str, str]]:
    """What differs between HTML of two pages of that name, as a mark and both values.

    A mark is an element, its first class and an attribute, or its text.
    """
    mine, other = (_pieces(html) for html in (ours, theirs))
    if [tag.split(" ")[0].rstrip(">") for tag, _ in mine] != [tag.split(" ")[0].rstrip(">") for tag, _ in other]:
        yield "elements", f"{len(mine)} and {len(other)} of them"
        return
    for (tag, text), (their_tag, their_text) in zip(mine, other, strict=True):
        if tag != their_tag:
            one, two = _attributes(tag, name), _attributes(their_tag, name)
            yield from (
                (f"{_kind(tag)}@{key}", f"{one.get(key)!r} and {two.get(key)!r}")
                for key in sorted(one.keys() | two.keys())
                if one.get(key) != two.get(key)
            )
        if text != their_text:
            yield f"{_kind(tag)} text", f"{text!r} and {their_text!r}"


def _pieces(html: str) -> list[tuple[str, str]]:
    """Each tag with the text that follows it."""
    found = _PIECE.split(html)
    return [(tag, " ".join(unescape(text).split())) for tag, text in zip(found[1::2], found[2::2], strict=True)]


def _attributes(tag: str, name: str) -> dict[str, str]:
    """The attributes of a tag; addresses as they are asked for from this page."""
    found = {key: unescape(one or two) for key, one, two in _ATTRIBUTE.findall(tag[1:-1].partition(" ")[2])}
    for key in {"href", "src"} & found.keys():
        found[key] = urljoin(HOST + name, found[key]).replace("/index.html", "/").replace("/./", "/")
    return found


def _kind(tag: str) -> str:
    first = re.search(r'class="([^" ]+)', tag)
    element = tag[1:-1].partition(" ")[0]
    return f"{element}.{first[1]}" if first else element
