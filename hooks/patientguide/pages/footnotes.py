"""Citations as footnotes: the marks in the text, and the definitions below it.

Python-Markdown numbers notes by their definitions, so definitions are written in the order of first use on the page.
"""

import re
from collections.abc import Callable, Mapping
from itertools import chain, pairwise

from patientguide.markup.citations import Citation, read_citations
from patientguide.markup.tokens import Token, escape, scan
from patientguide.model.reference import Reference

# Marks stand after a full stop or comma and before a colon, as in AMA and NLM journals, though all are written before.
_BEFORE = (".", ",", "?", "!")
_AFTER = (":", ";", ")")
# A word with marks of emphasis in it may be half of a phrase, and is left alone.
_LAST_WORD = re.compile(r"(?<![^\s(])(?:[^\W_]|['\u2019()/+-]){1,24}$")


def expand(text: str, references: Mapping[str, Reference], unread_mark: str) -> tuple[str, list[str]]:
    """Turn citations into Markdown footnote marks; answer the text and the keys in order of first use.

    A group of which nobody has read any source is followed by `unread_mark`.
    Every key must exist in `references`: `checks` has seen to it.
    """
    used: dict[str, None] = {}
    parts: list[str] = []
    marks = ""
    for token, after in pairwise(chain(scan(text), [Token("end", len(text), "")])):
        if marks and not token.text.strip() and after.kind == "cite":
            continue
        if token.kind != "cite":
            first = token.text[:1] if marks else ""
            if first in _BEFORE and not re.match(r"\.[.0-9]", token.text):
                marks = first + marks
            elif first in _AFTER:
                marks += first
            else:
                first = ""
            parts += [_together(parts, marks), token.text[len(first) :]]
            marks = ""
            continue
        group = read_citations(token.text) or []
        used.update(dict.fromkeys(citation.key for citation in group))
        unread = not any(references[citation.key].custom.read for citation in group)
        if parts:
            parts[-1] = parts[-1].rstrip(" ")
        marks += ("<sup>,</sup>" if marks else "") + "<sup>,</sup>".join(map(_mark, group))
        marks += unread_mark if unread else ""
    parts.append(_together(parts, marks))
    return "".join(parts), list(used)


def _together(parts: list[str], marks: str) -> str:
    """The marks in one piece with the word or button before them, so that no line starts with a mark."""
    if not marks:
        return ""
    while parts and not parts[-1]:
        parts.pop()
    if parts and parts[-1] == "</button>":
        start = max(number for number, part in enumerate(parts) if part.startswith("<button"))
        kept, parts[start:] = "".join(parts[start:]), []
    elif parts and not parts[-1].startswith(("[", "![")) and (word := _LAST_WORD.search(parts[-1])):
        kept, parts[-1] = word[0], parts[-1][: word.start()]
    else:
        return marks
    return f'<span class="pg-keep">{kept}{marks}</span>'


def definitions(used: list[str], note: Callable[[str], str]) -> str:
    """The footnote definitions in the order given; `note` answers the text of one, on one line."""
    return "\n\n".join(f"[^{key}]: {note(key)}" for key in used)


def _mark(citation: Citation) -> str:
    locator = f'<sup class="pg-locator">{escape(" ".join(citation.locator.split()))}</sup>' if citation.locator else ""
    return f"[^{citation.key}]{locator}"
