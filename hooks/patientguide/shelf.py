"""Parts that many pages show alike, such as the note of a source: composed once, and converted once.

In the text of a page a sign stands in place of such a part. Signs are private characters, which no text of an editor
may hold (`textfile`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_OPEN, _CLOSE = "\ue000", "\ue001"
ONLY_SIGN = f"{_OPEN}[0-9]+{_CLOSE}"
"""A sign as a pattern."""
SIGN = re.compile(f"<p>{_OPEN}([0-9]+){_CLOSE}</p>|{_OPEN}([0-9]+){_CLOSE}")
"""A sign in Markdown or HTML. One that stands alone has become a paragraph there; the part takes its place."""


@dataclass
class Shelf:
    """The shared parts of one page, in the order they were put there."""

    _places: dict[str, int] = field(default_factory=dict)

    def put(self, markdown: str) -> str:
        """The sign that stands for a part."""
        return f"{_OPEN}{self._places.setdefault(markdown, len(self._places))}{_CLOSE}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts by the numbers of their signs."""
        return tuple(self._places)


def put_in(text: str, parts: Sequence[str]) -> str:
    """The text with the parts that its signs stand for."""
    return SIGN.sub(lambda found: parts[int(found[1] or found[2])], text)
