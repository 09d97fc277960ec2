"""Checking links that leave the guide: which there are, what robots.txt allows, one run of requests."""

import queue
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from patientguide.core import http
from patientguide.core.fetch import Fetcher, Gate, Limits
from patientguide.core.http import Answer
from patientguide.links import verdicts
from patientguide.links.addresses import DOI
from patientguide.links.verdicts import Verdict

# robots.txt as RFC 9309 reads it: whether a page may be asked for by a robot of some name.


_LINE = re.compile(r"\s*(user-agent|allow|disallow)\s*:\s*([^#]*)", re.IGNORECASE)


def allows(text: str, agent: str, address: str) -> bool:
    """Whether the rules in `text` let the robot named `agent` ask for `address`: the longest rule that fits decides.

    What is no address is not for robots.txt to judge.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    rules = _rules(text, agent.lower())
    fitting = [(len(pattern), allowed) for pattern, allowed in rules if pattern and _fits(pattern, path)]
    return max(fitting)[1] if fitting else True


def _rules(text: str, agent: str) -> list[tuple[str, bool]]:
    """The rules of the groups that name this robot, else those for all."""
    ours: list[tuple[str, bool]] = []
    for_all: list[tuple[str, bool]] = []
    is_named = False
    names: set[str] = set()
    heading = False
    for line in text.splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            names = names | {value.lower()} if heading else {value.lower()}
            heading = True
            is_named |= value.lower() == agent
            continue
        heading = False
        for name, rules in ((agent, ours), ("*", for_all)):
            if name in names:
                rules.append((_plain(value), key == "allow"))
    return ours if is_named else for_all


def _fits(pattern: str, path: str) -> bool:
    """Whether a path starts as the pattern says; * is anything, $ at the end is the end. Takes linear time."""
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, piece in enumerate(rest):
        if is_whole and number == len(rest) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return not is_whole or at == len(path)


def _plain(text: str) -> str:
    return unquote(text)


# A run: many addresses asked at once, each host by one worker in its own time. An edge: threads and the clock.


WORKERS = 16

Result = tuple[str, Verdict]


@dataclass
class Run:
    """Asks `addresses` for at most `seconds`; iterate over it for what is found, as it is found.

    What was not asked when the time was over, or when `stop` was called, is left out.
    """

    addresses: Iterable[str]
    limits: Limits
    seconds: float
    doi_base: str = http.SERVICES["doi"].base
    workers: int = WORKERS
    stopped: threading.Event = field(default_factory=threading.Event)
    fetcher: Fetcher = field(init=False)
    _found: "queue.Queue[Result | None]" = field(default_factory=queue.Queue)
    _robots: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start the clock."""
        gate = Gate(self.limits.interval, self.stopped.wait)
        self.fetcher = Fetcher(self.limits, gate, time.monotonic() + self.seconds)

    def __iter__(self) -> Iterator[Result]:
        """Results in the order in which they come."""
        waiting: queue.Queue[list[str]] = queue.Queue()
        # The host with the most addresses takes longest, so it starts first.
        for addresses in sorted(self._by_host().values(), key=len, reverse=True):
            waiting.put(addresses)
        count = min(self.workers, waiting.qsize())
        for _ in range(count):
            threading.Thread(target=self._work, args=(waiting,), daemon=True).start()
        while count:
            # A wait with an end lets Ctrl-C through at once on every system.
            try:
                result = self._found.get(timeout=0.5)
            except queue.Empty:
                continue
            if result is None:
                count -= 1
            else:
                yield result

    def stop(self) -> None:
        """Ask nothing more."""
        self.stopped.set()

    def _by_host(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for address in self.addresses:
            url = self.doi_base if address.startswith(DOI) else address
            try:
                host = urlsplit(url).hostname or ""
            except ValueError:
                host = ""
            found.setdefault(host, []).append(address)
        return found

    def _work(self, waiting: "queue.Queue[list[str]]") -> None:
        try:
            while not self._is_over():
                for address in waiting.get_nowait():
                    verdict = self._verdict(address)
                    # What was cut short by the end of the run says nothing of the address.
                    if self._is_over():
                        return
                    self._found.put((address, verdict))
        except queue.Empty:
            return
        finally:
            self._found.put(None)

    def _is_over(self) -> bool:
        return self.stopped.is_set() or time.monotonic() >= self.fetcher.end

    def _verdict(self, address: str) -> Verdict:
        if address.startswith(DOI):
            # The handle service is made for programs: its robots.txt speaks of pages.
            name = quote(address.removeprefix(DOI), safe="/", errors="replace")
            return verdicts.judge_doi(self.fetcher.ask(f"{self.doi_base}/api/handles/{name}?type=URL"))
        rules, spent = self._rules(address)
        if not allows(rules, http.AGENT, address):
            return verdicts.judge(address, Answer(fault="robots", detail="robots.txt asks robots to stay away"))
        return verdicts.judge(address, self.fetcher.ask(address, deadline=self.limits.deadline - spent))

    def _rules(self, address: str) -> tuple[str, float]:
        """The host's robots.txt, and the seconds that it took of the address's own.

        One that cannot be had forbids nothing: the page will say what is wrong.
        """
        try:
            parts = urlsplit(address)
        except ValueError:
            return "", 0.0
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._robots:
            answer = self.fetcher.ask(f"{root}/robots.txt", tries=1, deadline=self.limits.deadline / 4)
            is_there = not answer.fault and answer.status == 200
            self._robots[root] = answer.body.decode("utf-8-sig", "replace") if is_there else ""
            return self._robots[root], answer.seconds + self.limits.interval
        return self._robots[root], 0.0
