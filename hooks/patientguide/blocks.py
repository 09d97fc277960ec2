"""The texts of a guide cut into blocks: paragraphs, list items, table rows and the sentences at the top of a file.

A block is what a citation supports and what rules look at, so each knows where its characters stand in the file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from patientguide.citations import keys
from patientguide.problems import Place
from patientguide.prose import tokens
from patientguide.sentences import WORD, Sentence, sentences
from patientguide.yamlfile import Path, YamlFile

if TYPE_CHECKING:
    from patientguide.guide import Entry, Guide
    from patientguide.models import Dated

SOURCED = (
    *("summary", "main_message", "text", "everyone", "given", "test", "boxed_warning", "meaning", "for", "support"),
)
"""Fields that state facts."""

LABELS = (
    *("title", "questions", "effect", "label", "short", "short_title", "everyone_short", "term", "class", "heading"),
    *("intro", "note", "length", "topics", "group", "what", "otherwise", "over"),
)
"""Fields that are shown and state no fact by themselves."""

_UNSEEN = ("evidence", "waivers", "avoid", "required", "navigation", "local")
_ITEM = re.compile(r"( *)([-*+]|[0-9]+\.) +")
_TITLE = re.compile(r' *(!!!|\?\?\?) \w+ "')
_MARKERS = {"item": _ITEM, "title": _TITLE, "heading": re.compile(r" *#+ *")}
_SPACE = re.compile(r"\s")
_QUOTED = 600
"""More than the first words of a message need, citations and targets of links included."""
_SHOWN = ("plain", "escape")


@dataclass(frozen=True)
class Block:
    """A piece of text: its kind (paragraph, item, row, title, heading, names, field, label) and where it stands.

    `heading` is the heading it stands under, or the field of the front matter or record that holds it.
    """

    kind: str
    path: str
    text: str
    heading: str
    language: str
    entry: "Entry[Dated] | None" = None
    start: int = 0
    field_place: Place | None = None
    at: Path = ()
    advice: bool = False

    def quote(self, start: int = 0, length: int | None = None) -> str:
        """The first words of a stretch of the block as its editor wrote them, without citations, for a message."""
        if length is None:
            return self._opening
        return self._said(start, start + length)

    @cached_property
    def _opening(self) -> str:
        return self._said(0, len(self.text))

    def _said(self, start: int, end: int) -> str:
        pieces = tokens(self.text[max(start, self._marker) : min(end, start + _QUOTED)])
        parts = [t.group("text") if t.kind == "link" else t.text.replace("*", "") for t in pieces if t.kind != "cite"]
        said = re.sub(r" ([.,;:?!])", r"\1", " ".join("".join(parts).split()))
        said = said.removesuffix('"') if self.kind == "title" else said
        # A text without spaces, as in Chinese, is cut where it is.
        return said if len(said) <= 60 else (said[:60].rpartition(" ")[0] or said[:60]) + " ..."

    def place(self, offset: int = 0) -> Place:
        """Where a character of the block stands in its file."""
        if self.entry is not None and self.field_place is None:
            return self.entry.body_place(self.start + offset)
        return self.field_place or Place(self.path)

    @cached_property
    def cites(self) -> tuple[str, ...]:
        """The citation keys in it, in order."""
        return tuple(key for token in tokens(self.text) if token.kind == "cite" for key in keys(token.text))

    @cached_property
    def _marker(self) -> int:
        """How many characters make it an item, a heading or a box: they are no words."""
        found = _MARKERS[self.kind].match(self.text) if self.kind in _MARKERS else None
        return found.end() if found else 0

    @cached_property
    def words(self) -> str:
        """The text with everything but readers' words blanked out, so that characters keep their place.

        A setting or number counts as one word. The signs between the cells of a table stay, as nothing leads across.
        """
        parts = []
        for token in tokens(self.text):
            if token.kind in _SHOWN:
                parts.append(re.sub(r"[*\\]|(?<!\w)_|_(?!\w)", " ", token.text))
            elif token.kind == "link":
                parts.append(_only(token.text, token.group("text")))
            elif token.kind in ("local", "number"):
                parts.append("x" * len(token.text))
            else:
                parts.append(re.sub(r"[^\n]", " ", token.text))
        text = " " * self._marker + "".join(parts)[self._marker :]
        text = re.sub(r'"(?= *$)', " ", text) if self.kind == "title" else text
        return _SPACE.sub(" ", text)

    @property
    def unlinked(self) -> str:
        """The same without the words of links, which say only where to read on."""
        return "".join(
            " " * len(token.text) if token.kind == "link" else self.words[token.start : token.start + len(token.text)]
            for token in tokens(self.text)
        )

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences; each cell of a table has its own.

        The space that a citation leaves before a full stop is no part of a sentence's words.
        """
        cells = re.finditer(r"[^|]+" if self.kind in ("row", "names") else ".+", self.words)
        return tuple(
            Sentence(cell.start() + start, text) for cell in cells for start, text in sentences(cell[0], self.language)
        )

    @cached_property
    def links_only(self) -> bool:
        """Whether all its words are those of links, as in a list of pages."""
        return not any(WORD.search(t.text) for t in tokens(self.text[self._marker :]) if t.kind not in ("link", "cite"))


