"""JSON Schemas for editors, from the models and the vocabulary of a guide."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from patientguide.model import entries, roles
from patientguide.model.entries import Glossary, Trials
from patientguide.model.fields import Authored, meanings
from patientguide.model.guide import Guide
from patientguide.model.records import ChangeNotes, People, Reviews, Watch
from patientguide.model.reference import Reference
from patientguide.model.settings import Settings

_FILES: Mapping[str, type[BaseModel]] = {
    "references": Reference,
    "glossary": Glossary,
    "trials": Trials,
    "people": People,
    "reviews": Reviews,
    "watch": Watch,
    "changes": ChangeNotes,
}
"""The models of files and folders of content that hold no entries."""


def models(guide: Guide | None = None) -> dict[str, type[BaseModel]]:
    """The model of each file or folder of content, those of the further kinds of a guide included."""
    further = {kind: entries.model_of(kind) for kind in guide.settings.kinds.further} if guide else {}
    return {"guide": Settings, **entries.KINDS, **further, **_FILES}


_WORDS: Mapping[tuple[str, str], Callable[[Guide], list[str]]] = {
    ("Custom", "evidence"): lambda guide: [kind.id for kind in guide.settings.evidence],
    ("Custom", "replaced_by"): lambda guide: list(guide.references),
    ("SideEffect", "act"): lambda guide: [urgency.id for urgency in guide.settings.urgency],
    ("Call", "act"): lambda guide: [urgency.id for urgency in guide.settings.urgency],
    ("Branch", "value"): lambda guide: list(guide.facet_values),
    ("Medication", "therapies"): lambda guide: [entry.id for entry in guide.therapies],
    ("Medication", "phases"): lambda guide: [entry.id for entry in guide.phases],
    ("Number", "source"): lambda guide: list(guide.references),
    ("Term", "see"): lambda guide: [term.id for term in guide.terms],
    ("Settings", "names_source"): lambda guide: list(guide.references),
}
"""The allowed values of fields that name something of the guide, by model and field."""


def json_schema(kind: str, guide: Guide | None = None) -> dict[str, Any]:
    """The schema of one kind of file, with the descriptions of its fields.

    With a guide, fields that name something of it list the existing names, so that an editor can complete them.
    """
    of_kind = models(guide)[kind]
    schema = of_kind.model_json_schema()
    parts = {of_kind.__name__: schema, **schema.get("$defs", {})}
    for written in filter(lambda model: issubclass(model, Authored), roles.models(of_kind)):
        _describe(parts.get(written.__name__, {}), written)
    for (model, field), words in _WORDS.items():
        if guide and (found := parts.get(model, {}).get("properties", {}).get(field)):
            _allow(found, words(guide))
    if guide and (topics := getattr(guide.settings.kinds.of(kind), "topics", None)):
        _allow(schema["properties"]["topic"], topics)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Add the description of each field, keeping keys in order."""
    for name, meaning in meanings(model).items():
        key = model.model_fields[name].alias or name
        if key in schema.get("properties", {}):
            described = {**schema["properties"][key], "description": meaning}
            schema["properties"][key] = {part: described[part] for part in sorted(described)}


def _allow(field: dict[str, Any], words: list[str]) -> None:
    """Restrict a field, the items of its list, or its text if it may be empty, to these words."""
    choices = [choice for choice in field.get("anyOf", []) if choice.get("type") == "string"]
    target = field["items"] if "items" in field else choices[0] if choices else field
    target["enum"] = words
