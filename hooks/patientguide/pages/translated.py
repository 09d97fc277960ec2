"""Notices on translated pages: that they are translations, and where source text is shown instead.

WCAG 2.2, 3.1.2: text in another language than its page is marked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from patientguide.core import i18n
from patientguide.model import routes
from patientguide.model.entries import Entry
from patientguide.model.guide import Edition, Guide
from patientguide.model.roles import WHOLE
from patientguide.pages.page import Draft

Draw = Callable[[str, dict[str, Any]], str]


@dataclass(frozen=True)
class View:
    """A page that may be a translation. If it is not, every method returns an empty string, or the text itself."""

    guide: Guide
    draft: Draft
    here: str
    """Its path within its language."""
    draw: Draw

    @property
    def values(self) -> dict[str, Any]:
        """The functions for templates."""
        return {
            "edition": self.guide.edition,
            "whole": WHOLE,
            "translation_note": self.translation_note,
            "is_stale": self.is_stale,
            "shown": self.shown,
            "elsewhere": self.elsewhere,
        }

    def translation_note(self) -> str:
        """The notice on every translated page, and whether its source has changed."""
        edition = self.guide.edition
        if edition is None:
            return ""
        values = {**self._language_values(edition), "stale": self.is_stale, "source_link": self._source_link(self.here)}
        return f"{self.draw('parts/translation.md.j2', values)}\n\n"

    @property
    def is_stale(self) -> bool:
        """Whether it is a translation whose source has changed since."""
        edition = self.guide.edition
        return edition is not None and self._entry is not None and edition.fit(self._entry.name).stale

    def shown(self, part: str, text: str, name: str = "") -> str:
        """A page part. One that is shown from the source is marked as such, in the language of the source.

        With a `name` it is one of several texts of the page, with a notice of its own if its source has changed.
        """
        edition = self.guide.edition
        entry = name or (self._entry.name if self._entry else "")
        if edition is None or not entry:
            return text
        fit = edition.fit(entry)
        gave_way = part in fit.given_way
        if not gave_way and not (name and fit.stale):
            return text
        anchor = name.partition("#")[2] or name.partition("/")[2]
        link = self._source_link(self.here + (f"#{anchor}" if name else ""))
        values = {**self._language_values(edition), "text": text, "gave_way": gave_way, "source_link": link}
        return self.draw("parts/translated-part.md.j2", values)

    def elsewhere(self, path: str) -> str:
        """The language that is added to the words of a link to a page in another language."""
        edition = self.guide.edition
        target = routes.link_targets(self.guide).get(path) if edition else None
        return language_mark(edition, target.uri) if edition and target else ""

    @property
    def _entry(self) -> Entry[Any] | None:
        return self.draft.values.get("entry")

    def _source_link(self, uri: str) -> str:
        path, _, anchor = uri.partition("#")
        return routes.relative(routes.Target(f"{routes.UP}{path}", anchor), self.here)

    def _language_values(self, edition: Edition) -> dict[str, Any]:
        language = edition.source.settings.language
        said = i18n.catalog(edition.language)
        name = i18n.catalog(language).name
        return {"_": said, "source_language": language, "source_name": name, "in_source": said.name_of(language)}


def language_mark(edition: Edition, uri: str) -> str:
    """The words after a link to a source page."""
    if not uri.startswith(routes.UP) or not uri.endswith(".md"):
        return ""
    said = i18n.catalog(edition.language)
    return f" ({said('in {language}', language=said.name_of(edition.source.settings.language))})"
