"""Checking links that leave the guide: which there are, what robots.txt allows, one run of requests."""

import queue
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urlsplit

from protego import Protego

from patientguide.core import http
from patientguide.core.fetch import Fetcher, Gate, Limits
from patientguide.core.http import Answer
from patientguide.links import verdicts
from patientguide.links.addresses import DOI
from patientguide.links.verdicts import Verdict

# robots.txt as RFC 9309 reads it: whether a page may be asked for by a robot of some name.


_AGENT_LINE = re.compile(r"^(\s*user[- ]?agent(?:\s*:|\s))\s*([^#\s]*).*", re.IGNORECASE)


def robots(text: str, agent: str) -> Protego:
    """The rules of a robots.txt for the robot named `agent`.

    Other robots become one before the rules are read: thousands of them, with thousands of rules, would take hours.
    """
    return Protego.parse("\n".join(_AGENT_LINE.sub(partial(_named, agent), line) for line in text.splitlines()))


def _named(agent: str, line: re.Match[str]) -> str:
    """The line with the name of our robot, that of all robots, or one that stands for all others."""
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


# A run: many addresses asked at once, each host by one worker in its own time. An edge: threads and the clock.


WORKERS = 16
_NO_RULES = Protego()

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
    _robots: dict[str, Protego] = field(default_factory=dict)

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

    def _rules(self, address: str) -> tuple[Protego, float]:
        """The host's robots.txt, and the seconds that it took of the address's own.

        One that cannot be had forbids nothing: the page will say what is wrong.
        """
        try:
            parts = urlsplit(address)
        except ValueError:
            return _NO_RULES, 0.0
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._robots:
            answer = self.fetcher.ask(f"{root}/robots.txt", tries=1, deadline=self.limits.deadline / 4)
            is_there = not answer.fault and answer.status == 200
            text = answer.body.decode("utf-8-sig", "replace") if is_there else ""
            self._robots[root] = robots(text, http.AGENT)
            return self._robots[root], answer.seconds + self.limits.interval
        return self._robots[root], 0.0
