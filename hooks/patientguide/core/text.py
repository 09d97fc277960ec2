"""Plain text: folding, hidden characters, names of private hosts, and cleaning text that other programs wrote."""

import re
import unicodedata
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
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
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
    text = "".join(" " if sign in "\t\n\r" else sign for sign in text if sign in "\t\n\r" or _shows(sign))
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
    """Whether every sign of the text can be seen, and stands in a file as it is."""
    return all(_shows(sign) for sign in text)


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) not in _HIDDEN
