"""Starting files: a new entry, a translation of one, or a whole new guide."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel

from patientguide.checks.names import undrawn_fields
from patientguide.model import roles
from patientguide.model.entries import Entry, Glossary, model_of
from patientguide.model.fields import meanings
from patientguide.model.guide import Guide
from patientguide.model.reference import Reference
from patientguide.model.roles import Role
from patientguide.model.settings import Settings
from patientguide.sources.cite import most_careful
from patientguide.translations import marks
from patientguide.translations.marks import FIELD, Mark

# -- starting files, valid and commented with the descriptions of the models


def kinds(guide: Guide) -> tuple[str, ...]:
    """The kinds of new files."""
    return (*guide.settings.kinds.names, "pages", "references")


_LATER = (
    *("numbers", "authors", "waivers", "not_applicable", "also_called", "boxed_warning", "pronunciation", "length"),
    *("facets", "labels", "names"),
)
"""Fields that most entries do not need at first."""


def entry_path(kind: str, id_: str) -> str:
    """The path of a new file, from the project's root."""
    folder = "docs" if kind == "pages" else f"content/{kind}"
    return f"{folder}/{id_}.{'yml' if kind == 'references' else 'md'}"


_NOTHING: Mapping[str, str] = MappingProxyType({})


def entry_text(kind: str, guide: Guide, today: date, known: Mapping[str, str] = _NOTHING) -> str:
    """The text of a new file. An entry is a draft with "To do" where something is to be written.

    `known` has the YAML of known fields, by name in the file.
    """
    if kind == "references":
        return _reference(guide)
    values, unused = _values(kind, guide, today), _unused(kind, guide)
    lines = ["---", "draft: true  # take this line out when the text is done"]
    later, said = [], meanings(model_of(kind))
    for name, field in model_of(kind).model_fields.items():
        if name == "draft" or name in unused:
            continue
        key = field.alias or name
        if key in known:
            lines += [f"# {said.get(name, '')}", f"{key}: {known[key]}"]
        elif name in _LATER or (name not in values and not field.is_required()):
            later.append(f"# {key}: {said.get(name, '')}")
        else:
            lines += [f"# {said.get(name, '')}", f"{key}: {values[name]}"]
    lines += ["# What may be added:", *later, "---", ""]
    return "\n".join(lines) + _body(kind, guide)


def _values(kind: str, guide: Guide, today: date) -> dict[str, str]:
    """A valid first value for each field of a starting file."""
    urgency = guide.settings.urgency[-1].id if guide.settings.urgency else "later"
    questions = '["To do: one?", "To do: two?", "To do: three?"]'
    of_kind = guide.settings.kinds.of(kind)
    topics = of_kind.topics if of_kind else []
    values = {
        "title": '"To do: the title"',
        "changed": f'"{today.isoformat()}"',
        "evidence_checked": f'"{today.isoformat()[:7]}"',
        "summary": '"To do: one sentence."',
        "main_message": '"To do: the one thing to remember."',
        "order": str(1 + max((getattr(entry.front, "order", 0) for entry in guide.entries_of(kind)), default=0)),
        "at_a_glance": '[{label: "To do: about what", text: "To do: the fact."}]',
        "side_effects": f'[{{effect: "To do: its name", act: {urgency}, text: "To do: what you may notice."}}]',
        "call": f'[{{act: {urgency}, text: "To do: you have ..."}}]',
        "questions": questions,
        "short_title": '"To do"',
        "everyone_short": '"To do: a few words"',
        "everyone": '"To do: what all people have."',
        "generic": '"to do"',
        "brands": "[]",
        "class_": '"To do: the type"',
        "given": '"To do: how it is given."',
        "test": '"To do: which test it needs."',
        "therapies": "[]",
        "topic": f'"{topics[0] if topics else "To do"}"',
    }
    return {name: value for name, value in values.items() if name in model_of(kind).model_fields}


def _unused(kind: str, guide: Guide) -> set[str]:
    """The fields that an entry of this kind cannot have in this guide."""
    of_kind = guide.settings.kinds.of(kind)
    no_topic = {"topic"} if kind in guide.settings.kinds.further and not of_kind.topics else set[str]()
    return {*undrawn_fields(of_kind), *no_topic} if of_kind else no_topic


def _body(kind: str, guide: Guide) -> str:
    outline = getattr(guide.settings.kinds.of(kind), "outline", [])
    headings = [step.heading for step in outline if step.part is None]
    return "".join(f"\n## {heading}\n\nTo do: write it.\n" for heading in headings) or "\nTo do: write it.\n"


_FIRST = {
    "type": "webpage  # or article-journal, report, book, chapter",
    "title": '"To do: the title as printed"',
}


