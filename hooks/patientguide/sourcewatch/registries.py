"""The questions each service is asked, in its own form, and in batches where it takes them.

A client is handed in; nothing here waits or knows the network. Every answer stands under the number that was asked:
what the service knows, `Missing`, or a `Fault`. A record of another number than the one asked is never taken for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from patientguide.sourcewatch import answers
from patientguide.sourcewatch.answers import Fault, Missing, Reply
from patientguide.sourcewatch.records import Agency, Handle, PmcRecord, Study, StudyPage, Summary, Work

WORKS_AT_ONCE = 10  # a work with its updates can be long; DOIs make long addresses
NUMBERS_AT_ONCE = 100  # NCBI takes 200
STUDIES_AT_ONCE = 50
MOST_PAGES = 40
_HANDLE_EXISTS = (1, 200)  # codes of the handle system: found; found, but without an address
_NO_SUCH_HANDLE = 100
_WORK = "DOI,type,title,subtitle,container-title,author,issued,updated-by"
_STUDY = "NCTId,BriefTitle,OfficialTitle,OverallStatus,WhyStopped,StudyFirstPostDate,LastUpdatePostDate,HasResults"
_FOUND = f"{_STUDY},Phase,Condition,LocationCity,LocationCountry"


@dataclass(frozen=True)
class Heard:
    """What all services answered, by the number that was asked. `handles` and `agencies` hold what Crossref lacks."""

    works: Mapping[str, Work | Missing | Fault]
    handles: Mapping[str, Handle | Missing | Fault]
    agencies: Mapping[str, str | None]
    summaries: Mapping[str, Summary | Missing | Fault]
    pmc: Mapping[str, PmcRecord | Missing | Fault]
    studies: Mapping[str, Study | Missing | Fault]


class Client(Protocol):
    """Asks a service over the network, as `services.Client` does."""

    def get(self, service: str, path: str, parameters: Mapping[str, str] | None = None) -> Reply | Fault:
        """The answer to a GET."""


def ask(client: Client, numbers: Mapping[str, Sequence[str]]) -> Heard:
    """What every service says about its numbers: `numbers` holds DOI, PMID, PMCID and NCT.

    DOIs that Crossref lacks may be another agency's, so doi.org is asked about them.
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


def works(client: Client, dois: Sequence[str]) -> dict[str, Work | Missing | Fault]:
    """Works at Crossref. Those that a list leaves out, or that no list could be had of, are asked for one by one."""
    found: dict[str, Work | Missing | Fault] = {}
    for batch in _batches([doi for doi in dois if "," not in doi], WORKS_AT_ONCE):
        found |= _listed(client, batch)
    return {doi: found[doi] if doi in found else work(client, doi) for doi in dois}


def _listed(client: Client, dois: Sequence[str]) -> dict[str, Work | Missing | Fault]:
    """Those of a batch that Crossref lists; nothing when it does not take the question, or the list is too long."""
    question = {"filter": ",".join(f"doi:{doi}" for doi in dois), "select": _WORK, "rows": str(len(dois))}
    reply = client.get("crossref", "/works", question)
    if isinstance(reply, Reply) and reply.status != 200:
        return {}
    items = answers.inside(_data(reply), "message", "items")
    if isinstance(items, Fault):
        return dict.fromkeys(dois, items) if len(dois) == 1 else {}
    named = {str(item.get("DOI", "")).casefold(): item for item in items or () if isinstance(item, dict)}
    return {doi: answers.shaped(Work, named[doi.casefold()]) for doi in dois if doi.casefold() in named}


def work(client: Client, doi: str) -> Work | Missing | Fault:
    """One work at Crossref. Other agencies' DOIs are Missing there."""
    reply = client.get("crossref", f"/works/{quote(doi, safe='')}")
    if _is_unknown(reply):
        return Missing()
    found = answers.shaped(Work, answers.inside(_data(reply), "message"))
    if isinstance(found, Work) and found.DOI.casefold() != doi.casefold():
        return Fault(f"It answered for another DOI, {found.DOI[:100]}.")
    return found


