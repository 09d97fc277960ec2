"""Five services and a few web pages on loopback: they answer from tests/services/ in the shapes of the real ones.

`misbehave` makes a service fail in one of the ways that services do; `log` holds every request.
"""

import http.server
import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from support.serving import LoopbackServer

RECORDS = Path(__file__).parent.parent / "services"
SERVICES = ("crossref", "doi", "pubmed", "pmc", "trials", "pages")
PAGE_SIZE = 2


class Registry(LoopbackServer):
    """All services on one port, each under its name."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.records: dict[str, Any] = {
            path.stem: json.loads(path.read_text()) for path in sorted(RECORDS.glob("*.json"))
        }
        self.faults: dict[str, deque[str]] = defaultdict(deque)
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.stopping = threading.Event()

    def base(self, service: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{service}"

    @property
    def bases(self) -> dict[str, str]:
        return {service: self.base(service) for service in SERVICES}

    @property
    def environment(self) -> dict[str, str]:
        return {f"PATIENTGUIDE_{service.upper()}_URL": base for service, base in self.bases.items()}

    def misbehave(self, service: str, *faults: str) -> None:
        """The next answers of a service; the last one stays when it ends with *."""
        self.faults[service] = deque(faults)

    def fault(self, service: str) -> str:
        waiting = self.faults[service]
        if not waiting:
            return ""
        return waiting[0].rstrip("*") if waiting[0].endswith("*") else waiting.popleft()

    def asked(self, service: str) -> list[str]:
        return [path for name, path, _ in self.log if name == service]

    def handle_error(self, *_: object) -> None:
        """A client that hung up is no news."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        _, service, path = self.path.split("/", 2)
        self.server.log.append((service, f"/{path}", dict(self.headers)))
        fault = self.server.fault(service)
        parts = urlsplit(f"/{path}")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, kind, body = ANSWERS[service](self.server.records[service], unquote(parts.path), query)
        text = body if isinstance(body, str) else json.dumps(body)
        name, _, given = fault.partition(":")
        FAULTS[name](self, Answer(status, kind, text.encode(), given))

    def send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Type": kind, "Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, body: bytes) -> None:
        """One byte after the other, for longer than anyone waits."""
        for byte in body:
            if self.server.stopping.wait(0.05):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: object) -> None:
        pass


# -- what services answer

Body = tuple[int, str, Any]
JSON = "application/json"


def crossref(records: Any, path: str, query: dict[str, str]) -> Body:
    if path == "/works":
        wanted = [text.removeprefix("doi:").lower() for text in query["filter"].split(",")]
        items = [work for doi, work in records.items() if doi.lower() in wanted]
        return 200, JSON, {"status": "ok", "message-type": "work-list", "message": {"items": items}}
    work = next((work for doi, work in records.items() if doi.lower() == path[7:].lower()), None)
    if work is None:
        return 404, "text/plain", "Resource not found."
    return 200, JSON, {"status": "ok", "message-type": "work", "message": work}


def doi(records: Any, path: str, query: dict[str, str]) -> Body:
    if path.startswith("/doiRA/"):
        name = path.removeprefix("/doiRA/")
        return 200, JSON, [records["agencies"].get(name, {"DOI": name, "status": "DOI does not exist"})]
    assert query == {"type": "URL"}
    name = path.removeprefix("/api/handles/")
    found = records["handles"].get(name)
    return (200, JSON, found) if found else (404, JSON, {"responseCode": 100, "handle": name})


def pubmed(records: Any, path: str, query: dict[str, str]) -> Body:
    assert path == "/entrez/eutils/esummary.fcgi"
    ids = query["id"].split(",")
    lost = {"error": "cannot get document summary"}
    found = {pmid: records.get(pmid, {"uid": pmid, **lost}) for pmid in ids}
    return 200, JSON, {"header": {"type": "esummary", "version": "0.3"}, "result": {"uids": ids, **found}}


