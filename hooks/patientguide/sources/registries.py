"""Requests to the registries (Crossref, PubMed and others), and their answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from patientguide.sources.records import Agency, Handle, PmcRecord, Study, StudyPage, Summary, Work

# -- answers
#
# `Missing` means that the service was asked and has no such record. After a `Fault` nothing is known, and earlier
# answers must be kept.


@dataclass(frozen=True)
class Missing:
    """The service was asked and has no such record."""


@dataclass(frozen=True)
class Fault:
    """The reason why there is no usable answer, as a sentence for people."""

    reason: str


@dataclass(frozen=True)
class Reply:
    """A response: a status of 200, 400 or 404, a text, and the requested address."""

    status: int
    text: str
    url: str

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, such as the sign-in page of a network, instead of data."""
        return self.text.lstrip()[:1] == "<"


# Why there is no usable answer, in sentences for people: by the fault of the request, or by the status.


FAULTS = {
    "forbidden": "Its host is unknown, or no public one.",
    "elsewhere": "It leads to another host: {detail}",
    "hops": "It leads from one address to the next without end.",
    "timeout": "It did not answer within {seconds:g} seconds.",
    "tls": "It could not be reached: its certificate cannot be trusted.",
    "connection": "It could not be reached, or its answer broke off.",
    "stopped": "It was not asked.",
    "robots": "Its host asks programs to stay away (robots.txt).",
}
STATUSES = {
    403: "It refused",
    404: "It has no such page",
    410: "It has no such page any more",
    429: "It asks us to come back later",
    500: "It is out of order",
    503: "It is out of order",
}


Model = TypeVar("Model", bound=BaseModel)


