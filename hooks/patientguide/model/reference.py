"""A source as a CSL item (Citation Style Language), with what this project adds under `custom`."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from patientguide.markup.tokens import Citation
from patientguide.model.fields import (
    Authored,
    Date,
    Doi,
    Id,
    Isbn,
    Orcid,
    Plain,
    Pmcid,
    Pmid,
    Printed,
    Prose,
    Quotation,
    TrialNumber,
    Url,
    Words,
    refuse,
)
from patientguide.model.records import PassageId, SourceWaiver
from patientguide.model.roles import Role


class Name(Authored):
    """A person with a family name, or an organization as `literal`."""

    family: Annotated[Printed | None, Role.PRINTED] = None
    """Family name."""
    given: Annotated[Printed | None, Role.PRINTED] = None
    """Given names or initials."""
    literal: Annotated[Printed | None, Role.PRINTED] = None
    """The name of an organization, or et al."""
    ORCID: Orcid | None = None
    """The person's number at orcid.org."""

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if bool(self.family) == bool(self.literal):
            raise refuse("this is no name", "Write family and given, or literal for an organization.")
        return self


class Custom(Authored):
    """What this project adds to a CSL item."""

    evidence: Id
    """A kind of evidence of guide.yml."""
    seen_at: Annotated[list[str], Role.HIDDEN | Role.UNSIGNED] = []
    """Where it was read, if not at its own address."""
    title_confirmed: bool = True
    """False when the exact title is not known yet."""
    nct: TrialNumber | None = None
    """Its number at ClinicalTrials.gov."""
    undated: Annotated[Plain | None, Role.NAME] = None
    """Why it has no date of publication here."""
    not_opened: Annotated[Plain | None, Role.HIDDEN | Role.UNSIGNED] = None
    """Why nobody has opened its address, so that there is no `accessed` day."""
    status: Literal["current", "superseded", "retracted", "withdrawn"] = "current"
    """Whether it is still valid. Only a current source can be cited."""
    replaced_by: Id | None = None
    """The key of the source that replaced it."""
    archive_url: Url | None = None
    """The address of an archived copy, such as one at web.archive.org."""
    archived: Date | None = None
    """The day that copy was made."""
    dead: Date | None = None
    """The day its own address was found dead; readers are then sent to the archived copy."""
    quote_words: Annotated[int, Field(ge=0)] | None = None
    """How many of its words in a row may be quoted, when its license says so."""
    note: Annotated[Prose | None, Role.HIDDEN | Role.UNSIGNED] = None
    """What a reviewer should know about it."""
    waivers: Annotated[list[SourceWaiver], Role.UNSIGNED] = []
    """Warnings of the check that are accepted for now."""


class Passage(Authored):
    """Words of a source that somebody read, and that statements cite as `[@key#id]`."""

    id: Annotated[PassageId, Role.CODE]
    """A section number or a short name: small letters and digits, with points or hyphens between."""
    where: Annotated[Printed, Role.PRINTED]
    """Where a person finds it: section, table or page."""
    exact: Annotated[Quotation, Role.PRINTED]
    """The words themselves, verbatim, at most 40 and no more than needed."""
    prefix: Annotated[Quotation | None, Role.PRINTED] = None
    """The words before it, only if the same words are in the source twice."""
    suffix: Annotated[Quotation | None, Role.PRINTED] = None
    """The words after it, only if the same words are in the source twice."""
    seen: Date
    """The day somebody read it."""
    read_in: Literal["full", "abstract", "second-hand"] = Field(alias="in")
    """What was read: the full source, its abstract, or another text that quotes it."""
    url: Url | None = None
    """Where it was read, if not at the source's own address."""
    derived: Annotated[Plain | None, Role.HIDDEN] = None
    """How a number of the guide follows from the words, as "40 weeks are about 9 months: 9"."""

    @property
    def is_checked(self) -> bool:
        """Whether the words were read in the source or its abstract, not as another text quotes them."""
        return self.read_in != "second-hand"


class Reference(Authored):
    """A source: a CSL item, one file each. The file's name is its citation key."""

    type: Literal["article-journal", "webpage", "report", "book", "chapter"]
    """The CSL type."""
    title: Annotated[Printed, Role.PRINTED]
    """The title as printed."""
    author: list[Name] = []
    """Who wrote it, in order."""
    container_title: Annotated[Printed | None, Role.PRINTED] = Field(default=None, alias="container-title")
    """The journal or book that it is part of."""
    publisher: Annotated[Printed | None, Role.PRINTED] = None
    """Who published it."""
    issued: Date | None = None
    """When it was published."""
    accessed: Annotated[Date | None, Role.UNSIGNED] = None
    """The day someone opened the address."""
    volume: Annotated[Words | None, Role.PRINTED] = None
    """Volume."""
    issue: Annotated[Words | None, Role.PRINTED] = None
    """Issue."""
    page: Annotated[Words | None, Role.PRINTED] = None
    """Pages."""
    DOI: Doi | None = None
    """The DOI alone, without https://doi.org/."""
    PMID: Pmid | None = None
    """The PubMed number, in quotes."""
    PMCID: Pmcid | None = None
    """The PubMed Central number."""
    ISBN: Isbn | None = None
    """The number of a book."""
    URL: Url | None = None
    """The address."""
    custom: Custom
    passages: list[Passage] = []
    """Exact words of this source that statements cite."""

    def passage(self, id_: str) -> Passage | None:
        """The passage with this id."""
        return next((passage for passage in self.passages if passage.id == id_), None)

    @model_validator(mode="after")
    def _passages_differ(self) -> Self:
        ids = [passage.id for passage in self.passages]
        if twice := next((id_ for id_ in ids if ids.count(id_) > 1), None):
            raise refuse(f"two passages are called '{twice}'", "Give each passage a name of its own.")
        return self


def passages_of(references: Mapping[str, Reference], citations: Iterable[Citation]) -> list[tuple[str, Passage]]:
    """The passages that citations name, each with the key of its source; unknown ones are left out."""
    found = []
    for citation in citations:
        reference = references.get(citation.key)
        if reference and (passage := reference.passage(citation.passage)):
            found.append((citation.key, passage))
    return found


def is_checked(references: Mapping[str, Reference], citations: Iterable[Citation]) -> bool:
    """Whether somebody read words in a source, or its abstract, that bear a statement with these citations out."""
    return any(passage.is_checked for _, passage in passages_of(references, citations))
