"""The client and the questions of each service against services that answer well, badly, late or not at all."""

import itertools
import json
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

import pytest
import requests
from patientguide.core import fetch, http
from patientguide.core.http import SERVICES, AddressError
from patientguide.sources import registries
from patientguide.sources.client import GIVEN_UP, LONGEST_WAIT, MAX_BYTES, TRIES, Client
from patientguide.sources.records import Handle, PmcRecord, Study, Summary, Work
from patientguide.sources.registries import Fault, Missing
from support.registry import Registry

PATIENT, HURRIED = 10.0, 0.25


def first(answers: dict[str, Any]) -> Any:
    return next(iter(answers.values()))


ASK: dict[str, tuple[Callable[[Any, str], Any], type, str, str, str]] = {
    # how to ask, what comes back, a known number, an unknown one, and the answer for another number
    "crossref": (registries.work, Work, "10.1000/sneeze.1", "10.1000/no", '{"message": {"DOI": "10.1000/other"}}'),
    "doi": (
        registries.handle,
        Handle,
        "10.5000/datacite.1",
        "10.5000/no",
        '{"responseCode": 1, "handle": "10.5000/x"}',
    ),
    "pubmed": (
        lambda client, pmid: first(registries.summaries(client, [pmid])),
        Summary,
        "11111111",
        "99999999",
        '{"result": {"11111111": {"uid": "3", "title": "Storks"}}}',
    ),
    "pmc": (
        lambda client, pmcid: first(registries.pmc_records(client, [pmcid])),
        PmcRecord,
        "PMC1111111",
        "PMC9999999",
        '{"records": [{"requested-id": "PMC3", "pmid": "3"}]}',
    ),
    "trials": (
        registries.study,
        Study,
        "NCT00000001",
        "NCT99999999",
        '{"protocolSection": {"identificationModule": {"nctId": "NCT9"}, "statusModule": {"overallStatus": "X"}}}',
    ),
}
WRONG_TYPES = {
    "message": {"DOI": [1]},
    "responseCode": "x",
    "handle": 3,
    "result": {"11111111": {"uid": {}}},
    "records": [{"requested-id": "PMC1111111", "pmid": []}],
    "protocolSection": 5,
}
UNUSABLE = {
    "too-many-requests": ("status:429@0*", "later"),
    "too-many-requests-until-2099": ("status:429@Thu, 01 Jan 2099 00:00:00 GMT*", "later"),
    "refused": ("status:403*", "refused"),
    "out-of-order": ("status:500*", "out of order"),
    "page-instead-of-data": ("html*", "web page"),
    "page-that-is-not-found": ("html:404*", "web page"),
    "cut-short": ("cut*", "cut short"),
    "broken-off": ("broken*", "broke off"),
    "stall": ("stall*", "did not answer within 0.25"),
    "drip": ("drip*", "did not answer within 0.25"),
    "drip-in-the-header": ("drip-header*", "did not answer within 0.25"),
    "too-big": ("big*", f"more than {MAX_BYTES:,} bytes"),
    "reset": ("reset*", "could not be reached"),
    "a-list": ("shape:[1, 2]*", "Its answer has"),
    "null": ("shape:null*", "Its answer has"),
    "wrong-types": (f"shape:{json.dumps(WRONG_TYPES)}*", "It"),
    "nested-too-deep": ("shape:" + "[" * 100_000 + "*", "cut short"),
    "redirect-elsewhere": ("moved:https://elsewhere.example/x*", "leads to another host: https://elsewhere.example/x"),
    "redirect-loop": ("moved:*", "without end"),
}


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(services: Registry, waits: list[float]) -> Client:
    """A client whose waits take no time."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    return Client(bases=services.bases, deadline=PATIENT, sleep=sleep, clock=lambda: now[0])


@pytest.mark.parametrize("service", ASK)
def test_found(service: str, client: Client) -> None:
    ask, kind, known, _, _ = ASK[service]
    assert isinstance(ask(client, known), kind)


@pytest.mark.parametrize("service", ASK)
def test_missing(service: str, client: Client) -> None:
    ask, _, _, unknown, _ = ASK[service]
    assert ask(client, unknown) == Missing()


@pytest.mark.parametrize("service", ASK)
def test_the_answer_for_another_number_is_not_taken(service: str, client: Client, services: Registry) -> None:
    ask, _, known, _, other = ASK[service]
    services.misbehave(service, f"shape:{other}*")
    assert isinstance(ask(client, known), Fault)


@pytest.mark.parametrize("case", UNUSABLE)
@pytest.mark.parametrize("service", ASK)
def test_what_is_no_answer_is_a_fault_in_plain_words(
    service: str, case: str, client: Client, services: Registry, waits: list[float]
) -> None:
    ask, _, known, _, _ = ASK[service]
    fault, said = UNUSABLE[case]
    services.misbehave(service, fault)
    client.deadline = HURRIED if fault.startswith(("stall", "drip")) else PATIENT
    start = time.monotonic()
    answer = ask(client, known)
    assert isinstance(answer, Fault)
    assert said in answer.reason
    assert time.monotonic() - start < TRIES * HURRIED + 5
    assert all(0 <= wait <= LONGEST_WAIT for wait in waits)


@pytest.mark.parametrize("service", ASK)
def test_letters_that_no_browser_knows_are_read_as_utf_8(service: str, client: Client, services: Registry) -> None:
    ask, kind, known, _, _ = ASK[service]
    for charset in ("idna", "undefined", "klingon"):
        services.misbehave(service, f"letters:{charset}*")
        assert isinstance(ask(client, known), kind), charset


def test_a_service_that_leaves_questions_waiting_is_given_up(client: Client, services: Registry) -> None:
    client.deadline = HURRIED
    services.misbehave("trials", "stall*")
    reasons = [registries.study(client, "NCT00000001").reason for _ in range(GIVEN_UP + 2)]
    assert reasons[GIVEN_UP:] == [f"It gave no answer {GIVEN_UP} times in a row, so it was not asked any more."] * 2
    assert len(services.asked("trials")) == GIVEN_UP * TRIES
    assert isinstance(registries.work(client, "10.1000/sneeze.1"), Work)


def test_a_service_that_answers_again_is_not_given_up(client: Client, services: Registry) -> None:
    client.deadline = HURRIED
    services.misbehave("trials", *(["reset"] * TRIES * (GIVEN_UP - 1)), "", *(["reset"] * TRIES * (GIVEN_UP - 1)), "")
    answers = [registries.study(client, "NCT00000001") for _ in range(GIVEN_UP * 2)]
    assert [isinstance(answer, Study) for answer in answers] == ([False] * (GIVEN_UP - 1) + [True]) * 2


def test_signs_of_a_stranger_do_not_reach_the_terminal(client: Client, services: Registry) -> None:
    services.misbehave("pages", "moved:https://elsewhere.example/\x1b[31mred*")
    reason = client.page("https://example.org/noses").reason
    assert reason.isprintable()
    assert "elsewhere.example" in reason


@pytest.mark.parametrize("fault", ["big", "status:500"])
def test_a_list_that_cannot_be_had_is_asked_for_one_by_one(fault: str, client: Client, services: Registry) -> None:
    """One work with thousands of authors, or one DOI that a server stumbles over, costs no other work its answer."""
    services.misbehave("crossref", *([fault] * (TRIES if fault.startswith("status") else 1)))
    found = registries.works(client, ["10.1000/sneeze.1", "10.1000/retracted"])
    assert all(isinstance(work, Work) for work in found.values())


@pytest.mark.parametrize("service", ASK)
@pytest.mark.parametrize("fault", ["status:429@3", "status:503", "reset", "stall"])
def test_trouble_that_passes_is_no_trouble(
    service: str, fault: str, client: Client, services: Registry, waits: list[float]
) -> None:
    ask, kind, known, _, _ = ASK[service]
    services.misbehave(service, fault)
    client.deadline = 1.0 if fault == "stall" else PATIENT
    assert isinstance(ask(client, known), kind)
    assert waits == [3.0 if "@" in fault else 1.0]
    assert len(services.log) == 2


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("2", 2.0), ("86400", 30.0), ("Thu, 01 Jan 2099 00:00:00 GMT", 30.0), ("yesterday", 1.0), ("-5", 1.0), ("", 1.0)],
)
def test_retry_after_is_kept_and_capped(
    asked: str, waited: float, client: Client, services: Registry, waits: list[float]
) -> None:
    services.misbehave("doi", f"status:429@{asked}")
    assert isinstance(registries.handle(client, "10.5000/datacite.1"), Handle)
    assert waits == [waited]


class Noon(datetime):
    """The one moment at which a test runs."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2026, 11, 21, 12, tzinfo=tz)


