"""Pages made of many texts claim a review only when every text on them has one."""

from datetime import date
from pathlib import Path

import pytest
from support.cases import NOBODY, PEOPLE, apply, says, sign

PHASE, TABLETS, CETIRIZINE = "phases/first-step", "therapies/tablets", "medications/cetirizine"
FAQ, INDEX, GLOSSARY, GUIDE = "faqs/what-next", "pages/index", "glossary", "guide"
# The intro and the name of a list stand in guide.yml.
LISTS = {
    "phases/index.md": [GUIDE, PHASE],
    "therapies/index.md": [GUIDE, TABLETS],
    "medications/index.md": [GUIDE, CETIRIZINE],
    "faq.md": [GUIDE, FAQ],
    "for/index.md": [GUIDE],
    "for/spring.md": [GUIDE, PHASE, CETIRIZINE],
    "for/summer.md": [GUIDE, PHASE, TABLETS, CETIRIZINE],
    "questions.md": [PHASE, TABLETS],
    "glossary.md": [GLOSSARY],
    "references.md": [GUIDE, GLOSSARY, PHASE, TABLETS, CETIRIZINE, FAQ, INDEX],
}
FILES = {PHASE: "content/phases/first-step.md", TABLETS: "content/therapies/tablets.md", GUIDE: "content/guide.yml"}
FILES |= {CETIRIZINE: "content/medications/cetirizine.md", FAQ: "content/faqs/what-next.md", INDEX: "docs/index.md"}
FILES |= {GLOSSARY: "content/glossary.yml"}


@pytest.fixture
def guide(mini: Path) -> Path:
    """The small guide with two people, and questions on two pages."""
    asks = {FILES[TABLETS]: {"changed:": 'questions: ["How long?"]\nchanged:'}}
    apply({"write": {"content/people.yml": PEOPLE}, "replace": asks}, mini)
    return mini


def records(names: list[str]) -> list[dict]:
    return [{"entry": name, "by": "ann"} for name in names]


@pytest.mark.parametrize("uri", LISTS)
def test_a_list_is_reviewed_when_all_its_texts_are(uri: str, guide: Path) -> None:
    sign(guide, records(LISTS[uri]))
    head, about = says(guide, uri)
    if len(LISTS[uri]) == 1:
        assert head == "Drafted by machine. Reviewed by Ann Nose, nurse, November 21, 2026."
        assert "- **Reviewed by:** Ann Nose, nurse, on November 21, 2026." in about
    else:
        assert head == "Drafted by machine. Every text on this page was reviewed."
        assert about == ["- **Reviewed by:** the people named on the page of each text."]


@pytest.mark.parametrize(("uri", "missing"), [(uri, name) for uri, names in LISTS.items() for name in names])
def test_a_list_is_not_reviewed_when_one_text_is_not(uri: str, missing: str, guide: Path) -> None:
    sign(guide, records([name for name in FILES if name != missing]))
    assert says(guide, uri) == ("Drafted by machine. Not yet reviewed by a clinician.", [NOBODY])


@pytest.mark.parametrize("uri", [uri for uri, names in LISTS.items() if len(names) > 1])
def test_a_list_with_a_changed_text_says_so_and_does_not_deny_its_reviews(uri: str, guide: Path) -> None:
    sign(guide, records(list(FILES)))
    apply({"replace": {FILES[LISTS[uri][-1]]: {'evidence_checked: "2026-06"': 'evidence_checked: "2026-07"'}}}, guide)
    head, about = says(guide, uri)
    assert head == "Drafted by machine. Changed since it was reviewed. It must be reviewed again."
    assert about == ["- **Reviewed by:** the people named on the page of each text. A text was changed after that."]


@pytest.mark.parametrize("uri", [uri for uri, names in LISTS.items() if len(names) > 1])
def test_a_list_with_an_overdue_review_says_so(uri: str, guide: Path) -> None:
    sign(guide, records(list(FILES)))
    head, about = says(guide, uri, date(2027, 12, 1))
    assert head == "Drafted by machine. Review overdue."
    assert about == ["- **Reviewed by:** the people named on the page of each text. A review is overdue."]


def test_a_list_names_its_authors_when_every_text_has_some(guide: Path) -> None:
    for entry, author in {PHASE: "ann", TABLETS: "bob"}.items():
        apply({"replace": {FILES[entry]: {"changed:": f"authors: [{author}]\nchanged:"}}}, guide)
    head, _ = says(guide, "questions.md")
    assert head.startswith("Written by Ann Nose and Bob Ear. ")
    apply({"replace": {FILES[TABLETS]: {"authors: [bob]\n": ""}}}, guide)
    head, _ = says(guide, "questions.md")
    assert head.startswith("Drafted by machine. ")
