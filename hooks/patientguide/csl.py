"""A source as a CSL item (Citation Style Language), with what this project adds under `custom`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from patientguide.fields import Authored, Date, Id, Printed, Prose, Url, Words, refuse


class Name(Authored):
    """A person with a family name, or an organization as `literal`."""

    family: Printed | None = None
    """Family name."""
    given: Printed | None = None
    """Given names or initials."""
    literal: Printed | None = None
    """The name of an organization, or et al."""

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if bool(self.family) == bool(self.literal):
            raise refuse("this is no name", "Write family and given, or literal for an organization.")
        return self


class Custom(Authored):
    """What this project adds to a CSL item."""

    evidence: Id
    """A kind of evidence of guide.yml."""
    read: bool
    """Whether someone of this project has read the source, or a stored copy of it."""
    seen_at: list[str] = []
    """Where it was read, if not at its own address."""
    title_confirmed: bool = True
    """False when the exact title is not known yet."""
    nct: Annotated[str, Field(pattern=r"^NCT[0-9]{8}$")] | None = None
    """Its number at ClinicalTrials.gov."""
    note: Prose | None = None
    """What a reviewer should know about it."""


class Reference(Authored):
    """A source: a CSL item, one file each. The file's name is its citation key."""

    type: Literal["article-journal", "webpage", "report", "book", "chapter"]
    """The CSL type."""
    title: Printed
    """The title as printed."""
    author: list[Name] = []
    """Who wrote it, in order."""
    container_title: Printed | None = Field(default=None, alias="container-title")
    """The journal or book it stands in."""
    publisher: Printed | None = None
    """Who published it."""
    issued: Date | None = None
    """When it was published."""
    accessed: Date | None = None
    """The day someone opened the address."""
    volume: Words | None = None
    """Volume."""
    issue: Words | None = None
    """Issue."""
    page: Words | None = None
    """Pages."""
    DOI: Annotated[str, Field(pattern=r"^10\.[0-9]{4,9}/\S+$")] | None = None
    """The DOI alone, without https://doi.org/."""
    PMID: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}$")] | None = None
    """The PubMed number, in quotes."""
    PMCID: Annotated[str, Field(pattern=r"^PMC[0-9]{1,8}$")] | None = None
    """The PubMed Central number."""
    URL: Url | None = None
    """The address."""
    custom: Custom
