"""What became of the passages of sources: the text of a page, a passage in it, and the dated answer. Asks nobody.

Passages are anchored as Hypothesis anchors annotations (Fuzzy anchoring, 2013): by the words themselves, then by the
words around them, then by the words that are most like them.
"""

import io
import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from heapq import nlargest
from itertools import accumulate
from math import log
from typing import Any, NamedTuple
from zlib import crc32

from rapidfuzz.distance import Indel

from patientguide.core.http import Answer, body_text
from patientguide.core.text import is_shown, label_text
from patientguide.model.fields import QUOTED_WORDS
from patientguide.model.reference import Passage
from patientguide.sources.registries import FAULTS, STATUSES, Fault

# The text of a page, as far as it can be had: of HTML, PDF, JSON (records of labels) and plain text.


LONGEST = 10_000_000
"""Bytes of a page that are read."""
TOO_LONG = f"It has more than {LONGEST:,} bytes."
_LEAST = 200
"""Letters and digits; a page with fewer is made by its scripts, or asks for something first."""
_MOST_PAGES = 1_000
"""Pages of a PDF that are read."""
_EDGE = 3
"""Lines at the top and foot of a page of a PDF that may be printed on each of its pages."""

_UNREAD = {"script", "style", "template", "noscript", "head", "svg", "math", "iframe", "object", "button", "select"}
_INLINE = {
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img"),
    *(
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
    ),
    *("tt", "u", "var", "wbr"),
}
_RAISED = {"sup", "sub"}
_BEFORE_NOTE = re.compile(r"[a-z]{4}$|[.,;:)\u201d\"]$")
_NOTE = re.compile(r"[\s\[(]*(?:[0-9]{1,3}|[a-z*\u2020\u2021\u00a7])(?:[\s,;\u2013-]+(?:[0-9]{1,3}|[a-z]))*[\s\])]*")


def read_page(answer: Answer) -> "Text | Fault":
    """The text of an answer, or why it has no text."""
    if answer.fault:
        return Fault(FAULTS[answer.fault].format(detail=label_text(answer.detail, 100), seconds=round(answer.seconds)))
    if answer.is_challenge:
        return Fault("It asks for proof that a person reads it.")
    if answer.status != 200:
        return Fault(f"{STATUSES.get(answer.status, 'It sent no page')} (status {answer.status}).")
    kind = answer.content_type.partition(";")[0].strip().lower()
    read = _READ.get(kind.rpartition("+")[2].rpartition("/")[2])
    if read is None:
        return Fault(f"It is neither a web page nor a PDF, but {label_text(kind, 60) or 'of no kind that it names'}.")
    try:
        found = Text(read(answer), not answer.is_cut)
    # A stranger's bytes pass through large parsers; whichever they break, the answer is the same.
    except Exception:
        found = Text("", not answer.is_cut)
    if sum(map(len, found.words)) >= _LEAST:
        return found
    return Fault(TOO_LONG if answer.is_cut else "No text could be read on it.")


def _html(answer: Answer) -> str:
    # Only who reads pages needs the parsers, and loading them takes a while.
    from lxml import etree

    text = body_text(answer.content_type, answer.body, 2_000)
    # As bytes: a text that names its letters once more is refused.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        # Elements too deep in others: the parser stopped there, and what follows is not to count as gone.
        return ""
    return "" if root is None else "".join(_pieces(etree.iterwalk(root, events=("start", "end"))))


def _pieces(walk: Any) -> Iterator[str]:
    """The text of elements in order, with each block on a line of its own."""
    last, raised = "", 0
    for event, element in walk:
        end = "" if element.tag in _INLINE else "\n"
        raised += (event == "start") - (event == "end") if element.tag == "sup" else 0
        if event == "start":
            is_left_out = element.tag in _UNREAD or (element.tag == "sup" and raised == 1 and _is_note(element, last))
            if is_left_out:
                walk.skip_subtree()
            # A power is a number of its own: 10<sup>6</sup> is not 106.
            end = " " if element.tag in _RAISED and last[-1:].isdigit() else end
            piece = end + ("" if is_left_out else element.text or "")
        else:
            piece = end + (element.tail or "")
        if piece:
            yield piece
            last = piece if piece.strip() else last


def _is_note(element: Any, before: str) -> bool:
    """Whether raised text is the mark of a note, and not a power."""
    text = "".join(element.itertext())
    is_linked = element.find(".//a") is not None or getattr(element.getparent(), "tag", "") == "a"
    return bool(_NOTE.fullmatch(text) and (is_linked or _BEFORE_NOTE.search(before.rstrip())))


