"""The lines that a reader should see of a source text, and the lines that a page shows.

Both have one line for each paragraph, item, table row, heading and title, without Markdown and tags. Marks of notes,
bullets, numbers of items and cells of tables are signs (`CITE`, `ITEM`, `CELL`), so that the two can be compared.
"""

import re
import string
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from patientguide.markup.tokens import ITEM_SIGNS, TITLE, Token, by_source, cut, read_citations, taken_off, tokens

CITE, CITE_END = "\x01", "\x02"
"""A note mark, around the key of its source."""
LOCATOR, LOCATOR_END = "\x03", "\x04"
"""The place in a source, such as a page."""
ITEM = "\x05"
"""A list item, followed by a hyphen, or by its number and a full stop."""
CELL = "\x06"
"""A cell of a table."""

_WITHIN_LINES = (
    *("a", "abbr", "b", "bdi", "bdo", "button", "code", "em", "i", "input", "kbd", "label", "mark", "q", "s"),
    *("small", "span", "strong", "sub", "sup", "u"),
)
_ALT = re.compile(r'\salt="([^"]*)"')
_NUMBERED = re.compile(r'<li id="fn:([^"]+)">')
_NOTES = '<div class="footnote"'
_CARDS = '<div id="pg-'
_ADDED = re.compile(
    r'<sup id="fnref[^"]*"><a aria-label="[^"]*" class="footnote-ref" href="#fn:([^"]+)"'
    r'(?: data-pg-[a-z]+(?:="[^"]*")?)*>([0-9]+)</a></sup>'
    r'|<sup(?: data-pg-more)?>,</sup>|<span class="pg-waits"></span>'
    r'|<a class="headerlink"[^<>]*>[^<>]*</a>'
)
"""Note marks, and what the program adds to texts. Its tags have their attributes in this order."""
_SIMPLE = re.compile(r'</(?:a|span|strong|button)>|<strong>|<span class="pg-keep">|<(?:a|button) [^<>]*>')
"""Frequent tags that separate nothing."""
_AROUND_CELL = re.compile(f" *{CELL} *")
_LOCATORS = ('sup class="pg-locator"', 'sup class="pg-locator" data-pg-more')
_HIDDEN, _LOCATOR, _LIST, _LIST_END, _ITEM = range(5)
_KINDS: Mapping[str, int | str] = {
    **dict.fromkeys(("br", "wbr"), " "),
    **dict.fromkeys(("td", "th"), CELL),
    **dict.fromkeys(("ul", "ol"), _LIST),
    **dict.fromkeys(("/ul", "/ol"), _LIST_END),
    **dict.fromkeys(("/td", "/th"), ""),
    **dict.fromkeys((f"{end}{name}" for name in _WITHIN_LINES for end in ("", "/")), ""),
    **dict.fromkeys(("script", "style", "svg", "template"), _HIDDEN),
    "li": _ITEM,
}


def seen(html: str) -> str:
    """The lines of a page, with line breaks before the first and after the last."""
    shown, _, notes = html.partition(_NOTES)
    numbers = {key: str(number) for number, key in enumerate(_NUMBERED.findall(notes), 1)}

    def mark(found: re.Match[str]) -> str:
        """The mark of a note that links to the note of its source and shows its number."""
        if not found[1]:
            return ""
        key = found[1] if numbers.get(found[1]) == found[2] else ""
        return f"{CITE}{unescape(key) if '&' in key else key}{CITE_END}"

    shown = _ADDED.sub(mark, shown.partition(_CARDS)[0]).replace("\n", " ").replace("\t", " ")
    text = _without_tags(_SIMPLE.sub("", shown))
    if "&" in text:
        text = unescape(text)
    lines, before = [], ""
    for found in filter(None, map(str.strip, text.split("\n"))):
        line = found if found.isascii() and "  " not in found else " ".join(found.split())
        if line[0] == ITEM:
            # The text of an item may be in a paragraph.
            before = f"{line} "
        else:
            lines.append(_AROUND_CELL.sub(CELL, line).rstrip(CELL) if CELL in line else before + line)
            before = ""
    return "\n".join(["", *lines, ""]).replace(f" {CITE}", CITE)


