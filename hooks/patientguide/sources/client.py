"""Polite clients of the registries, each in its own rate, and of the pages of sources, each host in its own time."""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, urlsplit

from patientguide.core import http
from patientguide.core.fetch import Fetcher, Gate, Limits, RobotsFetcher
from patientguide.core.http import LOOPBACK, SERVICES, Answer
from patientguide.core.text import label_text
from patientguide.sources.registries import FAULTS, STATUSES, Fault, Reply

Found = TypeVar("Found")

DEADLINE = 20.0  # seconds of wall clock for one try, from the lookup of the name to the end of the body
MAX_BYTES = 2_000_000
TRIES = 3
LONGEST_WAIT = 30.0  # seconds; what Retry-After may ask for at most
REDIRECTS = 3
GIVEN_UP = 3  # questions in a row; a service that leaves as many waiting would cost the answers of all others


@dataclass
class Client:
    """Asks services, politely. `bases` replaces base addresses by the name of the service."""

    contact: str | None = None
    bases: Mapping[str, str] = field(default_factory=dict)
    deadline: float = DEADLINE
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _gates: dict[str, Gate] = field(default_factory=dict, repr=False)
    _silent: Counter[str] = field(default_factory=Counter, repr=False)
    """How many questions in a row each service has left waiting."""

    def get(self, service: str, path: str, parameters: Mapping[str, str] | None = None) -> Reply | Fault:
        """The answer of a service to a GET of `path`: 200, 400 and 404 are answers, anything else is a Fault.

        Waits for the service's rate, and between tries: at most TRIES deadlines and LONGEST_WAITs in all. A service
        that left GIVEN_UP questions in a row waiting is not asked any more.
        """
        url = f"{self.bases.get(service, SERVICES[service].base)}{path}"
        known = SERVICES[service].contact if self.contact else {}
        extra = {name: text.format(contact=self.contact) for name, text in known.items()}
        query = "&".join(f"{name}={quote(text, safe=':,')}" for name, text in {**(parameters or {}), **extra}.items())
        return self._asked(service, f"{url}?{query}" if query else url)

    def page(self, url: str) -> Reply | Fault:
        """A web page. One that leads into a private network is refused, on every hop."""
        base = self.bases.get("pages")
        return self._asked("pages", f"{base}/{url.partition('://')[2]}" if base else url)

    def _asked(self, service: str, url: str) -> Reply | Fault:
        if self._silent[service] >= GIVEN_UP:
            return Fault(f"It gave no answer {GIVEN_UP} times in a row, so it was not asked any more.")
        # Only who replaced a base address may mean this computer.
        here = service in self.bases and urlsplit(url).hostname in LOOPBACK
        limits = Limits(
            agent=http.user_agent(self.contact),
            accept="application/json,text/html;q=0.9,*/*;q=0.5",
            deadline=TRIES * (self.deadline + LONGEST_WAIT),
            request=self.deadline,
            tries=TRIES,
            longest_wait=LONGEST_WAIT,
            body=MAX_BYTES,
            hops=REDIRECTS,
            stays=True,
            loopback=here,
        )
        answer = Fetcher(limits, self._gate(service, here)).ask(url)
        is_silent = answer.fault in ("timeout", "connection", "tls") or answer.status == 429
        self._silent[service] = self._silent[service] + 1 if is_silent else 0
        return self._read(answer, url)

    def _gate(self, service: str, here: bool) -> Gate:
        """The service's own gate. A server on this machine needs no manners."""
        interval = 0.0 if here else 1 / SERVICES[service].rate[not self.contact]
        return self._gates.setdefault(service, Gate(interval, self._pause, self.clock))

    def _pause(self, seconds: float) -> bool:
        self.sleep(seconds)
        return False

    def _read(self, answer: Answer, url: str) -> Reply | Fault:
        if answer.fault:
            return Fault(FAULTS[answer.fault].format(detail=label_text(answer.detail), seconds=self.deadline))
        if answer.is_cut:
            return Fault(f"Its answer has more than {MAX_BYTES:,} bytes.")
        if answer.status in (200, 400, 404):
            return Reply(answer.status, http.body_text(answer.content_type, answer.body), url)
        return Fault(f"{STATUSES.get(answer.status, 'It sent no answer that we know')} (status {answer.status}).")


WORKERS = 16


@dataclass
class Pages:
    """Asks web pages for at most `seconds`. `base` replaces the start of every address, as it does for `Client`."""

    contact: str | None = None
    base: str | None = None
    deadline: float = DEADLINE
    seconds: float = math.inf
    body: int = MAX_BYTES
    stopped: threading.Event = field(default_factory=threading.Event)

    def visit(self, addresses: Iterable[str], read: Callable[[str, Answer], Found]) -> dict[str, Found]:
        """What `read` makes of the answer of each address; those that were not asked in time are left out."""
        fetcher = self._fetcher()
        robots = RobotsFetcher(fetcher)

        def work(host: list[str]) -> list[tuple[str, Found]]:
            answers = ((address, robots.ask(self._url(address))) for address in host if not self._is_over(fetcher))
            return [(address, read(address, answer)) for address, answer in answers if answer.fault != "stopped"]

        hosts: dict[str, list[str]] = {}
        for address in addresses:
            hosts.setdefault(urlsplit(address).hostname or "", []).append(address)
        # The host with the most addresses takes longest, so it starts first.
        waiting = sorted(hosts.values(), key=len, reverse=True)
        with ThreadPoolExecutor(WORKERS) as pool:
            try:
                return {address: found for host in pool.map(work, waiting) for address, found in host}
            except BaseException:
                # Control-C waits for no more than what is under way.
                self.stopped.set()
                raise

    def _fetcher(self) -> Fetcher:
        # Only who replaced the base address may mean this computer, which needs no manners.
        here = self.base is not None and urlsplit(self.base).hostname in LOOPBACK
        limits = Limits(
            http.user_agent(self.contact),
            accept="text/html,application/pdf;q=0.9,*/*;q=0.5",
            deadline=self.deadline,
            interval=0.0 if here else 1 / SERVICES["pages"].rate[not self.contact],
            tries=2,
            body=self.body,
            loopback=here,
        )
        return Fetcher(limits, Gate(limits.interval, self.stopped.wait), time.monotonic() + self.seconds)

    def _is_over(self, fetcher: Fetcher) -> bool:
        return self.stopped.is_set() or fetcher.gate.clock() >= fetcher.end

    def _url(self, address: str) -> str:
        return f"{self.base}/{address.partition('://')[2]}" if self.base else address