def _pdf(answer: Answer) -> str:
    from pypdf import PdfReader

    if answer.is_cut:
        return ""
    found = PdfReader(io.BytesIO(answer.body))
    pages = [page.extract_text().strip().split("\n") for page in found.pages[:_MOST_PAGES]]
    printed = Counter(line for lines in pages for line in {*map(_numberless, _edges(lines))})
    often = {line for line, count in printed.items() if count > max(2, len(pages) / 2)}
    return "\n".join(line for lines in pages for line in _without_edges(lines, often))


def _edges(lines: Sequence[str]) -> Sequence[str]:
    return [*lines[:_EDGE], *lines[-_EDGE:]]


def _numberless(line: str) -> str:
    return re.sub(r"[0-9]+", "0", " ".join(line.split()))


def _without_edges(lines: Sequence[str], often: set[str]) -> Iterator[str]:
    """The lines of a page without what is printed on most pages: a passage may go on overleaf."""
    for number, line in enumerate(lines):
        is_edge = number < _EDGE or number >= len(lines) - _EDGE
        if not (is_edge and _numberless(line) in often):
            yield line


def _json(answer: Answer) -> str:
    return "\n".join(_strings(json.loads(_plain(answer))))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(item)


def _plain(answer: Answer) -> str:
    return body_text(answer.content_type, answer.body)


_READ = {"html": _html, "xml": _html, "pdf": _pdf, "json": _json, "plain": _plain, "markdown": _plain}


# A text as words to compare: in small letters, without spaces, hyphens, quotation marks, and marks of notes.
#
# Spaces and hyphens between words say where a line ended more often than what was meant. What tells numbers apart
# stays: points and commas within them, signs such as < and %, and a hyphen or anything else between two of them.


