"""What a translation may say otherwise than its source, and which change of the source it gives way to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from patientguide.model import roles
from patientguide.model.entries import Article, Faq, Glossary, Medication, Page, Phase, Therapy, Trials
from patientguide.model.guide import Guide
from patientguide.model.kinds import PARTS, Step
from patientguide.model.settings import Settings
from patientguide.translations import marks
from patientguide.translations.marks import Mark
from patientguide.translations.overlay import Overlay
from pydantic import BaseModel
from support.cases import loaded
from support.project import MINI

ROLES: dict[str, dict[str, list[str]]] = yaml.safe_load((Path(__file__).parent / "fields.yml").read_text())["roles"]
MODELS = {
    model.__name__: model
    for top in (Phase, Therapy, Medication, Article, Faq, Page, Glossary, Trials, Settings)
    for model in roles.models(top)
}


def fields(role: str, *unless: str) -> Iterator[Any]:
    """The fields with a role and without others, of models that a translation can hold."""
    for model in MODELS.keys() & ROLES[role].keys():
        others = {name for other in unless for name in ROLES[other].get(model, ())}
        for name in ROLES[role][model]:
            if name not in others:
                yield pytest.param(MODELS[model], name, id=f"{model}.{name}")


@pytest.mark.parametrize(("model", "name"), sorted(fields("CODE", "OWN", "HIDDEN"), key=lambda case: case.id))
def test_a_translation_changes_no_number_date_or_rule(model: type[BaseModel], name: str) -> None:
    """How many, how soon and for whom are the source's in every language."""
    for source, other in ((37, 73), (False, True), ("now", "later"), (["a"], ["b"])):
        laid = Overlay(model)
        assert laid.laid({name: source}, {name: other}) == {name: source}
        assert [(path, message) for path, message, _ in laid.faults] == [((name,), f"'{name}' holds no words.")]


@pytest.mark.parametrize("role", ["FACT", "LABEL", "NAME", "PRINTED"])
def test_a_translation_has_its_own_words(role: str) -> None:
    for case in fields(role):
        model, name = case.values
        laid = Overlay(model)
        assert laid.laid({name: "Words"}, {name: "Wörter"}) == {name: "Wörter"}
        assert laid.faults == []


@pytest.mark.parametrize("role", ["FACT", "LABEL", "NAME"])
def test_words_that_are_left_out_are_missed(role: str) -> None:
    for case in fields(role, "OWN"):
        model, name = case.values
        laid = Overlay(model)
        assert laid.laid({name: "Words"}, {}) == {name: "Words"}
        assert [message for _, message, _ in laid.faults] == [f"'{name}' is not in this language yet."]
        draft = Overlay(model, whole=False)
        assert draft.laid({name: "Words"}, {}) == {name: "Words"}
        assert draft.faults == []


NUMBER = {"id": "one", "n": 1, "to": 2, "of": 10, "what": "slept", "source": ["label"]}


@pytest.mark.parametrize(("field", "value"), [("n", 9), ("to", 9), ("of", 100), ("source", ["other"])])
def test_a_frequency_is_the_same_in_every_language(field: str, value: object) -> None:
    laid = Overlay(Medication)
    found = laid.laid({"numbers": [NUMBER]}, {"numbers": [{"id": "one", "what": "schliefen", field: value}]})
    assert found == {"numbers": [{**NUMBER, "what": "schliefen"}]}
    # `group` and others are not there in the source either, so nothing else is missed.
    assert [path for path, _, _ in laid.faults] == [("numbers", 0, field)]


