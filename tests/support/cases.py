"""Small guides changed as the data of a test case say, signed by people, and read."""

import json
from datetime import date
from pathlib import Path

from patientguide.core.problems import Problem, as_text
from patientguide.model.guide import Guide
from patientguide.pages.drafts import build
from patientguide.project import load
from patientguide.review import signoff

TODAY = "2026-11-21"
DAY = date.fromisoformat(TODAY)
PEOPLE = """
- {id: ann, name: "Ann Nose", role: "nurse", interests: {declared: "2026-06", statement: "None."}}
- {id: bob, name: "Bob Ear", role: "doctor", interests: {declared: "2026-06", statement: "A talk was paid."}}
"""
NOBODY = "- **Reviewed by:** nobody yet. No clinician has checked this page."


def apply(case: dict, project: Path) -> None:
    for path in case.get("delete", []):
        (project / path).unlink()
    for path in case.get("rmdir", []):
        (project / path).rmdir()
    for path, text in case.get("write", {}).items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    for path, text in case.get("write_bytes", {}).items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(bytes.fromhex(text))
    for path, pairs in case.get("replace", {}).items():
        text = (project / path).read_text()
        for old, new in pairs.items():
            assert old in text, f"{path} does not hold {old!r}"
            text = text.replace(old, new, 1)
        (project / path).write_text(text)
    for path, target in case.get("link", {}).items():
        (project / path).symlink_to(target)


def run(case: dict, project: Path) -> list[Problem]:
    """What the check says of a case: `first` is written, people `sign`, the rest is written, and `then` they sign."""
    apply(case.get("first", {}), project)
    sign(project, case.get("sign", []))
    apply(case, project)
    sign(project, case.get("then", []))
    return load(project / "content", date.fromisoformat(case.get("today", TODAY)))[1]


def sign(project: Path, records: list[dict]) -> None:
    """Add what `patientguide sign` writes for each of `entry`, `by` and, if it was not today, `on`."""
    if not records:
        return
    guide, problems = load(project / "content", date.fromisoformat(TODAY))
    assert guide is not None, as_text(problems)
    people = {person.id: person for person in guide.people}
    made = [signoff.sign(guide, r["entry"], people[r["by"]], date.fromisoformat(r.get("on", TODAY))) for r in records]
    with (project / "content" / "reviews.yml").open("a") as file:
        # In quotes: a hash such as 0b12 is refused as a number that can be read in more than one way.
        file.writelines(f"- {json.dumps(review.model_dump())}\n" for review in made)


def loaded(project: Path, today: date = DAY) -> Guide:
    found, problems = load(project / "content", today)
    assert found is not None, as_text(problems)
    return found


def says(project: Path, uri: str, today: date = DAY) -> tuple[str, list[str]]:
    """The line of a page on its state, and what its fold says of people."""
    text = next(page.markdown for page in build(loaded(project, today), []) if page.uri == uri)
    fold = text.partition('<details class="pg-state"')[2].partition("</details>")[0]
    head = fold.partition('<summary markdown="span">')[2].partition("</summary>")[0]
    about = fold.split("\n")
    return head, [line for line in about if line.startswith(("- **Written by", "- **Reviewed", "- **Interests"))]


def guide_of(content: Path) -> Guide:
    """The guide in a content folder, as it is on the day of the tests."""
    guide, problems = load(content, date.fromisoformat(TODAY))
    assert guide is not None, as_text(problems)
    return guide
