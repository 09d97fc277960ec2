"""What one run of a command costs, and what a built site weighs."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ENTRY_FOLDERS = ("phases", "therapies", "medications")
_TO_MEGABYTES = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Cost:
    """CPU seconds and peak memory in megabytes."""

    cpu: float
    memory: float


@dataclass(frozen=True)
class Weight:
    """Bytes of all that was written, the number of pages, mean bytes of the page of one entry, and a hash of it all."""

    written: int
    pages: int
    entry: int
    digest: str


class RunError(Exception):
    """A command that failed, with the end of what it said."""


def cost(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Cost:
    """User and system seconds, and the peak memory, of a command with all processes that it waited for.

    `wait4` gives both for this child alone; `getrusage` would give the peak of all children so far.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RunError(f"{' '.join(command)} in {cwd}:\n{said.read().decode(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _TO_MEGABYTES)


def weight(site: Path) -> Weight:
    """What a built site weighs."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    sizes = {path.relative_to(site): path.stat().st_size for path in files}
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(site)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    pages = [path for path in sizes if path.suffix == ".html"]
    entries = [sizes[path] for path in pages if len(path.parts) == 3 and path.parts[0] in ENTRY_FOLDERS]
    return Weight(sum(sizes.values()), len(pages), sum(entries) // max(1, len(entries)), digest.hexdigest())
