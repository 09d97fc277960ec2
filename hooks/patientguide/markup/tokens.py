"""The tokenizer of our Markdown dialect, its citations, and the block splitter."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from types import MappingProxyType
from typing import NamedTuple

# -- emphasis: which stars and underscores are paired, and which are not
#
# Python-Markdown pairs any two stars with text between them, even within words: `2*200 mg or 1*100 mg` becomes
# "2200 mg or 1100 mg". So only pairs around whole words count here, and checks refuse the others.


MASK = "\ufffc"
"""Replaces each character of a link, a citation or an escape. It is neither a letter nor a space."""

_RUN = re.compile(r"\*+|_+")
_LONGEST = 3
"""A longer run of signs is not emphasis."""
# Thai to Myanmar, Khmer, Han and Kana have no spaces between words: a mark may have letters on both sides.
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]")
_NEAR = 20
"""How many characters around a mark are searched for its word."""
_PAIRED = "Write {0}{0}words{0}{0} for bold words, without spaces inside, and \\{0} for a sign that is meant."
_MEANT = "Write a word such as 'times' between numbers, and \\{0} for a sign that is meant."


class Mark(NamedTuple):
    """A run of stars or underscores, and its offset."""

    start: int
    text: str


class Stray(NamedTuple):
    """A mark without a partner: its offset, what is wrong and what to write instead."""

    start: int
    message: str
    advice: str


def pairs(masked: str) -> tuple[list[Mark], list[Mark]]:
    """The paired marks of a text, and the unpaired ones. All but plain text must be masked.

    A star between spaces and next to a number means "times" and is neither. The same holds for a single star within or
    after a word, if it is the only mark of the text: every engine shows it literally.
    """
    waiting: list[Mark] = []
    paired: list[Mark] = []
    alone: list[Mark] = []
    for found in _RUN.finditer(masked):
        mark = Mark(found.start(), found[0])
        before, after = around(masked, mark)
        if _is_literal(mark, masked, before, after):
            continue
        if waiting and waiting[-1].text == mark.text and not before.isspace() and not _is_word(after, mark):
            paired += [waiting.pop(), mark]
        elif len(mark.text) <= _LONGEST and not after.isspace() and not _is_word(before, mark):
            waiting.append(mark)
        else:
            alone.append(mark)
    alone, paired = sorted(alone + waiting), sorted(paired)
    if len(alone) == 1 and not paired and alone[0].text == "*" and around(masked, alone[0])[0].isalnum():
        alone = []
    return paired, alone


def taken_off(text: str) -> str:
    """The text without its paired marks. All but plain text may be masked; see `MASK`."""
    pieces, end = [], 0
    for start, mark in pairs(text)[0]:
        pieces.append(text[end:start])
        end = start + len(mark)
    return "".join(pieces) + text[end:]


def around(text: str, mark: Mark) -> tuple[str, str]:
    """The characters before and after a mark, or a space at the ends of the text."""
    end = mark.start + len(mark.text)
    return text[mark.start - 1] if mark.start else " ", text[end] if end < len(text) else " "


def _is_literal(mark: Mark, masked: str, before: str, after: str) -> bool:
    """Whether every engine shows the mark literally: within a name such as a_b, or in 2 * 3."""
    if mark.text[0] == "_":
        return _is_word(before, mark) and _is_word(after, mark)
    if mark.text != "*" or not (before.isspace() and after.isspace()):
        return False
    near = masked[max(0, mark.start - _NEAR) : mark.start].split()[-1:]
    near += masked[mark.start + 1 : mark.start + _NEAR].split()[:1]
    return any(sign.isdigit() for word in near for sign in word)


def _is_word(sign: str, mark: Mark) -> bool:
    """Whether a character beside a mark makes the mark part of a word."""
    return sign == "_" or (sign.isalnum() and (mark.text[0] == "_" or not _WITHOUT_SPACES.match(sign)))


def strays(masked: str, text: str) -> Iterator[Stray]:
    """What is wrong with the marks of `text`. `masked` has the same length and only plain text."""
    for mark in pairs(masked)[1]:
        before, after = around(masked, mark)
        if before.isspace() and after.isspace():
            yield Stray(
                mark.start,
                f"'{mark.text}' has a space on both sides, and would be shown.",
                _PAIRED.format(mark.text[0]),
            )
        elif before.isalnum() and after.isalnum():
            yield Stray(
                mark.start, f"The '{mark.text}' in '{_word(text, mark)}' could vanish.", _MEANT.format(mark.text[0])
            )
        else:
            message = f"The '{mark.text}' in '{_word(text, mark)}' does not pair around whole words."
            yield Stray(mark.start, message, _PAIRED.format(mark.text[0]))


def _word(text: str, mark: Mark) -> str:
    """The word in or beside which a mark is."""
    end = mark.start + len(mark.text)
    before, after = text[max(0, mark.start - _NEAR) : mark.start], text[end : end + _NEAR]
    return re.split(r"\s", before)[-1] + mark.text + re.split(r"\s", after)[0]


# -- tokens: the parts of Markdown that this project interprets; the rest is left to the Markdown engine
#
# One scan finds code, links, tags and citations, so that nothing inside code is taken for a citation, and a glossary
# word inside a link is not explained.


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
"""The first character of a token. To search for it is faster than to try every token at every position."""


class Token(NamedTuple):
    """A piece of text: its kind (`plain` for text between tokens), its offset, and its match."""

    kind: str
    start: int
    text: str
    match: re.Match[str] | None = None

    def group(self, name: str) -> str:
        """A named group of the token, such as the target of a link."""
        return (self.match[name] if self.match else None) or ""


@lru_cache(maxsize=64)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of `text` in order; joined, they are the text again.

    Cached, because checks, rules and pages all need the tokens of the same texts.
    """
    return tuple(scan(text))