def handle(client: Client, doi: str) -> Handle | Missing | Fault:
    """Whether a DOI exists at all, whoever registered it."""
    found = answers.shaped(Handle, _data(client.get("doi", f"/api/handles/{quote(doi)}", {"type": "URL"})))
    if isinstance(found, Fault):
        return found
    if found.handle.casefold() != doi.casefold():
        return Fault(f"It answered for another DOI, {found.handle[:100]}.")
    if found.responseCode == _NO_SUCH_HANDLE:
        return Missing()
    return found if found.responseCode in _HANDLE_EXISTS else Fault(f"It answered with the code {found.responseCode}.")


def agency(client: Client, doi: str) -> str | None:
    """Who registered a DOI, or None when doi.org does not say."""
    for found in answers.each(Agency, _data(client.get("doi", f"/doiRA/{quote(doi)}"))):
        if isinstance(found, Agency) and found.DOI.casefold() == doi.casefold():
            return found.RA
    return None


def summaries(client: Client, pmids: Sequence[str]) -> dict[str, Summary | Missing | Fault]:
    """Articles at PubMed."""
    found: dict[str, Summary | Missing | Fault] = {}
    for batch in _batches(pmids, NUMBERS_AT_ONCE):
        question = {"db": "pubmed", "retmode": "json", "id": ",".join(batch)}
        result = answers.inside(_data(client.get("pubmed", "/entrez/eutils/esummary.fcgi", question)), "result")
        found |= {pmid: _summary(result, pmid) for pmid in batch}
    return found


def _summary(result: Any, pmid: str) -> Summary | Missing | Fault:
    entry = answers.inside(result, pmid)
    if isinstance(entry, dict) and "error" in entry:
        return Missing()
    summary = answers.shaped(Summary, entry)
    if isinstance(summary, Summary) and summary.uid != pmid:
        return Fault(f"It answered for another number, {summary.uid[:20]}.")
    return summary


def pmc_records(client: Client, numbers: Sequence[str]) -> dict[str, PmcRecord | Missing | Fault]:
    """Articles in PubMed Central by PMCID, PMID or DOI (one kind at a time); it knows only what it holds."""
    found: dict[str, PmcRecord | Missing | Fault] = {}
    for batch in _batches(numbers, NUMBERS_AT_ONCE):
        question = {"ids": ",".join(batch), "format": "json"}
        records = answers.inside(_data(client.get("pmc", "/tools/idconv/api/v1/articles/", question)), "records")
        if isinstance(records, Fault):
            found |= dict.fromkeys(batch, records)
            continue
        read = [record for record in answers.each(PmcRecord, records) if isinstance(record, PmcRecord)]
        named = {record.requested.casefold(): record for record in read}
        for number in batch:
            record = named.get(number.casefold())
            silent = Fault(f"It sent nothing for {number}.")
            found[number] = silent if record is None else Missing() if record.status == "error" else record
    return found


def study(client: Client, number: str) -> Study | Missing | Fault:
    """One trial at ClinicalTrials.gov."""
    reply = client.get("trials", f"/api/v2/studies/{number}", {"format": "json", "fields": _STUDY})
    if _is_unknown(reply):
        return Missing()
    found = answers.shaped(Study, _data(reply))
    if isinstance(found, Study) and found.nct != number:
        return Fault(f"It answered for another trial, {found.nct[:20]}.")
    return found


def search(client: Client, question: Mapping[str, str]) -> tuple[list[Study], list[Fault]]:
    """Every trial of a search, page by page. Any Fault means that the list is not whole."""
    found: list[Study] = []
    asked = {**question, "format": "json", "fields": _FOUND, "pageSize": str(STUDIES_AT_ONCE)}
    for _ in range(MOST_PAGES):
        page = answers.shaped(StudyPage, _data(client.get("trials", "/api/v2/studies", asked)))
        if isinstance(page, Fault):
            return found, [page]
        read = list(answers.each(Study, page.studies))
        found += [one for one in read if isinstance(one, Study)]
        if faults := [one for one in read if isinstance(one, Fault)]:
            return found, faults
        if not page.nextPageToken:
            return found, []
        asked["pageToken"] = page.nextPageToken
    return found, [Fault(f"There are more than {MOST_PAGES} pages; ask for less.")]


def _data(reply: Reply | Fault) -> Any:
    return reply if isinstance(reply, Fault) else answers.data(reply.text)


def _is_unknown(reply: Reply | Fault) -> bool:
    """Whether the service itself says that it knows no such record: a web page would be somebody else's 404."""
    return isinstance(reply, Reply) and reply.status == 404 and not reply.is_page


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
