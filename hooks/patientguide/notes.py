"""A Markdown extension that gives footnotes names: each mark, and each way back, says where it leads.

Python-Markdown writes one arrow for every use of a note, all with the same title. Readers who hear the page, and
readers who followed the second of two marks, need to tell them apart (WCAG 2.2, 2.4.4 and 2.5.3).
"""

from collections import Counter
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# Footnotes are numbered at priority 50 and their further ways back added at 15; this comes after both.
_PRIORITY = 14
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class _Names(Treeprocessor):
    def run(self, root: Element) -> None:
        mentions: Counter[str] = Counter()
        for element in root.iter():
            name = element.get("id", "")
            if element.tag == "sup" and name.startswith("fnref"):
                _name_mention(element, mentions)
            elif element.get("class") == "footnote":
                element.set("data-search-exclude", "true")
                for number, note in enumerate(element.iter("li"), 1):
                    _name_ways_back(note, number)


def _name_mention(mark: Element, mentions: Counter[str]) -> None:
    """Number the mentions of a note as they stand on the page; Python-Markdown numbers them as it happens to parse."""
    key = mark.get("id", "").partition(":")[2]
    mentions[key] += 1
    mark.set("id", f"fnref{mentions[key] if mentions[key] > 1 else ''}:{key}")
    for link in mark.iter("a"):
        link.set("aria-label", f"Source {link.text}")


def _name_ways_back(note: Element, number: int) -> None:
    links = [link for link in note.iter("a") if link.get("class") == "footnote-backref"]
    for position, link in enumerate(links):
        letter = _LETTERS[position] if position < len(_LETTERS) else str(position + 1)
        several = len(links) > 1
        link.attrib.pop("title", None)
        link.set(
            "aria-label",
            f"Back to mention {letter} of source {number}" if several else f"Back to source {number} in the text",
        )
        if several:
            link.text = f"{link.text or ''}{letter}"


class _Notes(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_Names(md), "patientguide-notes", _PRIORITY)


def makeExtension(**settings: object) -> Extension:  # noqa: N802
    """What Python-Markdown calls to get the extension."""
    return _Notes(**settings)