def scan(text: str) -> Iterator[Token]:
    """The same as an iterator, for a text that is needed once: the tokens of a long page take megabytes."""
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
        # The group that closes last is the outermost one, which names the kind of the token.
        yield Token(match.lastgroup or "", start, match[0], match)
        end = at = match.end()
    if end < len(text):
        yield Token("plain", end, text[end:])


_SPECIAL = re.compile(r"[\\`*_\[\]{}<>#|~^$&]|^[-+:=!?]")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def straight_quotes_curled(text: str) -> str:
    """Text for an HTML attribute: themes put names and descriptions between double quotes without escaping them."""
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text).replace('"', "\u201d")


def escape(text: str) -> str:
    """Plain text escaped for Markdown: no sign can become a tag, a link, emphasis or a list."""
    text = _SPECIAL.sub(lambda sign: f"&#{ord(sign[0])};", text)
    return _NUMBERED.sub(lambda found: f"{found[1]}&#{ord(found[2])};", text)


_CITED = "\ue006"
_BEFORE_STOP = re.compile(rf"(?:\s*{_CITED})+(?=[.,;:?!])")
"""Citations before the end of a sentence, with the spaces before them."""


def masked(text: str) -> str:
    """The text with all but plain words masked, so that the remaining signs are those that readers see."""
    return "".join(t.text if t.kind == "plain" else MASK * len(t.text) for t in tokens(text))


