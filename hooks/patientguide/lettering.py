"""Letters as lists and search read them: without accents."""

import re
import unicodedata

_SHORT_FORM = re.compile("['\u2019](?=(?:s|t|m|d|re|ve|ll)\\b)")
_WORD = re.compile(r"[^\W_]+")


def unaccented(text: str) -> str:
    """The text without accents, as it is sorted in a list."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def spelt(text: str) -> list[str]:
    """The words of a text in small letters, without accents; `don't` is one word, `t-cell` is two."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    text = text.lower()
    if not text.isascii():
        text = "".join(sign for sign in text if not unicodedata.category(sign).startswith("M"))
    return _WORD.findall(_SHORT_FORM.sub("", text))