def test_retry_after_may_be_a_time(
    client: Client, services: Registry, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "datetime", Noon)
    services.misbehave("doi", "status:429@Sat, 21 Nov 2026 12:00:10 GMT")
    registries.handle(client, "10.5000/datacite.1")
    assert waits == [10.0]


def test_a_redirect_on_the_same_host_is_followed(client: Client, services: Registry) -> None:
    services.misbehave("doi", f"moved:{services.base('doi')}/api/handles/10.5000%2Fdatacite.1?type=URL")
    assert isinstance(registries.handle(client, "10.5000/datacite.1"), Handle)


# -- manners


def test_no_service_is_asked_more_often_than_it_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sent = [100.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def send(*_: object, **__: object) -> None:
        sent.append(now[0])
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "get", send)
    for contact, gap in ((None, 1.0), ("jane@example.org", 1 / 3)):
        client = Client(contact, sleep=sleep, clock=lambda: now[0])
        sent.clear()
        for _ in range(GIVEN_UP):
            client.get("crossref", "/works/10.1000/x")
        assert len(sent) == GIVEN_UP * TRIES
        assert min(later - earlier for earlier, later in itertools.pairwise(sent)) >= gap - 1e-9


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("crossref", "mailto=jane%40example.org"),
        ("pubmed", "tool=patientguide&email=jane%40example.org"),
        ("pmc", "tool=patientguide&email=jane%40example.org"),
    ],
)
def test_services_are_told_who_asks(service: str, said: str, services: Registry) -> None:
    ask, _, known, _, _ = ASK[service]
    ask(Client("jane@example.org", services.bases), known)
    _, path, headers = services.log[0]
    assert said in path
    assert headers["User-Agent"].startswith("patientguide/")
    assert headers["User-Agent"].endswith(" (mailto:jane@example.org)")
    ask(Client(bases=services.bases), known)
    _, path, headers = services.log[1]
    assert "jane" not in path + headers["User-Agent"]


