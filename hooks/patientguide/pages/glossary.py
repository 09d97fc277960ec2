"""Explain glossary words where a page first uses them.

The word becomes a button that opens a card with the meaning. Both are plain HTML (the popover attribute), so they work
with touch and keyboard, and without scripts. WCAG 2.2, 1.4.13: the card can be dismissed,
and nothing depends on hovering.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape as escape_html
from html import unescape
from typing import NamedTuple

from patientguide.markup.tokens import scan
from patientguide.model.entries import Term

_WORD = re.compile(r"(?<![\w/&@.-])\w[\w'\u2019/-]*")
_CLOSING = (".", ",", ";", ":", ")", "?", "!")
_SKIPPED_LINE = re.compile(r"#|!!!|\?\?\?|:::|<label>")


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    length: int
    term: Term


Index = Mapping[str, list[_Form]]


def index(terms: Iterable[Term]) -> Index:
    """The forms of all terms by their first word in lower case, longest first."""
    forms: dict[str, list[_Form]] = defaultdict(list)
    for term in terms:
        for text in term.forms:
            if first := _WORD.match(text):
                # A form such as DNA matches only as written; others also with a capital at the start of a sentence.
                exact = text[1:] != text[1:].lower()
                pattern = re.compile(
                    r"\s+".join(map(re.escape, text.split())) + r"(?![\w@-]|\.\w)", 0 if exact else re.I
                )
                forms[first[0].casefold()].append(_Form(pattern, len(text), term))
    for found in forms.values():
        found.sort(key=lambda form: -form.length)
    return forms


def first_words(text: str) -> set[str]:
    """The lower-case words of a text. Only forms that start with one of them can be in it.

    They are found in the same way as by `explain`, in whose result an apostrophe is an entity.
    """
    pieces = (unescape(token.text) for token in scan(text) if token.kind == "plain")
    return {word.casefold() for piece in pieces for word in _WORD.findall(piece)}


def explain(text: str, forms: Index, title: str = "") -> tuple[str, list[Term]]:
    """Mark the first use of each term in the prose of a page. Returns the text, and the terms in order of use.

    Headings, titles of boxes, links, code, citations and HTML are left alone, and so is the title of the page, which
    the page itself explains.
    """
    used: dict[str, Term] = {}
    parts = []
    for token in scan(text):
        if token.kind != "plain":
            parts.append(token.text)
            continue
        end = 0
        for match in _WORD.finditer(token.text):
            if match[0].casefold() not in forms or match.start() < end:
                continue
            found = _at(token.text, match, forms)
            if (
                found is None
                or found[0].id in used
                or _names(found[0], title)
                or _skipped(text, token.start + match.start())
            ):
                continue
            term, stop = found
            parts += [token.text[end : match.start()], *_button(term, token.text[match.start() : stop])]
            end = stop
            if token.text[end : end + 1] in _CLOSING:
                # Browsers may break a line after a button, even before a comma.
                parts[-3:] = [f'<span class="pg-keep">{"".join(parts[-3:])}{token.text[end]}</span>']
                end += 1
            used[term.id] = term
        parts.append(token.text[end:])
    return "".join(parts), list(used.values())


def _at(text: str, word: re.Match[str], forms: Index) -> tuple[Term, int] | None:
    """The longest term that starts at a word, and its end."""
    for form in forms[word[0].casefold()]:
        if found := form.pattern.match(text, word.start()):
            return form.term, found.end()
    return None


def _names(term: Term, title: str) -> bool:
    return title.casefold() in (form.casefold() for form in term.forms)


def _skipped(text: str, offset: int) -> bool:
    line_start = text.rfind("\n", 0, offset) + 1
    return bool(_SKIPPED_LINE.match(text[line_start:offset].lstrip()))


def _button(term: Term, word: str) -> tuple[str, str, str]:
    return (
        f'<button type="button" class="pg-term" popovertarget="pg-term-{term.id}">',
        escape_html(" ".join(word.split())),
        "</button>",
    )
