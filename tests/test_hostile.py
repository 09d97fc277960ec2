"""Hostile files, one in each of tests/hostile/: `check` refuses them quickly, in little memory, and names them.

A case names the `file` of the small guide that it makes, and how:

- `write`, `body`, `append` and `replace` give text: the whole file, what follows its facts, what is put after its end,
  or pairs of old and new.
  A text is written out, or `{repeat, times, first, step, between}`, or `{hex, times}`, or a list of those.
- `link` gives the target of a symbolic link, and `make` names something that is no file at all.

`expect` lists the codes that the hostile file must be refused with. `shown` is the start of its path where the report
cannot show the name as it is, and `accepted` says that nothing is wrong with it. `also` is a second file to write.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.programs import program
from support.project import ROOT

CASES = sorted((ROOT / "tests" / "hostile").glob("*.yml"))
PROBLEM = re.compile(r"(?P<path>.+?):\d+:\d+: (?P<severity>[a-z]+)\[(?P<code>[a-z0-9-]+)\] \S.*")
ADVICE = re.compile(r" {4}\S.*")
COUNT = re.compile(r"(?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?.*")
SECONDS = 15

MEMORY = 512 << 20


def read(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = yaml.safe_load(path.read_text())
    return case


def content(text: Any) -> bytes:
    """The bytes that a case describes."""
    if isinstance(text, str):
        return text.encode()
    if isinstance(text, list):
        return b"".join(map(content, text))
    if "hex" in text:
        return bytes.fromhex(text["hex"]) * text.get("times", 1)
    if "between" in text:
        return text["between"].join(text["repeat"] * n for n in range(1, text["times"])).encode()
    if not {"first", "step"} & set(text) and "{n}" not in text["repeat"]:
        return text["repeat"].encode() * text["times"]
    first, step = text.get("first", 0), text.get("step", 0)
    lines = (" " * step * n + text["repeat"].replace("{n}", str(first + n)) for n in range(text["times"]))
    return "".join(lines).encode()


def place(case: dict[str, Any]) -> Path:
    name = bytes.fromhex(case["name_hex"]).decode("utf-8", "surrogateescape") if "name_hex" in case else ""
    return Path(case["file"] + name)


def facts(text: bytes) -> bytes:
    return text[: text.index(b"\n---\n") + 5]


def make_nothing_readable(file: Path) -> None:
    file.chmod(0)


def make_folder(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.mkdir()


def make_fifo(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def make_link_to_itself(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.symlink_to(file.name)


MAKE = {
    "unreadable": make_nothing_readable,
    "folder": make_folder,
    "fifo": make_fifo,
    "loop": make_link_to_itself,
}


def apply(case: dict[str, Any], project: Path) -> None:
    """Make the hostile file."""
    file = project / place(case)
    file.parent.mkdir(parents=True, exist_ok=True)
    for path, text in case.get("also", {}).items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content(text))
    if "write" in case:
        file.write_bytes(content(case["write"]))
    elif "body" in case:
        file.write_bytes(facts(file.read_bytes()) + b"\n" + content(case["body"]))
    elif "append" in case:
        file.write_bytes(file.read_bytes() + content(case["append"]))
    elif "replace" in case:
        text = file.read_bytes()
        for pair in case["replace"]:
            assert content(pair["old"]) in text, f"{file} does not hold {pair['old']!r}"
            text = text.replace(content(pair["old"]), content(pair["new"]), 1)
        file.write_bytes(text)
    elif "link" in case:
        if file.is_dir() and not Path(case["link"]).is_absolute():
            file.rename(project / case["link"])
        file.unlink(missing_ok=True)
        file.symlink_to(case["link"])
    else:
        MAKE[case["make"]](file)


@pytest.fixture
def outcome(hostile: Path, mini: Path) -> Iterator[subprocess.CompletedProcess[str]]:
    """What the command answers, in little memory and time; root must not read what nobody may read."""
    case = read(hostile)
    apply(case, mini)
    utf8 = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    check = ["check", "--content", "content"]
    yield program("patientguide").run(mini, check, utf8, memory=MEMORY, seconds=SECONDS, unprivileged=True)
    if case.get("make") == "unreadable":
        (mini / place(case)).chmod(0o700)  # so that pytest can remove it


def problems(said: str) -> list[re.Match[str]]:
    """The problems of a report, which holds nothing else: two lines for each, then how many there are."""
    *lines, last = said.removesuffix("\n").split("\n")
    count = COUNT.fullmatch(last)
    assert count, last[:200]
    # A file that forges a report cannot forge its last line as well.
    assert sum(map(int, count.group("errors", "warnings"))) * 2 == len(lines)
    found = []
    for first, advice in zip(lines[::2], lines[1::2], strict=True):
        problem = PROBLEM.fullmatch(first)
        assert problem, f"no problem: {first[:200]!r}"
        assert ADVICE.fullmatch(advice), f"no advice: {advice[:200]!r}"
        found.append(problem)
    return found


@pytest.mark.parametrize("hostile", CASES, ids=lambda path: path.stem)
def test_a_hostile_file_is_refused_and_named(
    hostile: Path, outcome: subprocess.CompletedProcess[str], update_golden: bool
) -> None:
    case = read(hostile)
    assert outcome.returncode != -signal.SIGALRM, f"no answer within {SECONDS} s"
    assert "Traceback" not in outcome.stdout + outcome.stderr, outcome.stderr[-500:]
    if case.get("accepted"):
        assert (outcome.returncode, outcome.stdout) == (0, "0 errors, 0 warnings\n")
        return
    assert outcome.returncode == 1, outcome.stdout[-500:] + outcome.stderr[-500:]
    errors = [problem for problem in problems(outcome.stdout) if problem["severity"] == "error"]
    shown = case.get("shown")
    named = [p for p in errors if (p["path"].startswith(shown) if shown else p["path"] == str(place(case)))]
    codes = sorted({problem["code"] for problem in named})
    if update_golden and codes:
        case["expect"] = codes
        kept = re.sub(r"^expect:.*\n", "", hostile.read_text(), flags=re.MULTILINE)
        hostile.write_text(f"{kept}expect: [{', '.join(codes)}]\n")
    assert codes == case.get("expect"), f"the report names {sorted({p['path'][:80] for p in errors})}"
    assert codes


def test_there_are_many_hostile_files_and_some_harmless_ones() -> None:
    cases = [read(path) for path in CASES]
    assert sum(not case.get("accepted", False) for case in cases) >= 70
    assert sum(case.get("accepted", False) for case in cases) >= 5


def test_what_is_no_report_is_not_taken_for_one() -> None:
    good, count = "a.md:1:1: error[x] Wrong.\n    Mend it.\n", "1 error, 0 warnings\n"
    assert [problem["code"] for problem in problems(f"{good}{count}")] == ["x"]
    for bad in (
        good,
        good.replace("    Mend it.", "    ") + "1 error, 0 warnings\n",
        f"b\n{good}1 error, 0 warnings\n",
    ):
        with pytest.raises(AssertionError):
            problems(bad)
