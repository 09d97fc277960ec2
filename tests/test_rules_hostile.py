"""What the rules must survive: guides that are half unreadable, and files as long and as odd as may be."""

import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from patientguide.core.problems import Severity
from patientguide.project import load
from support.cases import TODAY, run
from support.project import MINI

PERSON = 'id: ann, name: "Ann", role: "nurse", interests: {declared: "2026-06", statement: "None.", medications: [%s]}'
ANN = f"- {{{PERSON}}}\n"
HASH = "a" * 64
REVIEW = f'- {{entry: glossary, by: ann, on: "2026-11-20", until: "2027-11", text: "{HASH}", seal: "{HASH}"}}\n'
NUMBER = '{id: one, n: 1, of: 10, group: "people", what: "w", otherwise: "o", over: "v", source: [label]}'
SETTINGS, GLOSSARY, REVIEWS = "content/guide.yml", "content/glossary.yml", "content/reviews.yml"
TABLETS, CETIRIZINE = "content/therapies/tablets.md", "content/medications/cetirizine.md"
POLLEN = "content/references/pollen-trial.yml"
NO_CLASS = {CETIRIZINE: {'class: "Antihistamine"': ""}}
BAD_SOURCE = {"content/references/label.yml": "type: webpage\n"}
PEOPLE = {"content/people.yml": ANN % ""}

HALF_READ = {
    "number-source": {"write": BAD_SOURCE, "replace": {TABLETS: {"changed:": f"numbers: [{NUMBER}]\nchanged:"}}},
    "unknown-replacement": {
        "write": BAD_SOURCE,
        "replace": {POLLEN: {"title_confirmed: true": "title_confirmed: true, replaced_by: label"}},
    },
    "unknown-person": {
        "write": {"content/people.yml": "- {id: ann}\n"},
        "replace": {TABLETS: {"changed:": "authors: [ann]\nchanged:"}},
    },
    "unknown-interest": {"write": {"content/people.yml": ANN % "cetirizine"}, "replace": NO_CLASS},
    "changed-since-review": {
        "first": {"write": PEOPLE},
        "sign": [{"entry": "glossary", "by": "ann"}],
        "write": {GLOSSARY: "terms: []\n"},
    },
    "review-moved": {
        "first": {"write": PEOPLE},
        "sign": [{"entry": "medications/cetirizine", "by": "ann"}],
        "replace": NO_CLASS,
    },
}


@pytest.mark.parametrize("code", HALF_READ)
def test_what_could_not_be_read_is_not_called_missing_or_changed(code: str, mini: Path) -> None:
    problems = run(HALF_READ[code], mini)
    assert any(problem.severity is Severity.ERROR for problem in problems)
    assert [problem.message for problem in problems if problem.code == code] == []


BREAK = {
    "unknown evidence": {"replace": {"content/references/label.yml": {"leaflet": "rumour"}}},
    "unknown facet": {"replace": {TABLETS: {"season:": "weather:"}}},
    "unknown facet value": {"replace": {TABLETS: {"[summer]": "[winter]"}}},
    "unknown urgency": {"replace": {TABLETS: {"act: now": "act: soon"}}},
    "no glossary": {"delete": [GLOSSARY]},
    "empty glossary": {"write": {GLOSSARY: "", REVIEWS: REVIEW}},
    "glossary is a list": {"write": {GLOSSARY: "- 1\n", REVIEWS: REVIEW}},
    "glossary is a word": {"write": {GLOSSARY: "words\n", REVIEWS: REVIEW}},
    "numbers of glossary": {"write": {GLOSSARY: "numbers: 3\n", REVIEWS: REVIEW}},
    "trials is a list": {"write": {"content/trials.yml": "- {for: [1]}\n"}},
    "no sources at all": {"delete": ["content/references/label.yml", POLLEN]},
    "people is a word": {"write": {"content/people.yml": "ann\n"}},
    "reviews is a word": {"write": {REVIEWS: "ann\n"}},
    "no pages": {"delete": ["docs/index.md"]},
    "no phases": {"delete": ["content/phases/first-step.md"]},
    "fewer than no boxes": {"replace": {SETTINGS: {"hedges:": "limits: {boxes: -9, quoted_words: -1}\nhedges:"}}},
    "signs of patterns": {"replace": {SETTINGS: {"[is, are, was]": '["is (", "[", "*"]'}}},
    "years without end": {"replace": {SETTINGS: {"max_years: 10": "max_years: 99999"}}},
    "checked in 2999": {"replace": {TABLETS: {'"2026-06"': '"2999-06"'}}},
    "issued in 2999": {"replace": {POLLEN: {"2020-05-01": "2999-05-01"}}},
    "no-break space": {"replace": {TABLETS: {"They block histamine": "Take vitamin C\u00a0. It may help"}}},
    "other scripts": {
        "replace": {TABLETS: {"They block histamine": "\u3053\u308c\u306f\u85ac\u3002\U0001f600 e\u0301"}}
    },
}
"""What once stopped the check with a traceback, and its relatives."""


@pytest.mark.parametrize("name", BREAK)
def test_no_rule_crashes(name: str, mini: Path) -> None:
    run(BREAK[name], mini)


LONG = 40_000
HOSTILE = {
    "digits": "1",
    "digits apart": "1- ",
    "digits and points": "1.",
    "percentages": "5% ",
    "spaces": " ",
    "short forms": "AB ",
    "many short forms": "AB1 CD2 EF3 GH4 ",
    "words to avoid": "battle ",
    "colors": "red blood ",
    "changes": "doubles ",
    "signs of citations": "battle [@",
    "brackets": "[",
    "quotation marks": "\u201c",
    "links": "[a](https://example.org) ",
    "citations": "a [@label#words] ",
    "sentences": "They block it [@label#words]. ",
    "paragraphs": "battle [@label#words]\n\n",
    "nested lists": "- a [@label#words]\n    - b [@label#words]\n",
    "rows": "| red | battle 5% [@label#words] |\n",
}


@pytest.fixture(scope="module")
def long_guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(MINI, tmp_path_factory.mktemp("long") / "guide"))


@pytest.mark.parametrize("place", ["body", "field"])
@pytest.mark.parametrize("name", HOSTILE)
def test_rules_are_quick_whatever_a_file_holds(name: str, place: str, long_guide: Path) -> None:
    text = HOSTILE[name] * (LONG // len(HOSTILE[name]))
    body, field = (f"{text}\n\n", "") if place == "body" else ("", " ".join(text.split()))
    # A field of this length is refused, but the rules read the glossary all the same.
    glossary = f"terms:\n  - text: >-\n      A {field} C\n"
    (long_guide / GLOSSARY).write_text(glossary)
    (long_guide / TABLETS).write_text((MINI / TABLETS).read_text().replace("They block", f"{body}They block"))
    start = time.process_time()
    load(long_guide / "content", date.fromisoformat(TODAY))
    assert time.process_time() - start < 1
