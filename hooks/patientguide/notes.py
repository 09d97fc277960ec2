"""Notes of a page as HTML: each mark, and each way back, says where it leads.

Python-Markdown writes one arrow for every use of a note, all with the same title. Readers who hear the page, and
readers who followed the second of two marks, need to tell them apart (WCAG 2.2, 2.4.4 and 2.5.3). The ids are those
that Python-Markdown gives.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from patientguide import shelf
from patientguide.words import Words

# Only `compose` writes one with a shared part in it: the same signs in code of an editor are no definition.
_DEFINITION = re.compile(rf"^\[\^([^\]\n]+)\]: ({shelf.ONLY_SIGN})$\n*", re.MULTILINE)
IDS = ("fn:", "fnref")
"""How the ids of notes and marks begin."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def taken_out(markdown: str) -> tuple[str, Mapping[str, str]]:
    """The Markdown of a page without the definitions of its notes, and these by their keys, in order."""
    found = dict(_DEFINITION.findall(markdown))
    return (_DEFINITION.sub("", markdown) if found else markdown), found


@dataclass
class Notes:
    """The notes of one page, by their keys in the order of their numbers."""

    keys: Sequence[str]
    said: Words = field(default_factory=lambda: Words("English"))
    mentions: Counter[str] = field(default_factory=Counter)

    def mark(self, key: str) -> str:
        """The next mark of a note; ask for them in the order they stand on the page."""
        self.mentions[key] += 1
        number = self.keys.index(key) + 1
        return (
            f'<sup id="{_mention(key, self.mentions[key])}"><a aria-label="{self.said("Source")} {number}" '
            f'class="footnote-ref" href="#fn:{key}">{number}</a></sup>'
        )

    def listed(self, texts: Sequence[str]) -> str:
        """The list of all notes with their texts, once every mark was asked for."""
        items = (
            f'<li id="fn:{key}">\n<p>{text}&#160;{"".join(self._ways_back(number, key))}</p>\n</li>\n'
            for number, (key, text) in enumerate(zip(self.keys, texts, strict=True), 1)
        )
        return f'<div class="footnote" data-search-exclude="true">\n<hr />\n<ol>\n{"".join(items)}</ol>\n</div>'

    def _ways_back(self, number: int, key: str) -> list[str]:
        """The arrows of a note."""
        count = self.mentions[key]
        return [
            f'<a aria-label="{self._back_to(at, count, number)}" class="footnote-backref" '
            f'href="#{_mention(key, at)}">&#8617;{_letter(at) if count > 1 else ""}</a>'
            for at in range(1, count + 1)
        ]

    def _back_to(self, at: int, count: int, number: int) -> str:
        if count > 1:
            return self.said("Back to mention {letter} of source {number}", letter=_letter(at), number=number)
        return self.said("Back to source {number} in the text", number=number)


def _mention(key: str, at: int) -> str:
    return f"fnref{at if at > 1 else ''}:{key}"


def _letter(at: int) -> str:
    return _LETTERS[at - 1] if at <= len(_LETTERS) else str(at)
