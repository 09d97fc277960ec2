"""Roles of fields: a text that does not say what it is for cannot be written, and each reader of roles obeys them."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from patientguide.content import blocks
from patientguide.core.problems import as_text
from patientguide.model import entries, roles
from patientguide.model.entries import Article, Faq, Glossary, Medication, Outlined, Page, Phase, Therapy, Trials
from patientguide.model.fields import Authored, Id, Plain, Prose, Quotation, Url, Words
from patientguide.model.records import ChangeNotes, People, Reviews, Watch
from patientguide.model.reference import Reference
from patientguide.model.roles import Role, drawn_in
from patientguide.model.settings import Settings
from patientguide.project import load
from patientguide.review import signoff
from patientguide.translations import marks
from pydantic import TypeAdapter, ValidationError

TODAY = date(2026, 11, 21)
FIELDS = Path(__file__).parent / "fields.yml"
KINDS = (Phase, Therapy, Medication, Article, Faq, Page)
FILES = (*KINDS, Glossary, Trials, Settings, ChangeNotes, People, Reviews, Watch, Reference)
TEXTS = [Plain, Prose, str, list[Words], Plain | None, dict[Id, Prose], list[dict[Id, Plain]], Prose | list[Words]]


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_without_a_role_cannot_be_imported(kind: object) -> None:
    with pytest.raises(TypeError, match=r"New\.storage holds text"):
        type("New", (Authored,), {"__annotations__": {"storage": kind}})


@pytest.mark.parametrize("kind", [Annotated[Prose, Role.OWN], Annotated[list[Plain], Role.UNSIGNED]])
def test_a_modifier_alone_is_no_role(kind: object) -> None:
    with pytest.raises(TypeError, match=r"New\.storage holds text"):
        type("New", (Authored,), {"__annotations__": {"storage": kind}})


@pytest.mark.parametrize("kind", [int, bool, Id, list[Id], Literal["a", "b"], Annotated[list[Plain], Role.LABEL]])
def test_what_holds_no_words_or_says_its_role_can(kind: object) -> None:
    assert type("New", (Authored,), {"__annotations__": {"storage": kind}})


@pytest.mark.parametrize("base", [Medication, Outlined, Page])
def test_a_fact_of_a_page_says_where_it_is_drawn(base: type) -> None:
    with pytest.raises(TypeError, match=r"New\.storage states facts"):
        type("New", (base,), {"__annotations__": {"storage": Annotated[Prose, Role.FACT]}})
    rows = type("Rows", (Authored,), {"__annotations__": {"text": Annotated[Prose, Role.FACT]}})
    with pytest.raises(TypeError, match=r"New\.storage states facts"):
        type("New", (base,), {"__annotations__": {"storage": list[rows]}})  # type: ignore[valid-type]


class Stored(Medication):
    """A medicine with one field more."""

    storage: Annotated[Prose, Role.FACT, drawn_in("summary-list")]
    """Where it is kept, with its source."""


def test_a_new_field_is_read_signed_and_translated(mini: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the field says is a statement, is bound by a review, and makes its part of a translation give way."""
    monkeypatch.setitem(entries.KINDS, "medications", Stored)  # type: ignore[arg-type]
    file = next((mini / "content/medications").glob("*.md"))
    text = file.read_text()
    found = []
    for words in ("Keep it dry [@label#words].", "Keep it cold [@label#words]."):
        file.write_text(text.replace("\ngiven:", f'\nstorage: "{words}"\ngiven:', 1))
        guide, problems = load(mini / "content", TODAY)
        assert guide is not None, as_text(problems)
        entry = next(entry for entry in guide.medications if entry.path.endswith(file.name))
        assert [b.kind for b in blocks.blocks(guide) if b.at == ("storage",)] == ["field"]
        found.append((signoff.text_hash(guide, entry.name), marks.mark_of_entry(entry, guide.settings)))
    (signed, mark), (signed_later, later) = found
    assert signed != signed_later
    assert mark.source != later.source


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (("boxed_warning",), Role.FACT),
        (("side_effects", 3, "text"), Role.FACT),
        (("side_effects", 3, "act"), Role.CODE),
        (("not_applicable", "How it works"), Role.FACT | Role.OWN),
        (("also_called", 0), Role.HIDDEN | Role.OWN | Role.UNSIGNED),
        (("not", "there"), Role.NONE),
    ],
)
def test_the_role_of_a_text_is_found_by_its_path(path: roles.Path, role: Role) -> None:
    assert roles.at(Medication, path) & ~Role.MARKDOWN == role


def test_settings_keep_words_of_one_language_apart() -> None:
    assert roles.named(Settings, Role.OWN) == {
        "avoid",
        "hedges",
        "skin",
        "folded",
        "passive",
        "search",
        "trials",
        "limits",
        "urgency_words",
    }


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("summary-list", {"at_a_glance", "names", "given", "cycle", "test", "boxed_warning"}),
        ("when-to-call", {"call", "side_effects"}),
        ("side-effects", {"side_effects"}),
        ("main-message", {"main_message"}),
    ],
)
def test_safety_parts_rest_on_all_fields_they_show(part: str, fields: set[str]) -> None:
    assert set(roles.parts(Medication)[part]) == fields


def fields_by_role() -> dict[str, dict[str, list[str]]]:
    """The fields of every model that a file of content can hold, by role and model."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for model in dict.fromkeys(inner for file in FILES for inner in roles.models(file)):
        for role in Role:
            if names := sorted(roles.named(model, role)):
                found[str(role.name)][model.__name__] = names
    return dict(found)


def fields_by_part() -> dict[str, dict[str, list[str]]]:
    """The fields that each part of a page is drawn from."""
    return {kind.__name__: {part: sorted(names) for part, names in roles.parts(kind).items()} for kind in KINDS}


def bounds() -> dict[str, dict[str, dict[str, object]]]:
    """What a number or list may be at least and at most, and what holds when it is left out."""
    found: dict[str, dict[str, dict[str, object]]] = defaultdict(dict)
    for file in (*KINDS, Glossary, Trials, Settings, Reference):
        schema = file.model_json_schema()
        for model, part in {file.__name__: schema, **schema.get("$defs", {})}.items():
            for name, field in part.get("properties", {}).items():
                said = {key: value for kind in (field, *field.get("anyOf", [])) for key, value in kind.items()}
                kept = {key: said[key] for key in ("minimum", "maximum", "minItems") if key in said}
                if isinstance(said.get("default"), bool | int):
                    kept["default"] = said["default"]
                if kept:
                    found[model][name] = kept
    return dict(found)


def test_each_field_is_for_what_is_said_a_second_time(update_golden: bool) -> None:
    """A field that loses a role is no longer checked, signed or translated, and nothing else has to look wrong."""
    text = FIELDS.read_text()
    found = {"roles": fields_by_role(), "parts": fields_by_part(), "bounds": bounds()}
    if update_golden:
        head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
        FIELDS.write_text(head + yaml.safe_dump(found, sort_keys=False, width=120, default_flow_style=None))
    assert update_golden or found == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("kind", "most"), [(Words, 100), (Plain, 400), (Prose, 4_000), (Quotation, 600), (Id, 80), (Url, 500)]
)
def test_how_long_a_text_may_be(kind: Any, most: int) -> None:
    start = "https://example.org/" if kind is Url else ""
    longest = start + "x" * (most - len(start))
    assert TypeAdapter(kind).validate_python(longest) == longest
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(f"{longest}x")
