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

# -- placeholders: a fragment, such as the note of a source, is composed and converted once
#
# In the text of a page a placeholder takes its place. Placeholders use private-use code points, which content may not
# contain (`core.files`).


_OPEN, _CLOSE = "\ue000", "\ue001"
ONLY_SIGN = f"{_OPEN}[0-9]+{_CLOSE}"
"""The pattern of a placeholder."""
SIGN = re.compile(f"<p>{_OPEN}([0-9]+){_CLOSE}</p>|{_OPEN}([0-9]+){_CLOSE}")
"""A placeholder in Markdown or HTML. One that is alone has become a paragraph, which the fragment replaces."""


@dataclass
class PageFragments:
    """The fragments of one page, in the order of their use."""

    _places: dict[str, int] = field(default_factory=dict)

    def put(self, markdown: str) -> str:
        """Add a fragment and return its placeholder."""
        return f"{_OPEN}{self._places.setdefault(markdown, len(self._places))}{_CLOSE}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The fragments by the numbers of their placeholders."""
        return tuple(self._places)


def put_in(text: str, parts: Sequence[str]) -> str:
    """The text with fragments in place of placeholders."""
    return SIGN.sub(lambda found: parts[int(found[1] or found[2])], text)


# -- the fragments: notes of sources, and cards of explained words


@dataclass(frozen=True)
class SharedParts:
    """The fragments of one guide. `draw` renders a template; `page` is the Markdown path of the page."""

    guide: Guide
    draw: Callable[[str, Mapping[str, Any]], str]
    _drawn: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, key: str, page: str) -> str:
        """The text of a footnote: the reference, its strength, and a link to its place in the list of sources."""
        return self._once(("@" + key, _like(page, registry.REFERENCES.uri)), lambda: self._note(key, page))

    def _note(self, key: str, page: str) -> str:
        reference = self.guide.references[key]
        kind = reference.custom.evidence
        worth = f'<span class="pg-worth" data-pg-kind="{kind}">{status.evidence_line(self.guide, reference)}</span>'
        link = routes.relative(routes.Target(registry.REFERENCES.uri, key), page)
        said = i18n.catalog(self.guide.settings.language)
        reference_text = nlm.note_reference(reference)
        if self.guide.edition:
            # References stay in the language of the source guide (WCAG 2.2, 3.1.2).
            language = self.guide.edition.source.settings.language
            reference_text = f'<span lang="{language}">{reference_text}</span>'
            link = f"{routes.UP}{link}"
        in_list = nlm.rest(f"[{said('In the list of sources')}]({link})")
        return f"{reference_text} {worth} {in_list}"

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
    """What a fragment with a link to `target` depends on: the depth of the page, or that it is the target."""
    return page if page == target else "../" * page.count("/")
