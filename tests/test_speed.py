"""The check stays quick: seconds on the real guide, and in step with the number of entries."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import MINI, ROOT

DAY = "2026-11-21"
TEXT = (ROOT / "content" / "therapies" / "immunotherapy.md").read_text().split("\n---\n", 1)[1]
WORDS = " ".join(TEXT.split()[:600])


def cpu(content: Path) -> float:
    """CPU seconds of one check, in a process of its own: in this one, what other tests left behind counts as well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "patientguide", "check", "--content", str(content), "--as-of", DAY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "hooks"})
    assert done.returncode == 0, done.stdout[-500:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def grown(folder: Path, count: int) -> Path:
    """The small guide with so many more entries of about 600 words, and as many sources, eight cited in each."""
    shutil.copytree(MINI, folder)
    faq = (folder / "content/faqs/what-next.md").read_text().split("\n---\n", 1)[0]
    source = (folder / "content/references/pollen-trial.yml").read_text()
    plain = "".join(sign for sign in WORDS if sign.isalpha() or sign in " .,")
    pieces = [plain[start : start + len(plain) // 8].strip(" .,") for start in range(0, len(plain), len(plain) // 8)][
        :8
    ]
    for number in range(count):
        text = "\n\n".join(f"{piece} [@source-{(number * 7 + at) % count}]." for at, piece in enumerate(pieces))
        (folder / f"content/faqs/entry-{number}.md").write_text(f"{faq}\n---\n\n{text}\n")
        new = source.replace("sneeze.1", f"sneeze.{number}x").replace("Pollen and noses", f"Pollen and nose {number}")
        (folder / f"content/references/source-{number}.yml").write_text(new)
    return folder / "content"


def test_the_real_guide_is_checked_within_two_seconds() -> None:
    assert min(cpu(ROOT / "content") for _ in range(2)) < 2


def test_a_thousand_entries_and_sources_take_no_more_than_their_share(tmp_path: Path) -> None:
    """Four times the entries may take at most five times as long: fixed costs are small, nothing is quadratic."""
    small, large = (min(cpu(grown(tmp_path / f"{n}-{k}", n)) for k in range(2)) for n in (250, 1000))
    assert large < 5 * small
    assert large < 20
