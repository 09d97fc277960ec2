"""How texts are cut into blocks, where each stands in its file, and what reading one asks for."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from patientguide.content import blocks as content_blocks
from patientguide.content import readability
from patientguide.content.blocks import Block
from patientguide.core.yaml import YamlFile, strings
from patientguide.model import roles
from patientguide.model.entries import SideEffect, is_fetched
from patientguide.model.guide import Guide
from patientguide.model.roles import Role
from patientguide.project import load
from pydantic import BaseModel
from support.cases import apply, guide_of
from support.project import FROZEN, ROOT

TODAY = date(2026, 11, 21)
TABLETS, FAQ, GLOSSARY = "content/therapies/tablets.md", "content/faqs/what-next.md", "content/glossary.yml"
OLD = "They block histamine [@label#words]."

BODY = """First line
of a paragraph, **bold** [@label#words]. Second sentence [@label#words].

### Smaller

- one
  wrapped [@label#words]
- two [@label#words]
    - under \u00e9t\u00e9 [@label#words]

    A paragraph under it [@label#words].

In order [@label#words]:

1. first [@label#words]

| Name | More |
|:--|--:|
| One cell. | *Next* cell [@label#words] |

!!! warning "It's a box"
    Text [@label#words]. \U0001f600 Then more [@label#words].

    - item [@label#words]

```
## No heading

- no item
```

See [these
words](../medications/cetirizine.md) at {local:emergency}, `code`, \\*stars\\* [@label#words;
@pollen-trial, p. 3] _so_. C\u00a0. End [@label#words]."""

KINDS = [
    ("heading", "How it works"),
    ("paragraph", "First line of a paragraph, bold . Second sentence ."),
    ("heading", "Smaller"),
    ("item", "one wrapped"),
    ("item", "two"),
    ("item", "under \u00e9t\u00e9"),
    ("paragraph", "A paragraph under it ."),
    ("paragraph", "In order :"),
    ("item", "first"),
    ("names", "| Name | More |"),
    ("row", "| One cell. | Next cell |"),
    ("title", "It's a box"),
    ("paragraph", "Text . \U0001f600 Then more ."),
    ("item", "item"),
    ("paragraph", "See these words at xxxxxxxxxxxxxxxxx, , stars so . C . End ."),
    ("names", "| What | How |"),
    ("row", "| Nose | Dries up |"),
    ("title", "Ask first"),
    ("paragraph", "Some people must not drive ."),
    ("item", "A list item ."),
    ("heading", "Next"),
    ("paragraph", "What next? and the word ."),
]


def loaded(project: Path) -> Guide:
    found, problems = load(project / "content", TODAY)
    assert found is not None, problems
    return found


@pytest.fixture
def blocks(mini: Path) -> list[Block]:
    apply({"replace": {TABLETS: {OLD: BODY}}}, mini)
    return [block for block in content_blocks.blocks(loaded(mini)) if block.path == TABLETS]


def in_body(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.field_place is None]


def test_a_body_is_cut_into_blocks(blocks: list[Block]) -> None:
    assert [(block.kind, " ".join(block.words.split())) for block in in_body(blocks)] == KINDS
    assert {block.heading for block in in_body(blocks)} == {"How it works", "Next"}
    assert [block.advice for block in in_body(blocks)] == [block.heading == "Next" for block in in_body(blocks)]


def test_every_character_of_a_block_has_its_place(blocks: list[Block], mini: Path) -> None:
    lines = (mini / TABLETS).read_text().split("\n")
    seen = 0
    for block in in_body(blocks):
        assert len(block.words) == len(block.text)
        for offset, sign in enumerate(block.words):
            place = block.place(offset)
            line = f"{lines[place.line - 1]}\n"
            assert line[place.col - 1] == block.text[offset]
            assert sign in (block.text[offset], " ", "x")
            seen += sign != " "
    assert seen > 250


def test_sentences_start_at_their_first_letter(blocks: list[Block], mini: Path) -> None:
    lines = (mini / TABLETS).read_text().split("\n")
    found = [(block, sentence) for block in in_body(blocks) for sentence in block.sentences]
    assert [sentence.text for _, sentence in found if "cell" in sentence.text] == ["One cell.", "Next  cell"]
    for block, sentence in found:
        place = block.place(sentence.start)
        assert lines[place.line - 1][place.col - 1 :].startswith(sentence.text[0])


def test_fields_are_blocks(blocks: list[Block]) -> None:
    found = [(block.kind, block.heading, block.text) for block in blocks if block.field_place]
    assert found[:3] == [
        ("label", "title", "Tablets"),
        ("field", "summary", "Tablets calm the nose [@pollen-trial#words]."),
        ("field", "main_message", "Tablets help most people [@pollen-trial#words; @label#words]."),
    ]
    assert ("label", "at_a_glance", "How often") in found
    assert ("field", "at_a_glance", "Once a day [@label#words, p. 4].") in found
    assert not any(text in ("summer", "later", "now") for _, _, text in found)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("In 2018. Then 3 - 5 days, or 7 + 2.", "In 2018. Then 3 - 5 days, or 7 + 2."),
        ("They help [@label#words, p. 4]. See [x](a(b).md) **now** [@label#words].", "They help. See x now."),
        ('It isn\'t "so" [@label#words].', 'It isn\'t "so".'),
        ("It costs 3 [a] or {local:emergency}", "It costs 3 [a] or {local:emergency}"),
        ("word " * 20 + "[@label#words]", "word " * 12 + "..."),
        ("\u85ac" * 80, "\u85ac" * 60 + " ..."),
    ],
)
def test_a_message_quotes_the_first_words_as_they_are(text: str, quote: str) -> None:
    assert Block("paragraph", "a.md", text, "", "en").quote() == quote


@pytest.mark.parametrize(
    ("kind", "text", "quote"),
    [
        ("item", "- One - or **two** [@label#words]", "One - or two"),
        ("item", "    12. One", "One"),
        ("heading", "### How fast?", "How fast?"),
        ("title", '    !!! note "Ask first"', "Ask first"),
        ("row", "| One | *two* [@label#words] |", "| One | two |"),
    ],
)
def test_marks_of_a_block_are_not_quoted(kind: str, text: str, quote: str) -> None:
    assert Block(kind, "a.md", text, "", "en").quote() == quote


# -- reading: 0.39 * words / sentences + 11.8 * syllables / words - 15.59

EASY = "You take a tablet each day and you sleep well [@label#words]. "  # 10 words, 11 syllables
LONG = "You take a tablet each day and you sleep well and you wake up and you feel fresh again now [@label#words]. "
GRADES = {
    # 40 words in 4 sentences, 44 syllables: 0.39 * 10 + 11.8 * 1.1 - 15.59
    EASY * 4: 1.29,
    # 20 words with 22 syllables, twice, in 2 sentences: 0.39 * 20 + 11.8 * 1.1 - 15.59
    LONG * 2: 5.19,
    # The word of the glossary counts as the one syllable of "it": 0.39 * 10 + 11.8 * 1.0 - 15.59
    EASY.replace("a tablet", "an antihistamine") * 4: 0.11,
    # So does the name of the medicine: 40 words, 40 syllables.
    EASY.replace("tablet", "cetirizine") * 4: 0.11,
    # 39 words are too few to tell.
    (EASY * 4).replace("You take", "Take", 1): None,
}


@pytest.mark.parametrize("text", GRADES)
def test_reading_grades(text: str, mini: Path) -> None:
    file = mini / FAQ
    file.write_text(file.read_text().partition("\nRest")[0] + f"\n{text}\n")
    grade = readability.reading_grades(loaded(mini)).get((FAQ, ""))
    assert grade == (None if GRADES[text] is None else pytest.approx(GRADES[text]))


ROLES = yaml.safe_load((ROOT / "tests" / "fields.yml").read_text())["roles"]
SEEN = {
    f"{model}.{name}": kind
    for role, kind in (("FACT", "field"), ("LABEL", "label"))
    for model, names in ROLES[role].items()
    for name in names
}
"""Every field whose words readers see, and whether it states facts or only names something."""


def field_at(model: type[BaseModel], path: roles.Path) -> str:
    """The innermost field of a model that holds the text at a path, as `Model.field`."""
    for size in range(len(path) - 1, -1, -1):
        owner = roles.model_at(model, path[:size])
        if owner and isinstance(path[size], str) and path[size] in roles.of_fields(owner):
            return f"{owner.__name__}.{path[size]}"
    raise AssertionError(f"{model} has no {path}")


FACTS = roles.named(SideEffect, Role.FACT) - {"text"}


def test_every_text_that_readers_see_is_looked_at() -> None:
    """A text that rules overlook may frighten, sell, or state what no source says."""
    guide = guide_of(FROZEN / "content")
    files: list[tuple[YamlFile, type[BaseModel]]] = [(entry.facts, type(entry.front)) for entry in guide.entries]
    files += [(guide.records[path], model) for path, model in content_blocks.RECORDS_WITH_TEXT.items()]
    wanted, found = {}, set()
    for file, model in files:
        for path, _ in strings(file.data, is_fetched):
            if kind := SEEN.get(field := field_at(model, path)):
                wanted[file.path, path] = kind
                found.add(field)
    assert {(b.path, b.at): b.kind for b in content_blocks.blocks(guide) if b.field_place} == wanted
    # The large guide leaves no part out, and its names rest on one source: tests/rules/ has the others. It has no
    # further kinds, folded parts, facts on side effects, warning signs and questions for a first visit; test_kinds.py,
    # test_medicine_page.py, test_signs.py and test_pack.py have.
    elsewhere = ("Article.", "FirstVisit.", "Folded.", "Lead.", "Phone.", "WarningSign.")
    left = {name for name in SEEN.keys() - found if not name.startswith(elsewhere)}
    assert {name.partition(".")[2] for name in left} == {"not_applicable", "names", "fold", *FACTS}
