"""Join and purge styles: one style sheet per site, without unused rules."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from patientguide.core.cache import BuildCache, digest

# A guide uses a third of the styles of the theme, and every reader would load the rest. A rule is dropped if it names a
# class that is in no page and no script; a custom property if nothing uses it.


# Up to the next brace or the end of a declaration, past strings, which may hold both.
_PIECE = re.compile(r"""((?:[^{};"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*)([{};]|$)""")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
# Classes in these are alternatives or exceptions, which a selector does not need.
_OPTIONAL = re.compile(r":(?:not|is|where|has|-webkit-any)\((?:[^()]|\([^()]*\))*\)|\[[^]]*\]")
_CLASS_LIST = re.compile(r'\sclass="([^"]*)"')
_ASKED = re.compile(r"--[\w-]+")
_SCRIPTED = re.compile(r"\b(?:md|pg)-[\w-]+|\b(?:js|no-js|focus-visible)\b")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Block:
    """A declaration, or a rule with its content."""

    head: str
    inside: "tuple[Block, ...] | None" = None


def classes(html: str) -> set[str]:
    """The classes of a page."""
    return {name for found in set(_CLASS_LIST.findall(html)) for name in found.split()}


def classes_in_scripts(script: str) -> set[str]:
    """The classes that a script may set: those of the theme and of this site."""
    return set(_SCRIPTED.findall(script))


def join(sheets: Iterable[str], used: set[str]) -> str:
    """Join style sheets in their order, without unused rules."""
    blocks = tuple(block for sheet in sheets for block in _parse(sheet))
    blocks = tuple(_with_used_classes(blocks, used))
    asked: set[str] | None = None
    while (found := set(_asked(blocks))) != asked:
        asked = found
        blocks = tuple(_without_unasked(blocks, asked))
    return "".join(map(_write, blocks))


def _parse(sheet: str) -> tuple[Block, ...]:
    pieces = _PIECE.finditer(_COMMENT.sub("", sheet))
    return tuple(_blocks(pieces))


def _blocks(pieces: Iterator[re.Match[str]]) -> Iterator[Block]:
    for piece in pieces:
        head, end = piece.group(1).strip(), piece.group(2)
        if end == "{":
            yield Block(head, tuple(_blocks(pieces)))
        elif head:
            yield Block(head)
        if end in ("}", ""):
            return


def _with_used_classes(blocks: Iterable[Block], used: set[str]) -> Iterator[Block]:
    for block in blocks:
        if block.inside is None:
            yield block
        elif block.head.startswith("@"):
            at_font = block.head.startswith(("@font-face", "@page", "@keyframes"))
            inside = block.inside if at_font else tuple(_with_used_classes(block.inside, used))
            if inside:
                yield Block(block.head, inside)
        elif kept := [selector for selector in _selectors(block.head) if _holds(selector, used)]:
            yield Block(",".join(kept), block.inside)


def _selectors(head: str) -> list[str]:
    """The selectors of a rule. A comma inside brackets does not separate."""
    found, depth = [""], 0
    for sign in head:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [_SPACES.sub(" ", selector.strip()) for selector in found]


def _holds(selector: str, used: set[str]) -> bool:
    return used.issuperset(_CLASS.findall(_OPTIONAL.sub("", selector)))


def _asked(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if block.inside is None:
            yield from _ASKED.findall(block.head.partition(":")[2])
        else:
            yield from _asked(block.inside)


def _without_unasked(blocks: Iterable[Block], asked: set[str]) -> Iterator[Block]:
    for block in blocks:
        if block.inside is not None:
            if inside := tuple(_without_unasked(block.inside, asked)):
                yield Block(block.head, inside)
        elif not block.head.startswith("--") or block.head.partition(":")[0].strip() in asked:
            yield block


def _write(block: Block) -> str:
    if block.inside is None:
        return f"{block.head};"
    return f"{block.head}{{{''.join(map(_write, block.inside))}}}"


# -- the sheets of a site; files that become a part of the joined sheet are not copied, nor the theme's scripts


URI = "assets/site.css"
_THEME = ("assets/stylesheets/", "assets/javascripts/")
_MAIN = "assets/stylesheets/main."


class Source(Protocol):
    """A file that an engine copies into the site."""

    @property
    def src_uri(self) -> str:
        """Its path."""

    @property
    def content_string(self) -> str:
        """Its text."""


S = TypeVar("S", bound=Source)


class Sheets(NamedTuple):
    """The texts of the sheets in order, and the classes that scripts may set."""

    texts: tuple[str, ...]
    scripted: frozenset[str]

    def joined(self, classes: Iterable[str], cache: BuildCache) -> str:
        """The joined sheet for pages with these classes."""
        used = {*self.scripted, *classes}
        key = digest(self.texts, sorted(used))
        return cache.cached("styles", URI, key, lambda: join(self.texts, used))


def taken(files: Iterable[S], own: Sequence[str]) -> tuple[Sheets, list[S]]:
    """The sheets of the theme and, by path, our `own`; and the files that are then not needed."""
    by_uri = {file.src_uri: file for file in files}
    theme = [uri for uri in by_uri if uri.startswith(_THEME)]
    sheets = [*sorted(u for u in theme if u.startswith(_MAIN) and u.endswith(".css")), *(u for u in own if u in by_uri)]
    scripts = [file for uri, file in by_uri.items() if uri.endswith(".js") and uri not in theme]
    scripted = frozenset(name for file in scripts for name in classes_in_scripts(file.content_string))
    left_out = [by_uri[uri] for uri in dict.fromkeys([*theme, *sheets])]
    return Sheets(tuple(by_uri[uri].content_string for uri in sheets), scripted), left_out
