"""YAML is read as editors mean it, with the place of every value."""

import pytest
from patientguide.core import yaml


def test_places_count_lines_and_columns_from_one() -> None:
    file, problems = yaml.read_yaml('a: 1\nb:\n  - c: "x"\n    d: z\n', "f.yml")
    assert problems == []
    assert file is not None
    assert file.data == {"a": 1, "b": [{"c": "x", "d": "z"}]}
    assert file.place(("a",)) == ("f.yml", 1, 4)
    assert file.place(("b", 0, "d")) == ("f.yml", 4, 8)
    assert file.place(("b", 0, "gone")) == ("f.yml", 3, 5)


def test_first_line_shifts_places() -> None:
    file, _ = yaml.read_yaml("a: x\n", "f.md", first_line=2)
    assert file is not None
    assert file.place(("a",)) == ("f.md", 2, 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", "x"),
        ('"no"', "no"),
        ("'012'", "012"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("2026-11-21", "2026-11-21"),
        ("2018-05", "2018-05"),
        ("10.7150/jca.23969", "10.7150/jca.23969"),
        ("| \n  two\n  lines", "two\nlines\n"),
    ],
)
def test_plain_values(text: str, value: object) -> None:
    file, problems = yaml.read_yaml(f"a: {text}\n", "f.yml")
    assert problems == []
    assert file is not None
    assert file.data == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        "1:30",
        "8:30:00",
        "012",
        "0x1f",
        "1_000",
        "no",
        "Yes",
        "ON",
        "off",
        "y",
        "N",
        "True",
        "NULL",
        "1.10",
        ".5",
        "+3",
        "1.0e5",
        ".inf",
        "-.INF",
        ".nan",
        "0o7",
        "=",
    ],
)
def test_ambiguous_values_are_refused(text: str) -> None:
    _, problems = yaml.read_yaml(f"a: {text}\n", "f.yml")
    assert [problem.code for problem in problems] == ["yaml-ambiguous"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: *x\n", "yaml-alias"),
        ("a: !!str 1\n", "yaml-tag"),
        ("a: !ENV HOME\n", "yaml-tag"),
        ("a: 1\n---\nb: 2\n", "yaml-syntax"),
        ("? [a]\n: 1\n", "yaml-key"),
        ("[" * 30 + "]" * 30, "yaml-depth"),
        ("a: \x00", "yaml-syntax"),
        ("x" * 1_000_001, "yaml-size"),
        ("[" * 20_000, "yaml-depth"),
    ],
    ids=["alias", "tag", "env", "two-documents", "list-as-key", "deep", "nul", "big", "brackets"],
)
def test_refusals(text: str, code: str) -> None:
    file, problems = yaml.read_yaml(text, "f.yml")
    assert file is None
    assert problems[-1].code == code
