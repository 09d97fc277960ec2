"""One HTTP request at a time, polite and within limits: what came back, as data."""

import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from patientguide.core.connection import ForbiddenError, OneHop, OpenAdapter, Resolver, Watch, check, resolve

# What came back over the network, as facts: a status and a body, or the fault that kept them away.


class Hop(NamedTuple):
    """A redirect: its status, and where it led."""

    status: int
    to: str


@dataclass(frozen=True)
class Answer:
    """What came back. `fault` is empty, or: forbidden, elsewhere, hops, timeout, tls, connection, robots, stopped."""

    fault: str = ""
    detail: str = ""
    status: int = 0
    hops: tuple[Hop, ...] = ()
    url: str = ""
    location: str = ""
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    is_cut: bool = False
    is_challenge: bool = False
    retry_after: float | None = None
    tries: int = 1
    seconds: float = 0.0


# The body of an answer as text, whatever it claims its letters to be.


_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)

# What browsers take (WHATWG Encoding). Python knows more: one of them takes time by the square, others raise.
_TAKEN = re.compile(
    r"utf-?(8|16([lb]e)?)|(us-)?ascii|iso-?8859-?\d+(-[ei])?|latin-?\d+|(windows|cp)-?\d+|koi8-[ru]|macintosh|"
    r"gb(2312|k|18030)|big5(-hkscs)?|euc-(jp|kr)|shift[_-]jis|iso-2022-jp",
    re.IGNORECASE,
)