def data(text: str) -> Any:
    """The JSON data, or a Fault if the text is not JSON."""
    if text.lstrip()[:1] == "<":
        return Fault("It sent a web page instead of data.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return Fault("Its answer is cut short or is no JSON.")


def shaped(kind: type[Model], value: Any) -> Model | Fault:
    """The data as a model, or a Fault that names the first invalid field."""
    if isinstance(value, Fault):
        return value
    try:
        return kind.model_validate(value)
    except ValidationError as failure:
        where = ".".join(str(part) for part in failure.errors(include_url=False)[0]["loc"]) or "the whole answer"
        return Fault(f"Its answer has another shape than expected, at {where}.")


def inside(value: Any, *path: str) -> Any:
    """The value at a path of names, or a Fault."""
    for name in path:
        if isinstance(value, Fault):
            return value
        if not isinstance(value, dict) or name not in value:
            return Fault(f"Its answer has no '{name}'.")
        value = value[name]
    return value


def each(kind: type[Model], values: Any) -> Iterator[Model | Fault]:
    """The items of a list, each as a model or a Fault of its own."""
    for value in values if isinstance(values, list) else ():
        yield shaped(kind, value)


# The questions each service is asked, in its own form, and in batches where it takes them.
#
# The client is an argument; nothing here waits or uses the network. Every answer is stored under the requested number:
# a record, `Missing`, or a `Fault`. A record of another number is never accepted.


WORKS_AT_ONCE = 10  # a work with its updates can be long, and DOIs make long addresses
NUMBERS_AT_ONCE = 100  # NCBI accepts 200
STUDIES_AT_ONCE = 50
MOST_PAGES = 40
_HANDLE_EXISTS = (1, 200)  # codes of the handle system: found; found, but without an address
_NO_SUCH_HANDLE = 100
_WORK = "DOI,type,title,subtitle,container-title,author,issued,updated-by"
_STUDY = "NCTId,BriefTitle,OfficialTitle,OverallStatus,WhyStopped,StudyFirstPostDate,LastUpdatePostDate,HasResults"
_FOUND = f"{_STUDY},Phase,Condition,LocationCity,LocationCountry"


@dataclass(frozen=True)
class Heard:
    """The answers of all services by number. `handles` and `agencies` are for DOIs that Crossref lacks."""

    works: Mapping[str, Work | Missing | Fault]
    handles: Mapping[str, Handle | Missing | Fault]
    agencies: Mapping[str, str | None]
    summaries: Mapping[str, Summary | Missing | Fault]
    pmc: Mapping[str, PmcRecord | Missing | Fault]
    studies: Mapping[str, Study | Missing | Fault]


class ServiceClient(Protocol):
    """A client of services, such as `Client`."""

    def get(self, service: str, path: str, parameters: Mapping[str, str] | None = None) -> Reply | Fault:
        """The answer to a GET."""


def ask(client: ServiceClient, numbers: Mapping[str, Sequence[str]]) -> Heard:
    """Ask every service about its `numbers`, by kind: DOI, PMID, PMCID and NCT.

    DOIs that Crossref lacks may belong to another agency, so doi.org is asked about them.
    """
    known = works(client, numbers["DOI"])
    lacking = [doi for doi, found in known.items() if isinstance(found, Missing)]
    handles = {doi: handle(client, doi) for doi in lacking}
    return Heard(
        works=known,
        handles=handles,
        agencies={doi: agency(client, doi) for doi, found in handles.items() if isinstance(found, Handle)},
        summaries=summaries(client, numbers["PMID"]),
        pmc=pmc_records(client, numbers["PMCID"]),
        studies={number: study(client, number) for number in numbers["NCT"]},
    )


def works(client: ServiceClient, dois: Sequence[str]) -> dict[str, Work | Missing | Fault]:
    """Works at Crossref. Those that are missing in a list, or whose list failed, are requested one by one."""
    found: dict[str, Work | Missing | Fault] = {}
    for batch in _batches([doi for doi in dois if "," not in doi], WORKS_AT_ONCE):
        found |= _listed(client, batch)
    return {doi: found[doi] if doi in found else work(client, doi) for doi in dois}


def _listed(client: ServiceClient, dois: Sequence[str]) -> dict[str, Work | Missing | Fault]:
    """The works of a batch that Crossref lists; nothing if it refuses the query, or the list is too long."""
    question = {"filter": ",".join(f"doi:{doi}" for doi in dois), "select": _WORK, "rows": str(len(dois))}
    reply = client.get("crossref", "/works", question)
    if isinstance(reply, Reply) and reply.status != 200:
        return {}
    items = inside(_data(reply), "message", "items")
    if isinstance(items, Fault):
        return dict.fromkeys(dois, items) if len(dois) == 1 else {}
    named = {str(item.get("DOI", "")).casefold(): item for item in items or () if isinstance(item, dict)}
    return {doi: shaped(Work, named[doi.casefold()]) for doi in dois if doi.casefold() in named}


def work(client: ServiceClient, doi: str) -> Work | Missing | Fault:
    """One work at Crossref. Other agencies' DOIs are Missing there."""
    reply = client.get("crossref", f"/works/{quote(doi, safe='')}")
    if _is_unknown(reply):
        return Missing()
    found = shaped(Work, inside(_data(reply), "message"))
    if isinstance(found, Work) and found.DOI.casefold() != doi.casefold():
        return Fault(f"It answered for another DOI, {found.DOI[:100]}.")
    return found


def handle(client: ServiceClient, doi: str) -> Handle | Missing | Fault:
    """Whether a DOI exists at all, with any agency."""
    found = shaped(Handle, _data(client.get("doi", f"/api/handles/{quote(doi)}", {"type": "URL"})))
    if isinstance(found, Fault):
        return found
    if found.handle.casefold() != doi.casefold():
        return Fault(f"It answered for another DOI, {found.handle[:100]}.")
    if found.responseCode == _NO_SUCH_HANDLE:
        return Missing()
    return found if found.responseCode in _HANDLE_EXISTS else Fault(f"It answered with the code {found.responseCode}.")


def agency(client: ServiceClient, doi: str) -> str | None:
    """The agency that registered a DOI, or None if doi.org does not say."""
    for found in each(Agency, _data(client.get("doi", f"/doiRA/{quote(doi)}"))):
        if isinstance(found, Agency) and found.DOI.casefold() == doi.casefold():
            return found.RA
    return None


def summaries(client: ServiceClient, pmids: Sequence[str]) -> dict[str, Summary | Missing | Fault]:
    """Articles at PubMed."""
    found: dict[str, Summary | Missing | Fault] = {}
    for batch in _batches(pmids, NUMBERS_AT_ONCE):
        question = {"db": "pubmed", "retmode": "json", "id": ",".join(batch)}
        result = inside(_data(client.get("pubmed", "/entrez/eutils/esummary.fcgi", question)), "result")
        found |= {pmid: _summary(result, pmid) for pmid in batch}
    return found


def _summary(result: Any, pmid: str) -> Summary | Missing | Fault:
    entry = inside(result, pmid)
    if isinstance(entry, dict) and "error" in entry:
        return Missing()
    summary = shaped(Summary, entry)
    if isinstance(summary, Summary) and summary.uid != pmid:
        return Fault(f"It answered for another number, {summary.uid[:20]}.")
    return summary


def pmc_records(client: ServiceClient, numbers: Sequence[str]) -> dict[str, PmcRecord | Missing | Fault]:
    """Articles in PubMed Central by PMCID, PMID or DOI (one kind at a time)."""
    found: dict[str, PmcRecord | Missing | Fault] = {}
    for batch in _batches(numbers, NUMBERS_AT_ONCE):
        question = {"ids": ",".join(batch), "format": "json"}
        records = inside(_data(client.get("pmc", "/tools/idconv/api/v1/articles/", question)), "records")
        if isinstance(records, Fault):
            found |= dict.fromkeys(batch, records)
            continue
        read = [record for record in each(PmcRecord, records) if isinstance(record, PmcRecord)]
        named = {record.requested.casefold(): record for record in read}
        for number in batch:
            record = named.get(number.casefold())
            silent = Fault(f"It sent nothing for {number}.")
            found[number] = silent if record is None else Missing() if record.status == "error" else record
    return found


def study(client: ServiceClient, number: str) -> Study | Missing | Fault:
    """One trial at ClinicalTrials.gov."""
    reply = client.get("trials", f"/api/v2/studies/{number}", {"format": "json", "fields": _STUDY})
    if _is_unknown(reply):
        return Missing()
    found = shaped(Study, _data(reply))
    if isinstance(found, Study) and found.nct != number:
        return Fault(f"It answered for another trial, {found.nct[:20]}.")
    return found


def search(client: ServiceClient, question: Mapping[str, str]) -> tuple[list[Study], list[Fault]]:
    """Every trial of a search, page by page. Any Fault means that the list is incomplete."""
    found: list[Study] = []
    asked = {**question, "format": "json", "fields": _FOUND, "pageSize": str(STUDIES_AT_ONCE)}
    for _ in range(MOST_PAGES):
        page = shaped(StudyPage, _data(client.get("trials", "/api/v2/studies", asked)))
        if isinstance(page, Fault):
            return found, [page]
        read = list(each(Study, page.studies))
        found += [one for one in read if isinstance(one, Study)]
        if faults := [one for one in read if isinstance(one, Fault)]:
            return found, faults
        if not page.nextPageToken:
            return found, []
        asked["pageToken"] = page.nextPageToken
    return found, [Fault(f"There are more than {MOST_PAGES} pages; ask for less.")]


def _data(reply: Reply | Fault) -> Any:
    return reply if isinstance(reply, Fault) else data(reply.text)


def _is_unknown(reply: Reply | Fault) -> bool:
    """Whether the service itself has no such record: a 404 with a web page may come from somebody else."""
    return isinstance(reply, Reply) and reply.status == 404 and not reply.is_page


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
