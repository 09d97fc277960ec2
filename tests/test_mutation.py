"""Mutants: each kind of fault is made, once for each place, and nothing else is touched."""

import pytest
from support.mutation import mutants


def faults(source: str) -> set[str]:
    return {mutant.name for mutant in mutants(source, "module.py")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"a < b -> a <= b", "a < b -> a >= b"}),
        ("x = a == b", {"a == b -> a != b"}),
        ("x = a in b", {"a in b -> a not in b"}),
        ("x = a and b", {"a and b -> a or b", "a and b -> a", "a and b -> b"}),
        ("x = not a", {"not a -> a"}),
        ("x = 3", {"3 -> 4", "3 -> 2"}),
        ("x = True", {"True -> False"}),
        ("x = 'key'", {"'key' -> 'keyx'"}),
        ("x = 'A message to people.'", set()),
        ("x = f'key'", set()),
        ("'''Docstring'''", set()),
        ("raise ValueError('key')", set()),
        ("if TYPE_CHECKING:\n    x = 1", set()),
        ("x = (A.b, A.c)", {"(A.b, A.c) -> (A.b,)", "(A.b, A.c) -> (A.c,)"}),
        ("x = min(a)", {"min(a) -> max(a)"}),
        ("x = a - b", {"a - b -> a + b", "a - b -> a"}),
        ("x.add(1.5)", {"x.add(1.5) -> pass", "1.5 -> 2.5", "1.5 -> 0.5"}),
        ("def f(x: int) -> int:\n    return x", {"return x -> return None"}),
        ("def f():\n    return None", set()),
        ("def f():\n    yield x", {"(yield x) -> (yield from ())"}),
        ("x = [a for a in b if c]", {"for a in b if c -> for a in b"}),
        ("x: Annotated[str | None, Role.FACT]", {"Role.FACT -> Role.LABEL"}),
        (
            "x: Annotated[str, Role.HIDDEN | Role.OWN]",
            {
                *("Role.HIDDEN | Role.OWN -> Role.HIDDEN", "Role.HIDDEN | Role.OWN -> Role.OWN"),
                *("Role.HIDDEN -> Role.LABEL", "Role.OWN -> Role.NONE"),
            },
        ),
        ("x: Annotated[int, Field(ge=1)]", {"1 -> 2", "1 -> 0"}),
        ("x: Annotated[str, drawn_in(A)]", {"drawn_in(A) -> drawn_in()"}),
    ],
)
def test_each_kind_of_fault(source: str, expected: set[str]) -> None:
    assert {name.replace(" ", "") for name in faults(source)} == {name.replace(" ", "") for name in expected}


def test_a_mutant_differs_in_one_place_and_keeps_its_lines() -> None:
    source = "a = 1\nb = 1\n"
    found = []
    for mutant in mutants(source, "module.py"):
        names: dict[str, int] = {}
        exec(mutant.code, names)
        found.append((mutant.line, names["a"], names["b"]))
    assert found == [(1, 0, 1), (1, 2, 1), (2, 1, 0), (2, 1, 2)]
