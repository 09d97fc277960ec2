"""All that is known of a guide before its pages are made: what to build, in which order, and what stands beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from patientguide import report
from patientguide.buildcache import BuildCache, digest
from patientguide.load import load
from patientguide.navigation import Menu, Navigation, menu
from patientguide.pageplan import Planned, Planner
from patientguide.problems import Problem, Severity, worst_first
from patientguide.searchindex import files


class ContentError(Exception):
    """What must be mended before anything is built."""

    def __init__(self, problems: list[Problem]) -> None:
        """`problems` are errors only."""
        super().__init__(report.as_text(problems))
        self.problems = problems


@dataclass(frozen=True)
class Prepared:
    """A guide without errors, and the plan of its pages."""

    planner: Planner
    plan: tuple[Planned, ...]
    menu: Menu
    view: Navigation = field(repr=False)
    beside: Mapping[str, str] = field(repr=False)
    assets: str
    """The hash of the files of docs/ that are published as they stand."""
    listed: tuple[Problem, ...] = ()
    """Problems that stop nothing."""

    @property
    def frame(self) -> str:
        """The hash of what must be as it was for its pages to be renewed one by one.

        These are the day, the settings, the addresses of all pages, the files of docs/, and the menu of the page for an
        address that leads nowhere.
        """
        pages = [[planned.draft.uri, planned.draft.edits] for planned in self.plan]
        day, settings = self.planner.guide.today.isoformat(), self.planner.record("guide")
        return digest(day, settings, self.assets, pages, self.menu, repr(self.view.beside()))


def prepare(content: Path, today: date, cache: BuildCache, step: Callable[[str], None]) -> Prepared:
    """A guide as `load` reads it; `step` is told how far this is. Raises ContentError for one with errors."""
    guide, problems = load(content, today, cache)
    listed = worst_first(problems)
    if guide is None:
        raise ContentError([problem for problem in listed if problem.severity is Severity.ERROR])
    planner = Planner(guide, problems, cache)
    plan = []
    for planned in planner.pages():
        plan.append(planned)
        step(f"{len(plan):,} pages composed")
    found = menu(guide)
    view = Navigation(found, {planned.draft.uri: planned.draft.title for planned in plan})
    docs = content.parent / "docs"
    assets = digest([[name, sha256((docs / name).read_bytes()).hexdigest()] for name in sorted(guide.assets)])
    return Prepared(planner, tuple(plan), found, view, files(guide), assets, tuple(listed))
