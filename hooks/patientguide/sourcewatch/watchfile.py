"""What services said about each source, dated: the models of content/watch.yml, and its text.

Only `patientguide sources` writes the file. It holds one answer for each number of a source, so that an answer to a
number that was corrected since says nothing about the new one.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel

from patientguide.fields import Authored, Date, Doi, Id, Plain, Pmcid, Pmid, Printed, TrialNumber, Words
from patientguide.roles import Role

HEAD = """\
# What Crossref, PubMed, PubMed Central, doi.org and ClinicalTrials.gov said about each source, and on which day.
# Only `patientguide sources` writes this file. The rules under "Source watch" read it; they ask nobody.
"""

FRESH = 30
"""Days after which answers of services, and the list of trials, are old."""

KINDS = ("DOI", "PMID", "PMCID", "NCT")
"""The numbers that are asked about."""


class Notice(Authored):
    """A later notice that changed a work."""

    type: Annotated[Words, Role.CODE]
    """Its type, as Crossref names them: retraction, correction ..."""
    doi: Doi | None = None
    """The DOI of the notice."""
    pmid: Pmid | None = None
    """The PubMed number of the notice."""
    date: Date | None = None
    """The day, month or year it was published."""
    by: Annotated[list[Words], Role.CODE]
    """Who recorded it: publisher, retraction-watch or PubMed."""


class OtherWork(Authored):
    """What a service names under a number, where that differs from the file of the source."""

    title: Annotated[Printed, Role.PRINTED]
    """Its title there."""
    author: Annotated[Plain | None, Role.PRINTED] = None
    """Its first author there."""
    year: Annotated[Words | None, Role.PRINTED] = None
    """Its year there."""


class TrialState(Authored):
    """The state of a trial in its registry."""

    status: Annotated[Words, Role.CODE]
    """Its state in the registry's own word, such as RECRUITING."""
    why: Annotated[Plain | None, Role.PRINTED] = None
    """Why it stopped."""
    updated: Date | None = None
    """The day its record was last updated."""
    results: bool = False
    """Whether results are posted."""


class Answer(Authored):
    """What the services know about one number of a source."""

    DOI: Doi | None = None
    """The number asked about, under its kind."""
    PMID: Pmid | None = None
    """The same for PubMed."""
    PMCID: Pmcid | None = None
    """The same for PubMed Central."""
    NCT: TrialNumber | None = None
    """The same for ClinicalTrials.gov."""
    asked: Date
    """The day they were asked."""
    by: Annotated[list[Words], Role.CODE]
    """Who answered."""
    exists: bool = True
    """Whether there is such a number."""
    other: OtherWork | None = None
    """The work it names, if that seems to be another one."""
    belongs: Annotated[dict[Words, Words], Role.CODE] = {}
    """Other numbers of the same work, as the service has them."""
    notices: list[Notice] = []
    """Later notices that changed the work."""
    trial: TrialState | None = None
    """The state of the trial."""

    @property
    def number(self) -> tuple[str, str]:
        """The kind and the number asked about."""
        return next(((kind, value) for kind in KINDS if (value := getattr(self, kind))), ("", ""))


class Watch(Authored):
    """content/watch.yml."""

    sources: dict[Id, list[Answer]] = {}
    """The answers by the key of the source."""


def text(watch: Watch) -> str:
    """The file: a line for each answer, every text in double quotes, the same watch always the same text."""
    lines = [HEAD + "sources:" if watch.sources else HEAD + "sources: {}"]
    for key, answers in sorted(watch.sources.items()):
        lines.append(f"  {key}:")
        lines += [f"    - {flow(answer)}" for answer in answers]
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """A value as YAML on one line. JSON's strings are YAML's double-quoted strings."""
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True, by_alias=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
