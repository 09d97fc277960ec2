"""CPU time of a build from entries against MkDocs building the same pages already staged as plain Markdown.

Both are whole processes, run in turns on one machine; the ratio of each pair is taken, and the median of the ratios.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MKDOCS = [sys.executable, "-m", "mkdocs", "build", "--quiet"]


def cpu_seconds(command: list[str], cwd: Path) -> float:
    """User and system seconds of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios(rounds: int, root: Path = ROOT) -> tuple[list[float], list[float], list[float]]:
    """Seconds of our build, seconds of the floor, and the ratio of each pair."""
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "staged"
        subprocess.run([sys.executable, "-m", "patientguide", "stage", str(staged)], cwd=root, check=True)
        ours, floor = [], []
        for _ in range(rounds):
            ours.append(cpu_seconds([*MKDOCS, "--site-dir", f"{folder}/ours"], root))
            floor.append(cpu_seconds([*MKDOCS, "--site-dir", f"{folder}/floor"], staged))
    return ours, floor, [a / b for a, b in zip(ours, floor, strict=True)]


def main() -> None:
    """Print the medians."""
    rounds = int(os.environ.get("ROUNDS", "7"))
    ours, floor, pairs = ratios(rounds)
    print(f"our build, checks included   {statistics.median(ours):.2f} s CPU")
    print(f"same pages, already staged   {statistics.median(floor):.2f} s CPU")
    spread = f"median of {rounds} pairs, {min(pairs):.2f} to {max(pairs):.2f}"
    print(f"ratio                        {statistics.median(pairs):.2f}  ({spread})")


if __name__ == "__main__":
    main()
