"""Fragments that many pages share, rendered once per build."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patientguide.core import i18n
from patientguide.markup.tokens import escape, without_marks
from patientguide.model import registry, routes
from patientguide.model.entries import Term
from patientguide.model.guide import Guide
from patientguide.review import status
from patientguide.sources import nlm

# Parts that many pages show alike, such as the note of a source: composed once, and converted once.
#
# In the text of a page a sign stands in place of such a part. Signs are private characters, which no text of an
# editor may hold (`textfile`).


_OPEN, _CLOSE = "\ue000", "\ue001"
ONLY_SIGN = f"{_OPEN}[0-9]+{_CLOSE}"
"""A sign as a pattern."""
SIGN = re.compile(f"<p>{_OPEN}([0-9]+){_CLOSE}</p>|{_OPEN}([0-9]+){_CLOSE}")
"""A sign in Markdown or HTML. One that stands alone has become a paragraph there; the part takes its place."""


@dataclass
class Shelf:
    """The shared parts of one page, in the order they were put there."""

    _places: dict[str, int] = field(default_factory=dict)

    def put(self, markdown: str) -> str:
        """The sign that stands for a part."""
        return f"{_OPEN}{self._places.setdefault(markdown, len(self._places))}{_CLOSE}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts by the numbers of their signs."""
        return tuple(self._places)


def put_in(text: str, parts: Sequence[str]) -> str:
    """The text with the parts that its signs stand for."""
    return SIGN.sub(lambda found: parts[int(found[1] or found[2])], text)


# What many pages show alike: the note of a source, and the card of an explained word. Each is composed once.


@dataclass(frozen=True)
class SharedParts:
    """The shared parts of one guide. `draw` fills a template; `page` is the Markdown path of the page they stand on."""

    guide: Guide
    draw: Callable[[str, Mapping[str, Any]], str]
    _drawn: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, key: str, page: str) -> str:
        """The text of a footnote: the reference, what it is worth, and the way to the list of sources."""
        return self._once(("@" + key, _like(page, registry.REFERENCES.uri)), lambda: self._note(key, page))

    def _note(self, key: str, page: str) -> str:
        reference = self.guide.references[key]
        worth = f'<span class="pg-worth">{status.evidence_in_words(self.guide, reference)}</span>'
        link = routes.relative(routes.Target(registry.REFERENCES.uri, key), page)
        said = i18n.catalog(self.guide.settings.language)
        reference_text = nlm.format_reference(reference)
        if self.guide.edition:
            # What a source is called stays in the language of the source guide (WCAG 2.2, 3.1.2).
            language = self.guide.edition.source.settings.language
            reference_text = f'<span lang="{language}">{reference_text}</span>'
            link = f"{routes.UP}{link}"
        return f"{reference_text} {worth} [{said('In the list of sources')}]({link})"

    def cards(self, terms: Iterable[Term], page: str, why: bool) -> Iterator[str]:
        """The cards that the buttons of a page open: of words, and of statements."""
        for term in terms:
            yield self._once((term.id, _like(page, registry.GLOSSARY.uri)), lambda term=term: self._term(term, page))  # type: ignore[misc]
        if why:
            yield self._once(("parts/card-why.md.j2", ""), self._why)

    def _term(self, term: Term, page: str) -> str:
        meaning = escape(without_marks(term.text, self.guide.settings.local))
        link = routes.relative(routes.Target(registry.GLOSSARY.uri, term.id), page)
        values = {
            "_": i18n.catalog(self.guide.settings.language),
            "term": term,
            "meaning": meaning,
            "plain": escape,
            "link": link,
        }
        return self.draw("parts/card-term.md.j2", values)

    def _why(self) -> str:
        return self.draw("parts/card-why.md.j2", {"_": i18n.catalog(self.guide.settings.language)})

    def _once(self, what: tuple[str, str], draw: Callable[[], str]) -> str:
        if what not in self._drawn:
            self._drawn[what] = draw()
        return self._drawn[what]


def _like(page: str, target: str) -> str:
    """What a part that leads to `target` depends on: how deep the page lies, or that it is the target itself."""
    return page if page == target else "../" * page.count("/")
