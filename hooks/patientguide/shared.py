"""What many pages show alike: the note of a source, and the card of an explained word. Each is composed once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from patientguide import evidence, nlm, registry, routes, words
from patientguide.guide import Guide
from patientguide.models import Term
from patientguide.prose import escape, without_marks


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
        worth = f'<span class="pg-worth">{evidence.in_words(self.guide, reference)}</span>'
        link = routes.relative(routes.Target(registry.REFERENCES.uri, key), page)
        said = words.of(self.guide.settings.language)
        reference_text = nlm.format_reference(reference)
        if self.guide.edition:
            # What a source is called stays in the language of the source guide (WCAG 2.2, 3.1.2).
            language = self.guide.edition.source.settings.language
            reference_text = f'<span lang="{language}">{reference_text}</span>'
            link = f"{routes.UP}{link}"
        return f"{reference_text} {worth} [{said('In the list of sources')}]({link})"

    def cards(self, terms: Iterable[Term], page: str, unread: bool, why: bool) -> Iterator[str]:
        """The cards that the buttons of a page open: of words, of the sign for unread sources, of statements."""
        for term in terms:
            yield self._once((term.id, _like(page, registry.GLOSSARY.uri)), lambda term=term: self._term(term, page))  # type: ignore[misc]
        for name, wanted in (("unread", unread), ("why", why)):
            if wanted:
                yield self._once((f"parts/card-{name}.md.j2", ""), lambda name=name: self._card(name))  # type: ignore[misc]

    def _term(self, term: Term, page: str) -> str:
        meaning = escape(without_marks(term.text, self.guide.settings.local))
        link = routes.relative(routes.Target(registry.GLOSSARY.uri, term.id), page)
        values = {
            "_": words.of(self.guide.settings.language),
            "term": term,
            "meaning": meaning,
            "plain": escape,
            "link": link,
        }
        return self.draw("parts/card-term.md.j2", values)

    def _card(self, name: str) -> str:
        return self.draw(f"parts/card-{name}.md.j2", {"_": words.of(self.guide.settings.language)})

    def _once(self, what: tuple[str, str], draw: Callable[[], str]) -> str:
        if what not in self._drawn:
            self._drawn[what] = draw()
        return self._drawn[what]


def _like(page: str, target: str) -> str:
    """What a part that leads to `target` depends on: how deep the page lies, or that it is the target itself."""
    return page if page == target else "../" * page.count("/")
