"""The state of a page: its dates, what its sources are worth together, and what a program is told of its review."""

from dataclasses import replace
from datetime import date

import pytest
from patientguide.core import i18n
from patientguide.model.guide import Guide
from patientguide.model.settings import Evidence
from patientguide.review import signoff, status
from patientguide.review.signoff import PageReview, State
from patientguide.review.status import Age, Status
from support.cases import loaded
from support.project import MINI

TODAY = date(2026, 11, 21)
OLD, NEW = Age("2025-01-02", "2025-03", 24), Age("2026-05-06", "2026-04", 12)
SHORT = Age("2026-05-06", "2026-05", 3)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("ages", "until", "expected"),
    [
        ([OLD], None, Status("2025-01-02", "2025-03", "2027-03", False)),
        # The newest change, the oldest evidence, and what is due first, whichever text each is of.
        ([OLD, NEW], None, Status("2026-05-06", "2025-03", "2027-03", False)),
        ([OLD, SHORT], None, Status("2026-05-06", "2025-03", "2026-08", True)),
        # A review that ends sooner counts; one that ends later puts nothing off.
        ([NEW], "2026-12", Status("2026-05-06", "2026-04", "2026-12", False)),
        ([NEW], "2028-01", Status("2026-05-06", "2026-04", "2027-04", False)),
        ([NEW], "2026-10", Status("2026-05-06", "2026-04", "2026-10", True)),
        # Due in a month means by its end.
        ([NEW], "2026-11", Status("2026-05-06", "2026-04", "2026-11", False)),
    ],
)
def test_a_page_is_as_fresh_as_its_oldest_text(
    ages: list[Age], until: str | None, expected: Status, turned: bool
) -> None:
    assert status.status_of(ages[::-1] if turned else ages, until, TODAY) == expected


def test_each_kind_of_page_has_its_own_months() -> None:
    found = loaded(MINI)
    months = {entry.kind: age.months for entry in found.entries for age in status.ages(found, [entry])}
    assert months == {"phases": 12, "therapies": 12, "medications": 6, "faqs": 12, "pages": 12}
    assert {kind: signoff.months(found, f"{kind}/any") for kind in months} == months
    assert signoff.months(found, "glossary") == signoff.months(found, "guide") == 12


STRENGTHS = ("strong", "moderate", "limited", "background")


@pytest.fixture
def guide() -> Guide:
    """The small guide with two sources of each strength but the last, named so that their order is no help."""
    found = loaded(MINI)
    kinds = [
        Evidence(id=f"kind-{4 - n}", label="A kind", strength=strength, meaning="It tells.", cannot_tell="Not all.")
        for n, strength in enumerate(STRENGTHS)
    ]
    label = found.references["label"]
    sources = {
        f"{kind.id}-{n}": label.model_copy(update={"custom": label.custom.model_copy(update={"evidence": kind.id})})
        for kind in kinds
        for n in range(1 if kind.strength == "background" else 2)
    }
    return replace(found, settings=found.settings.model_copy(update={"evidence": kinds[::-1]}), references=sources)


def test_sources_are_counted_by_strength_with_the_strongest_first(guide: Guide) -> None:
    """Readers take what comes first for what counts most."""
    worth = status.worth(guide, sorted(guide.references))
    assert worth == status.Worth(7, (("strong", 2), ("moderate", 2), ("limited", 2), ("background", 1)))
    assert status.strength_counts(i18n.catalog("en"), worth) == "2 strong, 2 moderate, 2 limited, 1 background"
    assert status.worth(guide, ["kind-2-0", "kind-4-0"]).strengths == (("strong", 1), ("limited", 1))
    assert status.worth(guide, []) == status.Worth(0, ())


UNREAD, QUOTED = "Not yet read by us. ", "Read by us only as another text quotes it. "
UNSURE = " Its exact title is not confirmed."


@pytest.mark.parametrize(
    ("read_in", "sure", "expected"),
    [
        (["full"], True, "**A kind** (usually strong)."),
        (["abstract"], True, "**A kind** (usually strong)."),
        (["second-hand", "abstract"], True, "**A kind** (usually strong)."),
        (["second-hand"], True, f"{QUOTED}**A kind** (usually strong)."),
        ([], True, f"{UNREAD}**A kind** (usually strong)."),
        (["full"], False, f"**A kind** (usually strong).{UNSURE}"),
        ([], False, f"{UNREAD}**A kind** (usually strong).{UNSURE}"),
    ],
)
def test_a_source_says_what_nobody_read_or_confirmed(
    read_in: list[str], sure: bool, expected: str, guide: Guide
) -> None:
    source = guide.references["kind-4-0"]
    passages = [source.passages[0].model_copy(update={"read_in": where}) for where in read_in]
    custom = source.custom.model_copy(update={"title_confirmed": sure})
    source = source.model_copy(update={"passages": passages, "custom": custom})
    assert status.evidence_line(guide, source) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.NONE, "Drafted by machine. Not yet reviewed by a clinician."),
        (State.VALID, "Drafted by machine. Reviewed."),
        (State.CHANGED, "Drafted by machine. Changed since it was reviewed."),
        (State.OVERDUE, "Drafted by machine. Its review is overdue."),
    ],
)
def test_a_program_is_told_what_a_review_is_worth(state: State, expected: str) -> None:
    assert status.review_notice(PageReview(state, "Drafted by machine.")) == expected


def test_a_guide_is_as_reviewed_as_its_worst_text() -> None:
    drafted = "Drafted by machine. Not yet reviewed by a clinician."
    assert (
        status.guide_notice(loaded(MINI))
        == f"{drafted} It informs readers. It is no advice for one person, and it does not replace their own team."
    )


S = State


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], S.NONE),
        ([S.VALID], S.VALID),
        ([S.VALID, S.VALID], S.VALID),
        ([S.OVERDUE, S.VALID], S.OVERDUE),
        ([S.VALID, S.OVERDUE, S.CHANGED], S.CHANGED),
        ([S.OVERDUE, S.NONE, S.CHANGED, S.VALID], S.NONE),
    ],
)
def test_a_page_of_several_texts_claims_no_more_than_the_worst(states: list[State], expected: State) -> None:
    assert signoff.worst(states) is signoff.worst(states[::-1]) is expected
