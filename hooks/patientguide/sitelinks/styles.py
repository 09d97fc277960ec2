"""What styles load: the addresses in url(), image-set() and @import, by CSS Values 4."""

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"@namespace\b[^;]*", re.IGNORECASE)
_URL = re.compile(
    r"""\burl\(\s*(?:"([^"]*)"|'([^']*)'|([^"'()\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_SET = re.compile(r"\bimage-set\(((?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)
_QUOTED = re.compile(r"(?<!url\()[\"']([^\"']*)[\"']\s+[0-9.]+(?:x|dppx|dpi)")


def urls(text: str) -> Iterator[tuple[str, int]]:
    """Each address and where it starts in the text. Comments and the names of name spaces load nothing."""
    bare = text
    for left_out in (_COMMENT, _SPACE):
        bare = left_out.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), bare)
    for found in _URL.finditer(bare):
        yield next(filter(None, found.groups()), "").strip(), found.start()
    for group in _SET.finditer(bare):
        yield from ((one[1], group.start(1) + one.start()) for one in _QUOTED.finditer(group[1]))
