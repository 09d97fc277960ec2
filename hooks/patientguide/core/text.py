"""Plain text: folding, hidden characters, names of private hosts, and cleaning text that other programs wrote."""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

# Letters as lists and search read them: without accents.


_SHORT_FORM = re.compile("['\u2019](?=(?:s|t|m|d|re|ve|ll)\\b)")
_WORD = re.compile(r"[^\W_]+")


def without_accents(text: str) -> str:
    """The text without accents, as it is sorted in a list."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def split_words(text: str) -> list[str]:
    """The words of a text in small letters, without accents; `don't` is one word, `t-cell` is two."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    text = text.lower()
    if not text.isascii():
        text = "".join(sign for sign in text if not unicodedata.category(sign).startswith("M"))
    return _WORD.findall(_SHORT_FORM.sub("", text))


# Controls, formatting, private and unassigned characters hide text or turn its direction; a dose must read as it is
# written, and a rule must find a word that readers see.


_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters, marks and signs that have no shape of their own: fillers and selectors."""
_JOINERS = "\u200c\u200d"


def is_hidden(sign: str, before: str = "", after: str = "") -> bool:
    """Whether nobody sees a character, though it may change how others are read.

    A line break is seen, and a tab is named where it matters. A joiner belongs to letters that are joined, as in Hindi
    or Persian, and to the parts of a picture sign; a selector belongs to the picture sign before it.
    """
    if sign in "\n\t":
        return False
    if sign in _JOINERS:
        return not (_is_joined(before) and (sign == "\u200c" or _is_joined(after) or not after.strip()))
    if sign == "\ufe0f" or "\u180b" <= sign <= "\u180d":
        return unicodedata.category(before or " ") not in ("So", "Sm", "Lo")
    return unicodedata.category(sign) in _HIDDEN or is_blank(sign)


def is_blank(sign: str) -> bool:
    """Whether a character is a letter, mark or sign by its kind, but has no shape of its own."""
    return bool(_BLANK.match(sign))


def _is_joined(sign: str) -> bool:
    """Whether a character is of a script whose letters are joined, or a picture sign."""
    kind = unicodedata.category(sign or " ")
    return kind in ("So", "Sk") or sign == "\ufe0f" or (kind[0] in "LM" and "\u0590" <= sign < "\u1e00")


def may_hide(text: str) -> bool:
    """Whether it is worth looking for hidden characters: a quick look that misses none."""
    return not text.replace("\n", "").isprintable() or bool(_BLANK.search(text))


def all_hidden(text: str) -> Iterator[tuple[int, str]]:
    """Every character of a text that nobody sees, with its place."""
    for number, sign in enumerate(text):
        if not sign.isascii() or not sign.isprintable():
            before, after = text[number - 1 : number] if number else "", text[number + 1 : number + 2]
            if is_hidden(sign, before, after):
                yield number, sign


def first_hidden(text: str) -> str | None:
    """The first character of a text that nobody sees, such as U+202E."""
    return next((f"U+{ord(sign):04X}" for _, sign in all_hidden(text)), None) if may_hide(text) else None


def without_hidden(text: str) -> str:
    """The text without what nobody sees."""
    while may_hide(text) and (hidden := dict(all_hidden(text))):
        text = "".join(sign for number, sign in enumerate(text) if number not in hidden)
    return text


def visible(text: str) -> str:
    """The text with what nobody sees named, as (U+202E), so that nobody can hide words or turn their direction."""
    if not may_hide(text):
        return text
    hidden = dict(all_hidden(text))
    return "".join(f"(U+{ord(sign):04X})" if number in hidden else sign for number, sign in enumerate(text))


# Text as GitHub shows it in issues and summaries: no tag, link, emphasis, mention or number of an issue.


_MARKUP = re.compile(r"[\\`*_\[\]<>#|~$&@]|:(?=\S)|^[-+=]|^[0-9]+[.)](?!\S)|(?<=\bwww)\.", re.IGNORECASE)
"""What GitHub's Markdown reads as markup, anywhere or at the start of a text."""
_NOT_CODE = re.compile(r"[^\w \u2026/,.'-]|_|(?<=www)\.", re.IGNORECASE)
"""What may be markup in code that is written as a tag: all but the plainest signs."""


def github(text: str) -> str:
    """The text on one line of GitHub's Markdown that shows exactly it."""
    return _MARKUP.sub(_entity, visible(re.sub(r"\s+", " ", text)))


def _entity(found: re.Match[str]) -> str:
    sign = found[0]
    entity = f"{sign[:-1]}&#{ord(sign[-1])};"
    # GitHub looks for addresses, people, numbers of issues and emoji once more when entities are read already: an empty
    # character that has no width keeps it from finding any.
    follows = found.string[found.end() : found.end() + 1]
    return f"{entity}&#8203;" if sign in "@#:." and follows.strip() else entity


def github_code(text: str) -> str:
    """The same as code, from which an address or a name can be copied; nothing for an empty text."""
    line = visible(" ".join(text.split()))
    # A mention is found in the finished page too, unless it is in code.
    safe = _NOT_CODE.sub(lambda found: f"&#{ord(found[0])};", line)
    return f"<code>{safe}</code>" if safe else ""


# Names of hosts that nobody outside of a home or a company can reach: no guide leads to one, and none is ever asked.