@pytest.mark.parametrize("contact", ["jane", "jane@", "a@b.c\r\nX: y", "Jane <jane@example.org>", "jane@localhost"])
def test_a_contact_is_an_address(contact: str) -> None:
    with pytest.raises(AddressError, match="is no e-mail address"):
        http.contact(contact)


@pytest.mark.parametrize(
    "base", ["http://example.org", "ftp://127.0.0.1", "example.org", "https://", "https://a:b@example.org", "http://[x"]
)
def test_a_base_address_is_secure_or_on_this_machine(base: str) -> None:
    with pytest.raises(AddressError, match="must start with https://"):
        http.service_bases({"crossref": base}, {})


def test_the_services_themselves_are_asked_securely() -> None:
    assert all(service.base.startswith("https://") for name, service in SERVICES.items() if name != "pages")


@pytest.mark.parametrize("url", ["https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x"])
@pytest.mark.usefixtures("only_loopback")
def test_a_page_on_this_machine_is_not_opened(url: str) -> None:
    assert Client().page(url) == Fault("Its host is unknown, or no public one.")


# -- batches


def test_works_are_asked_in_lists_and_the_rest_one_by_one(client: Client, services: Registry) -> None:
    dois = [doi.upper() for doi in services.records["crossref"]] + ["10.1000/no", "10.1000/com,ma"]
    found = registries.works(client, dois)
    assert list(found) == dois
    assert [doi for doi, work in found.items() if isinstance(work, Missing)] == ["10.1000/no", "10.1000/com,ma"]
    lists = [path for path in services.asked("crossref") if path.startswith("/works?")]
    assert len(lists) == 2
    assert len(services.asked("crossref")) == 4


def test_one_work_of_a_wrong_shape_loses_only_itself(client: Client, services: Registry) -> None:
    services.records["crossref"]["10.1000/other"]["author"] = "Storch"
    found = registries.works(client, ["10.1000/sneeze.1", "10.1000/other"])
    assert isinstance(found["10.1000/sneeze.1"], Work)
    assert found["10.1000/other"] == Fault("Its answer has another shape than expected, at author.")


def test_a_list_that_is_refused_is_asked_one_by_one(client: Client, services: Registry) -> None:
    services.misbehave("crossref", "status:400")
    found = registries.works(client, ["10.1000/sneeze.1", "10.1000/other"])
    assert all(isinstance(work, Work) for work in found.values())
    assert len(services.log) == 3


def test_hundreds_of_numbers_take_few_requests(client: Client, services: Registry) -> None:
    found = registries.summaries(client, [str(number) for number in range(11111000, 11111250)])
    assert len(found) == 250
    assert isinstance(found["11111111"], Summary)
    assert len(services.log) == 3


def test_a_search_is_read_to_its_last_page(client: Client, services: Registry) -> None:
    question = {"query.cond": "hay fever", "filter.overallStatus": "RECRUITING"}
    found, faults = registries.search(client, question)
    assert [study.nct for study in found] == ["NCT00000001", "NCT00000002", "NCT00000004"]
    assert faults == []
    assert len(services.log) == 2


@pytest.mark.parametrize("fault", ["html*", "cut*", "status:500*"])
def test_a_search_that_breaks_off_says_so(fault: str, client: Client, services: Registry) -> None:
    services.misbehave("trials", "", fault)
    found, faults = registries.search(client, {"filter.overallStatus": "RECRUITING"})
    assert len(found) == 2
    assert len(faults) == 1


def test_a_search_without_end_ends(client: Client, services: Registry) -> None:
    services.misbehave("trials", 'shape:{"studies": [], "nextPageToken": "t0"}*')
    _, faults = registries.search(client, {"filter.overallStatus": "RECRUITING"})
    assert "more than 40 pages" in faults[0].reason


def test_notices_and_agencies_are_read(client: Client) -> None:
    work = registries.work(client, "10.1000/retracted")
    assert isinstance(work, Work)
    assert [(u.source, u.type, u.updated.text if u.updated else "") for u in work.updated_by] == [
        ("publisher", "retraction", "2021-03-02"),
        ("retraction-watch", "retraction", "2021-03-01"),
    ]
    assert registries.agency(client, "10.5000/datacite.1") == "DataCite"
    assert registries.agency(client, "10.5000/no") is None
