"""The registry of page types: none can be declared by halves, and what a page depends on makes it new again."""

from datetime import date
from pathlib import Path

import pytest
from patientguide.build import dependencies
from patientguide.core.cache import BuildCache
from patientguide.model import registry
from patientguide.model.guide import Guide
from patientguide.model.registry import COLLECTIONS, Input, PageType
from patientguide.pages import drafts
from patientguide.project import load
from support.project import MINI

TODAY = date(2026, 11, 21)


def test_a_page_type_that_depends_on_nothing_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match=r"new\.md\.j2 does not say"):
        PageType("new.md.j2", frozenset(), ("WebPage",))


def test_a_page_type_says_its_dependencies_and_its_type() -> None:
    with pytest.raises(TypeError, match="missing"):
        PageType("new.md.j2")  # type: ignore[call-arg]


def test_every_input_has_a_hash() -> None:
    assert set(dependencies._HASHED) == set(Input)


def test_every_collection_has_a_draft() -> None:
    lists = {registry.PHASES.name, registry.THERAPIES.name, registry.MEDICATIONS.name}
    assert set(drafts._DRAFTS) == set(COLLECTIONS) - {registry.REFERENCES.name, *lists}


def guide(project: Path) -> Guide:
    found, problems = load(project / "content", TODAY)
    assert found is not None, problems
    return found


def keys(project: Path) -> dict[str, str]:
    found = dependencies.Planner(guide(project), (), BuildCache())
    return {page.draft.uri: page.key for page in found.pages()}


@pytest.mark.parametrize(
    ("path", "field", "declared"),
    [
        ("content/therapies/tablets.md", "summary:", {Input.FACTS}),
        ("content/glossary.yml", "changed:", {Input.GLOSSARY, Input.RECORDS}),
    ],
)
def test_a_page_is_new_when_an_input_that_it_declares_changed(
    mini: Path, path: str, field: str, declared: set[Input]
) -> None:
    """A remark in a file is enough: the key of a page rests on the whole file, not on what its template shows."""
    before = keys(mini)
    file = mini / path
    file.write_text(file.read_text().replace(field, f"# remark\n{field}", 1))
    after = keys(mini)
    follow = {one.uri for one in COLLECTIONS.values() if one.type.depends_on & declared and one.uri in before}
    assert follow
    assert {uri for uri in follow if before[uri] == after[uri]} == set()


PAGES = {
    *("index.md", "phases/index.md", "phases/first-step.md", "therapies/index.md", "therapies/tablets.md"),
    *("medications/index.md", "medications/cetirizine.md", "faq.md", "for/index.md", "for/spring.md", "for/summer.md"),
    *("questions.md", "my-path.md", "appointment.md", "a-z.md", "glossary.md", "references.md"),
}


def test_every_page_of_a_guide_is_made() -> None:
    """Each of its kind, with its own template: none is left out because an entry of the registry is wrong."""
    made = {page.uri: page.markdown for page in drafts.build(guide(MINI), [])}
    assert made.keys() == PAGES
    assert {uri for uri, text in made.items() if "Not yet reviewed by a clinician" not in text} == set()


def test_a_medicine_is_at_home_in_phases_and_therapies_that_it_names() -> None:
    found = guide(MINI)
    (medicine,) = found.medications
    assert [entry.name for entry in found.homes_of(medicine)] == ["phases/first-step", "therapies/tablets"]
    for home in found.homes_of(medicine):
        assert found.medicines_of(home) == [medicine]


def test_the_list_of_questions_explains_no_word(mini: Path) -> None:
    """Each page that a question is taken from does."""
    page = mini / "content" / "phases" / "first-step.md"
    page.write_text(page.read_text().replace("When can I go out?", "Do I need an antihistamine?"))
    guide, problems = load(mini / "content", TODAY)
    assert guide is not None, problems
    made = {page.uri: page.markdown for page in drafts.build(guide, [])}
    assert "Do I need an antihistamine?" in made["questions.md"]
    assert "pg-term" in made["phases/first-step.md"]
    assert "pg-term" not in made["questions.md"]
