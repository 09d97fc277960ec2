"""Stars and underscores: which pair to make words bold or slanted, and which have no partner.

Python-Markdown pairs any two stars that have text between them, even within words: `2*200 mg or 1*100 mg` becomes
"2200 mg or 1100 mg". So only pairs that stand around whole words count here, and checks refuse the rest.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MASK = "\ufffc"
"""Stands for a character of a link, a citation or a sign after a backslash: it is neither a letter nor a space."""

_RUN = re.compile(r"\*+|_+")
_LONGEST = 3
"""A longer run of signs is no mark of emphasis."""
# Thai to Myanmar, Khmer, Han and Kana put no spaces between words: there, letters stand on both sides of a mark.
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]")
_NEAR = 20
"""As many characters of a word are looked at."""
_PAIRED = "Write {0}{0}words{0}{0} for bold words, without spaces inside, and \\{0} for a sign that is meant."
_MEANT = "Write a word such as 'times' between numbers, and \\{0} for a sign that is meant."


class Mark(NamedTuple):
    """A run of stars or underscores, and where it starts."""

    start: int
    text: str


class Stray(NamedTuple):
    """A mark without a partner: where it starts, what is wrong and what to write instead."""

    start: int
    message: str
    advice: str


def pairs(masked: str) -> tuple[list[Mark], list[Mark]]:
    """The marks of a text that pair, and those that do not. Whatever is not plain text is masked.

    A star between spaces and next to a number means "times" and is neither. Nor is a single star within or after a
    word that is the only mark of the text: every engine shows it as it is.
    """
    waiting: list[Mark] = []
    paired: list[Mark] = []
    alone: list[Mark] = []
    for found in _RUN.finditer(masked):
        mark = Mark(found.start(), found[0])
        before, after = around(masked, mark)
        if _is_literal(mark, masked, before, after):
            continue
        if waiting and waiting[-1].text == mark.text and not before.isspace() and not _is_word(after, mark):
            paired += [waiting.pop(), mark]
        elif len(mark.text) <= _LONGEST and not after.isspace() and not _is_word(before, mark):
            waiting.append(mark)
        else:
            alone.append(mark)
    alone, paired = sorted(alone + waiting), sorted(paired)
    if len(alone) == 1 and not paired and alone[0].text == "*" and around(masked, alone[0])[0].isalnum():
        alone = []
    return paired, alone


def taken_off(text: str) -> str:
    """The text without the marks that pair. What is not plain may be hidden in it; see `MASK`."""
    pieces, end = [], 0
    for start, mark in pairs(text)[0]:
        pieces.append(text[end:start])
        end = start + len(mark)
    return "".join(pieces) + text[end:]


def around(text: str, mark: Mark) -> tuple[str, str]:
    """The characters before and after a mark; a space for none."""
    end = mark.start + len(mark.text)
    return text[mark.start - 1] if mark.start else " ", text[end] if end < len(text) else " "


def _is_literal(mark: Mark, masked: str, before: str, after: str) -> bool:
    """Whether every engine shows the mark as it is: within a name such as a_b, or as the sign of 2 * 3."""
    if mark.text[0] == "_":
        return _is_word(before, mark) and _is_word(after, mark)
    if mark.text != "*" or not (before.isspace() and after.isspace()):
        return False
    near = masked[max(0, mark.start - _NEAR) : mark.start].split()[-1:]
    near += masked[mark.start + 1 : mark.start + _NEAR].split()[:1]
    return any(sign.isdigit() for word in near for sign in word)


def _is_word(sign: str, mark: Mark) -> bool:
    """Whether a character beside a mark makes the mark part of a word."""
    return sign == "_" or (sign.isalnum() and (mark.text[0] == "_" or not _WITHOUT_SPACES.match(sign)))


def strays(masked: str, text: str) -> Iterator[Stray]:
    """What is wrong with the marks of `text`. In `masked`, which is as long, only plain text can be read."""
    for mark in pairs(masked)[1]:
        before, after = around(masked, mark)
        if before.isspace() and after.isspace():
            yield Stray(
                mark.start,
                f"'{mark.text}' stands between two spaces, and would be shown.",
                _PAIRED.format(mark.text[0]),
            )
        elif before.isalnum() and after.isalnum():
            yield Stray(
                mark.start, f"The '{mark.text}' in '{_word(text, mark)}' could vanish.", _MEANT.format(mark.text[0])
            )
        else:
            message = f"The '{mark.text}' in '{_word(text, mark)}' does not pair around whole words."
            yield Stray(mark.start, message, _PAIRED.format(mark.text[0]))


def _word(text: str, mark: Mark) -> str:
    """The word that a mark stands in or beside."""
    end = mark.start + len(mark.text)
    before, after = text[max(0, mark.start - _NEAR) : mark.start], text[end : end + _NEAR]
    return re.split(r"\s", before)[-1] + mark.text + re.split(r"\s", after)[0]
