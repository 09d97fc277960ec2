"""Models of the records of five services, with only the fields that are used.

Shapes: Crossref REST API `works`; doi.org handle API and doiRA; NCBI E-utilities `esummary` (JSON); PMC id converter;
ClinicalTrials.gov API v2 `studies`. A record of any other shape becomes a `registries.Fault`.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from patientguide.core import dates


def day(text: str) -> str | None:
    """The text if it is an ISO date, else None."""
    try:
        dates.parts(text)
    except ValueError:
        return None
    return text


class Answered(BaseModel):
    """The base of records: unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, defer_build=True)


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _no_null(value: Any) -> Any:
    """Some records have null instead of a list."""
    return [] if value is None else value


Number = Annotated[str, BeforeValidator(_as_text)]
Texts = Annotated[list[str], BeforeValidator(_no_null)]


class PartDate(Answered):
    """A date of Crossref: year, month and day as far as known, or [[null]]."""

    date_parts: list[list[int | None]] = Field(default=[], alias="date-parts")

    @property
    def text(self) -> str | None:
        """The ISO date, or None if it is unknown or invalid."""
        parts = [part for part in (self.date_parts or [[]])[0] if part is not None]
        return day("-".join(f"{part:02d}" for part in parts))


class CrossrefName(Answered):
    """A person, or an organization as `name`."""

    family: str | None = None
    given: str | None = None
    name: str | None = None


class Update(Answered):
    """An entry of `updated-by`: a later notice that changed the work."""

    DOI: str = ""
    type: str
    source: str = "publisher"
    updated: PartDate | None = None


class Work(Answered):
    """A work at Crossref."""

    DOI: str
    type: str = ""
    title: Texts = []
    subtitle: Texts = []
    container_title: Texts = Field(default=[], alias="container-title")
    author: list[CrossrefName] = []
    publisher: str | None = None
    issued: PartDate | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    ISBN: Texts = []
    updated_by: list[Update] = Field(default=[], alias="updated-by")


class Handle(Answered):
    """Answer of the handle service: 1 found, 100 no such handle, 200 no values of the type."""

    responseCode: int  # noqa: N815
    handle: str


class Agency(Answered):
    """The registration agency of a DOI; without RA it is unknown."""

    DOI: str
    RA: str | None = None


class PubmedName(Answered):
    """An author such as "Ueno NT", or a group."""

    name: str
    authtype: str = "Author"


class ArticleId(Answered):
    """Another number of the same article."""

    idtype: str
    value: Number


class PubmedReference(Answered):
    """A related record, such as the notice that retracted the article."""

    reftype: str
    refsource: str = ""
    pmid: Number = ""


class Summary(Answered):
    """An article at PubMed."""

    uid: Number
    title: str
    source: str = ""
    fulljournalname: str = ""
    pubdate: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    authors: list[PubmedName] = []
    pubtype: Texts = []
    articleids: list[ArticleId] = []
    references: list[PubmedReference] = []

    def other(self, kind: str) -> str | None:
        """The article's number of another kind, such as `doi`."""
        return next((found.value for found in self.articleids if found.idtype == kind and found.value), None)


class PmcRecord(Answered):
    """An article in PubMed Central with its other numbers, or an error."""

    requested: Number = Field(default="", alias="requested-id")
    pmid: Number | None = None
    pmcid: str | None = None
    doi: str | None = None
    status: str = ""


class _Identification(Answered):
    nctId: str  # noqa: N815
    briefTitle: str = ""  # noqa: N815
    officialTitle: str = ""  # noqa: N815


class _Day(Answered):
    date: str = ""


class _Status(Answered):
    overallStatus: str  # noqa: N815
    whyStopped: str = ""  # noqa: N815
    studyFirstPostDateStruct: _Day = _Day()  # noqa: N815
    lastUpdatePostDateStruct: _Day = _Day()  # noqa: N815


class _Design(Answered):
    phases: Texts = []


class _Conditions(Answered):
    conditions: Texts = []


class _Location(Answered):
    city: str = ""
    country: str = ""


class _Locations(Answered):
    locations: list[_Location] = []


class _Protocol(Answered):
    identificationModule: _Identification  # noqa: N815
    statusModule: _Status  # noqa: N815
    designModule: _Design = _Design()  # noqa: N815
    conditionsModule: _Conditions = _Conditions()  # noqa: N815
    contactsLocationsModule: _Locations = _Locations()  # noqa: N815


class Study(Answered):
    """A trial at ClinicalTrials.gov."""

    protocolSection: _Protocol  # noqa: N815
    hasResults: bool = False  # noqa: N815

    @property
    def nct(self) -> str:
        """Its number."""
        return self.protocolSection.identificationModule.nctId

    @property
    def updated(self) -> str | None:
        """The day of its last update there."""
        return day(self.protocolSection.statusModule.lastUpdatePostDateStruct.date)


class StudyPage(Answered):
    """A page of a search. Each study is validated alone, so that an invalid one does not affect the others."""

    studies: list[Any]
    nextPageToken: str | None = None  # noqa: N815
