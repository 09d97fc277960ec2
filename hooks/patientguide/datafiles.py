"""The guide as JSON: data/guide.json holds all of it, data/KIND/ID.json one entry, in the same form.

Both follow data/guide.schema.json. Its version is raised when a program that reads an older file would go wrong.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from patientguide import citations, datarecords, routes
from patientguide.datatext import Texts
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.prose import tokens

FOLDER = "data"
GUIDE = f"{FOLDER}/guide.json"
SCHEMA = f"{FOLDER}/guide.schema.json"
VERSION = 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SCHEMA_FILE = Path(__file__).parent / "templates" / "guide.schema.json"

Cites = Mapping[str, Sequence[str]]
"""The sources of each page, by its Markdown path, in the order of their notes."""


def files(guide: Guide, cites: Cites, site_url: str = "") -> Iterator[tuple[str, str]]:
    """Every file by its path, one after another: a large guide has too much to be held in memory twice."""
    facts = _json(datarecords.guide_facts(guide, site_url))
    sources = {key: _json(datarecords.source(guide, key, found)) for key, found in guide.references.items()}
    entries = []
    for entry in guide.entries:
        keys = _sources(guide, entry, cites)
        text = _json(datarecords.entry(guide, entry, keys, site_url))
        entries.append(text)
        uri = uri_of(entry)
        yield uri, _document(uri, facts, site_url, [text], [sources[key] for key in keys])
    more = {**datarecords.vocabulary(guide), "glossary": [datarecords.term(guide, term) for term in guide.terms]}
    shown = dict.fromkeys([key for keys in cites.values() for key in keys])
    yield GUIDE, _document(GUIDE, facts, site_url, entries, [sources[key] for key in shown], more)
    yield SCHEMA, _SCHEMA_FILE.read_text(encoding="utf-8")


def uri_of(entry: Entry[Any]) -> str:
    """Where the file of one entry stands."""
    return f"{FOLDER}/{entry.name}.json"


def write(site: Path, guide: Guide, cites: Cites, site_url: str = "") -> None:
    """Write all files to a site; those that are there already as they should be are left alone."""
    folders = {site / FOLDER, *((site / uri_of(entry)).parent for entry in guide.entries)}
    there = {file.as_posix() for folder in folders if folder.is_dir() for file in folder.iterdir()}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for uri, text in files(guide, cites, site_url):
        file, data = site / uri, text.encode()
        if file.as_posix() not in there or file.read_bytes() != data:
            file.write_bytes(data)


def _sources(guide: Guide, entry: Entry[Any], cites: Cites) -> Sequence[str]:
    """The sources of the page of an entry. An answer shares its page: its text says which are its own."""
    if entry.kind != "faqs":
        return cites.get(routes.of(entry).uri, ())
    text = Texts(guide, entry.path).shown(entry.body)
    keys = [key for token in tokens(text) if token.kind == "cite" for key in citations.keys(token.text)]
    return list(dict.fromkeys(keys))


def _document(
    uri: str, facts: str, site_url: str, entries: list[str], sources: list[str], more: Mapping[str, Any] | None = None
) -> str:
    """One file. `root` is where its addresses start, seen from the file itself."""
    up = "../" * uri.count("/")
    head = {"schema": f"{site_url or up}{SCHEMA}", "version": VERSION, "root": site_url or up}
    rest = "".join(f",\n{_json(name)}:{_json(value)}" for name, value in (more or {}).items())
    return (
        f'{_json(head)[:-1]},\n"guide":{facts},\n"entries":[\n{_lines(entries)}\n],\n"references":[\n{_lines(sources)}\n]'
        f"{rest}}}\n"
    )


def _lines(texts: list[str]) -> str:
    return ",\n".join(texts)


def _json(value: Any) -> str:
    return _ENCODER.encode(value)
