"""What stands within a line and needs no converter: tags, marks of notes, plain links and bold words.

Python-Markdown holds every text against every pattern, which is the most of the time that a build takes. Here, what is
plain to read becomes HTML by itself, and a sign stands for it until the page is converted. Whatever is less than plain
is left to the converter, so the page is the same (`tests/test_inlines.py`).
"""

import re
from collections.abc import Callable
from html import escape

from patientguide.prose import tokens

_PLAIN = r"[^\[\]\n\\`*_<>&!|{}]"
_INLINE = re.compile(
    rf"""
    (?=[\#<\[*])(?:                                          # most places are none of these: say so at once
      ^\#.*$                                                 # the words of a heading become an id
    | (?P<tag></?(?:span|sup|button)\b[^<>]*>)
    | (?P<note>\[\^[^\[\]\n]+\])
    | (?<![!\\])\[(?P<label>{_PLAIN}+)\]\((?P<target>[^\s()<>\\*_"'&|{{}}]+)\)(?![ ]?\{{)
    | (?:(?<=^)|(?<=^-[ ]))\*\*(?P<bold>(?!\s){_PLAIN}+(?<!\s))\*\*(?![*_\w])
    )""",
    re.MULTILINE | re.VERBOSE,
)
_UNDERLINED = re.compile(r"^.+\n(?:=+|-+)[ ]*$", re.MULTILINE)
_SIGN = re.compile("\ue002([0-9]+)\ue003")


class Inlines:
    """What was hidden of one page."""

    def __init__(self, address: Callable[[str], str], mark: Callable[[str], str]) -> None:
        """`address` tells where a link leads; `mark` makes the next mark of a note, in the order of the page."""
        self._address, self._mark = address, mark
        self._numbers: dict[str, int] = {}
        self._made: list[str | Callable[[], str]] = []

    def hidden(self, markdown: str) -> str:
        """The text with a sign for each of them, but for those in headings and in code."""
        has_code, left = "`" in markdown or "~~~" in markdown, _left(markdown)

        def sign(found: re.Match[str]) -> str:
            kind = found.lastgroup
            if kind is None or any(start <= found.start() < end for start, end in left):
                return found[0]
            if kind in ("target", "bold") and (has_code or _may_mean_more(markdown, found.start())):
                return found[0]
            text = found[0]
            if text not in self._numbers:
                self._numbers[text] = len(self._made)
                self._made.append(_MAKERS[kind](self, found))
            return f"\ue002{self._numbers[text]}\ue003"

        return _INLINE.sub(sign, markdown)

    def put_back(self, html: str) -> str:
        """The page with HTML for each sign."""

        def back(found: re.Match[str]) -> str:
            made = self._made[int(found[1])]
            return made if isinstance(made, str) else made()

        return _SIGN.sub(back, html)

    def _tag(self, found: re.Match[str]) -> str:
        return found["tag"]

    def _note(self, found: re.Match[str]) -> Callable[[], str]:
        key = found["note"][2:-1]
        return lambda: self._mark(key)

    def _link(self, found: re.Match[str]) -> str:
        return f'<a href="{escape(self._address(found["target"]))}">{found["label"]}</a>'

    def _bold(self, found: re.Match[str]) -> str:
        return f"<strong>{found['bold']}</strong>"


_MAKERS: dict[str, Callable[[Inlines, re.Match[str]], str | Callable[[], str]]] = {
    "tag": Inlines._tag,
    "note": Inlines._note,
    "target": Inlines._link,
    "bold": Inlines._bold,
}


def _may_mean_more(markdown: str, at: int) -> bool:
    """Whether a line may be code, which only the converter can tell from the text of a box, or says its own class."""
    start, end = markdown.rfind("\n", 0, at) + 1, markdown.find("\n", at)
    return markdown.startswith("    ", start) or "{" in markdown[start : end if end >= 0 else None]


def _left(markdown: str) -> list[tuple[int, int]]:
    """Where code and underlined headings start and end: what stands in code is shown as it is written."""
    left = []
    if "\n==" in markdown or "\n--" in markdown:
        left += [found.span() for found in _UNDERLINED.finditer(markdown)]
    if "`" in markdown or "~~~" in markdown:
        left += [(t.start, t.start + len(t.text)) for t in tokens(markdown) if t.kind in ("code", "fence")]
    return left
