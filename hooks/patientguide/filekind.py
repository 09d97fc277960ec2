"""What a file is by its first bytes: browsers go by these, too, whatever its name says."""

import re
from collections.abc import Mapping

PICTURES = (".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp")
TEXTS = (".css", ".js", ".txt", "")
HEAD = 512
"""How many bytes tell."""

_KINDS: Mapping[str, re.Pattern[bytes]] = {
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "GIF": re.compile(rb"GIF8"),
    "icon": re.compile(rb"\x00\x00\x01\x00"),
    "PDF": re.compile(rb"%PDF-"),
    "WOFF2": re.compile(rb"wOF2"),
    "HTML": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!(?:\?xml|!--|svg))", re.IGNORECASE),
    "XML": re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
}
_WANTED = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WebP",
    ".ico": "icon",
    ".pdf": "PDF",
    ".woff2": "WOFF2",
    ".svg": "XML",
    **dict.fromkeys(TEXTS, "text"),
}
SUFFIXES = tuple(sorted(filter(None, _WANTED)))
"""How the names of files may end that are published as they stand."""


def of(head: bytes) -> str:
    """The kind of a file by its first bytes; empty for one that is not known."""
    kind = next((name for name, sign in _KINDS.items() if sign.match(head)), "")
    return kind or ("" if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head) else "text")


def fault(suffix: str, head: bytes) -> tuple[str, str] | None:
    """What is wrong with a file whose name ends in `suffix`, and what to do; None if it is what its name says."""
    found, wanted = of(head), _WANTED[suffix]
    if found == wanted:
        return None
    if not head:
        return "The file is empty.", "Save it again, or remove it."
    ends = next((known for known, kind in _WANTED.items() if known and kind == found and kind != "text"), "")
    advice = f"Let its name end with {ends}, or save it as {wanted}." if ends else f"Save it as {wanted}."
    is_now = f"It is {found}" if found else "It is of a kind that is not known"
    return f"The name says that this is {wanted}. {is_now}.", advice