_PRIVATE = (
    # Of the Internet itself: RFC 6761, 6762, 7686, 8375, 9476 and the ICANN Board, 2024.
    *(".localhost", ".local", ".test", ".invalid", ".onion", ".home.arpa", ".alt", ".internal"),
    # Used in homes and companies, so that ICANN gives out none of them, or never has.
    *(".lan", ".home", ".corp", ".mail", ".intranet", ".private", ".localdomain"),
)
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


def _bare_host(host: str) -> str:
    """A host as it is looked up: in small plain letters, with the dots of other scripts as dots, but for the last."""
    return unicodedata.normalize("NFKC", host).replace("\u3002", ".").casefold().rstrip(".")


def is_private_name(host: str) -> bool:
    """Whether a name of a host means another host to each reader, or none."""
    bare = _bare_host(host)
    return "." not in bare or f".{bare}".endswith(_PRIVATE)


def is_ip_address(host: str) -> bool:
    """Whether browsers read a host as an IP address: 127.1, 0x7f.1 and 2130706433 are (WHATWG URL)."""
    return ":" in host or bool(_ENDS_IN_NUMBER.fullmatch(_bare_host(host)))


# Text of other people's records as plain text that a field may hold: no tags, no entities, no hidden signs.
#
# Services send titles such as `<i>Nose</i>`, `&lt;i&gt;Nose&lt;/i&gt;` or `H<sub>2</sub>O`; a field of ours shows
# what it holds, sign by sign. Raised and lowered text loses its level, but no two numbers may run into one.


LONGEST = 400
"""What a title or name may hold at most (fields.Printed)."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")
_BREAK = re.compile(r"</?(?:br|p|div|title|jats:p|jats:title)\b[^<>]{0,1000}>", re.IGNORECASE)
_SIGNS = {"<": " less than ", ">": " more than ", "{": "(", "}": ")", "`": "'", "\u2028": " ", "\u2029": " "}
TAKEN_BACK = re.compile(
    r"(?:\[\s*(?=[a-z ]+\]))?(retracted|withdrawn)(?:\s+(?:article|paper|chapter))?\s*(?:\]\s*[:.]?|[:.])\s*",
    re.IGNORECASE,
)
"""What publishers write before the title of a work that they took back, such as `RETRACTED ARTICLE: `."""

RAISED, LOWERED, LEVEL = "\ue010", "\ue011", "\ue012"
"""Marks for where raised or lowered text begins and ends. They are private characters: no text of ours holds any."""
_LEVELS = {"<sup>": RAISED, "<sub>": LOWERED, "</sup>": LEVEL, "</sub>": LEVEL}
_LEVEL_TAG = re.compile(r"</?su[bp]>", re.IGNORECASE)
_SCRIPT = re.compile(f"([0-9]?)([{RAISED}{LOWERED}])([^{RAISED}{LOWERED}{LEVEL}]*){LEVEL}")
_SMALL = {
    RAISED: str.maketrans("0123456789+-=()n\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ⁻"),
    LOWERED: str.maketrans("0123456789+-=()\u2212", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎₋"),
}
_ORDINALS = ("st", "nd", "rd", "th")

_LAYERS = 3  # a record that went through two systems is escaped twice


def plain_text(text: str, longest: int = LONGEST) -> str:
    """The text without tags, entities, control and formatting signs, on one line; cut at a word when it is too long."""
    for _ in range(_LAYERS):
        levels = _LEVEL_TAG.sub(lambda found: _LEVELS[found[0].lower()], text)
        bare = unescape(_TAG.sub("", _BREAK.sub(" ", levels)))
        if bare == text:
            break
        text = bare
    text = "".join(_SIGNS.get(sign, sign) for sign in level_text(_TAG.sub("", text)))
    text = without_hidden(re.sub(r"[\t\n\r]", " ", text))
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text if len(text) <= longest else f"{text[: longest - 4].rpartition(' ')[0]} ..."


def level_text(text: str) -> str:
    """The text with what is marked as raised or lowered on one level with the rest.

    So `[<sup>18</sup>F]` becomes `[18F]`, but `10<sup>6</sup>` becomes `10⁶` and never `106`.
    """
    return re.sub(f"[{RAISED}{LOWERED}{LEVEL}]", "", _SCRIPT.sub(_beside, text))


def _beside(script: re.Match[str]) -> str:
    """Raised or lowered text; after a digit in small signs, or else with a mark of its own."""
    digit, way, text = script.groups()
    if not digit or text in _ORDINALS:
        return f"{digit}{text}"
    small, mark = _SMALL[way], "^" if way == RAISED else "_"
    return digit + (text.translate(small) if all(ord(sign) in small for sign in text) else mark + text)


def label_text(text: str, longest: int = LONGEST) -> str:
    """The same without square brackets, for fields that may not hold a citation."""
    return plain_text(text, longest).replace("[", "(").replace("]", ")")


def fold(text: str) -> str:
    """What is left of a text for comparing: small letters without accents, words apart by one space."""
    bare = unicodedata.normalize("NFKD", plain_text(text, len(text) + LONGEST)).casefold()
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", letters).strip()


def slug(text: str) -> str:
    """The text as a part of a file's name: small ASCII letters and digits with single hyphens; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text).encode("ascii", "ignore").decode()).strip("-")


def is_shown(text: str) -> bool:
    """Whether every sign of the text can be seen, and fits on one line as it is."""
    return not any(sign in "\n\t" for sign in text) and first_hidden(text) is None