_NAMELESS = str.maketrans(dict.fromkeys("\u2122\u00ae\u00a9\u2120\u2020\u2021\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_POWER = re.compile("(?<=[0-9])(?=[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089])")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_NUMBERED_NOTE = re.compile(r"\[[0-9]{1,3}(?:[,\u2013-]\s?[0-9]{1,3})*\]")
_HYPHEN = "[\u2010-\u2015\u2212-]"
_WORD = re.compile(
    r"[0-9]+(?:[.,\u00b7][0-9]+)*|[^\W0-9_]+|[<>=\u00b1\u2264\u2265%+/\u2044\u00b0$\u20ac\u00a3]"
    # Between two numbers, or the sign of one.
    rf"|(?<=[0-9]){_HYPHEN}(?=\s?[0-9])|(?<=[0-9]\s){_HYPHEN}(?=\s?[0-9])|(?<![^\s(<>=]){_HYPHEN}(?=[0-9])"
)
_SIGNS = {
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2044": "/",
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
_SENTENCE = re.compile(r"[.!?:;\u2022]|\n")
_AROUND = 6
"""Words before and after a passage by which its place is known."""
_MOST = 100
"""Places with the same words before or after them that are compared."""
_MOST_SPOTS = 1_000
"""Places with the words of a passage that are compared."""
_END = 0xFFF
"""Parts of a text; a page that grows moves every passage by some."""
_NEAR = _END // 8
"""Parts within which a passage is where it was, if the words on one side of it are the same."""


class Around(NamedTuple):
    """By what the place of a passage is known: hashes of the words before and after, and how far into the text it is.

    The words themselves stay on the page: no more of a source is copied than its passages.
    """

    before: str
    after: str
    part: str


class Text:
    """A text cut into words to compare. `is_whole` is false where the rest of it was not read."""

    def __init__(self, text: str, is_whole: bool = True) -> None:
        """Cut it."""
        bare = unicodedata.normalize("NFKC", _POWER.sub(" ", text.translate(_NAMELESS)))
        self.text = _LINES.sub("\n", _SPACES.sub(" ", _NUMBERED_NOTE.sub("", bare)))
        self.is_whole = is_whole
        self._folded = self.text.casefold()
        words = _WORD.findall(self._folded)
        # 2, 3 is another text than 23.
        self.words = [
            f"{word}#".replace("\u00b7", ".") if word[0].isdigit() else _SIGNS.get(word, word) for word in words
        ]

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """Where each word is in the text."""
        return [match.span() for match in _WORD.finditer(self._folded)]

    @cached_property
    def joined(self) -> str:
        """All words without anything between."""
        return "".join(self.words)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each word starts in `joined`, and where the last one ends."""
        return [0, *accumulate(map(len, self.words))]

    @cached_property
    def _places(self) -> Mapping[str, list[int]]:
        """Where each word is."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self.words):
            found[word].append(number)
        return found

    @cached_property
    def _runs(self) -> Mapping[str, list[int]]:
        """Where each run of so many words starts, by its hash."""
        found: dict[str, list[int]] = defaultdict(list)
        for number in range(len(self.words) - _AROUND + 1):
            found[_hash(self.words[number : number + _AROUND])].append(number)
        return found

    def spots(self, other: "Text") -> list[tuple[int, int]]:
        """Where the words of another text are, as they are: the first word, and the one after the last."""
        whole, inside, at = list[tuple[int, int]](), list[tuple[int, int]](), self.joined.find(other.joined)
        while other.joined and at >= 0 and len(whole) + len(inside) < _MOST_SPOTS:
            end = at + len(other.joined)
            first, last = bisect_right(self._starts, at) - 1, bisect_left(self._starts, end)
            is_cut = self._starts[first] != at or self._starts[last] != end
            (inside if is_cut else whole).append((first, last))
            at = self.joined.find(other.joined, at + 1)
        # A page may leave out the space before the next word. Few words could be inside others by chance.
        return whole or (inside if len(other.joined) >= 20 else [])

    def said(self, first: int, last: int) -> str:
        """The words from one to another as the page has them."""
        # Small letters may be more than the capitals they were made of.
        text = self.text if len(self.text) == len(self._folded) else self._folded
        words = text[self._spans[first][0] : self._spans[last - 1][1]].split()
        # A passage is quoted, and so is what came in its place: no more of it than of a passage.
        return "".join(filter(is_shown, " ".join(words[:QUOTED_WORDS])))[:600]

    def around(self, first: int, last: int) -> "Around":
        """By what the place of a passage is known."""
        before, after = self.words[max(first - _AROUND, 0) : first], self.words[last : last + _AROUND]
        return Around(_hash(before), _hash(after), f"{self._part(first):03x}")

    def _part(self, number: int) -> int:
        """How far into the text a word is."""
        return _END * number // max(len(self.words), 1)

    def between(self, around: "Around", most: int) -> list[tuple[int, int]]:
        """The places with the same words before and after, with at most so many between; the nearest comes first."""
        starts = [start + _AROUND for start in self._runs.get(around.before, ())]
        ends = self._runs.get(around.after, ())
        found = [(start, end) for start in starts[:_MOST] for end in ends[:_MOST] if 0 <= end - start <= most]
        return sorted(found, key=lambda at: (self.distance(at[0], around), at[1] - at[0]))

    def distance(self, number: int, around: "Around") -> int:
        """How far a word is from where a passage was, in parts of the text."""
        return abs(self._part(number) - int(around.part, 16))

    def nearest(self, words: Sequence[str]) -> tuple[float, int, int]:
        """The stretch that is most like these words: how much (0 to 1), its first word, and the one after its last."""
        size = max(8, len(words))
        weights: dict[int, float] = defaultdict(float)
        for word in set(words):
            places = self._places.get(word, ())
            for part in {place // size for place in places}:
                weights[part] += log(1 + len(self.words) / len(places))
        parts = nlargest(8, weights, key=lambda part: (weights[part] + weights.get(part + 1, 0.0), -part))
        return max(
            (self._like(words, max(part - 1, 0) * size, (part + 3) * size) for part in parts), default=(0.0, 0, 0)
        )

    def _like(self, words: Sequence[str], start: int, end: int) -> tuple[float, int, int]:
        """The same within a part of the text."""
        codes = Indel.opcodes(words, self.words[start:end])
        equal = [code for code in codes if code.tag == "equal"]
        best = (0.0, 0, 0)
        for number, first in enumerate(equal):
            count = 0
            for last in equal[number:]:
                count += last.src_end - last.src_start
                # Where words are missing, others may have come for them.
                size = max(len(words), last.dest_end - first.dest_start)
                if (share := 2 * count / (len(words) + size)) > best[0]:
                    spot = self._tightened(words, start + first.dest_start, start + last.dest_end)
                    left, right = self._left(spot[0], first.src_start), self._right(spot[1], len(words) - last.src_end)
                    best = (share, left, right)
        return best

    def _tightened(self, words: Sequence[str], first: int, last: int) -> tuple[int, int]:
        """The stretch without words at its ends that add nothing: one of them was taken for one further in."""
        count = Indel.normalized_similarity(words, self.words[first:last])
        while last - first > 1 and (less := Indel.normalized_similarity(words, self.words[first + 1 : last])) >= count:
            first, count = first + 1, less
        while last - first > 1 and (less := Indel.normalized_similarity(words, self.words[first : last - 1])) >= count:
            last, count = last - 1, less
        return first, last

    def _left(self, first: int, missing: int) -> int:
        """So many words further left, within the sentence: the words there now may have replaced the missing ones."""
        least = max(first - missing, 0)
        while first > least and self._is_joined(first):
            first -= 1
        return first

    def _right(self, last: int, missing: int) -> int:
        """The same to the right."""
        most = min(last + missing, len(self.words))
        while last < most and self._is_joined(last):
            last += 1
        return last

    def _is_joined(self, number: int) -> bool:
        """Whether a word is in the same sentence as the word before it."""
        return not _SENTENCE.search(self._folded[self._spans[number - 1][1] : self._spans[number][0]])


def _hash(words: Sequence[str]) -> str:
    return f"{crc32(' '.join(words).encode()) & 0xFFFFFF:06x}"


# What became of a passage on its page.


class Kind(StrEnum):
    """What became of a passage."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"
    UNREAD = "unread"


ALARMS = (Kind.CHANGED, Kind.GONE)
"""What a person must look at."""

LEAST = 0.6
"""From this share of equal words on, a stretch is the passage with other words."""
_LEAST_IN_PLACE = 0.4
"""The same for a stretch between the words that were around the passage."""


class Seen(NamedTuple):
    """What became of a passage: by what its place is known, and its words now if they changed."""

    kind: Kind
    around: Around
    now: str = ""


NOWHERE = Around("000000", "000000", "000")
"""The place of a passage that was never found."""


def look(page: Text, passage: Passage, known: Around = NOWHERE) -> Seen:
    """What became of a passage on its page, and what was known of its place when it was last found."""
    words = Text(passage.exact)
    before, after = (Text(text or "") for text in (passage.prefix, passage.suffix))
    spots = page.spots(words)
    if fitting := [spot for spot in spots if _fits(page, spot, before, after)]:
        here = next((spot for spot in fitting if _is_known(page, spot, known)), fitting[0])
        if known == NOWHERE or _is_known(page, here, known):
            return Seen(Kind.SAME, page.around(*here))
    place = _place(page, words, before, after, known)
    # Where the words around it have closed up, whatever is like it elsewhere is another passage.
    is_closed = place is not None and place[0] == place[1]
    if place and not is_closed and _is_other(page, place, words, bool(spots) and not (before.words or after.words)):
        return Seen(Kind.CHANGED, page.around(*place), page.said(*place))
    if spots:
        return Seen(Kind.MOVED, page.around(*(fitting or spots)[0]))
    # What was not read may hold it.
    share, first, last = page.nearest(words.words) if page.is_whole and not is_closed else (0.0, 0, 0)
    if share >= LEAST:
        return Seen(Kind.CHANGED, page.around(first, last), page.said(first, last))
    return Seen(Kind.GONE if page.is_whole else Kind.UNREAD, known)


def _fits(page: Text, spot: tuple[int, int], before: Text, after: Text) -> bool:
    """Whether the words before and after a spot are those that the passage names, or much like them."""
    start, end = max(spot[0] - len(before.words), 0), spot[1] + len(after.words)
    beside = ((before.words, page.words[start : spot[0]]), (after.words, page.words[spot[1] : end]))
    return all(not named or Indel.normalized_similarity(named, there) >= LEAST for named, there in beside)


def _is_known(page: Text, spot: tuple[int, int], known: Around) -> bool:
    around = page.around(*spot)
    sides = (around.before == known.before) + (around.after == known.after)
    return sides == 2 or (sides == 1 and page.distance(spot[0], known) <= _NEAR)


def _place(page: Text, words: Text, before: Text, after: Text, known: Around) -> tuple[int, int] | None:
    """Where a passage is, by the words that were or should be around it."""
    most = 3 * len(words.words) + 12
    if known != NOWHERE and (found := page.between(known, most)):
        return found[0]
    ends = [last for _, last in page.spots(before)[:_MOST]]
    starts = [first for first, _ in page.spots(after)[:_MOST]]
    places = [(end, start) for end in ends for start in starts if 0 <= start - end <= most]
    return min(places, key=lambda at: at[1] - at[0], default=None)


def _is_other(page: Text, place: tuple[int, int], words: Text, is_elsewhere: bool) -> bool:
    """Whether other words are in the place of the passage now.

    Where its words are elsewhere too, and only a hash says where it was, it may have moved, and something else have
    come there.
    """
    there = page.words[slice(*place)]
    if there == words.words:
        return False
    return not is_elsewhere or Indel.normalized_similarity(words.words, there) >= _LEAST_IN_PLACE


PassageKey = tuple[str, str]
"""The key of a source, and the id of a passage of it."""


class Asked(NamedTuple):
    """A passage to look for, and by what its place was known."""

    key: PassageKey
    passage: Passage
    around: Around


Looked = Mapping[PassageKey, Seen] | Fault
"""What became of each passage of a page, or why it could not be read."""


def hear(asked: Sequence[Asked], answer: Answer) -> Looked:
    """What became of passages, by the answer that their address gave."""
    page = read_page(answer)
    return page if isinstance(page, Fault) else {key: look(page, passage, around) for key, passage, around in asked}


def page_address(address: str) -> str:
    """Where the text of a page is: a file shown at GitHub is had as it is."""
    shown = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/blob/(.+)", address)
    return f"https://raw.githubusercontent.com/{shown[1]}/{shown[2]}" if shown else address
