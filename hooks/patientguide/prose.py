"""The pieces of Markdown text that this project reads: everything else is left to the Markdown engine.

Code, links, tags and citations are told apart by one scan, so that nothing inside code is ever taken for a citation,
and a glossary word inside a link stays a link.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from patientguide import emphasis

_TOKEN = re.compile(
    r"""
      (?P<fence>^(?P<ticks>```++|~~~++)[ ]*[\w\#.+-]*[ ]*\n(?:.*\n){0,200}?(?P=ticks)[ ]*$)
    | (?P<code>(?<!`)(?P<tick>`++)[^\n]+?(?<!`)(?P=tick)(?!`))
    | (?P<escape>\\[\\`*_{}\[\]()>\#+\-.!])
    | (?P<svg><svg\b(?:[^<]++|<(?!svg\b|/svg>))*</svg>)
    | (?P<tag></?[a-zA-Z][^<>]*>|<!--|<[!?][^<>]*>)
    | (?P<footnote>\[\^[^\[\]\n]+\]:?)
    | (?P<cite>\[(?:[^\[\]\n]*[\s;])?@[^\[\]]*\](?!\())
    | (?P<link>(?P<image>!?)\[(?P<text>[^\[\]]*)\]\((?P<target>(?:[^()\s]|\([^()\s]*\))*)(?P<title>(?:\s+"[^"\n]*")?)\))
    | (?P<local>\{local:(?P<name>[^{}\n]*)\})
    | (?P<number>\{number:(?P<number_name>[^{}\n]*)\})
    | (?P<figure>^\{figure:(?P<figure_name>[^{}\n]*)\}[ ]*$)
    | (?P<part>^\{part:(?P<part_name>[^{}\n]*)\}[ ]*$)
    """,
    re.VERBOSE | re.MULTILINE,
)


_FIRST = re.compile(r"[`\\<\[!{]|^~~~", re.MULTILINE)
_FIRST_BUT_TILDES = re.compile(r"[`\\<\[!{]")
"""How a token begins: most of a text is none, and a search for one sign is quicker than to try them all everywhere."""


class Token(NamedTuple):
    """A piece of text: its kind (`plain` for what lies between), where it starts, and the match that found it."""

    kind: str
    start: int
    text: str
    match: re.Match[str] | None = None

    def group(self, name: str) -> str:
        """A named part of the token, such as the target of a link."""
        return (self.match[name] if self.match else None) or ""


@lru_cache(maxsize=64)
def tokens(text: str) -> tuple[Token, ...]:
    """The pieces of `text` in order; joined, they are the text again.

    Remembered, because checks, rules and pages all ask for the pieces of the same texts.
    """
    return tuple(scan(text))


def scan(text: str) -> Iterator[Token]:
    """The same one by one, for a text that nobody asks for again: those of a long page fill megabytes."""
    end = at = 0
    first = _FIRST if "~~~" in text else _FIRST_BUT_TILDES
    while sign := first.search(text, at):
        start = sign.start()
        match = _TOKEN.match(text, start)
        if match is None:
            at = start + 1
            continue
        if start > end:
            yield Token("plain", end, text[end:start])
        # The group that closes last is the outermost one: the kind of the token.
        yield Token(match.lastgroup or "", start, match[0], match)
        end = at = match.end()
    if end < len(text):
        yield Token("plain", end, text[end:])


_SPECIAL = re.compile(r"[\\`*_\[\]{}<>#|~^$&]|^[-+:=!?]")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def straight_quotes_curled(text: str) -> str:
    """Text that cannot leave an attribute: themes put names and descriptions between double quotes as they stand."""
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text).replace('"', "\u201d")


def escape(text: str) -> str:
    """Plain text as Markdown that shows exactly it: no sign can become a tag, a link, emphasis or a list."""
    text = _SPECIAL.sub(lambda sign: f"&#{ord(sign[0])};", text)
    return _NUMBERED.sub(lambda found: f"{found[1]}&#{ord(found[2])};", text)


_CITED = "\ue006"
_BEFORE_STOP = re.compile(rf"(?:\s*{_CITED})+(?=[.,;:?!])")
"""Citations before the end of a sentence, with the spaces before them."""


def masked(text: str) -> str:
    """The text with everything but plain words hidden, so that signs in it mean what they mean to readers."""
    return "".join(t.text if t.kind == "plain" else emphasis.MASK * len(t.text) for t in tokens(text))


def without_marks(
    text: str, local: Mapping[str, str] = MappingProxyType({}), numbers: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The text as plain words: citations dropped, links and emphasis reduced to their words.

    Settings and numbers are filled in from `local` and `numbers`. No other word, number or sign is lost.
    """
    marks = emphasis.pairs(masked(text))[0] if "*" in text or "_" in text else []
    kept = []
    for token in tokens(text):
        match token.kind:
            case "link":
                words = token.group("text")
                kept.append(without_marks(words) if "*" in words or "_" in words else words)
            case "local":
                kept.append(local[token.group("name")])
            case "number":
                kept.append(numbers[token.group("number_name")])
            case "escape":
                kept.append(token.text[1:])
            case "code":
                kept.append(token.text.strip("`"))
            case "plain":
                kept.append(_without(marks, token))
            case "cite":
                kept.append(_CITED)
            case "figure" | "part":
                pass
            case _:
                kept.append(token.text)
    return " ".join(_BEFORE_STOP.sub("", "".join(kept)).replace(_CITED, "").split())


def _without(marks: Sequence[emphasis.Mark], token: Token) -> str:
    """The text of a token without those `marks` that stand in it."""
    pieces, end = [], 0
    for start, text in marks:
        at = start - token.start
        if end <= at < len(token.text):
            pieces.append(token.text[end:at])
            end = at + len(text)
    return "".join(pieces) + token.text[end:]
