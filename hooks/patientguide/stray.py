"""What a page would show as it stands, and means something else: marks of other programs, bare addresses, placeholders.

Each pattern is looked for in plain text only: not in links, citations and code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Stray(NamedTuple):
    """A sign that would be shown: where it starts, the code of its kind, what is wrong, and what to write instead."""

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
_PLACEHOLDER = "A setting stands in curly brackets, as {local:name} or {number:name}."

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
    _kind(r"(?<![\w.])@\w+", "A citation stands in brackets: [@key]."),
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
"""What a small digit belongs to: ten, a unit or a letter. Behind any other word or number it is a note to readers."""
_NOTE = "Cite a source instead: [@key]. Powers are written 10\u2079, units m\u00b2."


def strays(text: str) -> Iterator[Stray]:
    """Each bare address and note of a plain text, and the first other sign of each kind, none within another."""
    taken: list[tuple[int, int]] = []
    for pattern, advice, code in _KINDS if _MAY_BE.search(text) else ():
        for found in pattern.finditer(text):
            if not any(start <= found.start() < end for start, end in taken):
                taken.append(found.span())
                yield Stray(found.start(), code, f"'{_shown(found[0])}' would be shown as it stands.", advice)
                if code == "stray-sign":
                    break
    yield from _notes(text)


def _notes(text: str) -> Iterator[Stray]:
    """Small digits that stand as notes: not those of a power, a unit, a charge or a mass such as \u00b9\u2078F."""
    for found in _SMALL.finditer(text) if not text.isascii() else ():
        before, after = text[max(0, found.start() - 10) : found.start()], text[found.end() : found.end() + 1]
        mass = after.isalpha() and not before[-1:].isalnum()
        if not (mass or after in ("\u207a", "\u207b") or _POWER_OF.search(before)):
            yield Stray(found.start(), "hand-made-note", f"'{found[0]}' looks like a note made by hand.", _NOTE)


def _shown(sign: str) -> str:
    return sign if len(sign) <= 60 else f"{sign[:60]} ..."
