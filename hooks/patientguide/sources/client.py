"""A polite client of the registries: each in its own rate, with who asks, and answers or faults in plain words."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from patientguide.core import http
from patientguide.core.fetch import Fetcher, Gate, Limits
from patientguide.core.http import LOOPBACK, SERVICES, Answer
from patientguide.core.text import label_text
from patientguide.sources.registries import Fault, Reply

DEADLINE = 20.0  # seconds of wall clock for one try, from the lookup of the name to the end of the body
MAX_BYTES = 2_000_000
TRIES = 3
LONGEST_WAIT = 30.0  # seconds; what Retry-After may ask for at most
REDIRECTS = 3
GIVEN_UP = 3  # questions in a row; a service that leaves as many waiting would cost the answers of all others
_FAULTS = {
    "forbidden": "Its host is unknown, or no public one.",
    "elsewhere": "It leads to another host: {detail}",
    "hops": "It leads from one address to the next without end.",
    "timeout": "It did not answer within {seconds:g} seconds.",
    "tls": "It could not be reached: its certificate cannot be trusted.",
    "connection": "It could not be reached, or its answer broke off.",
    "stopped": "It was not asked.",
}
_SAID = {403: "It refused", 429: "It asks us to come back later", 500: "It is out of order"}


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
            return Fault(_FAULTS[answer.fault].format(detail=label_text(answer.detail), seconds=self.deadline))
        if answer.is_cut:
            return Fault(f"Its answer has more than {MAX_BYTES:,} bytes.")
        if answer.status in (200, 400, 404):
            return Reply(answer.status, http.body_text(answer.content_type, answer.body), url)
        return Fault(f"{_SAID.get(answer.status, 'It sent no answer that we know')} (status {answer.status}).")
