"""What a reader should see of a source text: one line for each piece, without Markdown.

Control characters are those of `rendered`. Tokens and blocks come from `markup.tokens`, as in the checks: where these
and the Markdown engine interpret a text in different ways, the lines differ.
"""

import re
import string
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from patientguide.fidelity.rendered import CELL, CITE, CITE_END, ITEM, LOCATOR, LOCATOR_END
from patientguide.markup import citations
from patientguide.markup.tokens import ITEM_SIGNS, TITLE, Token, cut, taken_off, tokens

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
    for citation in citations.by_source(citations.read_citations(text) or []):
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
