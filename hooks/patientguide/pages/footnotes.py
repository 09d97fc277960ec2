"""Citations as footnotes: marks in the text, and definitions below it.

Python-Markdown numbers notes by their definitions, so definitions are written in the order of first use on the page.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from patientguide.markup.tokens import Citation, Token, by_source, escape, read_citations, scan
from patientguide.model.reference import Passage, Reference, is_checked
from patientguide.pages.page import Quote

WAITS = '<span class="pg-waits"></span>'
"""What follows a statement that waits for a check. It shows nothing until a reader asks which these are."""
# Marks come after a full stop or comma and before a colon, as in AMA and NLM journals, though all are written before.
_BEFORE = (".", ",", "?", "!")
_AFTER = (":", ";", ")")
# A word with emphasis marks may be half of a phrase, and is left alone.
_LAST_WORD = re.compile(r"(?<![^\s(])(?:[^\W_]|['\u2019()/+-]){1,24}$")


_NUMBER = re.compile(r"\[[^\[\]\n]+\]\(tel:[^()\s]+\)")
"""A telephone number."""


class Expanded(NamedTuple):
    """A text with marks of notes in place of its citations.

    `passages` has the key of each source in order of first use, with the ids of the passages that are cited.
    `statements` is the number of cited statements, `waiting` how many of these nobody has checked yet.
    """

    text: str
    passages: dict[str, list[str]]
    statements: int
    waiting: int


def expand(text: str, references: Mapping[str, Reference]) -> Expanded:
    """Turn citations into Markdown footnote marks. Every key must exist in `references`: checks have seen to it.

    A statement that nobody has checked against words of its source is followed by `WAITS`.
    """
    passages: dict[str, list[str]] = {}
    parts: list[str] = []
    marks = ""
    statements = waiting = 0
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
        for citation in group:
            ids = passages.setdefault(citation.key, [])
            if citation.passage and citation.passage not in ids:
                ids.append(citation.passage)
        waits = not is_checked(references, group)
        statements, waiting = statements + 1, waiting + waits
        if parts:
            parts[-1] = parts[-1].rstrip(" ")
        signs = "<sup>,</sup>".join(map(_mark, by_source(group)))
        marks += ("<sup>,</sup>" if marks else "") + signs + (WAITS if waits else "")
    parts.append(_together(parts, marks))
    return Expanded("".join(parts), passages, statements, waiting)


def _together(parts: list[str], marks: str) -> str:
    """The marks joined with the word or button before them, so that no line starts with a mark."""
    if not marks:
        return ""
    while parts and not parts[-1]:
        parts.pop()
    if parts and parts[-1] == "</button>":
        start = max(number for number, part in enumerate(parts) if part.startswith("<button"))
        kept, parts[start:] = "".join(parts[start:]), []
    elif parts and _NUMBER.fullmatch(parts[-1]):
        kept, parts[-1] = parts[-1], ""
    elif parts and not parts[-1].startswith(("[", "![")) and (word := _LAST_WORD.search(parts[-1])):
        kept, parts[-1] = word[0], parts[-1][: word.start()]
    else:
        return marks
    return f'<span class="pg-keep">{kept}{marks}</span>'


def definitions(used: list[str], note: Callable[[str], str]) -> str:
    """The footnote definitions in this order. `note` returns the text of one, on one line."""
    return "\n\n".join(f"[^{key}]: {note(key)}" for key in used)


def _mark(citation: Citation) -> str:
    locator = f'<sup class="pg-locator">{escape(" ".join(citation.locator.split()))}</sup>' if citation.locator else ""
    passage = f"#{citation.passage}" if citation.passage else ""
    return f"[^{citation.key}{passage}]{locator}"


def quotes(references: Mapping[str, Reference], passages: Mapping[str, Sequence[str]]) -> dict[str, tuple[Quote, ...]]:
    """The words that a page rests on, by the keys of their sources."""
    found = {}
    for key, ids in passages.items():
        named = [passage for id_ in ids if (passage := references[key].passage(id_))]
        if named:
            found[key] = tuple(_quote(references[key], passage) for passage in named)
    return found


def _quote(reference: Reference, passage: Passage) -> Quote:
    return Quote(passage.id, passage.exact, passage.where, passage.url or reference.URL or "", passage.read_in)
