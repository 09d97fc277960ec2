"""Text of other people's records as plain text that a field may hold: no tags, no entities, no hidden signs.

Services send titles such as `<i>Nose</i>`, `&lt;i&gt;Nose&lt;/i&gt;` or `H<sub>2</sub>O`; a field of ours shows what it
holds, sign by sign.
"""

import re
import unicodedata
from html import unescape

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

_LAYERS = 3  # a record that went through two systems is escaped twice


def plain(text: str, longest: int = LONGEST) -> str:
    """The text without tags, entities, control and formatting signs, on one line; cut at a word when it is too long."""
    for _ in range(_LAYERS):
        bare = unescape(_TAG.sub("", _BREAK.sub(" ", text)))
        if bare == text:
            break
        text = bare
    text = "".join(_SIGNS.get(sign, sign) for sign in _TAG.sub("", text))
    text = "".join(" " if sign in "\t\n\r" else sign for sign in text if sign in "\t\n\r" or _shows(sign))
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text if len(text) <= longest else f"{text[: longest - 4].rpartition(' ')[0]} ..."


def label(text: str, longest: int = LONGEST) -> str:
    """The same without square brackets, for fields that may not hold a citation."""
    return plain(text, longest).replace("[", "(").replace("]", ")")


def folded(text: str) -> str:
    """What is left of a text for comparing: small letters without accents, words apart by one space."""
    bare = unicodedata.normalize("NFKD", plain(text, len(text) + LONGEST)).casefold()
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", letters).strip()


def slug(text: str) -> str:
    """The text as a part of a file's name: small ASCII letters and digits with single hyphens; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", folded(text).encode("ascii", "ignore").decode()).strip("-")


def is_shown(text: str) -> bool:
    """Whether every sign of the text can be seen, and stands in a file as it is."""
    return all(_shows(sign) for sign in text)


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) not in _HIDDEN