def without_marks(
    text: str, local: Mapping[str, str] = MappingProxyType({}), numbers: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The text as plain words: without citations, links and emphasis reduced to their words.

    Placeholders are filled in from `local` and `numbers`. No other word, number or sign is lost.
    """
    marks = pairs(masked(text))[0] if "*" in text or "_" in text else []
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


def _without(marks: Sequence[Mark], token: Token) -> str:
    """The text of a token without those of the `marks` that are in it."""
    pieces, end = [], 0
    for start, text in marks:
        at = start - token.start
        if end <= at < len(token.text):
            pieces.append(token.text[end:at])
            end = at + len(text)
    return "".join(pieces) + token.text[end:]


# -- blocks: paragraphs, list items, table rows, headings and titles of boxes


ITEM_SIGNS = re.compile(r"( *)([-*+]|[0-9]+\.) +")
TITLE = re.compile(r' *(!!!|\?\?\?) \w+ "')


def cut(body: str) -> list[tuple[str, int, int]]:
    """The kind, start and end of each block. Code blocks are left out."""
    cutter, inside, start = _Cutter(), False, 0
    if "```" in body or "~~~" in body:
        body = "".join(re.sub(r"[^\n]", " ", t.text) if t.kind == "fence" else t.text for t in tokens(body))
    for line in body.split("\n"):
        inside = cutter.line(line, start, inside)
        start += len(line) + 1
    return cutter.found


@dataclass
class _Cutter:
    """Splits a body into blocks, line by line."""

    found: list[tuple[str, int, int]] = field(default_factory=list)

    def line(self, text: str, start: int, inside: bool) -> bool:
        """Add a line. Returns whether the next one may continue its block."""
        kind = _kind(text)
        end = start + len(text)
        if kind == "paragraph" and inside:
            last, first, _ = self.found[-1]
            self.found[-1] = (last, first, end)
            return True
        if kind:
            self.found.append((kind, start, end))
        return kind in ("paragraph", "item")


def _kind(line: str) -> str:
    text = line.strip()
    if not text:
        return ""
    if text.startswith("#"):
        return "heading"
    if TITLE.match(line):
        return "title"
    if text.startswith("|"):
        return "rule" if re.fullmatch(r"[|:\- ]+", text) else "row"
    if ITEM_SIGNS.match(line):
        return "item"
    if text.startswith(("{part:", "{figure:")):
        return "drawn"
    return "paragraph"


# -- sections


_HEADING = re.compile("^## ", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A `##` section of an entry's body: its heading and its text, with the lines of the file that they start on."""

    heading: str
    line: int
    text: str
    text_line: int


def sections(body: str, first_line: int) -> tuple[Section, ...]:
    """Split a body at `## ` headings outside code. Text before the first heading has the heading ''."""
    has_code = "```" in body or "~~~" in body
    code = [range(t.start, t.start + len(t.text)) for t in tokens(body) if t.kind == "fence"] if has_code else []
    headings = [found.start() for found in _HEADING.finditer(body)]
    starts = [0, *(start for start in headings if not any(start in part for part in code))]
    found = []
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        piece = body[start:end]
        head, _, text = piece.partition("\n") if piece.startswith("## ") else ("", "", piece)
        line, text_line = (first_line + body.count("\n", 0, at) for at in (start, end - len(text.lstrip())))
        found.append(Section(head[3:].strip(), line, text.strip(), text_line))
    return tuple(section for section in found if section.heading or section.text)


# -- citations: `[@key]`, `[@one; @two]` and `[@key, p. 4]`, in Pandoc's syntax
#
# `[@key#passage]` names a passage of the source: exact words, stored in the source's file.


_SOURCE = re.compile(r"@(?P<key>[A-Za-z0-9][\w:.-]*?)(?:#(?P<passage>[\w.-]+))?(?:,\s*(?P<locator>[^@;]+))?$")


@dataclass(frozen=True)
class Citation:
    """A cited source, the place in it, and the id of the passage that supports the statement."""

    key: str
    locator: str = ""
    passage: str = ""


def read_citations(text: str) -> list[Citation] | None:
    """The citations of a bracket such as `[@one; @two, p. 4]`, or None if the syntax is wrong."""
    items = [_SOURCE.match(item.strip()) for item in text[1:-1].split(";")]
    if any(item is None for item in items):
        return None
    return [
        Citation(intern(item["key"]), (item["locator"] or "").strip(), item["passage"] or "") for item in items if item
    ]


def citation_keys(text: str) -> list[str]:
    """The citation keys of one bracket."""
    return [citation.key for citation in read_citations(text) or []]


def by_source(citations: Iterable[Citation]) -> list[Citation]:
    """The citations of one bracket with one for each source and place in it: its passages have spaces between."""
    found: dict[tuple[str, str], list[str]] = {}
    for citation in citations:
        found.setdefault((citation.key, citation.locator), []).append(citation.passage)
    return [Citation(key, locator, " ".join(filter(None, ids))) for (key, locator), ids in found.items()]
