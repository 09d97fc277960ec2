"""The texts of a guide as blocks: paragraphs, list items, table rows and fields.

A block is what a citation supports and what rules check. It knows the position of each of its characters in the file.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from pydantic import BaseModel

from patientguide.core.problems import Place
from patientguide.core.yaml import Path, YamlFile, strings
from patientguide.markup.tokens import ITEM_SIGNS, TITLE, Citation, Token, cut, read_citations, tokens
from patientguide.markup.words import WORD, Sentence, sentences
from patientguide.model import roles
from patientguide.model.entries import Dated, Entry, Glossary, Trials, is_fetched
from patientguide.model.guide import Guide, once_per_guide
from patientguide.model.records import ChangeNotes
from patientguide.model.reference import Reference
from patientguide.model.roles import Role
from patientguide.model.settings import Settings

CHANGES = "content/changes.yml"
RECORDS_WITH_TEXT: Mapping[str, type[BaseModel]] = {
    "content/glossary.yml": Glossary,
    "content/guide.yml": Settings,
    "content/trials.yml": Trials,
    CHANGES: ChangeNotes,
}
"""Files whose texts readers see, though they have no page of their own, with their models."""

TO_DO = "To do"
"""The start of texts in a starting file."""

_FACTUAL = ("paragraph", "item", "row", "field")
_MARKERS = {"item": ITEM_SIGNS, "title": TITLE, "heading": re.compile(r" *#+ *")}
_OTHER_SPACE = re.compile(r"[^\S ]")
_NOT_A_LINE_END = re.compile(r"[^\n]")
_EMPHASIS = re.compile(r"[*\\]|(?<!\w)_|_(?!\w)")
_QUOTED = 600
"""More characters than a quotation in a message needs, citations and link targets included."""


@dataclass(frozen=True)
class Block:
    """A piece of text with its kind (paragraph, item, row, title, heading, names, field, label) and place.

    `heading` is the heading above it, or the field that contains it.
    """

    kind: str
    path: str
    text: str
    heading: str
    language: str
    entry: Entry[Dated] | None = None
    start: int = 0
    field_place: Place | None = None
    at: Path = ()
    advice: bool = False

    def quote(self, start: int = 0, length: int | None = None) -> str:
        """The first words of a stretch of the block as written, without citations, for a message."""
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
        # A text without spaces, as in Chinese, is cut anywhere.
        return said if len(said) <= 60 else (said[:60].rpartition(" ")[0] or said[:60]) + " ..."

    def place(self, offset: int = 0) -> Place:
        """The place of a character of the block in its file."""
        if self.entry is not None and self.field_place is None:
            return self.entry.body_place(self.start + offset)
        return self.field_place or Place(self.path)

    @cached_property
    def _marker(self) -> int:
        """The length of the marker of an item, a heading or a box, which is not text."""
        found = _MARKERS[self.kind].match(self.text) if self.kind in _MARKERS else None
        return found.end() if found else 0

    @cached_property
    def _read(self) -> tuple[tuple[Citation, ...], str, str]:
        """Its citations, its words, and its words without those of links: all from one reading of it."""
        cites: list[Citation] = []
        parts, links = [], []
        for token in tokens(self.text):
            show = _SHOWN_AS.get(token.kind)
            shown = show(token) if show else _blank(token)
            if token.kind == "cite":
                cites += read_citations(token.text) or []
            parts.append(shown)
            links.append(_blank(token) if token.kind == "link" else shown)
        words = self._line("".join(parts))
        return tuple(cites), words, words if links == parts else self._line("".join(links))

    def _line(self, text: str) -> str:
        """A text of this block on one line, without the marker of an item, a heading or a box."""
        text = " " * self._marker + text[self._marker :]
        text = re.sub(r'"(?= *$)', " ", text) if self.kind == "title" else text
        return _OTHER_SPACE.sub(" ", text)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations in it, in order."""
        return self._read[0]

    @cached_property
    def cites(self) -> tuple[str, ...]:
        """The citation keys in it, in order."""
        return tuple(citation.key for citation in self.citations)

    @property
    def words(self) -> str:
        """The text with all but readers' words blanked out, so that characters keep their positions.

        A placeholder counts as one word. The bars between table cells stay, since no phrase crosses them.
        """
        return self._read[1]

    @property
    def unlinked(self) -> str:
        """The same without the words of links."""
        return self._read[2]

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences; each table cell has its own.

        The space that a citation leaves before a full stop does not belong to a sentence.
        """
        cells = re.finditer(r"[^|]+" if self.kind in ("row", "names") else ".+", self.words)
        return tuple(
            Sentence(cell.start() + start, text) for cell in cells for start, text in sentences(cell[0], self.language)
        )

    @property
    def is_statement(self) -> bool:
        """Whether it states a fact: it is not a suggestion, a list of links, or about the project itself."""
        about = getattr(self.entry.front, "about_project", False) if self.entry else False
        return self.kind in _FACTUAL and not (self.advice or about or self.links_only)

    @cached_property
    def links_only(self) -> bool:
        """Whether all words are those of links, as in a list of pages."""
        return not WORD.search(self.unlinked)


def _blank(token: Token) -> str:
    return _NOT_A_LINE_END.sub(" ", token.text)


def _plain(token: Token) -> str:
    return _EMPHASIS.sub(" ", token.text)


def _of_link(token: Token) -> str:
    at, shown = token.text.index("[") + 1, token.group("text")
    return " " * at + shown + " " * (len(token.text) - at - len(shown))


def _one_word(token: Token) -> str:
    return "x" * len(token.text)


_SHOWN_AS: Mapping[str, Callable[[Token], str]] = {
    "plain": _plain,
    "escape": _plain,
    "link": _of_link,
    "local": _one_word,
    "number": _one_word,
}
"""The visible words of each kind of token; other tokens have none."""


@once_per_guide
def blocks(guide: Guide) -> tuple[Block, ...]:
    """Every block of every text to analyze, in file order."""
    return tuple(_blocks(guide))


@once_per_guide
def statements(guide: Guide) -> tuple[Block, ...]:
    """The blocks that state facts: not suggestions, links to pages, or texts about the project itself."""
    return tuple(block for block in blocks(guide) if block.is_statement)


@once_per_guide
def sections(guide: Guide) -> Mapping[tuple[str, str], list[Block]]:
    """The blocks by file and heading or field, in order."""
    found: dict[tuple[str, str], list[Block]] = defaultdict(list)
    for block in blocks(guide):
        found[block.path, block.heading].append(block)
    return found


def sources_of(guide: Guide, block: Block) -> list[Reference]:
    """The known sources that a block cites."""
    return [guide.references[key] for key in block.cites if key in guide.references]


def of_entry(entry: Entry[Dated], guide: Guide) -> Iterator[Block]:
    """The blocks of an entry: its fields, then its body."""
    language = guide.settings.language
    yield from _fields(entry.facts, type(entry.front), partial(Block, language=language, entry=entry))
    yield from _body(entry, _advice(entry, guide), language)


def _blocks(guide: Guide) -> Iterator[Block]:
    language = guide.settings.language
    for entry in guide.entries_looked_at:
        yield from of_entry(entry, guide)
    for path, model in RECORDS_WITH_TEXT.items():
        file = guide.records.get(path)
        if file and file.path in guide.looked_at:
            # Change notes state no facts that need a source.
            yield from _fields(file, model, partial(Block, language=language, advice=path == CHANGES))


def _advice(entry: Entry[Dated], guide: Guide) -> set[str]:
    kind = guide.settings.kinds.of(entry.kind)
    steps = {step.heading for step in kind.outline if step.advice} if kind else set()
    return steps | set(getattr(entry.front, "advice", ()))


def _fields(file: YamlFile, model: type[BaseModel], make: Callable[..., Block]) -> Iterator[Block]:
    for path, text in strings(file.data, is_fetched):
        role = roles.at(model, path)
        if role & (Role.FACT | Role.LABEL):
            kind = "field" if role & Role.FACT else "label"
            yield make(
                kind=kind, text=text, path=file.path, heading=str(path[0]), field_place=file.place(path), at=path
            )


def _body(entry: Entry[Dated], advice: set[str], language: str) -> Iterator[Block]:
    found = cut(entry.body)
    heading = ""
    for number, (kind, first, end) in enumerate(found):
        text = entry.body[first:end]
        if kind == "heading" and text.startswith("## "):
            heading = text[3:].strip()
        if kind == "row" and _is_first_row(found, number):
            kind = "names"
        if kind not in ("rule", "drawn"):
            yield Block(kind, entry.path, text, heading, language, entry, first, advice=heading in advice)


def _is_first_row(found: list[tuple[str, int, int]], number: int) -> bool:
    """Whether a row is the header of a table, even if the line of dashes is missing."""
    above = found[number - 1][0] if number else ""
    below = found[number + 1][0] if number + 1 < len(found) else ""
    return below == "rule" or (below == "row" and above not in ("row", "rule"))
