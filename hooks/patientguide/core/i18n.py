"""The interface in each language: its words from gettext catalogs, its dates and names of languages from Unicode CLDR.

The catalog of a language is `locale/LANGUAGE/LC_MESSAGES/patientguide.po`. What it does not translate stays English.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton
from babel.messages.pofile import read_po

from patientguide.core import dates

FOLDER = Path(__file__).parent.parent / "locale"
SOURCE = "en"
"""The language of the texts in templates and code, which needs no catalog."""
_CATALOGS = {
    file.parent.parent.name.replace("_", "-"): file for file in sorted(FOLDER.glob("*/LC_MESSAGES/patientguide.po"))
}
LANGUAGES: tuple[str, ...] = tuple(sorted({SOURCE, *_CATALOGS}))
"""The languages of the interface, by their tags (BCP 47)."""


def mark(text: str) -> str:
    """The same text, marked for translation: a catalog is asked for it elsewhere."""
    return text


@dataclass(frozen=True)
class Words:
    """The words, dates and names of one language. `texts` has the translations by their English texts."""

    language: str
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def name(self) -> str:
        """What the language calls itself, as at the start of a line. Its country is named if the catalog is for it."""
        name = self._locale and (
            self._locale.get_display_name() if self.language in _CATALOGS else self._locale.get_language_name()
        )
        return name[0].upper() + name[1:] if name else self.language

    def __call__(self, text: str, **values: object) -> str:
        """The words of this language for an English text, with `values` where it has their names in curly brackets."""
        translated = self.texts.get(text, text)
        return translated.format(**values) if values else translated

    def name_of(self, language: str) -> str:
        """What another language is called in this one."""
        known = self._locale and self._locale.languages.get(language.partition("-")[0])
        return known or catalog(language).name

    def date(self, text: str) -> str:
        """A date in words, as far as it is known, as the language and its country write it."""
        known = dates.parts(text)
        day = datetime.date(*(*known, 1, 1)[:3])
        locale = self._locale or Locale(SOURCE)
        if len(known) == 3:
            return format_date(day, "long", locale)
        return format_skeleton("yMMMM" if len(known) == 2 else "y", day, locale=locale)

    @cached_property
    def locale_name(self) -> str:
        """The language with a country, such as `en_US` for `en` and `pt_BR` for `pt-BR`; empty if CLDR lacks it.

        Open Graph requires a country. Where the language names none, CLDR's likely one is used.
        """
        known = self._locale
        if known is None:
            return ""
        country = known.territory or get_global("likely_subtags").get(known.language, "").rpartition("_")[2]
        return f"{known.language}_{country}" if country else ""

    @cached_property
    def _locale(self) -> Locale | None:
        """What CLDR knows of the language: of it in its country if it does, and None for a language it lacks."""
        for tag in (self.language, self.language.partition("-")[0]):
            try:
                return Locale.parse(tag, sep="-")
            except UnknownLocaleError:
                continue
        return None


@lru_cache(maxsize=64)
def catalog(language: str) -> Words:
    """The words of a language, from its own catalog or that of the language without its country."""
    for tag in (language, language.partition("-")[0]):
        if tag in _CATALOGS:
            return Words(language, translations(_CATALOGS[tag]))
    return Words(language)


@lru_cache(maxsize=64)
def translations(file: Path) -> Mapping[str, str]:
    """The translations in a catalog, without those that a translator has yet to look at again."""
    with file.open("rb") as opened:
        messages = read_po(opened, abort_invalid=True)
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }


def is_language(code: str) -> bool:
    """Whether two letters are the code of a language (ISO 639-1), one that has been withdrawn included."""
    return code in Locale(SOURCE).languages or code in get_global("language_aliases")


def months() -> tuple[str, ...]:
    """The months in English, in their order."""
    return tuple(Locale(SOURCE).months["format"]["wide"].values())
