"""Who writes and signs (people.yml), and what they signed (reviews.yml)."""

from typing import Annotated

from pydantic import Field, RootModel

from patientguide.fields import Authored, Date, Id, Orcid, Plain, Words
from patientguide.roles import Role


class Interests(Authored):
    """A dated declaration. JAMA benchmarks: disclosure; NHS standard for health content: interests."""

    declared: Date
    """The day the person declared them."""
    statement: Annotated[Plain, Role.NAME]
    """What was declared, or 'None.'"""
    medications: list[Id] = []
    """Medicines whose makers the person has a tie to: names of files in medications/."""


class Person(Authored):
    """Someone who writes or signs."""

    id: Id
    """The name that entries and reviews use."""
    name: Annotated[Words, Role.NAME]
    """The name as readers see it."""
    role: Annotated[Words, Role.NAME]
    """What the person is, as 'nurse specialist'."""
    interests: Interests
    """The declaration of interests."""
    ORCID: Orcid | None = None
    """The person's number at orcid.org."""


class Review(Authored):
    """A sign-off, written by `patientguide sign`; nothing in it is meant to be edited."""

    entry: Annotated[Annotated[str, Field(pattern=r"^[a-z]+(/[a-z0-9-]+)?$", max_length=120)], Role.CODE]
    """What was signed, as therapies/new-entry."""
    by: Id
    """The person, by the id in people.yml."""
    on: Date
    """The day of the review."""
    until: Date
    """Only `patientguide sign` writes it: when the next review is due."""
    text: Annotated[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], Role.CODE]
    """Only `patientguide sign` writes it: the hash of the text and its sources as they were signed."""
    seal: Annotated[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], Role.CODE]
    """Only `patientguide sign` writes it: the hash of this record, so that no date can be moved by hand."""


class People(RootModel[list[Person]]):
    """people.yml."""


class Reviews(RootModel[list[Review]]):
    """reviews.yml."""
