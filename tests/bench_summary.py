"""The arithmetic of the benchmark: runs in, figures out."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench_process import Cost, Weight

COLD = "ours, cold"
WARM = "ours, one entry edited"
SOURCE = "ours, one source edited"
FLOOR = "floor"
CHECK = "check alone"
REAL = "real"


@dataclass(frozen=True)
class Run:
    """One measured run: of what, on which guide, in which round."""

    guide: str
    entries: int
    subject: str
    round: int
    cost: Cost
    weight: Weight | None


@dataclass(frozen=True)
class Figure:
    """A figure of the issue, how it is worked out, what is asked, and what came out: None when it was not measured."""

    what: str
    asked: float
    value: float | None

    @property
    def met(self) -> bool | None:
        """Whether it holds."""
        return None if self.value is None else self.value <= self.asked


def of(runs: Iterable[Run], guide: str, subject: str) -> list[Run]:
    """The runs of one subject on one guide, in the order of rounds."""
    found = [run for run in runs if (run.guide, run.subject) == (guide, subject)]
    return sorted(found, key=lambda run: run.round)


def cpu(runs: Iterable[Run], guide: str, subject: str) -> float | None:
    """Median CPU seconds."""
    return statistics.median(run.cost.cpu for run in found) if (found := of(runs, guide, subject)) else None


def memory(runs: Iterable[Run], guide: str, subject: str) -> float | None:
    """The highest peak of all rounds, in megabytes."""
    return max((run.cost.memory for run in of(runs, guide, subject)), default=None)


def ratio(runs: Sequence[Run], guide: str, subject: str, base: str) -> float | None:
    """Median of the ratios of pairs: a busy moment of the machine touches both runs of a round, hardly their ratio."""
    bases = {run.round: run.cost.cpu for run in of(runs, guide, base)}
    pairs = [run.cost.cpu / bases[run.round] for run in of(runs, guide, subject) if run.round in bases]
    return statistics.median(pairs) if pairs else None


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of a straight line through points on paper with two logarithmic scales, by least squares.

    1 means that twice the entries take twice the time; None when fewer than two sizes were measured.
    """
    if len({x for x, _ in points}) < 2:
        return None
    logs = [(math.log(x), math.log(y)) for x, y in points]
    return statistics.linear_regression([x for x, _ in logs], [y for _, y in logs]).slope


def growth(runs: Sequence[Run], subject: str, least: int = 200) -> float | None:
    """The exponent of CPU seconds over the sizes from `least` on: below it, what a build always costs hides growth."""
    sizes = {run.guide: run.entries for run in runs if run.guide != REAL and run.entries >= least}
    medians = [(entries, cpu(runs, guide, subject)) for guide, entries in sizes.items()]
    return exponent([(entries, seconds) for entries, seconds in medians if seconds is not None])


def identical(runs: Sequence[Run], guide: str) -> bool | None:
    """Whether builds after edits wrote what a cold build of the same texts writes, byte for byte.

    The cold build of each round has the texts that the round before it left. None when there was one round only.
    """
    cold = {run.round: run.weight for run in of(runs, guide, COLD)}
    pairs = [(run.weight, cold[run.round + 1]) for run in of(runs, guide, SOURCE) if run.round + 1 in cold]
    return all(kept == new for kept, new in pairs) if pairs else None


def figures(runs: Sequence[Run]) -> list[Figure]:
    """What issue 6 asks of a build, in its order."""
    pages = [of(runs, guide, COLD) for guide in ("20", "1000")]
    small, large = (found[0].weight.entry if found and found[0].weight else None for found in pages)
    return [
        *(
            Figure(f"cold build of {count} entries, against the floor", 0.75, ratio(runs, count, COLD, FLOOR))
            for count in ("200", "1000")
        ),
        Figure("cold build of the real guide, checks included, against its floor", 1, ratio(runs, REAL, COLD, FLOOR)),
        Figure("one entry of 1000 edited, against the cold build", 0.12, ratio(runs, "1000", WARM, COLD)),
        Figure("growth of the cold build from 200 entries on, exponent", 1.05, growth(runs, COLD)),
        Figure("peak memory of the cold build of 4000 entries, MB", 300, memory(runs, "4000", COLD)),
        Figure("page of an entry among 1000 against among 20, bytes", 1.1, large / small if small and large else None),
    ]