def _reference(guide: Guide) -> str:
    custom: Any = Reference.model_fields["custom"].annotation
    lines, said = [], meanings(Reference)
    for name, field in Reference.model_fields.items():
        if name in _FIRST:
            lines.append(f"{name}: {_FIRST[name]}")
        elif name != "custom":
            lines.append(f"# {field.alias or name}: {said.get(name, '')}")
    careful = most_careful(guide.settings.evidence).id
    others = [kind.id for kind in guide.settings.evidence if kind.id != careful]
    lines += [
        "custom:",
        f"  evidence: {careful}  # the most careful kind: choose what it is, or {', '.join(others)}",
        '  not_opened: "Nobody of this project has opened it yet."  # take it out when accessed: is filled in',
        '  undated: "To do: write issued above, or say here why there is no date."',
    ]
    started = ("evidence", "not_opened", "undated")
    lines += [f"  # {name}: {meanings(custom).get(name, '')}" for name in custom.model_fields if name not in started]
    return "\n".join(lines) + "\n"


# -- translations: a starting file, and the fingerprint of the source


_BLOCK = re.compile(rf"^{FIELD}:.*\n?(?:[ \t]+.*\n?)*", re.MULTILINE)
_KEYS = ("id", "value")


def mark_of(source: Guide, name: str) -> Mark:
    """The fingerprint of a source text: an entry such as faqs/one, `guide` or `glossary`.

    Raises KeyError if there is no such text.
    """
    if name == "guide":
        return marks.mark_of_settings(source.records["content/guide.yml"].data)
    if name == "glossary" and source.glossary:
        return marks.mark_of_glossary(source.glossary)
    return marks.mark_of_entry(source.by_name[name], source.settings)


def with_mark(text: str, mark: Mark, is_entry: bool) -> str:
    """Replace the source fingerprint in a translated file; leave the rest untouched."""
    said = _yaml({FIELD: mark.model_dump(exclude_defaults=True)})
    if not is_entry:
        return _BLOCK.sub("", text).rstrip("\n") + f"\n\n{said}"
    head, facts, body = re.split(r"^---[ \t]*\n", text, maxsplit=2, flags=re.MULTILINE)
    facts = _BLOCK.sub("", facts)
    return f"{head}---\n{facts}{said}---\n{body}"


def translation_text(source: Guide, name: str) -> str:
    """The text of a new translated file: the words of the source, as a draft."""
    mark = mark_of(source, name)
    if name in ("guide", "glossary"):
        model: type[BaseModel] = Settings if name == "guide" else Glossary
        words = _words(source.records[f"content/{name}.yml"].data, model)
        return with_mark(f"# Put the words into your language, here.\n{_yaml(words)}", mark, is_entry=False)
    entry: Entry[Any] = source.by_name[name]
    words = _words(entry.facts.data, type(entry.front))
    facts = f"draft: true  # take this line out when all is in your language\n{_yaml(words)}"
    return with_mark(f"---\n{facts}---\n{entry.body}", mark, is_entry=True)


def _words(data: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """The words for readers in the data, with the ids of rows."""
    kept = {name: _kept(value, model, name) for name, value in data.items()}
    return {name: value for name, value in kept.items() if value}


def _kept(value: Any, model: type[BaseModel], name: str) -> Any:
    role, rows = roles.of_fields(model).get(name, Role.NONE), roles.model_at(model, (name,))
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
    """Writes strings in double quotes, and keys without."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = re.fullmatch(r"[a-z][a-z0-9_-]*", text) and text not in ("null", "true", "false", "yes", "no", "on", "off")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def translation_paths(source: Guide) -> Iterator[str]:
    """The files that can be translated, by name in commands."""
    yield "guide"
    yield from (["glossary"] if source.glossary else [])
    yield from source.by_name


# -- a new guide for any condition, with one example of each kind
#
# Its templates are in the folder `newguide`. No example can pass for a fact: each starts with the words that the rule
# `example` looks for, and cites a source that says that it is not one.


_FOLDER = Path(__file__).parent.parent / "newguide"
_SUFFIX = ".j2"
_HIDDEN = "dot-"  # some tools skip files whose names start with a point


@dataclass(frozen=True)
class NewGuide:
    """The settings of a new guide. `requirement` is the pip requirement of the program."""

    title: str
    condition: str
    region: str
    language: str
    requirement: str


def title(condition: str) -> str:
    """The default title of a guide about a condition."""
    return f"{condition[:1].upper()}{condition[1:]} guide"


def requirement(version: str, origin: str | None) -> str:
    """The pip requirement of this program: its origin (PEP 610), or its version."""
    if origin is None:
        return f"patientguide>={version}"
    found = json.loads(origin)
    vcs = found.get("vcs_info", {})
    revision = f"@{vcs['requested_revision']}" if "requested_revision" in vcs else ""
    return f"patientguide @ {vcs['vcs'] + '+' if vcs else ''}{found['url']}{revision}"


def guide_files(guide: NewGuide, today: date) -> Mapping[str, str]:
    """The text of each file of a new guide, by path."""
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(_FOLDER),
        variable_start_string="<<",
        variable_end_string=">>",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    days = {"today": today.isoformat(), "month": today.isoformat()[:7]}
    return {
        _path(name): environment.get_template(name).render(asdict(guide) | days)
        for name in environment.list_templates(extensions=[_SUFFIX[1:]])
    }


def _path(template: str) -> str:
    parts = template.removesuffix(_SUFFIX).split("/")
    return "/".join(f".{part.removeprefix(_HIDDEN)}" if part.startswith(_HIDDEN) else part for part in parts)
