"""The body of an answer as text, whatever it claims its letters to be."""

import re

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)

# What browsers take (WHATWG Encoding). Python knows more: one of them takes time by the square, others raise.
_TAKEN = re.compile(
    r"utf-?(8|16([lb]e)?)|(us-)?ascii|iso-?8859-?\d+(-[ei])?|latin-?\d+|(windows|cp)-?\d+|koi8-[ru]|macintosh|"
    r"gb(2312|k|18030)|big5(-hkscs)?|euc-(jp|kr)|shift[_-]jis|iso-2022-jp",
    re.IGNORECASE,
)


def text(content_type: str, body: bytes, head: int = 0) -> str:
    """The body as text by the charset that is announced, if browsers know it, else as UTF-8.

    In the first `head` bytes of the body it may be announced too, as pages do.
    """
    named = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:head])
    charset = named[1].decode() if named else ""
    try:
        return body.decode(charset if _TAKEN.fullmatch(charset) else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
