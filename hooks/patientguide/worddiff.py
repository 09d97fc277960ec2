"""What changed inside a text, word by word."""

import re
from typing import NamedTuple

from patientguide.align import stretches
from patientguide.sentences import WORD

# A figure such as 1,000.5 and the key of a citation are one word each: half of one would mislead.
_TOKEN = re.compile(rf"\s+|[0-9][0-9.,]*[0-9](?!\w)|@[A-Za-z0-9](?:[\w:.-]*\w)?|{WORD.pattern}|.", re.DOTALL)


class Piece(NamedTuple):
    """A stretch of text: `kind` is same, removed or added."""

    kind: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The text with what was removed and added in place: without the added it is `before`, else `after`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    runs: list[tuple[bool, str, str]] = []
    for number, stretch in enumerate(found := stretches(old, new)):
        removed = "".join(old[stretch.old_start : stretch.old_end])
        added = "".join(new[stretch.new_start : stretch.new_end])
        # A space or comma between two changes is no place to rest: one longer change reads better.
        same = stretch.same and (number in (0, len(found) - 1) or bool(WORD.search(removed)))
        if runs and runs[-1][0] == same:
            runs[-1] = (same, runs[-1][1] + removed, runs[-1][2] + added)
        else:
            runs.append((same, removed, added))
    answer: list[Piece] = []
    for same, removed, added in runs:
        both = [Piece("same", removed)] if same else [Piece("removed", removed), Piece("added", added)]
        answer += [piece for piece in both if piece.text]
    return answer