def body_text(content_type: str, body: bytes, head: int = 0) -> str:
    """The body as text by the charset that is announced, if browsers know it, else as UTF-8.

    In the first `head` bytes of the body it may be announced too, as pages do.
    """
    named = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:head])
    charset = named[1].decode() if named else ""
    try:
        return body.decode(charset if _TAKEN.fullmatch(charset) else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


# Which services are asked, where they live, how often they may be asked, and how they want to know who asks.


CONTACT = "PATIENTGUIDE_CONTACT"
"""The environment variable with an e-mail address that services may write to."""

AGENT = "patientguide"
"""Our name for hosts, and for their robots.txt."""

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Service:
    """A service: its name for people, its base address, and the environment variable that replaces that.

    `rate` holds requests a second with and without a contact; `contact` maps the names of its parameters to ours.
    """

    name: str
    base: str
    variable: str
    rate: tuple[float, float]
    contact: Mapping[str, str] = field(default_factory=dict)


_NCBI = {"tool": "patientguide", "email": "{contact}"}
_MAILTO = {"mailto": "{contact}"}

SERVICES: Mapping[str, Service] = {
    # Since December 2025: 10 a second with mailto, 5 without; lists are counted more strictly.
    "crossref": Service("Crossref", "https://api.crossref.org", "PATIENTGUIDE_CROSSREF_URL", (3, 1), _MAILTO),
    "doi": Service("doi.org", "https://doi.org", "PATIENTGUIDE_DOI_URL", (2, 1)),
    # NCBI allows 3 a second without a key.
    "pubmed": Service("PubMed", "https://eutils.ncbi.nlm.nih.gov", "PATIENTGUIDE_PUBMED_URL", (2, 1), _NCBI),
    "pmc": Service("PubMed Central", "https://pmc.ncbi.nlm.nih.gov", "PATIENTGUIDE_PMC_URL", (2, 1), _NCBI),
    # About 50 a minute.
    "trials": Service("ClinicalTrials.gov", "https://clinicaltrials.gov", "PATIENTGUIDE_TRIALS_URL", (0.75, 0.75)),
    # Any web page; a replaced base is asked for BASE/host/path.
    "pages": Service("The page", "", "PATIENTGUIDE_PAGES_URL", (1, 1)),
}


class AddressError(Exception):
    """A contact or base address that cannot be used, in a sentence for people."""


def contact(text: str | None) -> str | None:
    """An e-mail address, or None for none. Raises AddressError when it is anything else."""
    if text and not _EMAIL.fullmatch(text):
        raise AddressError(f"The contact '{text}' is no e-mail address.")
    return text or None


def user_agent(contact: str | None) -> str:
    """Who asks, honestly, and how to reach us: the User-Agent of every request."""
    return f"{AGENT}/{metadata.version('patientguide')}" + (f" (mailto:{contact})" if contact else "")


def service_base(text: str) -> str:
    """A base address without its last slash. Raises AddressError unless it is https, or on this machine."""
    try:
        parts = urlsplit(text)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        good = secure and parts.hostname and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        good = False
    if not good:
        raise AddressError(f"The base address '{text}' must start with https://, or be one of this machine.")
    return text.rstrip("/")


def service_bases(named: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Base addresses that replace those of services, by the service: those named, else those of the environment.

    Raises AddressError when one cannot be used.
    """
    found = {name: environment[s.variable] for name, s in SERVICES.items() if environment.get(s.variable)}
    return {name: service_base(text) for name, text in {**found, **named}.items()}


# One address asked, politely and within its limits: what came back, as facts for whoever judges them.
#
# An edge: it reaches the network and reads the clock. Nothing here raises; what went wrong is the `fault` of the
# answer.


_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 16_384


@dataclass(frozen=True)
class Limits:
    """How an address is asked. Times are seconds, `body` is bytes.

    `deadline` is for one address, from its first turn at its host on: all tries, redirects and waits between them;
    `request` is for one try. `stays` refuses redirects to another host. `loopback` lets this computer be asked.
    """

    agent: str
    accept: str = "text/html,*/*;q=0.5"
    deadline: float = 20.0
    request: float = math.inf
    tries: int = 3
    backoff: float = 1.0
    longest_wait: float = 30.0
    interval: float = 1.0
    body: int = 512_000
    hops: int = 10
    stays: bool = False
    loopback: bool = False
    resolver: Resolver = resolve
    verify: bool | str = True


@dataclass
class Gate:
    """Lets one request through to each host in an interval, whoever asks.

    `pause` waits for some seconds and answers whether the run was stopped meanwhile; `clock` tells seconds.
    """

    interval: float
    pause: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic
    _next: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, host: str) -> bool:
        """Wait for this host's turn; False when the run was stopped meanwhile."""
        with self._lock:
            now = self.clock()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + self.interval
        is_stopped = turn > now and self.pause(turn - now)
        # Whoever woke up late pushes the next turn back, so that two requests never come closer than they may.
        self.hold(host, self.interval)
        return not is_stopped

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for a while."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0.0), self.clock() + seconds)


@dataclass
class Fetcher:
    """Asks addresses within limits, each host in its turn at the gate, until the run ends.

    `end` is when, on the gate's clock.
    """

    limits: Limits
    gate: Gate
    end: float = math.inf

    def ask(self, address: str, tries: int | None = None, deadline: float | None = None) -> Answer:
        """Ask an address, again when that may help: after an error of the server, of the line, or 429."""
        limits, spent = self.limits, 0.0
        most, until = tries or limits.tries, limits.deadline if deadline is None else deadline
        for attempt in range(1, most + 1):
            answer = self._once(address, min(until - spent, limits.request))
            spent += answer.seconds
            answer = replace(answer, tries=attempt, seconds=spent)
            if not _may_help(answer):
                break
            wait = limits.backoff * 2 ** (attempt - 1)
            if answer.retry_after is not None:
                wait = min(answer.retry_after, limits.longest_wait)
                self.gate.hold(_host(answer.url or address), wait)
            # A wait that does not fit is not made: asking before the host said would be rude, and blocks the rest.
            is_last = attempt == most or self.gate.clock() + wait >= self.end
            if is_last or spent + wait >= until or self.gate.pause(wait):
                break
            spent += wait
        return answer

    def _once(self, address: str, left: float) -> Answer:
        """Follow an address to its end, by hand: every hop is checked like the first."""
        session, hops, spent = self._session(), list[Hop](), 0.0
        url, seen = address.partition("#")[0], set[object]()
        while True:
            known = (url, tuple(sorted((c.domain, c.name, str(c.value)) for c in session.cookies)))
            if known in seen or len(hops) > self.limits.hops:
                return Answer(fault="hops", detail=url, hops=tuple(hops), url=url, seconds=spent)
            seen.add(known)
            try:
                check(url, self.limits.loopback)
            except ForbiddenError as error:
                return Answer(fault="forbidden", detail=str(error), hops=tuple(hops), url=url, seconds=spent)
            if self.limits.stays and _site(url) != _site(address):
                return Answer(fault="elsewhere", detail=url, hops=tuple(hops), url=url, seconds=spent)
            start = self.gate.clock()
            if not self.gate.wait(_host(url)):
                return Answer(fault="stopped", hops=tuple(hops), url=url, seconds=spent)
            # The first turn is waited for because of other addresses; later ones are of this address's own making.
            spent, start = (spent + self.gate.clock() - start if hops else spent), self.gate.clock()
            answer = self._hop(session, url, min(left - spent, self.end - start))
            spent += self.gate.clock() - start
            answer = replace(answer, hops=tuple(hops), url=url, seconds=spent)
            if answer.fault or not answer.location:
                return answer
            hops.append(Hop(answer.status, answer.location))
            url = answer.location.partition("#")[0]

    def _session(self) -> OneHop:
        session = OneHop()
        # No proxy, no password file, nothing from the surroundings: the host that was checked is the one asked.
        session.trust_env = False
        session.verify = self.limits.verify
        session.headers.update({"User-Agent": self.limits.agent, "Accept": self.limits.accept})
        session.headers["Accept-Encoding"] = "gzip"
        return session

    def _hop(self, session: OneHop, url: str, seconds: float) -> Answer:
        """One GET. Whatever it waits for, it ends when its seconds are over."""
        if seconds <= 0:
            return Answer(fault="timeout", detail="no time was left")
        with Watch(seconds) as watch:
            adapter = OpenAdapter(self.limits.resolver, self.limits.loopback, watch)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            try:
                with session.get(url, stream=True, allow_redirects=False, timeout=seconds) as response:
                    answer = self._facts(response, url)
            except ForbiddenError as error:
                return Answer(fault="forbidden", detail=str(error))
            except (requests.exceptions.SSLError, requests.exceptions.Timeout, TimeoutError) as error:
                kind = "tls" if isinstance(error, requests.exceptions.SSLError) and not watch.is_over else "timeout"
                return Answer(fault=kind, detail=_reason(error))
            # A stranger's bytes pass through many parsers; whichever they break, the answer is the same.
            except Exception as error:
                is_late = watch.is_over or isinstance(_innermost(error), TimeoutError)
                return Answer(fault="timeout" if is_late else "connection", detail=_reason(error))
            finally:
                adapter.close()
            return Answer(fault="timeout", detail="the body did not end") if watch.is_over else answer

    def _facts(self, response: requests.Response, url: str) -> Answer:
        head, location = response.headers, ""
        if response.status_code in _REDIRECTS and "location" in head:
            # Servers send the bytes of UTF-8, which HTTP hands on as Latin-1.
            raw = head["location"].encode("latin-1", "replace").decode("utf-8", "replace")
            try:
                location = urljoin(url, raw.strip())
            except ValueError:
                location = raw.strip()
        body = b"" if location else _body(response, self.limits.body)
        return Answer(
            status=response.status_code,
            location=location,
            content_type=head.get("content-type", ""),
            body=body,
            is_cut=len(body) >= self.limits.body,
            is_challenge=head.get("cf-mitigated", "").lower() == "challenge",
            retry_after=_seconds(head.get("retry-after", "")),
        )


def _body(response: requests.Response, most: int) -> bytes:
    """The first bytes of a body, unpacked piece by piece: neither a long one nor a gzip bomb is read whole."""
    body = bytearray()
    while len(body) < most and (piece := response.raw.read(_CHUNK, decode_content=True)):
        body += piece
    return bytes(body[:most])


def _may_help(answer: Answer) -> bool:
    return answer.fault in ("connection", "timeout") or answer.status == 429 or answer.status >= 500


def _seconds(text: str) -> float | None:
    """What Retry-After says, in seconds from now; None when it says nothing that can be read."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(text.strip()[:9])
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max((then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0.0)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _site(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, _host(url).removeprefix("www."), parts.port


def _reason(error: BaseException) -> str:
    """The innermost reason of an error, in its own words."""
    return str(_innermost(error))[:200]


def _innermost(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
