"""Every refusal, one small file each in tests/broken/: what is changed in a good guide, and the exact words."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from patientguide.core.problems import as_text, worst_first
from patientguide.project import load
from support.cases import apply
from support.project import ROOT

CASES = sorted((ROOT / "tests" / "broken").glob("*.yml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_refused_with_place_and_advice(path: Path, mini: Path, update_golden: bool) -> None:
    case = yaml.safe_load(path.read_text())
    apply(case, mini)
    _, problems = load(mini / "content", date(2026, 11, 21))
    said = as_text(worst_first(problems)).split("\n")
    if update_golden:
        case["expect"] = said
        path.write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True, width=10_000))
    assert said == case["expect"]
    assert said != [""], "a case that is refused nothing proves nothing"


def test_the_good_guide_has_no_problem(mini: Path) -> None:
    guide, problems = load(mini / "content", date(2026, 11, 21))
    assert problems == []
    assert guide is not None


ORDINARY = """- They block
  more [@label#words].
- two [@label#words]
    - nested [@label#words]

    wrapped on [@label#words]

Then, in this order [@label#words]:

1. one
   wrapped [@label#words]
2. two [@label#words]

### Heading
- list under it [@label#words]

| Medicine | Source |
|---|---|
| Tablet | [@label#words] |

!!! warning "Box"

    - item [@label#words]

It costs $5 (about 5), e.g. 38 - or more… *bold* **bold [@label#words]**.

Take 2 * 3 at 8:30 p.m., 5-10 mg p.o. (1 in the row), grade A*, or 3++ [@label#words].

A **bold *and slanted* word**, __this__ and _that_, "*quoted*" (**both**), snake_case and 2\\*3\\*4 [@label#words].

It is 10⁹/L, 5 \u00d7 10⁶, m², cm³, kg/m² or Ca²⁺; ¹⁸F and ¹³¹I are not notes [@label#words].

O'Neil's mother-in-law said: "either/or", 50/50, ~5 mg, and/or 3.5/10 \u2013 well, A+B = C; ClinicalTrials.gov [@label#words].

[More on it](https://example.org/a_b_c?x=1*2) and `a*b*c` [@label#words].

| A | B |
|:--|--:|
| fewer [@label#words] |
| 2 * 3 | A* [@label#words] |

1. one [@label#words]

    - nested [@label#words]
    - nested [@label#words]

2. two [@label#words]
"""


def test_ordinary_markdown_is_not_refused(mini: Path) -> None:
    file = mini / "content" / "therapies" / "tablets.md"
    file.write_text(file.read_text().replace("They block histamine [@label#words].", ORDINARY))
    _, problems = load(mini / "content", date(2026, 11, 21))
    # Its numbers are examples of signs: no passage bears them out.
    assert as_text([problem for problem in problems if problem.code != "not-in-passage"]) == ""
