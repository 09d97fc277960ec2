"""JSON Schema of each kind of file, from the models themselves and the vocabulary of a guide."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from patientguide.model import roles
from patientguide.model.entries import Faq, Glossary, Medication, Page, Phase, Therapy, Trials
from patientguide.model.fields import Authored, meanings
from patientguide.model.guide import Guide
from patientguide.model.records import ChangeNotes, People, Reviews, Watch
from patientguide.model.reference import Reference
from patientguide.model.settings import Settings

KINDS: dict[str, type[BaseModel]] = {
    "guide": Settings,
    "phases": Phase,
    "therapies": Therapy,
    "medications": Medication,
    "faqs": Faq,
    "pages": Page,
    "references": Reference,
    "glossary": Glossary,
    "trials": Trials,
    "people": People,
    "reviews": Reviews,
    "watch": Watch,
    "changes": ChangeNotes,
}
"""What each file or folder of content holds."""

_WORDS: Mapping[tuple[str, str], Callable[[Guide], list[str]]] = {
    ("Custom", "evidence"): lambda guide: [kind.id for kind in guide.settings.evidence],
    ("Custom", "replaced_by"): lambda guide: list(guide.references),
    ("SideEffect", "act"): lambda guide: [urgency.id for urgency in guide.settings.urgency],
    ("Call", "act"): lambda guide: [urgency.id for urgency in guide.settings.urgency],
    ("Branch", "value"): lambda guide: list(guide.facet_values),
    ("Faq", "topic"): lambda guide: list(guide.settings.kinds.faqs.topics),
    ("Medication", "therapies"): lambda guide: [entry.id for entry in guide.therapies],
    ("Medication", "phases"): lambda guide: [entry.id for entry in guide.phases],
    ("Number", "source"): lambda guide: list(guide.references),
    ("Term", "see"): lambda guide: [term.id for term in guide.terms],
    ("Settings", "names_source"): lambda guide: list(guide.references),
}
"""Fields that name something of the guide, by model and field, and the names they may have."""


def json_schema(kind: str, guide: Guide | None = None) -> dict[str, Any]:
    """The schema of one kind; field descriptions are the sentences that editors read.

    With a guide, fields that name something of it list the names there are, so that an editor can complete them.
    """
    schema = KINDS[kind].model_json_schema()
    parts = {KINDS[kind].__name__: schema, **schema.get("$defs", {})}
    for written in filter(lambda model: issubclass(model, Authored), roles.models(KINDS[kind])):
        _describe(parts.get(written.__name__, {}), written)
    for (model, field), words in _WORDS.items():
        if guide and (found := parts.get(model, {}).get("properties", {}).get(field)):
            _allow(found, words(guide))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the sentence of each field into it, among its other keys, which stand in order."""
    for name, meaning in meanings(model).items():
        key = model.model_fields[name].alias or name
        if key in schema.get("properties", {}):
            described = {**schema["properties"][key], "description": meaning}
            schema["properties"][key] = {part: described[part] for part in sorted(described)}


def _allow(field: dict[str, Any], words: list[str]) -> None:
    """Narrow a field, the items of its list, or its text when it may be empty, to the words."""
    choices = [choice for choice in field.get("anyOf", []) if choice.get("type") == "string"]
    target = field["items"] if "items" in field else choices[0] if choices else field
    target["enum"] = words