def _without_tags(html: str) -> str:
    """The text with line breaks and control characters in place of tags."""
    first, *parts = html.split("<")
    kinds: dict[str, int | str] = {}
    found, lists, hidden_until = [first], [0], ""
    for part in parts:
        tag, _, text = part.partition(">")
        kind = kinds.get(tag)
        if kind is None:
            kind = kinds[tag] = _kind(tag)
        if hidden_until:
            if tag == hidden_until:
                hidden_until = ""
                found.append(text)
        elif kind.__class__ is str:
            found.append(f"{kind}{text}")
        elif kind == _ITEM:
            lists[-1] += 1
            found.append(f"\n{ITEM}{lists[-1]}.\n{text}" if lists[-1] > 0 else f"\n{ITEM}-\n{text}")
        elif kind == _LIST:
            # A large negative number, so that counting up never gives a real number.
            lists.append(0 if tag.startswith("ol") else -1_000_000)
            found.append(f"\n{text}")
        elif kind == _LIST_END:
            lists = lists[:-1] or [0]
            found.append(f"\n{text}")
        elif kind == _LOCATOR:
            found.append(f"{LOCATOR}{text}{LOCATOR_END}")
        else:
            hidden_until = f"/{_name(tag)}"
    return "".join(found)


def _kind(tag: str) -> int | str:
    """What replaces a tag, or what to do with its content."""
    name = _name(tag)
    if name == "img":
        words = _ALT.search(tag)
        return words[1] if words else ""
    return _LOCATOR if tag in _LOCATORS else _KINDS.get(name, "\n")


def _name(tag: str) -> str:
    return tag.partition(" ")[0].rstrip("/")


# -- of a source text
#
# Tokens and blocks come from `markup.tokens`, as in the checks: where these and the Markdown engine interpret a text in
# different ways, the lines differ.


Fill = Callable[[Token], str]
"""What a page shows for a setting or a number, or adds to the words of a link.

For a figure it is one phrase on each line, which may end with a citation and a full stop.
"""

_SIGN = re.compile(r"[\\`\[<{!]|~~~")
_BLOCK = re.compile(rf" *[#|]|{TITLE.pattern}|{ITEM_SIGNS.pattern}")
"""Prefixes of lines that a field must not start with."""
_MEANING = re.compile(r"\n *:[ ]+")
"""The second line of a definition list."""
_BEFORE_STOP = re.compile(
    rf"((?:{CITE}[^{CITE_END}]*{CITE_END}(?:{LOCATOR}[^{LOCATOR_END}]*{LOCATOR_END})?)+)(\.(?![.0-9])|[,?!])"
)
_PRIVATE = 0xE100
_AS_LITERAL = {ord(sign): chr(_PRIVATE + ord(sign)) for sign in string.punctuation}
_AS_WRITTEN = {ord(private): chr(sign) for sign, private in _AS_LITERAL.items()}
_IS_LITERAL = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0x7F)}]")
_LINK = "\x07"
"""The start and end of a link, so that a mark beside it does not touch its words."""
_PHRASE = "\x08"
_HASHES = re.compile(r" *#+ *")


class Line(NamedTuple):
    """A piece of a text as a page shows it, with its number in the text.

    If it is `whole`, its line contains nothing else.
    """

    said: str
    number: int = 0
    whole: bool = False


def lines(text: str, fill: Fill) -> Iterator[Line]:
    """The pieces of a text in order. A field is one piece, and its line may contain other words; see `Line`."""
    said = _said(text, fill)
    if "\n" not in text and not _BLOCK.match(text):
        yield Line(_finished(said))
        return
    for number, (kind, start, end) in enumerate(cut(said)):
        for part in _PIECES.get(kind, _paragraph)(said[start:end]):
            yield Line(part, number, kind != "drawn")


def place(text: str, number: int) -> int:
    """The offset of a piece of a text."""
    text = "".join(re.sub(r"[^\n]", "x", token.text) if token.kind == "fence" else token.text for token in tokens(text))
    starts = [start for _, start, _ in cut(text)]
    return starts[number] if number < len(starts) else 0