CLERICAL = {"changed", "evidence_checked", "order", "authors"}
UNSEEN = {"also_called", "draft", "safety", "waivers"}
DRAWN = {
    "main_message": {"main-message"},
    "at_a_glance": {"summary-list"},
    "names": {"summary-list"},
    "given": {"summary-list"},
    "cycle": {"summary-list"},
    "test": {"summary-list"},
    "boxed_warning": {"summary-list"},
    "everyone": {"branches"},
    "branches": {"branches"},
    "side_effects": {"side-effects", "when-to-call"},
    "call": {"when-to-call"},
    "questions": {"questions"},
}
"""The parts of a page that give way when a field of the source changes."""
WHOLE = {"pages": {"summary", "main_message", "leads", "signs"}, "faqs": {"questions"}}
WHOLE |= {kind: {"summary", "main_message", "questions"} for kind in ("phases", "therapies", "medications")}


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The small guide, in which every drawn part and one written part of a page tells when to act."""
    found = loaded(MINI)
    steps = [Step(heading=part, part=part, safety=True) for part in get_args(PARTS)]
    outline = [*steps, Step(heading="How it works", safety=True), Step(heading="Next")]
    kinds = {kind: getattr(found.settings.kinds, kind) for kind in ("phases", "therapies", "medications", "faqs")}
    kinds = {kind: old.model_copy(update={"outline": outline}) for kind, old in kinds.items()}
    return replace(
        found, settings=found.settings.model_copy(update={"kinds": found.settings.kinds.model_copy(update=kinds)})
    )


def mark(guide: Guide, name: str, is_safety: bool = False, body: str | None = None, **changes: object) -> Mark:
    """The hashes of an entry with other facts."""
    entry = guide.by_name[name]
    facts = replace(entry.facts).knowing(data={**entry.facts.data, **changes})
    front = entry.front.model_copy(update={"safety": is_safety})
    entry = replace(entry, facts=facts, front=front, body=entry.body if body is None else body)
    return marks.mark_of_entry(entry, guide.settings)


ENTRIES = {"phases/first-step": Phase, "therapies/tablets": Therapy, "medications/cetirizine": Medication}
ENTRIES |= {"faqs/what-next": Faq, "pages/index": Page}
FIELDS = [(name, field) for name, model in ENTRIES.items() for field in roles.of_fields(model)]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_changed_field_makes_its_parts_give_way(name: str, field: str, guide: Guide) -> None:
    before, after = mark(guide, name), mark(guide, name, **{field: "Other words."})
    assert (before.source == after.source) is (field in CLERICAL | UNSEEN)
    fit = marks.fit_of(before, after)
    assert fit.stale is (before.source != after.source)
    if name == "pages/index":
        # The safety page of the small guide: all of it tells when to act.
        assert fit.given_way == ({"whole"} if field in WHOLE["pages"] else set())
    else:
        assert fit.given_way == DRAWN.get(field, set())


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_text_that_is_all_safety_gives_way_as_a_whole(name: str, field: str, guide: Guide) -> None:
    before, after = mark(guide, name, is_safety=True), mark(guide, name, is_safety=True, **{field: "Other words."})
    assert set(before.safety) == {"whole"}
    assert marks.fit_of(before, after).given_way == ({"whole"} if field in WHOLE[name.split("/")[0]] else set())
    other = mark(guide, name, is_safety=True, body="Other words.")
    assert marks.fit_of(before, other).given_way == {"whole"}


def test_only_a_section_that_tells_when_to_act_gives_way(guide: Guide) -> None:
    body = "## How it works\n\nIt helps.\n\n## Next\n\nRest."
    before = mark(guide, "therapies/tablets", body=body)
    for old, gone in (("It helps", {"How it works"}), ("Rest", set())):
        fit = marks.fit_of(before, mark(guide, "therapies/tablets", body=body.replace(old, "It harms")))
        assert (fit.stale, fit.given_way) == (True, gone)


def test_without_a_mark_all_safety_texts_are_those_of_the_source(guide: Guide) -> None:
    now = mark(guide, "therapies/tablets")
    fit = marks.fit_of(None, now)
    assert (fit.stale, fit.given_way) == (False, set(now.safety))
    assert marks.fit_of(Mark(source=now.source), now).given_way == set(now.safety)
    assert marks.fit_of(now, now) == marks.Fit(False, frozenset())
