"""What a guide asks the registry of trials for, as it stands in guide.yml."""

from typing import Annotated, Literal

from pydantic import Field

from patientguide.fields import Authored, Plain, Words
from patientguide.roles import Role

States = Literal[
    "RECRUITING",
    "NOT_YET_RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "UNKNOWN",
]


class TrialQuery(Authored):
    """Which trials `patientguide trials` asks ClinicalTrials.gov for."""

    condition: Annotated[Plain, Role.HIDDEN]
    """The condition, as its search takes it: words, "a phrase", AND, OR."""
    terms: Annotated[Plain | None, Role.HIDDEN] = None
    """Other words that must stand in the record."""
    statuses: Annotated[list[States], Field(min_length=1)] = ["RECRUITING"]
    """States of a trial to list."""
    places: Annotated[Words | None, Role.HIDDEN] = None
    """Where it must take place, such as a country. Its cities are named."""
