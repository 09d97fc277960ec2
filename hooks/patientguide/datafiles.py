"""The guide as JSON: data/guide.json holds all of it, data/KIND/ID.json one entry, in the same form.

Both follow data/guide.schema.json. Its version is raised when a program that reads an older file would go wrong.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from patientguide import citations, datarecords, routes
from patientguide.datatext import Texts
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.prose import tokens

GUIDE = f"{routes.DATA}/guide.json"
SCHEMA = f"{routes.DATA}/guide.schema.json"
VERSION = 1
BETWEEN = ",\n"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SCHEMA_FILE = Path(__file__).parent / "templates" / "guide.schema.json"

Cites = Mapping[str, Sequence[str]]
"""The sources of each page, by its Markdown path, in the order of their notes."""


@dataclass(frozen=True)
class DataFiles:
    """The files of a guide, in pieces: those of a large one are too much to be held in memory twice."""

    guide: Guide
    cites: Cites
    site_url: str = ""

    @cached_property
    def facts(self) -> str:
        """What the guide is, which stands in every file."""
        return _json(datarecords.guide_facts(self.guide, self.site_url))

    def entry(self, one: Entry[Any]) -> str:
        """An entry, without the file that holds it."""
        return _json(datarecords.entry(self.guide, one, self._cited(one), self.site_url))

    def before(self, uri: str) -> str:
        """How a file begins. `root` is where its addresses start, seen from the file itself."""
        up = "../" * uri.count("/")
        head = {"schema": f"{self.site_url or up}{SCHEMA}", "version": VERSION, "root": self.site_url or up}
        return f'{_json(head)[:-1]},\n"guide":{self.facts},\n"entries":[\n'

    def after(self, one: Entry[Any] | None = None) -> str:
        """How the file of an entry ends; without one, the file of the whole guide."""
        keys = dict.fromkeys([key for keys in self.cites.values() for key in keys]) if one is None else self._cited(one)
        sources = BETWEEN.join(self._sources[key] for key in keys)
        more = "" if one else "".join(f",\n{_json(name)}:{_json(value)}" for name, value in self._more().items())
        return f'\n],\n"references":[\n{sources}\n]{more}}}\n'

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        return {key: _json(datarecords.source(self.guide, key, one)) for key, one in self.guide.references.items()}

    def _more(self) -> Mapping[str, Any]:
        terms = [datarecords.term(self.guide, term) for term in self.guide.terms]
        return {**datarecords.vocabulary(self.guide), "glossary": terms}

    def _cited(self, entry: Entry[Any]) -> Sequence[str]:
        """The sources of the page of an entry. An answer shares its page: its text says which are its own."""
        if entry.kind != "faqs":
            return self.cites.get(routes.of(entry).uri, ())
        text = Texts(self.guide, entry.path).shown(entry.body)
        keys = [key for token in tokens(text) if token.kind == "cite" for key in citations.keys(token.text)]
        return list(dict.fromkeys(keys))


def files(guide: Guide, cites: Cites, site_url: str = "") -> Iterator[tuple[str, str]]:
    """Every file by its path."""
    data = DataFiles(guide, cites, site_url)
    entries = []
    for entry in guide.entries:
        uri = routes.data_uri(entry)
        entries.append(data.entry(entry))
        yield uri, data.before(uri) + entries[-1] + data.after(entry)
    yield GUIDE, data.before(GUIDE) + BETWEEN.join(entries) + data.after()
    yield SCHEMA, schema()


def uris(guide: Guide) -> Iterator[str]:
    """The paths of all files."""
    yield from (GUIDE, SCHEMA, *map(routes.data_uri, guide.entries))


def schema() -> str:
    """What the files must be."""
    return _SCHEMA_FILE.read_text(encoding="utf-8")


def _json(value: Any) -> str:
    return _ENCODER.encode(value)
