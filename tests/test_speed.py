"""The check stays quick: few steps on the real guide, and in step with the number of entries."""

import os
import pstats
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import FROZEN, MINI, ROOT

DAY = "2026-11-21"
TEXT = (FROZEN / "content" / "therapies" / "immunotherapy.md").read_text().split("\n---\n", 1)[1]
WORDS = " ".join(TEXT.split()[:600])


def calls(content: Path, profile: Path) -> int:
    """How many functions one check calls: a measure of its work that is the same on a busy machine and a quiet one.

    A process of its own does it: in this one, what other tests left behind counts as well.
    """
    command = [sys.executable, "-m", "cProfile", "-o", str(profile), "-m", "patientguide", "check"]
    options = ["--content", str(content), "--as-of", DAY]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "hooks"}
    )
    assert done.returncode == 0, done.stdout[-500:]
    return int(pstats.Stats(str(profile)).total_calls)  # type: ignore[attr-defined]


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


@pytest.mark.process
def test_the_real_guide_is_checked_with_few_steps(tmp_path: Path) -> None:
    """Two seconds of CPU are asked for; 3.6 million calls take 1.3 to 2.4 on the two cores this was written on.

    The texts in a second language, each held against its source, take half a million more; comparing statements with
    the passages they cite takes a tenth of a million.
    """
    assert calls(FROZEN / "content", tmp_path / "profile") < 4_700_000


@pytest.mark.process
def test_four_times_the_entries_and_sources_take_four_times_the_steps(tmp_path: Path) -> None:
    """Fixed costs are small, nothing is quadratic."""
    small, large = (calls(grown(tmp_path / f"{n}", n), tmp_path / f"{n}.profile") for n in (250, 1000))
    assert large < 4.2 * small
