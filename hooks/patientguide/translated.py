"""A translated file as text: a starting one from its source, and the lines that say which source text it is of."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import BaseModel

from patientguide import roles, translation
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Glossary
from patientguide.roles import Role
from patientguide.settings import Settings
from patientguide.translation import FIELD, Mark

_BLOCK = re.compile(rf"^{FIELD}:.*\n?(?:[ \t]+.*\n?)*", re.MULTILINE)
_KEYS = ("id", "value")


def mark_of(source: Guide, name: str) -> Mark:
    """The hashes of a text of the source: of an entry such as faqs/one, of `guide` or of `glossary`.

    Raises KeyError when there is no such text.
    """
    if name == "guide":
        return translation.mark_of_settings(source.records["content/guide.yml"].data)
    if name == "glossary" and source.glossary:
        return translation.mark_of_glossary(source.glossary)
    return translation.mark_of_entry(source.by_name[name], source.settings)


def marked(text: str, mark: Mark, is_entry: bool) -> str:
    """The text of a file with this mark in it, in place of the one that it had; all else stays as it stands."""
    said = _yaml({FIELD: mark.model_dump(exclude_defaults=True)})
    if not is_entry:
        return _BLOCK.sub("", text).rstrip("\n") + f"\n\n{said}"
    head, facts, body = re.split(r"^---[ \t]*\n", text, maxsplit=2, flags=re.MULTILINE)
    facts = _BLOCK.sub("", facts)
    return f"{head}---\n{facts}{said}---\n{body}"


def starting(source: Guide, name: str) -> str:
    """The text of a new translated file: the words of the source, as a draft that nobody sees yet."""
    mark = mark_of(source, name)
    if name in ("guide", "glossary"):
        model: type[BaseModel] = Settings if name == "guide" else Glossary
        words = _words(source.records[f"content/{name}.yml"].data, model)
        return marked(f"# Put the words into your language, here.\n{_yaml(words)}", mark, is_entry=False)
    entry: Entry[Any] = source.by_name[name]
    words = _words(entry.facts.data, type(entry.front))
    facts = f"draft: true  # take this line out when all is in your language\n{_yaml(words)}"
    return marked(f"---\n{facts}---\n{entry.body}", mark, is_entry=True)


def _words(data: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """What of the data is words for readers, with the ids by which rows are told apart."""
    kept = {name: _kept(value, model, name) for name, value in data.items()}
    return {name: value for name, value in kept.items() if value}


def _kept(value: Any, model: type[BaseModel], name: str) -> Any:
    role, rows = roles.of_fields(model)[name], roles.model_at(model, (name,))
    if role & Role.OWN:
        return None
    if rows is None:
        return value if role & roles.SHOWN else None
    if isinstance(value, list):
        return [found for row in value if (found := _row(row, rows))]
    return _words(value, rows)


def _row(row: dict[str, Any], model: type[BaseModel]) -> dict[str, Any] | None:
    words = _words(row, model)
    return {**{key: row[key] for key in _KEYS if key in row}, **words} if words else None


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


class _Dumper(yaml.SafeDumper):
    """Writes texts in double quotes, and names as they are."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = re.fullmatch(r"[a-z][a-z0-9_-]*", text) and text not in ("null", "true", "false", "yes", "no", "on", "off")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def names(source: Guide) -> Iterator[str]:
    """What can be translated, by the names that commands use."""
    yield "guide"
    yield from (["glossary"] if source.glossary else [])
    yield from source.by_name
