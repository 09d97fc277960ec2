"""Tables for the small parts that rules are made of: words, sentences, syllables and frequencies."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patientguide.markup.words import count_syllables, count_words, is_word, matcher, near, sentences
from patientguide.model import frequency
from patientguide.model.frequency import Number
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("letrozol", "letrozole"),
        ("letrozolee", "letrozole"),
        ("letrazole", "letrozole"),
        ("lertozole", "letrozole"),
        ("lettrozol", "letrozole"),
        ("letozol", "letrozole"),
        ("letrozole", None),
        ("leterzol", None),
        ("xelod", "xeloda"),
        ("xeldoa", "xeloda"),
        ("xelo", None),
        ("xylod", None),
        ("", None),
        ("l\u00e9trozole", "letrozole"),
    ],
)
def test_words_near_a_name(word: str, name: str | None) -> None:
    assert near(word, ["xeloda", "letrozole"]) == name


def test_the_nearest_name_is_meant() -> None:
    assert near("pertuzumb", ["trastuzumab", "pertuzumaab", "pertuzumab"]) == "pertuzumab"
    assert near("anything", []) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A battle.", ["battle"]),
        ("BATTLE, war-cry, battles", ["BATTLE"]),
        ("battle-tested, pre-battle, battlefield, _battle_", []),
        ("It is the  patient\u2019s, the patient's", ["the  patient\u2019s", "the patient's"]),
        ("Beat the\ncancer", ["Beat the\ncancer"]),
        ("C++ (a.b)", ["a.b"]),
        ("axb", []),
    ],
)
def test_words_of_a_list(text: str, found: list[str]) -> None:
    assert matcher(["battle", "the patient's", "beat the cancer", "beat", "a.b"]).findall(text) == found
    assert matcher([]).findall(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("They help          . Then rest          !", ["They help          .", "Then rest          !"]),
        ("Take e.g. tablets, i.e. pills, at 3.5 mg. Rest.", ["Take e.g. tablets, i.e. pills, at 3.5 mg.", "Rest."]),
        ("Ask Dr. Nose. Stage IV. Go.", ["Ask Dr. Nose.", "Stage IV.", "Go."]),
        ("Tell them if you:", ["Tell them if you:"]),
        (" ... ! ", []),
        ("", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text, "en-US")] == found


TEXTS = st.text(
    st.sampled_from("abCD .?!:;,'\"()[]019-\n\t\u00a0\u2003\u202f\u2028\u00e9\u201c\u201d\u2019\u2026\u3002\U0001f600"),
    max_size=60,
)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(TEXTS)
def test_sentences_stand_where_they_say(text: str) -> None:
    plain = "".join(" " if sign.isspace() else sign for sign in text)
    end = 0
    for start, said in sentences(text, "en"):
        assert plain[start : start + len(said)] == said
        assert start >= end
        end = start + len(said)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It's a T-DXd and/or 100.4-mg one", 6),
        ("\u2014 ... ! _", 0),
        ("\u00c9t\u00e9 na\u00efve", 2),
        ("a.b c/d e_f", 4),
        ("3\u20135", 2),
    ],
)
def test_words_are_counted(text: str, count: int) -> None:
    assert count_words(text) == count


SYLLABLES = {"cat": 1, "don't": 1, "tablet": 2, "rhythm": 2, "fire": 2, "medicine": 3, "area": 3, "chemotherapy": 5}


def test_syllables() -> None:
    assert count_syllables(SYLLABLES, "en-US") == SYLLABLES
    assert count_syllables(["behandlung", "brust"], "de") == {"behandlung": 3, "brust": 1}
    assert count_syllables(["cetirizine"], "en") == {"cetirizine": 4}, "not in the dictionary: hyphenated"
    assert count_syllables([], "en") == {}
    assert is_word("medicine")
    assert not is_word("cetirizine")


# -- frequencies


def number(n: int, of: int, to: int | None = None) -> Number:
    words = {"group": "people with hay fever", "what": "slept", "otherwise": "woke", "over": "at night"}
    return Number(id="one", n=n, to=to, of=of, source=["label"], **words)


@pytest.mark.parametrize(
    ("n", "to", "of", "states", "size"),
    [
        (37, None, 100, {"is": 37, "not": 63}, (180, 180)),
        (1, 6, 100, {"is": 1, "may": 5, "not": 94}, (180, 180)),
        (0, 3, 10, {"may": 3, "not": 7}, (180, 18)),
        (0, None, 10, {"not": 10}, (180, 18)),
        (15, None, 15, {"is": 15}, (180, 36)),
        (9, 10, 101, {"is": 9, "may": 1, "not": 91}, (450, 90)),
        (5, None, 1000, {"is": 5, "not": 995}, (450, 720)),
        (999, 1000, 1000, {"is": 999, "may": 1}, (450, 720)),
    ],
)
def test_a_picture_has_a_dot_for_each_person(
    n: int, to: int | None, of: int, states: dict[str, int], size: tuple[int, int]
) -> None:
    picture = frequency.draw(number(n, of, to))
    assert Counter(dot.state for dot in picture.dots) == states
    assert (picture.width, picture.height) == size
    assert len({(dot.x, dot.y) for dot in picture.dots}) == of
    radius = frequency.RADIUS
    assert all(radius <= d.x <= size[0] - radius and radius <= d.y <= size[1] - radius for d in picture.dots)
    order = ["is", "may", "not"]
    assert [dot.state for dot in picture.dots] == sorted((dot.state for dot in picture.dots), key=order.index)


@pytest.mark.parametrize(
    ("n", "to", "short", "rest"),
    [
        (37, None, "37 out of 100", "63"),
        (1, 6, "1 to 6 out of 100", "94 to 99"),
        (0, 100, "0 to 100 out of 100", "0 to 100"),
    ],
)
def test_a_frequency_is_told_from_both_sides(n: int, to: int | None, short: str, rest: str) -> None:
    told = number(n, 100, to)
    assert frequency.short(told) == short
    assert frequency.rest(told) == rest
    assert frequency.title(told) == f"{short} people with hay fever slept at night; {rest} woke"
    assert frequency.cites(told.model_copy(update={"source": ["trial", "label#5.1"]})) == "[@trial; @label#5.1]"


@pytest.mark.parametrize(
    ("n", "to", "of"),
    [(11, None, 10), (5, 11, 10), (5, 5, 10), (5, 4, 10), (-1, None, 10), (1, None, 9), (1, None, 1001)],
)
def test_what_is_no_part_of_a_whole_is_refused(n: int, to: int | None, of: int) -> None:
    with pytest.raises(ValidationError):
        number(n, of, to)
