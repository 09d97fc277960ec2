"""Reviews: what voids one, what does not, and what pages may say of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from patientguide.model import roles
from patientguide.model.entries import Faq, Medication, Page, Phase, Therapy
from patientguide.model.guide import Guide
from patientguide.model.records import Person
from patientguide.project import load
from patientguide.review import signoff
from patientguide.review.signoff import State
from support.cases import NOBODY, PEOPLE, apply, loaded, says, sign
from support.project import MINI

TODAY = date(2026, 11, 21)
TABLETS, PHASE, INDEX = "content/therapies/tablets.md", "content/phases/first-step.md", "docs/index.md"
LABEL, POLLEN, SETTINGS = "content/references/label.yml", "content/references/pollen-trial.yml", "content/guide.yml"
NUMBER = '{id: one, n: 1, of: 10, group: "people", what: "slept", otherwise: "woke", over: "at night", source: [label]}'
BODY = "They block histamine"
TRIAL = 'trials:\n  - {title: "Cloths", phase: "2", for: "Grown people [@label#words].", status: completed}\n'


@pytest.fixture
def guide(mini: Path) -> Path:
    """The small guide with a number, a local setting and a list of trials in its texts, and two people."""
    apply(
        {
            "write": {"content/people.yml": PEOPLE, "content/trials.yml": TRIAL},
            "replace": {
                TABLETS: {"changed:": f"numbers: [{NUMBER}]\nchanged:", BODY: f"{BODY} for {{number:one}}"},
                PHASE: {"You rest": "You rest, and call {local:emergency} in need"},
                INDEX: {"[See the steps]": "{part:trials}\n\n[See the steps]"},
            },
        },
        mini,
    )
    return mini


def state(project: Path, entry: str, today: date = TODAY) -> State:
    found = loaded(project, today)
    return signoff.best(signoff.signed(found, entry))


CHANGES = {
    "a word": ("therapies/tablets", TABLETS, "They block", "They stop"),
    "a field": ("therapies/tablets", TABLETS, "Once a day", "Twice a day"),
    "the title": ("therapies/tablets", TABLETS, 'title: "Tablets"', 'title: "Pills"'),
    "how soon to act": ("therapies/tablets", TABLETS, "act: later", "act: now"),
    "whom it is for": ("therapies/tablets", TABLETS, "[summer]", "[spring]"),
    "a citation": ("therapies/tablets", TABLETS, "drive [@label#words]", "drive [@pollen-trial#words]"),
    "a page of a citation": ("therapies/tablets", TABLETS, "p. 4", "p. 5"),
    "a number": ("therapies/tablets", TABLETS, "n: 1,", "n: 2,"),
    "the words of a number": ("therapies/tablets", TABLETS, '"slept"', '"rested"'),
    "the title of a cited source": ("therapies/tablets", LABEL, "Label of", "The label of"),
    "the date of a cited source": ("therapies/tablets", LABEL, "2024-01", "2025-01"),
    "the words of a cited passage": ("therapies/tablets", LABEL, "blocks histamine", "stops histamine"),
    "how a cited passage was read": ("therapies/tablets", LABEL, "in: full", "in: second-hand"),
    "a local number in the text": ("phases/first-step", SETTINGS, '"000"', '"111"'),
    "a local number in how soon to act": ("therapies/tablets", SETTINGS, '"000"', '"111"'),
    "the words for how soon to act": ("therapies/tablets", SETTINGS, "Tell us later", "Tell us"),
    "the list of trials on a page": ("pages/index", "content/trials.yml", "Grown people", "Children"),
    "the glossary": ("glossary", "content/glossary.yml", "against allergy", "for allergy"),
    "the source of the glossary": ("glossary", LABEL, "Label of", "The label of"),
    "the settings": ("guide", SETTINGS, "Trees flower", "Grasses flower"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_voids_a_review(what: str, guide: Path) -> None:
    entry, path, old, new = CHANGES[what]
    sign(guide, [{"entry": entry, "by": "ann"}])
    assert state(guide, entry) is State.VALID
    apply({"replace": {path: {old: new}}}, guide)
    assert state(guide, entry) is State.CHANGED


UNSIGNED = {"also_called", "draft", "safety", "waivers"}
"""All that an entry may change without a new review: no reader sees it."""
ROWS = [{"act": "later", "effect": "Cold", "text": "Cold hands."}]


def changed(guide: Guide, name: str, field: str) -> Guide:
    """The guide with another value of one field of an entry."""
    entry = guide.by_name[name]
    value = ROWS if field in ("side_effects", "call", "signs") else [{"id": "x"}] if field == "numbers" else "Other."
    facts = replace(entry.facts).knowing(data={**entry.facts.data, field: value})
    entries = tuple(replace(one, facts=facts) if one is entry else one for one in guide.entries_of(entry.kind))
    return replace(guide, by_kind={**guide.by_kind, entry.kind: entries})


FIELDS = [
    (name, field)
    for name, model in {
        "phases/first-step": Phase,
        "therapies/tablets": Therapy,
        "medications/cetirizine": Medication,
        "faqs/what-next": Faq,
        "pages/index": Page,
    }.items()
    for field in roles.of_fields(model)
]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_review_is_bound_to_every_field_but_a_few(name: str, field: str, shipped: Guide) -> None:
    other = changed(shipped, name, field)
    is_same = signoff.text_hash(shipped, name) == signoff.text_hash(other, name)
    assert is_same is (field in UNSIGNED)


@pytest.fixture(scope="module")
def shipped() -> Guide:
    """The small guide as it is. Not to be changed."""
    return loaded(MINI)


WAIVER = '\n  - {rule: avoid-word, words: "x", until: "2027-01", reason: "A name."}\n'
OTHER = 'passages:\n  - {id: other, where: "Page 5", exact: "Not cited.", seen: "2026-11-19", in: full}'
NO_CHANGES = {
    "a passage that it does not cite": ("therapies/tablets", LABEL, "passages:", OTHER),
    "a source it does not cite": ("phases/first-step", LABEL, "Label of", "The label of"),
    "the day a source was opened": ("therapies/tablets", LABEL, "2026-11-20", "2026-11-21"),
    "where a source was seen": (
        "therapies/tablets",
        LABEL,
        "title_confirmed: true",
        'title_confirmed: true, seen_at: ["A copy"]',
    ),
    "a note on a source": (
        "therapies/tablets",
        LABEL,
        "title_confirmed: true",
        'title_confirmed: true, note: "Look again."',
    ),
    "a waiver": ("therapies/tablets", TABLETS, "changed:", f"waivers:{WAIVER}changed:"),
    "words for search": ("therapies/tablets", TABLETS, "changed:", 'also_called: ["pills"]\nchanged:'),
    "another entry": ("therapies/tablets", PHASE, "You stay indoors", "You stay at home"),
    "a local number it does not show": ("medications/cetirizine", SETTINGS, '"000"', '"111"'),
    "the trials, on a page without them": ("faqs/what-next", "content/trials.yml", "Grown people", "Children"),
}


@pytest.mark.parametrize("what", NO_CHANGES)
def test_what_leaves_a_review_as_it_is(what: str, guide: Path) -> None:
    entry, path, old, new = NO_CHANGES[what]
    sign(guide, [{"entry": entry, "by": "ann"}])
    apply({"replace": {path: {old: new}}}, guide)
    assert state(guide, entry) is State.VALID


def test_a_withdrawn_source_voids_a_review_and_stops_the_build(guide: Path) -> None:
    sign(guide, [{"entry": "therapies/tablets", "by": "ann"}])
    apply(
        {
            "replace": {
                LABEL: {"title_confirmed: true": "title_confirmed: true, status: superseded, replaced_by: pollen-trial"}
            }
        },
        guide,
    )
    found, problems = load(guide / "content", TODAY)
    assert found is None
    codes = {problem.code for problem in problems}
    assert {"withdrawn-source", "changed-since-review"} <= codes


def test_a_review_holds_to_the_end_of_its_last_month(guide: Path) -> None:
    sign(guide, [{"entry": "therapies/tablets", "by": "ann"}, {"entry": "medications/cetirizine", "by": "ann"}])
    assert state(guide, "therapies/tablets", date(2027, 11, 30)) is State.VALID
    assert state(guide, "therapies/tablets", date(2027, 12, 1)) is State.OVERDUE
    assert state(guide, "medications/cetirizine", date(2027, 5, 31)) is State.VALID
    assert state(guide, "medications/cetirizine", date(2027, 6, 1)) is State.OVERDUE


@pytest.mark.parametrize("field", ["entry", "by", "on", "until", "text"])
def test_a_record_is_sealed(field: str) -> None:
    found = loaded(MINI)
    person = Person.model_validate(
        {"id": "ann", "name": "Ann", "role": "nurse", "interests": {"declared": "2026", "statement": "None."}}
    )
    record = signoff.sign(found, "therapies/tablets", person, TODAY)
    assert (record.on, record.until) == ("2026-11-21", "2027-11")
    assert signoff.is_sealed(record)
    assert not signoff.is_sealed(record.model_copy(update={field: "2026-11-20"}))
    with pytest.raises(KeyError):
        signoff.sign(found, "therapies/gone", person, TODAY)


# -- what pages say


PAGE = "therapies/tablets.md"


def test_a_page_without_review_says_so(guide: Path) -> None:
    sign(guide, [{"entry": "phases/first-step", "by": "ann"}])
    assert says(guide, PAGE) == ("Drafted by machine. Not yet reviewed by a clinician.", [NOBODY])


def test_a_reviewed_page_names_the_reviewers(guide: Path) -> None:
    sign(guide, [{"entry": "therapies/tablets", "by": "ann", "on": "2026-11-01"}])
    sign(guide, [{"entry": "therapies/tablets", "by": "bob"}])
    assert says(guide, PAGE) == (
        "Drafted by machine. Reviewed by Bob Ear, doctor and Ann Nose, nurse, November 21, 2026.",
        [
            "- **Reviewed by:** Bob Ear, doctor and Ann Nose, nurse, on November 21, 2026.",
            "- **Interests declared:** Bob Ear: A talk was paid. Ann Nose: None.",
        ],
    )


def test_a_changed_page_claims_no_review(guide: Path) -> None:
    sign(guide, [{"entry": "therapies/tablets", "by": "ann"}])
    apply({"replace": {TABLETS: {"They block": "They stop"}}}, guide)
    assert says(guide, PAGE) == (
        "Drafted by machine. Changed since Ann Nose, nurse, reviewed it. It must be reviewed again.",
        [
            "- **Reviewed by:** Ann Nose, nurse, on November 21, 2026. The text was changed after that.",
            "- **Interests declared:** Ann Nose: None.",
        ],
    )


def test_an_overdue_page_says_so(guide: Path) -> None:
    sign(guide, [{"entry": "therapies/tablets", "by": "ann"}])
    assert says(guide, PAGE, date(2027, 12, 1)) == (
        "Drafted by machine. Review overdue. Last reviewed by Ann Nose, nurse, November 21, 2026.",
        [
            "- **Reviewed by:** Ann Nose, nurse, on November 21, 2026. The review is overdue.",
            "- **Interests declared:** Ann Nose: None.",
        ],
    )


def test_a_new_review_heals_a_changed_page(guide: Path) -> None:
    sign(guide, [{"entry": "therapies/tablets", "by": "ann"}])
    apply({"replace": {TABLETS: {"They block": "They stop"}}}, guide)
    sign(guide, [{"entry": "therapies/tablets", "by": "bob"}])
    head, about = says(guide, PAGE)
    assert "Reviewed by Bob Ear, doctor, " in head
    assert "Ann" not in head + "".join(about)
    _, problems = load(guide / "content", TODAY)
    assert problems == []


def test_authors_are_named_and_a_page_is_not_drafted_by_machine_then(guide: Path) -> None:
    apply({"replace": {TABLETS: {"changed:": "authors: [bob, ann]\nchanged:"}}}, guide)
    head, about = says(guide, PAGE)
    assert head.startswith("Written by Bob Ear and Ann Nose. Not yet reviewed by a clinician.")
    assert about == ["- **Written by Bob Ear and Ann Nose.**", NOBODY]
