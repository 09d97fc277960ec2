"""What a page shows, from its HTML: one line for each paragraph, item, table row, heading and title.

Marks of notes, bullets, numbers of items and cells of tables are signs (`CITE`, `ITEM`, `CELL`), as `written` has them
for a source, so that the two can be compared. What only the page adds is left out: links to headings, commas
between marks, signs of statements that wait for a check, pictures, and the notes themselves.
"""

import re
from collections.abc import Mapping
from html import unescape

CITE, CITE_END = "\x01", "\x02"
"""A note mark, around the key of its source."""
LOCATOR, LOCATOR_END = "\x03", "\x04"
"""The place in a source, such as a page."""
ITEM = "\x05"
"""A list item, followed by a hyphen, or by its number and a full stop."""
CELL = "\x06"
"""A cell of a table."""

_WITHIN_LINES = (
    *("a", "abbr", "b", "bdi", "bdo", "button", "code", "em", "i", "input", "kbd", "label", "mark", "q", "s"),
    *("small", "span", "strong", "sub", "sup", "u"),
)
_ALT = re.compile(r'\salt="([^"]*)"')
_NUMBERED = re.compile(r'<li id="fn:([^"]+)">')
_NOTES = '<div class="footnote"'
_CARDS = '<div id="pg-'
_ADDED = re.compile(
    r'<sup id="fnref[^"]*"><a aria-label="[^"]*" class="footnote-ref" href="#fn:([^"]+)"'
    r'(?: data-pg-passage="[^"]*")?>([0-9]+)</a></sup>'
    r'|<sup>,</sup>|<span class="pg-waits"></span>'
    r'|<a class="headerlink"[^<>]*>[^<>]*</a>'
)
"""Note marks, and what the program adds to texts. Its tags have their attributes in this order."""
_SIMPLE = re.compile(r'</(?:a|span|strong|button)>|<strong>|<span class="pg-keep">|<(?:a|button) [^<>]*>')
"""Frequent tags that separate nothing."""
_AROUND_CELL = re.compile(f" *{CELL} *")
_HIDDEN, _LOCATOR, _LIST, _LIST_END, _ITEM = range(5)
_KINDS: Mapping[str, int | str] = {
    **dict.fromkeys(("br", "wbr"), " "),
    **dict.fromkeys(("td", "th"), CELL),
    **dict.fromkeys(("ul", "ol"), _LIST),
    **dict.fromkeys(("/ul", "/ol"), _LIST_END),
    **dict.fromkeys(("/td", "/th"), ""),
    **dict.fromkeys((f"{end}{name}" for name in _WITHIN_LINES for end in ("", "/")), ""),
    **dict.fromkeys(("script", "style", "svg", "template"), _HIDDEN),
    "li": _ITEM,
}


def seen(html: str) -> str:
    """The lines of a page, with line breaks before the first and after the last."""
    shown, _, notes = html.partition(_NOTES)
    numbers = {key: str(number) for number, key in enumerate(_NUMBERED.findall(notes), 1)}

    def mark(found: re.Match[str]) -> str:
        """The mark of a note that links to the note of its source and shows its number."""
        if not found[1]:
            return ""
        key = found[1] if numbers.get(found[1]) == found[2] else ""
        return f"{CITE}{unescape(key) if '&' in key else key}{CITE_END}"

    shown = _ADDED.sub(mark, shown.partition(_CARDS)[0]).replace("\n", " ").replace("\t", " ")
    text = _without_tags(_SIMPLE.sub("", shown))
    if "&" in text:
        text = unescape(text)
    lines, before = [], ""
    for found in filter(None, map(str.strip, text.split("\n"))):
        line = found if found.isascii() and "  " not in found else " ".join(found.split())
        if line[0] == ITEM:
            # The text of an item may be in a paragraph.
            before = f"{line} "
        else:
            lines.append(_AROUND_CELL.sub(CELL, line).rstrip(CELL) if CELL in line else before + line)
            before = ""
    return "\n".join(["", *lines, ""]).replace(f" {CITE}", CITE)


def _without_tags(html: str) -> str:
    """The text with line breaks and control characters in place of tags."""
    first, *parts = html.split("<")
    kinds: dict[str, int | str] = {}
    found, lists, hidden_until = [first], [0], ""
    for part in parts:
        tag, _, text = part.partition(">")
        kind = kinds.get(tag)
        if kind is None:
            kind = kinds[tag] = _kind(tag)
        if hidden_until:
            if tag == hidden_until:
                hidden_until = ""
                found.append(text)
        elif kind.__class__ is str:
            found.append(f"{kind}{text}")
        elif kind == _ITEM:
            lists[-1] += 1
            found.append(f"\n{ITEM}{lists[-1]}.\n{text}" if lists[-1] > 0 else f"\n{ITEM}-\n{text}")
        elif kind == _LIST:
            # A large negative number, so that counting up never gives a real number.
            lists.append(0 if tag.startswith("ol") else -1_000_000)
            found.append(f"\n{text}")
        elif kind == _LIST_END:
            lists = lists[:-1] or [0]
            found.append(f"\n{text}")
        elif kind == _LOCATOR:
            found.append(f"{LOCATOR}{text}{LOCATOR_END}")
        else:
            hidden_until = f"/{_name(tag)}"
    return "".join(found)


def _kind(tag: str) -> int | str:
    """What replaces a tag, or what to do with its content."""
    name = _name(tag)
    if name == "img":
        words = _ALT.search(tag)
        return words[1] if words else ""
    return _LOCATOR if tag == 'sup class="pg-locator"' else _KINDS.get(name, "\n")


def _name(tag: str) -> str:
    return tag.partition(" ")[0].rstrip("/")
