"""A preview: every edit is seen at once, and what is wrong stands on top of the last good page.

The panel is put into a page on its way to the browser (PEP 3333, middleware), never into a file: what stands in the
site's folder is the last good site and nothing else.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patientguide import lastgood, memory, panel, progress
from patientguide.livesite import LiveSite
from patientguide.prepared import ContentError, Prepared
from patientguide.renewal import Renewal

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
STYLES = "assets/preview.css"
PROGRAM = "This is a fault of the program, not of your text."
LAST_GOOD = "The page in your browser is the last good one. Save again when this is mended."


@dataclass
class Preview:
    """The site below `mount` of a server. `again` answers what single pages are renewed with, if these are enough.

    Otherwise `whole` builds all. `expected` are faults of texts and templates, not of the program.
    """

    mount: str
    site: Path
    whole: Callable[[], object]
    again: Callable[[], tuple[LiveSite, Prepared] | None]
    expected: tuple[type[BaseException], ...]
    log: logging.LoggerAdapter[Any]
    panel: str = ""
    _is_whole: bool = True
    """Whether the site and what is known of it are those of one build, on which the next may rest."""
    _renewal: Renewal | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """What the first build left in memory stays: it is not searched for garbage at every edit."""
        memory.settled()

    def rebuild(self) -> None:
        """Show what was saved."""
        if self._renewal:
            self._renewal.stop()
        with self._lock:
            taken = progress.Progress()
            try:
                found = self.again() if self._is_whole else None
                if found:
                    self._renewal = Renewal(found[0].page, self._steps(*found, taken), self._lock)
                else:
                    self._renewal = None
                    lastgood.replaced(self.site, self.whole)
                    self._is_whole = True
            except (Exception, SystemExit) as error:
                self._explain(error)
                if self._renewal:
                    self._renewal.begin()
                return
            self.panel = ""
            if found and self._renewal:
                next(self._renewal.steps)
                self._renewal.begin()
            else:
                self.log.info(f"All pages renewed in {taken.seconds:.1f} s")

    def _steps(self, live: LiveSite, prepared: Prepared, taken: progress.Progress) -> Iterator[None]:
        def done(pages: int, total: int) -> None:
            self.log.info(f"{pages} of {total} pages renewed in {taken.seconds:.1f} s")

        try:
            yield from live.renew(prepared, done)
        except Exception as error:
            self._explain(error)

    def _make(self, path: str) -> None:
        try:
            if self._renewal:
                self._renewal.ask(path)
        except Exception as error:
            self._explain(error)

    def _explain(self, error: BaseException) -> None:
        """Say on the terminal and in the browser what must be mended."""
        # The engine has logged the reason of an exit already.
        reason = error.__context__ if isinstance(error, SystemExit) else error
        if not isinstance(error, self.expected):
            self.log.exception(PROGRAM)
        fault = reason.__cause__ if reason else None
        if isinstance(fault, ContentError):
            self.panel = panel.html(fault.problems, "" if fault.problems else str(fault), f"{self.mount}{STYLES}")
        else:
            self.panel = panel.html([], str(reason or error), f"{self.mount}{STYLES}")
        if not isinstance(fault, ContentError) or fault.halfway:
            # What fails later leaves half a build.
            self._is_whole, self._renewal = False, None
        self.log.error(("" if isinstance(error, SystemExit) else f"{error}\n") + LAST_GOOD)

    def over(self, app: App) -> App:
        """The application that serves the site, with pages made when they are asked for, and the panel in them."""

        def served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            path = environ["PATH_INFO"].removeprefix(self.mount)
            if path == STYLES:
                start("200 OK", [("Content-Type", "text/css"), ("Content-Length", str(len(panel.STYLES)))])
                return [panel.STYLES]
            self._make(path)
            begun: list[Any] = []
            body = app(environ, lambda *arguments: begun.extend(arguments))
            status, headers, *more = begun
            kinds = dict(headers)
            if not self.panel or not kinds.get("Content-Type", "").startswith("text/html"):
                start(status, headers, *more)
                return body
            text = panel.over(b"".join(body), self.panel)
            start(status, list({**kinds, "Content-Length": str(len(text))}.items()), *more)
            return [text]

        return served
