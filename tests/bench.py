"""CPU time, memory and output of a build, against MkDocs building the same pages already staged as plain Markdown.

Every run is a process of its own, in turns on one machine. bench_subjects.py says what is compared, and why so.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

import bench_process as process
import bench_results as results
import corpus
from bench_subjects import PEERS, SUBJECTS, Subject, Workspace, most_cited, prepare
from bench_summary import REAL, Run
from patientguide.core import dates
from support.project import ROOT

OUTPUT = ROOT / "tests" / "bench"
SIZES = "20,200,1000"
MANY = 500
"""Entries above which a row that no figure rests on is measured once, so that `make bench` ends within minutes."""
HUGE = 2000
"""Entries above which such a row is left out, and the others are measured once."""


def measure(name: str, entries: int, work: Workspace, rounds: int, environment: Mapping[str, str]) -> Iterator[Run]:
    """Every subject in turn, round by round."""
    for turn in range(1, (1 if entries > HUGE else rounds) + 1):
        for subject in (*SUBJECTS, *PEERS):
            is_late = entries > (MANY if turn > 1 else HUGE)
            if subject.missing() or (is_late and not subject.every_round):
                continue
            yield _run(name, entries, work, subject, turn, environment)


def _run(name: str, entries: int, work: Workspace, subject: Subject, turn: int, environment: Mapping[str, str]) -> Run:
    subject.before(work)
    cost = process.cost(subject.command, work.root / subject.project, environment)
    weight = process.weight(work.site(subject.project)) if subject.builds else None
    return Run(name, entries, subject.name, turn, cost, weight)


def guides(sizes: list[int], real: bool, folder: Path) -> Iterator[tuple[str, int, Path]]:
    """The name, the number of entries and the folder of each guide to be built."""
    for size in sizes:
        yield str(size), size, corpus.write(folder / f"corpus-{size}", size)
    if real:
        kinds = ("phases", "therapies", "medications", "faqs")
        yield REAL, sum(len(list((ROOT / "content" / kind).glob("*.md"))) for kind in kinds), ROOT


def bench(sizes: list[int], real: bool, rounds: int, day: date) -> results.Results:
    """Measure all guides; a line on stderr for each run says how far it is."""
    midnight = datetime.combine(day, time(), UTC)
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "PYTHONPATH": str(ROOT / "hooks"),
        "NO_MKDOCS_2_WARNING": "1",
    }
    runs: list[Run] = []
    cited = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, entries, source in guides(sizes, real, Path(folder)):
            print(f"{name}: writing and staging", file=sys.stderr)
            work = prepare(Path(folder) / name, source, environment)
            cited[name] = most_cited(work.guide)[1]
            for run in measure(name, entries, work, rounds, environment):
                runs.append(run)
                seen = f"{run.cost.cpu:7.2f} s CPU {run.cost.memory:5.0f} MB"
                print(f"{name:>5} round {run.round} of {rounds}: {seen}  {run.subject}", file=sys.stderr)
    missing = [peer.name for peer in PEERS if peer.missing()]
    return results.Results(day, rounds, results.machine(), tuple(runs), cited, missing)


def main() -> None:
    """Print the table; with --write also keep it, its picture and the raw figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="entries of each guide, with commas between")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--real", action=argparse.BooleanOptionalAction, default=True, help="the guide of this project")
    parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day of all builds")
    parser.add_argument("--write", nargs="?", type=Path, const=OUTPUT, help="keep the results, in tests/bench/")
    asked = parser.parse_args()
    try:
        sizes = [int(size) for size in asked.sizes.split(",") if size]
        for size in sizes:
            corpus.Shape.of(size)
        found = bench(sizes, asked.real, max(1, asked.rounds), asked.as_of or dates.today())
    except (ValueError, process.RunError) as error:
        sys.exit(str(error))
    print(results.markdown(found))
    if asked.write:
        results.write(asked.write, found)


if __name__ == "__main__":
    main()