def _paragraph(text: str) -> Iterator[str]:
    yield from map(_finished, _MEANING.split(text))


def _item(text: str) -> Iterator[str]:
    if marker := ITEM_SIGNS.match(text):
        sign = marker[2] if marker[2][-1] == "." else "-"
        yield f"{ITEM}{sign} {_finished(text[marker.end() :])}"


def _heading(text: str) -> Iterator[str]:
    yield _finished(_HASHES.sub("", text, count=1))


def _title(text: str) -> Iterator[str]:
    marker = TITLE.match(text)
    yield _finished(text[marker.end() if marker else 0 :].rstrip().removesuffix('"'))


def _row(text: str) -> Iterator[str]:
    cells = text.strip().removeprefix("|").removesuffix("|").split("|")
    yield (CELL + CELL.join(map(_finished, cells))).rstrip(CELL)


def _drawn(text: str) -> Iterator[str]:
    """The phrases of a figure. The content of a page part is recorded where that is rendered."""
    if _PHRASE in text:
        yield from map(_finished, text.strip().split(_PHRASE)[1:-1])


def _nothing(_: str) -> Iterator[str]:
    yield from ()


_PIECES: Mapping[str, Callable[[str], Iterator[str]]] = {
    "item": _item,
    "heading": _heading,
    "title": _title,
    "row": _row,
    "names": _row,
    "rule": _nothing,
    "drawn": _drawn,
}


def _said(text: str, fill: Fill) -> str:
    """The text with tokens replaced by what they show. Only marks of blocks and emphasis are left."""
    if not _SIGN.search(text):
        return text
    return "".join([token.text if token.kind == "plain" else _shown(token, fill) for token in tokens(text)])


def _shown(token: Token, fill: Fill) -> str:
    match token.kind:
        case "cite":
            return _cited(token.text)
        case "link":
            return f"{_LINK}{token.group('text')}{_literal(fill(token))}{_LINK}"
        case "local" | "number":
            return _literal(fill(token))
        case "escape":
            return _literal(token.text[1:])
        case "code":
            return _literal(token.text.strip("`").strip())
        case "fence":
            return _literal(" ".join(token.text.split("\n")[1:-1]))
        case "figure":
            phrases = _PHRASE.join(map(_phrase, fill(token).split("\n")))
            return f"{{figure:{_PHRASE}{phrases}{_PHRASE}}}"
        case "part":
            return token.text
    return _literal(token.text)


def _phrase(text: str) -> str:
    """The words of a phrase of a figure, and the citation and full stop at its end, if any."""
    words, bracket, cites = text.partition(" [@")
    return f"{_literal(words)}{_cited(f'[@{cites[:-1]}')}{cites[-1:]}" if bracket else _literal(words)


@lru_cache(maxsize=1024)
def _cited(text: str) -> str:
    """The note marks of one bracket. Cached, since many statements have the same."""
    marks = ""
    for citation in by_source(read_citations(text) or []):
        where = f"{LOCATOR}{_literal(' '.join(citation.locator.split()))}{LOCATOR_END}" if citation.locator else ""
        # The underscore is the only character of a key that is also a Markdown mark.
        key = citation.key.replace("_", _literal("_"))
        marks += f"{CITE}{key}{CITE_END}{where}"
    return marks


def _literal(text: str) -> str:
    """The text with its Markdown signs escaped until the line is finished."""
    return text.translate(_AS_LITERAL) if text and not text.isalnum() else text


def _stop_first(found: re.Match[str]) -> str:
    return found[2] + found[1]


def _finished(text: str) -> str:
    text = " ".join(text.split())
    if "*" in text or "_" in text:
        text = taken_off(text)
    text = text.replace(_LINK, "")
    if CITE in text:
        # Editors write a citation before the full stop of its sentence; a page shows the mark after it.
        text = _BEFORE_STOP.sub(_stop_first, text.replace(f" {CITE}", CITE))
    return text if text.isascii() or not _IS_LITERAL.search(text) else text.translate(_AS_WRITTEN)
