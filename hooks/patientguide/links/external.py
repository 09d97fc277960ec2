"""Checking links that leave the guide: one run of requests, each host in its own time."""

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from patientguide.core import http
from patientguide.core.fetch import Fetcher, Gate, Limits, RobotsFetcher
from patientguide.links import verdicts
from patientguide.links.addresses import DOI
from patientguide.links.verdicts import Verdict

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
    _robots: RobotsFetcher = field(init=False)
    _found: "queue.Queue[Result | None]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        """Start the clock."""
        gate = Gate(self.limits.interval, self.stopped.wait)
        self.fetcher = Fetcher(self.limits, gate, time.monotonic() + self.seconds)
        self._robots = RobotsFetcher(self.fetcher)

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
        return verdicts.judge(address, self._robots.ask(address))
