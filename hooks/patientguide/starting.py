"""A commented, valid starting file of each kind, from the models themselves: the comments are what editors read."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from patientguide import schema
from patientguide.csl import Reference
from patientguide.fieldnotes import meanings
from patientguide.guide import Guide
from patientguide.sourcewatch.citing import most_careful

KINDS = {kind: schema.KINDS[kind] for kind in ("phases", "therapies", "medications", "faqs", "pages", "references")}
"""What a new file can be."""

_LATER = (
    *("numbers", "authors", "waivers", "not_applicable", "also_called", "boxed_warning", "pronunciation", "length"),
    "facets",
)
"""Fields that most entries do without at first."""


def path(kind: str, id_: str) -> str:
    """Where a new file of this kind goes, from the project's root."""
    folder = "docs" if kind == "pages" else f"content/{kind}"
    return f"{folder}/{id_}.{'yml' if kind == 'references' else 'md'}"


_NOTHING: Mapping[str, str] = MappingProxyType({})


def text(kind: str, guide: Guide, today: date, known: Mapping[str, str] = _NOTHING) -> str:
    """The text of a new file. An entry is a draft with "To do" where something is to be written.

    `known` has the YAML of fields that are known, by their name in the file.
    """
    if kind == "references":
        return _reference(guide)
    values = _values(kind, guide, today)
    lines = ["---", "draft: true  # take this line out when the text is done"]
    later, said = [], meanings(KINDS[kind])
    for name, field in KINDS[kind].model_fields.items():
        if name == "draft":
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
    """A valid first value for each field that an entry starts with."""
    entries = [entry for entry in guide.entries if entry.kind == kind]
    urgency = guide.settings.urgency[-1].id if guide.settings.urgency else "later"
    questions = '["To do: one?", "To do: two?", "To do: three?"]'
    topics = guide.settings.kinds.faqs.topics
    values = {
        "title": '"To do: the title"',
        "changed": f'"{today.isoformat()}"',
        "evidence_checked": f'"{today.isoformat()[:7]}"',
        "summary": '"To do: one sentence."',
        "main_message": '"To do: the one thing to remember."',
        "order": str(1 + max((getattr(entry.front, "order", 0) for entry in entries), default=0)),
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
    return {name: value for name, value in values.items() if name in KINDS[kind].model_fields}


def _body(kind: str, guide: Guide) -> str:
    outline = getattr(getattr(guide.settings.kinds, kind, None), "outline", [])
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
        "  read: false  # true when somebody of this project has read it",
        '  not_opened: "Nobody of this project has opened it yet."  # take it out when accessed: is filled in',
        '  undated: "To do: write issued above, or say here why there is no date."',
    ]
    started = ("evidence", "read", "not_opened", "undated")
    lines += [f"  # {name}: {meanings(custom).get(name, '')}" for name in custom.model_fields if name not in started]
    return "\n".join(lines) + "\n"