def _only(text: str, shown: str) -> str:
    at = text.index("[") + 1
    return " " * at + shown + " " * (len(text) - at - len(shown))


def blocks(guide: "Guide") -> Iterator[Block]:
    """Every block of every text that readers see, file by file."""
    language = guide.settings.language
    for entry in guide.entries:
        make = partial(Block, language=language, entry=entry)
        yield from _fields(entry.facts, make)
        yield from _body(entry, _advice(entry, guide), language)
    for path in ("content/glossary.yml", "content/guide.yml", "content/trials.yml"):
        if file := guide.records.get(path):
            yield from _fields(file, partial(Block, language=language))


def _advice(entry: "Entry[Dated]", guide: "Guide") -> set[str]:
    kind = getattr(guide.settings.kinds, entry.kind, None)
    steps = {step.heading for step in kind.outline if step.advice} if kind else set()
    return steps | set(getattr(entry.front, "advice", ()))


def _fields(file: YamlFile, make: Callable[..., Block]) -> Iterator[Block]:
    def walk(value: Any, path: Path) -> Iterator[Block]:
        if isinstance(value, str):
            name = next((part for part in reversed(path) if isinstance(part, str)), "")
            kind = "field" if name in SOURCED or path[:1] == ("not_applicable",) else "label" if name in LABELS else ""
            if kind and not _is_unseen(path):
                place = file.place(path)
                yield make(kind=kind, text=value, path=file.path, heading=str(path[0]), field_place=place, at=path)
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from walk(item, (*path, key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from walk(item, (*path, number))

    yield from walk(file.data, ())


def _is_unseen(path: Path) -> bool:
    """Whether it is a name, not a text: editors choose names such as `test`, which are fields elsewhere."""
    chosen = len(path) > 1 and path[0] == "facets" and isinstance(path[1], str)
    return path[0] in _UNSEEN or "left_out" in path or chosen


@dataclass
class _Cutter:
    """Cuts a body into blocks, line by line."""

    found: list[tuple[str, int, int]] = field(default_factory=list)

    def line(self, text: str, start: int, inside: bool) -> bool:
        """Take in a line; answers whether the next one may continue its block."""
        kind = _kind(text)
        end = start + len(text)
        if kind == "paragraph" and inside:
            last, first, _ = self.found[-1]
            self.found[-1] = (last, first, end)
            return True
        if kind:
            self.found.append((kind, start, end))
        return kind in ("paragraph", "item")


def _kind(line: str) -> str:
    text = line.strip()
    if not text:
        return ""
    if text.startswith("#"):
        return "heading"
    if _TITLE.match(line):
        return "title"
    if text.startswith("|"):
        return "rule" if re.fullmatch(r"[|:\- ]+", text) else "row"
    if _ITEM.match(line):
        return "item"
    if text.startswith(("{part:", "{figure:")):
        return "drawn"
    return "paragraph"


def _body(entry: "Entry[Dated]", advice: set[str], language: str) -> Iterator[Block]:
    cutter, inside, start = _Cutter(), False, 0
    hidden = "".join(re.sub(r"[^\n]", " ", t.text) if t.kind == "fence" else t.text for t in tokens(entry.body))
    for line in hidden.split("\n"):
        inside = cutter.line(line, start, inside)
        start += len(line) + 1
    heading = ""
    for number, (kind, first, end) in enumerate(cutter.found):
        text = entry.body[first:end]
        if kind == "heading" and text.startswith("## "):
            heading = text[3:].strip()
        if kind == "row" and number + 1 < len(cutter.found) and cutter.found[number + 1][0] == "rule":
            kind = "names"
        if kind not in ("rule", "drawn"):
            yield Block(kind, entry.path, text, heading, language, entry, first, advice=heading in advice)
