"""Checks of text: citations, links and placeholders exist, and no markup would be shown by mistake."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Literal, NamedTuple
from urllib.parse import unquote

from pydantic import BaseModel

from patientguide.content import assets
from patientguide.content.blocks import RECORDS_WITH_TEXT
from patientguide.core.files import PICTURES, SUFFIXES
from patientguide.core.problems import MANY, Place, Problem, suggest
from patientguide.core.yaml import YamlFile, strings
from patientguide.markup import tokens
from patientguide.markup.tokens import ITEM_SIGNS, cut
from patientguide.model import roles, routes
from patientguide.model.entries import is_fetched
from patientguide.model.fields import Authored
from patientguide.model.guide import Guide
from patientguide.model.roles import Role

# -- stray signs that a page would show literally: markup of other programs, bare addresses, placeholders
#
# Patterns are searched for in plain text only, not in links, citations and code.


class Stray(NamedTuple):
    """A sign that would be shown: its offset, code, message and advice."""

    start: int
    code: str
    message: str
    advice: str


class _Kind(NamedTuple):
    pattern: re.Pattern[str]
    advice: str
    code: str = "stray-sign"


def _kind(pattern: str, advice: str, code: str = "stray-sign") -> _Kind:
    return _Kind(re.compile(pattern, re.MULTILINE), advice, code)


ADDRESS = "Write a link with words of its own: [words](address)."
_REST = r"[^\s<>()\[\]]*[^\s<>()\[\].,;:!?\"'\u2019\u201d]"
_DOMAIN = rf"(?:[a-z0-9-]+\.)+(?:com|edu|gov|info|net|org)\b(?![\w@-])(?:/{_REST})?"
_WITH_PATH = rf"(?:[\w-]+\.)+[a-z]{{2,}}/{_REST}"
_WORD = "It was copied from another program. Write the words that readers should see."
_NAME = "The name of a file has no spaces. Rename it with small letters, digits and hyphens, and write that name."
_BOLD = "Remove it. Words that matter most are bold: **words**."
_PLACEHOLDER = "A setting is written in curly brackets, as {local:name} or {number:name}."

_KINDS = (
    _kind(rf"\b(?:(?:https?|ftp)://|www\.|(?:mailto|tel):)(?=\S){_REST}", ADDRESS, "bare-address"),
    _kind(r"[\w.+-]*\w@\w[\w-]*(?:\.[\w-]+)*\.\w+", "Write a link: [words](mailto:address).", "bare-address"),
    _kind(rf"(?<![\w@/.-])(?:{_DOMAIN}|{_WITH_PATH})", ADDRESS, "bare-address"),
    _kind(rf"\b10\.[0-9]{{4,9}}/{_REST}", "Cite the work instead: [@key].", "bare-address"),
    _kind(r"\[?\b(?:TODO|FIXME|TBD)\b\]?", "Write it, or remove it."),
    _kind(r"!?\[[^\[\]\n]*\]\([^()\n]* [^()\n]*\.[A-Za-z]{3,4}\)", _NAME, "picture"),
    _kind(r"\[\[[^\[\]\n]*\]\]", "A link is written [words](file.md)."),
    _kind(r"(?<![\w{])(?:local|number|figure|part):[a-z0-9][\w-]*", _PLACEHOLDER),
    _kind(r"[{}]", "Remove it. A setting is written {local:name}."),
    _kind(r"[\[\]]", "Remove it, or complete it: [words](file.md) is a link, [@key] a citation."),
    _kind(r"(?<![\w.])@\w+", "A citation is written in brackets: [@key]."),
    _kind(r"`+|~~~+", "Write an apostrophe as ', and close what you opened."),
    _kind(r"~~+", "Delete the words that are crossed out, and these signs."),
    _kind(r"~[^\s~]+~", "Write a small digit such as \u2082, or say it in words."),
    _kind(r"\^[^\s^]*\^?", "Write a small digit such as \u00b2, or say it in words."),
    _kind(r"(?<!=)={2,3}(?!=)", _BOLD),
    _kind(r"\+\+[^\s+][^+\n]*\+\+|\|\|[^|\n]+\|\|", _BOLD),
    _kind(r"%%|(?<!\w)''+(?=\w)", _BOLD),
    _kind(r"(?<=\S) *!!!", "A box starts on a line of its own; a sentence ends with one sign."),
    _kind(r"(?<=\S) *:::+", 'A box is a line of its own: !!! warning "Title".'),
    _kind(r"<", "Write 'less than' in words."),
    _kind(r"&#?\w+;", "Write the sign itself, or say it in words."),
    _kind(r"\\", "Remove the backslash."),
    _kind(r"(?<![\w:]):(?:[a-z][a-z0-9_+-]+|[+-]1):(?![\w:])", "Say it in words."),
    _kind(r"\b(?:HYPERLINK|PAGEREF|NOTEREF|MERGEFIELD|INCLUDEPICTURE)\b|\bError! [A-Z][a-z]+ ", _WORD),
    _kind(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!)", _WORD),
    _kind(r"\ufffd|\u00e2\u20ac|\u00c3[\u0080-\u00bf]|\u00c2[\u00a0-\u00bf]", "A letter was lost here. Type it again."),
    _kind(r"[\u2020\u2021]", "Cite a source, [@key], or say it in the sentence.", "hand-made-note"),
)
_MAY_BE = re.compile(r"[{}\[\]@`~!<\\&=+^:%|#\u2020\u2021\ufffd\u00e2\u00c3\u00c2]|''|\.[a-z]{2}|10\.|[A-Z]{3}")
"""Most texts have none of these."""
_SMALL = re.compile(r"[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")
_POWER_OF = re.compile(
    r"(?:(?<!\d)10|\b(?:[^\W\d_]|[ckdmn\u00b5\u03bc]m|ft|in|mi|yd|mc|inch|inches|foot|feet|met(?:er|re)s?|sec(?:ond)?s?))$"
)
"""What may precede a superscript digit: ten, a unit or a letter. After anything else it is a note mark."""
_NOTE = "Cite a source instead: [@key]. Powers are written 10\u2079, units m\u00b2."


def strays(text: str) -> Iterator[Stray]:
    """Each bare address and note mark of a plain text, and the first sign of each other kind, without overlaps."""
    taken: list[tuple[int, int]] = []
    for pattern, advice, code in _KINDS if _MAY_BE.search(text) else ():
        for found in pattern.finditer(text):
            if not any(start <= found.start() < end for start, end in taken):
                taken.append(found.span())
                yield Stray(found.start(), code, f"'{_shown(found[0])}' would be shown as written.", advice)
                if code == "stray-sign":
                    break
    yield from _notes(text)


def _notes(text: str) -> Iterator[Stray]:
    """Superscript digits that are note marks: not a power, a unit, a charge or a mass such as \u00b9\u2078F."""
    for found in _SMALL.finditer(text) if not text.isascii() else ():
        before, after = text[max(0, found.start() - 10) : found.start()], text[found.end() : found.end() + 1]
        mass = after.isalpha() and not before[-1:].isalnum()
        if not (mass or after in ("\u207a", "\u207b") or _POWER_OF.search(before)):
            yield Stray(found.start(), "hand-made-note", f"'{found[0]}' looks like a note made by hand.", _NOTE)


def _shown(sign: str) -> str:
    return sign if len(sign) <= 60 else f"{sign[:60]} ..."


# -- citations, links and placeholders


PAGE_PARTS = ("pathway", "trials", "checks", "phones")
"""The parts that a hand-written page may include with {part:NAME}."""


_ADDRESS = re.compile(r"(https?://|mailto:|tel:)\S+|[^\s@]+@[^\s@]+|www\.\S+")


Kind = Literal["body", "prose", "name"]


class Text(NamedTuple):
    """A text by an editor: its file, its kind, and a function for the place of a character."""

    path: str
    text: str
    kind: Kind
    place: Callable[[int], Place]


def texts(guide: Guide) -> Iterator[Text]:
    """Every text by an editor, except addresses that are the whole value of a field.

    Sources, answers of services and trials from a registry are left out: they are shown as plain text, whatever signs
    they contain.
    """
    files: list[tuple[YamlFile, type[BaseModel]]] = [(e.facts, type(e.front)) for e in guide.entries_looked_at]
    models = {file.path: RECORDS_WITH_TEXT[name] for name, file in guide.records.items() if name in RECORDS_WITH_TEXT}
    records = (guide.records[path] for path in guide.looked_at if path in guide.records)
    files += [(file, models.get(file.path, Authored)) for file in records]
    for file, model in files:
        for path, text in strings(file.data, is_fetched):
            if not _ADDRESS.fullmatch(text.strip()):
                kind: Kind = "prose" if Role.MARKDOWN & roles.at(model, path) else "name"
                # Fields are shown on one line, however they were wrapped.
                yield Text(file.path, " ".join(text.split()), kind, partial(_in_field, file.place(path)))
    for entry in guide.entries_looked_at:
        yield Text(entry.path, entry.body, "body", entry.body_place)


def _in_field(place: Place, _: int) -> Place:
    return place


@dataclass(frozen=True)
class _Context:
    """The text of a token, and what it may refer to."""

    guide: Guide
    path: str
    text: str
    kind: Kind
    table: Mapping[str, routes.Target]

    @property
    def in_page_body(self) -> bool:
        """Whether it is the body of a hand-written page."""
        entry = self.guide.by_path[self.path] if self.kind == "body" else None
        return bool(entry and entry.kind == "pages")


class Fault(NamedTuple):
    """What is wrong with a token, and the offset in it."""

    code: str
    message: str
    advice: str
    offset: int = 0


def marks(guide: Guide) -> Iterator[Problem]:
    """Citations, links and settings must name something that exists; HTML, code and stray signs are not allowed."""
    table = routes.link_targets(guide)
    for path, text, kind, place in texts(guide):
        context = _Context(guide, path, text, kind, table)
        if text.count("@") > _CITATIONS:
            message = f"This text has more than {_CITATIONS} citations."
            yield Problem(place(0), "many-citations", message, "Split it, or cite fewer sources.")
        faults = (
            (token.start, fault) for token in tokens.tokens(text) for fault in _FAULTS[token.kind](token, context)
        )
        for start, fault in islice(chain(faults, _emphasis(context)), MANY):
            yield Problem(place(start + fault.offset), fault.code, fault.message, fault.advice)


def _emphasis(context: _Context) -> Iterator[tuple[int, Fault]]:
    """Unpaired stars and underscores of each paragraph, item, cell or link, with its start."""
    if "*" not in context.text and "_" not in context.text:
        return
    if context.kind == "name":
        if found := _MARKED_NAME.search(tokens.masked(context.text)):
            yield found.start(), Fault("emphasis", f"'{found[0][:40]}' would be shown with its signs.", "Remove them.")
        return
    for start, text in _pieces(context):
        for start_of_mark, message, advice in tokens.strays(tokens.masked(text), text):
            yield start, Fault("emphasis", message, advice, start_of_mark)


def _pieces(context: _Context) -> Iterator[tuple[int, str]]:
    """The parts of a text within which marks must be paired."""
    blocks = cut(context.text) if context.kind == "body" else [("field", 0, len(context.text))]
    for kind, start, end in blocks:
        marker = ITEM_SIGNS.match(context.text, start, end) if kind == "item" else None
        start = marker.end() if marker else start
        cells = re.finditer(r"[^|]+", context.text[start:end]) if kind == "row" else None
        pieces = [(start + cell.start(), cell[0]) for cell in cells] if cells else [(start, context.text[start:end])]
        for at, piece in pieces:
            if any(map(str.isalnum, piece)):
                yield at, piece
            for token in tokens.tokens(piece) if "](" in piece else ():
                if token.kind == "link":
                    yield at + token.start + token.text.index("[") + 1, token.group("text")


def _cite(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    if not _has_words_before(context.text, token.start):
        yield Fault("citation-first", "There are no words before this citation.", "Put it after the words it supports.")
    group = None if _EMPTY_LINE.search(token.text) else tokens.read_citations(token.text)
    if group is None:
        yield Fault("bad-citation", f"'{token.text}' is not a citation.", "Write [@key], [@one; @two] or [@key, p. 4].")
    for citation in group or []:
        if f"content/references/{citation.key}.yml" not in context.table:
            message = f"There is no source '{citation.key}' in content/references/."
            yield Fault("unknown-citation", message, suggest(citation.key, context.guide.references))
        elif citation.passage and (source := context.guide.references.get(citation.key)):
            known = [passage.id for passage in source.passages]
            if citation.passage not in known:
                message = f"'{citation.key}' has no passage '{citation.passage}'."
                advice = suggest(citation.passage, known) if known else "Add it under passages: in the source's file."
                yield Fault("unknown-passage", message, advice)


def _has_words_before(text: str, start: int) -> bool:
    """Whether a citation follows words of its own block, on its line or, if wrapped, on the line before."""
    head, _, line = text[:start].rpartition("\n")
    if line.strip():
        return bool(re.search(r"\w", line)) and not re.fullmatch(r"\s*[0-9]+[.)]\s*", line)
    before = head.rpartition("\n")[2].strip()
    return bool(before) and not before.startswith(("#", "!!!", "???", "|"))


def _link(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    target, words = token.group("target"), token.group("text")
    if sign := _NOT_IN_A_LINK.search(token.text):
        shown = sign[0].strip() or "An empty line"
        yield Fault(
            "stray-sign", f"'{shown}' cannot be used in a link.", "Write plain words and an address.", sign.start()
        )
    if token.group("title"):
        yield Fault("link-title", "A link has no title in quotes.", "Say it in the words of the link.")
    is_picture = bool(token.group("image"))
    if is_picture:
        yield from _picture(words.strip(), target)
    elif not words.strip() or words.startswith("@"):
        yield Fault("link-words", "The link has no words of its own.", "Write what it leads to: [words](file.md).")
    if is_picture and routes.is_external(target):
        yield Fault(
            "picture", "A picture must be a file of this guide.", "Put it in docs/pictures/ and link to it there."
        )
    elif is_picture and (name := unquote(target)) != (good := assets.good_name(name)):
        yield Fault("picture", f"'{name}' cannot be the name of a picture.", f"Rename the file, and write: {good}")
    elif wrong := routes.link_fault(target, context.path, context.table):
        yield Fault("broken-link", *wrong)


def _picture(words: str, target: str) -> Iterator[Fault]:
    """Check the alternative text of a picture (WCAG 2.2, 1.1.1), and that it is one."""
    advice, file = "Say what is seen in it: ![What is seen](file.png).", PurePosixPath(unquote(target))
    if not re.search(r"\w", words) or words.startswith("@"):
        yield Fault("picture-words", "The picture has no words for readers who cannot see it.", advice)
    elif _letters(words) in (_letters(file.name), _letters(file.stem)):
        yield Fault("picture-words", f"'{words}' is the name of the file, not what is seen in the picture.", advice)
    elif _letters(words) in _PICTURE_WORDS:
        yield Fault("picture-words", f"'{words}' does not say what is seen in the picture.", advice)
    if file.suffix.lower() in SUFFIXES and file.suffix.lower() not in PICTURES:
        yield Fault("picture", f"'{file.name}' is not a picture.", "Link to it: [words](file).")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _local(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    known = context.guide.settings.local
    if token.group("name") not in known:
        yield Fault("unknown-local", f"'{token.text}' is not a local setting.", suggest(token.group("name"), known))


def _part(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    name = token.group("part_name")
    if name in PAGE_PARTS and context.text.count(token.text.strip()) > 1:
        yield Fault("part-twice", f"'{token.text}' appears twice.", "Keep one of the two.")
    if name == "pathway" and not context.guide.phases:
        yield Fault("empty-part", "There are no phases to draw.", "Remove it, or add a phase.")
    if name == "phones" and not context.guide.settings.phones:
        yield Fault("empty-part", "There are no phone numbers.", "Remove it, or add phones to content/guide.yml.")
    if not context.in_page_body or name not in PAGE_PARTS:
        known = ", ".join(f"{{part:{name}}}" for name in PAGE_PARTS)
        yield Fault(
            "unknown-part", f"'{token.text}' cannot be used here.", f"Parts belong into pages of docs/: {known}."
        )


def _number(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    known = context.guide.numbers.get(context.path, {})
    name = token.group("number_name") or token.group("figure_name")
    if name not in known:
        advice = suggest(name, known) if known else "Add it under numbers: at the top of the file."
        yield Fault("unknown-number", f"There is no number '{name}' at the top of this file.", advice)


def _figure(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    if "\n" not in context.text:
        yield Fault("figure-place", "A picture of a number cannot be used here.", "Put it on a line of its own below.")
    yield from _number(token, context)


def _html(token: tokens.Token, _: _Context) -> Iterator[Fault]:
    if any(found.code == "bare-address" and not found.start for found in strays(token.text[1:-1])):
        yield Fault("bare-address", f"'{token.text[:60]}' would not be shown.", ADDRESS)
        return
    yield Fault("html", f"'{token.text[:40]}' is HTML.", "Write plain Markdown, and 'less than' in words.")


def _footnote(token: tokens.Token, _: _Context) -> Iterator[Fault]:
    yield Fault("hand-made-note", f"'{token.text}' is a note made by hand.", "Cite a source instead: [@key].")


def _plain(token: tokens.Token, _: _Context) -> Iterator[Fault]:
    for start, code, message, advice in strays(token.text):
        yield Fault(code, message, advice, start)


def _escape(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    if context.kind == "name":
        yield Fault("stray-sign", f"'{token.text}' would be shown with its backslash.", "Remove the backslash.")


def _code(token: tokens.Token, context: _Context) -> Iterator[Fault]:
    if sign := _NOT_IN_CODE.search(token.text):
        yield Fault("code", f"'{sign[0]}' cannot be used in code.", "Say it in words.", sign.start())
    before, after = context.text[: token.start][-1:], context.text[token.start + len(token.text) :][:1]
    if before.isalnum() or after.isalnum():
        yield Fault("code", "These backticks would hide text as code.", "Write an apostrophe as '.")


def _fence(token: tokens.Token, _: _Context) -> Iterator[Fault]:
    if sign := re.search(r"\[@|\{(local|part):", token.text):
        yield Fault("code", f"'{sign[0]}' cannot be used in code.", "Say it in words.", sign.start())


_PICTURE_WORDS = ("alt", "alttext", "figure", "foto", "image", "imagen", "img", "photo", "picture", "screenshot")
_CITATIONS = 500
_EMPTY_LINE = re.compile(r"\n\s*\n")
# The engine would take these for a tag, an attribute list, code or a block of its own.
_NOT_IN_A_LINK = re.compile(r"[<>{}`\\]|\n\s*\n|&#?\w+;|(?<=\]\()[^()\s]*[\"']")
_NOT_IN_CODE = re.compile(r"[<>{}\[\]|]")
_MARKED_NAME = re.compile(r"\*{2,}|__|(?<!\w)\*(?=[^\s*])[^*]*[^\s*]\*(?!\w)|(?<!\w)_(?=[^\s_])[^_]*[^\s_]_(?!\w)")

_FAULTS: Mapping[str, Callable[[tokens.Token, _Context], Iterator[Fault]]] = {
    "cite": _cite,
    "link": _link,
    "local": _local,
    "number": _number,
    "figure": _figure,
    "part": _part,
    "tag": _html,
    "svg": _html,
    "footnote": _footnote,
    "code": _code,
    "fence": _fence,
    "escape": _escape,
    "plain": _plain,
}
