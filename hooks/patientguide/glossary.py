"""Words of the glossary, explained where a page first uses them.

The word becomes a button that opens a small card with the meaning. Button and card are plain HTML (the popover
attribute), so they work with touch and keyboard and need no script. WCAG 2.2, 1.4.13: the card can be dismissed,
and nothing depends on hovering.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape as escape_html
from typing import NamedTuple

from patientguide.models import Term
from patientguide.prose import tokens

_WORD = re.compile(r"(?<![\w/-])\w[\w'\u2019/-]*")
_CLOSING = (".", ",", ";", ":", ")", "?", "!")
_SKIPPED_LINE = re.compile(r"(#|!!!|\?\?\?|:::)")


class _Form(NamedTuple):
    text: str
    exact: bool
    term: Term


Index = Mapping[str, list[_Form]]


def index(terms: Iterable[Term]) -> Index:
    """The forms of all terms by their first word in small letters, longest first."""
    forms: dict[str, list[_Form]] = defaultdict(list)
    for term in terms:
        for text in term.forms:
            if first := _WORD.match(text):
                # A form with capitals inside, such as PARP, is met only as written; others also at a sentence start.
                exact = text[1:] != text[1:].lower()
                forms[first[0].casefold()].append(_Form(text, exact, term))
    for found in forms.values():
        found.sort(key=lambda form: -len(form.text))
    return forms


def explain(text: str, forms: Index, but: Iterable[str] = ()) -> tuple[str, list[Term]]:
    """Mark the first use of each term in the prose of a page; answer the text and the terms in order of use.

    Headings, titles of admonitions, links, code, citations and HTML are left alone, and so are the terms `but`.
    """
    used: dict[str, Term] = {}
    done = set(but)
    parts = []
    for token in tokens(text):
        if token.kind != "plain":
            parts.append(token.text)
            continue
        end = 0
        for match in _WORD.finditer(token.text):
            if match.start() < end or match[0].casefold() not in forms:
                continue
            form = _at(token.text, match.start(), forms[match[0].casefold()])
            if form is None or form.term.id in done or _skipped(text, token.start + match.start()):
                continue
            stop = match.start() + len(form.text)
            parts += [token.text[end : match.start()], _button(form.term, token.text[match.start() : stop])]
            end = stop
            if token.text[end : end + 1] in _CLOSING:
                # A browser may break a line after a button, even before a comma.
                parts[-1] = f'<span class="pg-keep">{parts[-1]}{token.text[end]}</span>'
                end += 1
            done.add(form.term.id)
            used[form.term.id] = form.term
        parts.append(token.text[end:])
    return "".join(parts), list(used.values())


def _at(text: str, start: int, forms: list[_Form]) -> _Form | None:
    for form in forms:
        end = start + len(form.text)
        found = text[start:end]
        fits = found == form.text if form.exact else found.casefold() == form.text.casefold()
        if fits and not re.match(r"[\w-]", text[end : end + 1]):
            return form
    return None


def _skipped(text: str, offset: int) -> bool:
    line_start = text.rfind("\n", 0, offset) + 1
    return bool(_SKIPPED_LINE.match(text[line_start:offset].lstrip()))


def _button(term: Term, word: str) -> str:
    return f'<button type="button" class="pg-term" popovertarget="term-{term.id}">{escape_html(word)}</button>'