def pmc(records: Any, path: str, query: dict[str, str]) -> Body:
    assert path == "/tools/idconv/api/v1/articles/"
    lost = {"status": "error", "errmsg": "Identifier not found in PMC"}
    found = [records.get(id_, {"requested-id": id_, **lost}) for id_ in query["ids"].split(",")]
    return 200, JSON, {"status": "ok", "request": {"idtype": "pmcid"}, "records": found}


def trials(records: Any, path: str, query: dict[str, str]) -> Body:
    if path == "/api/v2/studies":
        start = int(query.get("pageToken", "t0")[1:])
        states = query["filter.overallStatus"].split(",")
        found = [s for s in records.values() if s["protocolSection"]["statusModule"]["overallStatus"] in states]
        more = {"nextPageToken": f"t{start + PAGE_SIZE}"} if start + PAGE_SIZE < len(found) else {}
        return 200, JSON, {"studies": found[start : start + PAGE_SIZE], **more}
    number = path.rpartition("/")[2]
    return (200, JSON, records[number]) if number in records else (404, "text/plain", f"NCT number {number} not found")


def pages(records: Any, path: str, _: dict[str, str]) -> Body:
    found = records.get(path.lstrip("/"))
    return (200, "text/html; charset=utf-8", found) if found else (404, "text/html", "<title>Not found</title>")


ANSWERS: dict[str, Callable[[Any, str, dict[str, str]], Body]] = {
    "crossref": crossref,
    "doi": doi,
    "pubmed": pubmed,
    "pmc": pmc,
    "trials": trials,
    "pages": pages,
}


# -- how they fail

PORTAL = b"<!DOCTYPE html><html><head><title>Sign in to the hospital network</title></head><body></body></html>"


class Answer(NamedTuple):
    """What a service would have answered, and what the fault was given."""

    status: int
    kind: str
    body: bytes
    given: str


def _good(handler: _Handler, answer: Answer) -> None:
    handler.send(answer.status, answer.kind, answer.body)


def _status(handler: _Handler, answer: Answer) -> None:
    code, _, after = answer.given.partition("@")
    handler.send(int(code), "text/plain", b"Not now.", **({"Retry_After": after} if after else {}))


def _html(handler: _Handler, answer: Answer) -> None:
    handler.send(int(answer.given or 200), "text/html", PORTAL)


def _cut(handler: _Handler, answer: Answer) -> None:
    handler.send(answer.status, answer.kind, answer.body[: len(answer.body) // 2])


def _broken(handler: _Handler, answer: Answer) -> None:
    handler.send(answer.status, answer.kind, answer.body[:-10], Content_Length=str(len(answer.body)))
    handler.close_connection = True


def _stall(handler: _Handler, _: Answer) -> None:
    handler.server.stopping.wait(30)


def _drip(handler: _Handler, answer: Answer) -> None:
    handler.send(answer.status, answer.kind, b"", Content_Length=str(len(answer.body)))
    handler.drip(answer.body)


def _drip_header(handler: _Handler, _: Answer) -> None:
    handler.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000)


def _big(handler: _Handler, answer: Answer) -> None:
    handler.send(answer.status, answer.kind, b'{"a": "' + b"x" * 2_100_000 + b'"}')


def _shape(handler: _Handler, answer: Answer) -> None:
    handler.send(200, JSON, answer.given.encode())


def _letters(handler: _Handler, answer: Answer) -> None:
    handler.send(answer.status, f"{answer.kind}; charset={answer.given}", answer.body)


def _moved(handler: _Handler, answer: Answer) -> None:
    handler.send(302, answer.kind, b"", Location=answer.given or handler.path)


def _reset(handler: _Handler, _: Answer) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


FAULTS: dict[str, Callable[[_Handler, Answer], None]] = {
    "": _good,
    "status": _status,
    "html": _html,
    "cut": _cut,
    "broken": _broken,
    "stall": _stall,
    "drip": _drip,
    "drip-header": _drip_header,
    "big": _big,
    "shape": _shape,
    "letters": _letters,
    "moved": _moved,
    "reset": _reset,
}


@contextmanager
def running() -> Iterator[Registry]:
    with Registry() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()
