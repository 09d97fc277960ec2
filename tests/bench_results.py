"""What `make bench` found, as a page for people, as raw figures, and with the machine named."""

import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import bench_picture as picture
import bench_summary as summary
import yaml
from bench_summary import Run

PACKAGES = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "jinja2", "pydantic", "pyyaml")
PEERS = ("zensical", "mkdocs-bibtex")
NOTE = """\
*CPU* is user and system seconds of the whole process tree, the median of {rounds}. *Against the floor* is the median
of the ratios of pairs run in turn. *Memory* is the highest peak. *Written* is the whole output, *entry page* the mean
HTML page of one entry.

*Cold* forgets `build/cache` and the output first. *One entry edited* and *one source edited* follow it with the cache
kept; the source is the one that most entries cite. All three check the content first; *check alone* builds nothing.

The *floor* is plain MkDocs and Material on the very same pages, staged as plain Markdown by `make stage`, which is not
counted: the theme's own templates, its own search, `navigation.prune`, and no hooks, styles or scripts of ours. Its
menu names only hand-written pages and lists. *All pages in its menu* is the same with every entry in the menu, as ours
has it: pruning still lists the open section on each of its pages. *Our templates* is the staged project as it is.

*Zensical* builds the project of the floor. *mkdocs-bibtex* builds it too, but writes the notes itself, from the same
sources and shorter. In guides of more than 500 entries, these and the other two floors run in the first round only,
in guides of more than 2,000 not at all; there the others run once.
Sphinx and Hugo are not in this run: they read boxes, notes and HTML in other signs, so the same pages cannot be given
to them. Measured before, on a similar corpus and not in this run, against the floor at 1000 entries: mkdocs-bibtex 1.6
to 2.0, Zensical 1.0 to 1.3, Sphinx 6, Hugo 0.1.
"""


@dataclass(frozen=True)
class Results:
    """All runs, and what must be known to judge them."""

    day: date
    rounds: int
    machine: Mapping[str, str]
    runs: Sequence[Run]
    cited: Mapping[str, int]
    missing: Sequence[str]


def machine() -> dict[str, str]:
    """The processor, memory and versions that the figures were measured with."""
    packages = [f"{name} {found}" for name in (*PACKAGES, *PEERS) if (found := _version(name))]
    libyaml = "with" if yaml.__with_libyaml__ else "without"
    return {
        "processor": _line("/proc/cpuinfo", r"model name\s*: (.+)") or platform.processor() or "unknown",
        "processors": str(os.cpu_count()),
        "memory": f"{int(_line('/proc/meminfo', r'MemTotal: *([0-9]+)') or 0) / 2**20:.1f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": ", ".join(packages) + f" ({libyaml} libyaml)",
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _line(file: str, pattern: str) -> str | None:
    path = Path(file)
    found = re.search(pattern, path.read_text(encoding="utf-8")) if path.is_file() else None
    return found[1] if found else None


def markdown(results: Results) -> str:
    """The page."""
    guides = {run.guide: run.entries for run in results.runs}
    tables = [_guide(results, guide, entries) for guide, entries in guides.items()]
    about = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    rounds = f"{results.rounds} rounds" if results.rounds > 1 else "1 round"
    title = "# What a build costs\n\nWritten by `make bench WRITE=1`; raw figures are in `results.json`."
    measured = f"Measured with the date {results.day}, {rounds}, on:\n\n{about}"
    drawing = [f"![{picture.TITLE}](growth.svg)"] if lines_of_growth(results.runs) else []
    notes = ["## Notes", NOTE.format(rounds=rounds)]
    return "\n\n".join([title, measured, _asked(results.runs), *drawing, *tables, *notes])


def _asked(runs: Sequence[Run]) -> str:
    said = {True: "yes", False: "no", None: "not measured"}
    rows = [
        (figure.what, f"{figure.asked:g}", "" if figure.value is None else f"{figure.value:.3g}", said[figure.met])
        for figure in summary.figures(runs)
    ]
    growth = summary.growth(runs, summary.FLOOR)
    floor = "" if growth is None else f"\n\nExponent of the floor: {growth:.2f}."
    return "## What is asked\n\n" + _table(("", "at most", "measured", "holds"), rows) + floor


_SAME = {
    True: "After the edits the output was that of a cold build, byte for byte.",
    False: "**After the edits the output was not that of a cold build.**",
    None: "With one round, the output after edits was not compared.",
}


def _guide(results: Results, guide: str, entries: int) -> str:
    subjects = dict.fromkeys(run.subject for run in results.runs if run.guide == guide)
    rows = [_row(results.runs, guide, subject) for subject in subjects]
    rows += [(name, "not installed", "", "", "", "") for name in results.missing]
    head = ("", "CPU s", "against the floor", "memory MB", "written MB", "entry page kB")
    title = f"The real guide, {entries} entries" if guide == summary.REAL else f"{entries} entries"
    same = _SAME[summary.identical(results.runs, guide)]
    return f"## {title}\n\n{_table(head, rows)}\n\nThe edited source is cited by {results.cited[guide]} entries. {same}"


def _row(runs: Sequence[Run], guide: str, subject: str) -> tuple[str, ...]:
    weight = summary.of(runs, guide, subject)[-1].weight
    against = summary.ratio(runs, guide, subject, summary.FLOOR)
    sizes = (f"{weight.written / 1e6:.1f}", f"{weight.entry / 1e3:.1f}") if weight else ("", "")
    return (
        subject,
        f"{summary.cpu(runs, guide, subject):.2f}",
        "" if against is None else f"{against:.2f}",
        f"{summary.memory(runs, guide, subject):.0f}",
        *sizes,
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def lines_of_growth(runs: Sequence[Run]) -> dict[str, list[tuple[int, float]]]:
    """For each subject the median CPU seconds by entries, of the guides that differ in nothing else."""
    guides = {run.guide: run.entries for run in runs if run.guide != summary.REAL}
    subjects = dict.fromkeys(run.subject for run in runs if run.weight)
    found = {
        subject: [(entries, cpu) for guide, entries in guides.items() if (cpu := summary.cpu(runs, guide, subject))]
        for subject in subjects
    }
    return {subject: sorted(points) for subject, points in found.items() if points}


def write(folder: Path, results: Results) -> None:
    """Keep the page, its picture and the raw figures."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(markdown(results), encoding="utf-8")
    if lines := lines_of_growth(results.runs):
        (folder / "growth.svg").write_text(picture.draw(lines), encoding="utf-8")
    raw = json.dumps({**asdict(results), "day": str(results.day)}, indent=1)
    (folder / "results.json").write_text(raw + "\n", encoding="utf-8")
