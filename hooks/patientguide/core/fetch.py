"""One HTTP request at a time, polite and within limits. It reaches the network and reads the clock.

Nothing here raises: what went wrong is the `fault` of the answer.
"""

import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urljoin, urlsplit

import requests
from protego import Protego

from patientguide.core.connection import ForbiddenError, OneHop, OpenAdapter, Resolver, Watch, check, resolve
from patientguide.core.http import AGENT, Answer, Hop

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
    """Lets one request through to each host in an interval, for all callers.

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
        # A thread that wakes late delays the next turn, so that two requests are never closer than allowed.
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


# robots.txt as RFC 9309 reads it: whether a page may be asked for by a robot of some name.


_AGENT_LINE = re.compile(r"^(\s*user[- ]?agent(?:\s*:|\s))\s*([^#\s]*).*", re.IGNORECASE)


def robots(text: str, agent: str) -> Protego:
    """The rules of a robots.txt for the robot named `agent`.

    Other robots become one before the rules are read: thousands of them, with thousands of rules, would take hours.
    """
    return Protego.parse("\n".join(_AGENT_LINE.sub(partial(_named, agent), line) for line in text.splitlines()))


def _named(agent: str, line: re.Match[str]) -> str:
    """The line with the name of our robot, that of all robots, or one that represents all others."""
    name = line[2].partition("/")[0].casefold()
    return f"{line[1]} {name if name in (agent, '*') else '-'}"


def allows(rules: Protego, agent: str, address: str) -> bool:
    """Whether the rules let the robot named `agent` ask for `address`: the longest one that fits decides.

    What is no address is not for robots.txt to judge.
    """
    try:
        return rules.can_fetch(address, agent)
    except ValueError:
        return True


_NO_RULES = Protego()


@dataclass
class RobotsFetcher:
    """Asks for pages as far as the robots.txt of each host allows; that file is asked for once."""

    fetcher: Fetcher
    _known: dict[str, Protego] = field(default_factory=dict)

    def ask(self, address: str) -> Answer:
        """Ask an address, or answer with the fault `robots`. The time for robots.txt counts as the address's own."""
        rules, spent = self._rules(address)
        if not allows(rules, AGENT, address):
            return Answer(fault="robots", detail="robots.txt asks robots to stay away")
        return self.fetcher.ask(address, deadline=self.fetcher.limits.deadline - spent)

    def _rules(self, address: str) -> tuple[Protego, float]:
        """The host's robots.txt, and the seconds that it took.

        One that cannot be had forbids nothing: the page will say what is wrong.
        """
        limits = self.fetcher.limits
        try:
            parts = urlsplit(address)
        except ValueError:
            return _NO_RULES, 0.0
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._known:
            answer = self.fetcher.ask(f"{root}/robots.txt", tries=1, deadline=limits.deadline / 4)
            is_there = not answer.fault and answer.status == 200
            text = answer.body.decode("utf-8-sig", "replace") if is_there else ""
            self._known[root] = robots(text, AGENT)
            return self._known[root], answer.seconds + limits.interval
        return self._known[root], 0.0
