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
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from support.project import MINI, ROOT

CASES = sorted((ROOT / "tests" / "hostile").glob("*.yml"))
PROBLEM = re.compile(r"(?P<path>.+?):\d+:\d+: (?P<severity>[a-z]+)\[(?P<code>[a-z0-9-]+)\] \S.*")
ADVICE = re.compile(r" {4}\S.*")
COUNT = re.compile(r"(?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?.*")
SECONDS = 15

# The child limits itself: `preexec_fn` is not safe while other threads run. Root reads what nobody may read, so the
# rights to do so (CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH) are given up by PR_CAPBSET_DROP before the next exec.
CHILD = """
import ctypes, os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
if os.geteuid() == 0:
    for right in (1, 2):
        ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "patientguide", "check", "--content", "content"])
"""


class Outcome(NamedTuple):
    """What the command answered; no code when it had to be stopped."""

    code: int | None
    stdout: str
    stderr: str


Outcomes = dict[Path, Future[Outcome]]


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


def run(path: Path, folder: Path) -> Outcome:
    project = folder / path.stem
    shutil.copytree(MINI, project)
    apply(read(path), project)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "hooks"), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(
            [sys.executable, "-IS", "-c", CHILD], cwd=project, env=environment, capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return Outcome(None, "", "")
    finally:
        # What nobody may read could not be tidied up by pytest either.
        if read(path).get("make") == "unreadable":
            (project / place(read(path))).chmod(0o700)
    return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    """Every case that was asked for, run once; a start takes long, so several run side by side."""
    wanted = [item.callspec.params["hostile"] for item in request.session.items if "hostile" in item.fixturenames]
    folder = tmp_path_factory.mktemp("hostile")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {path: pool.submit(run, path, folder) for path in wanted}


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
def test_a_hostile_file_is_refused_and_named(hostile: Path, outcomes: Outcomes, update_golden: bool) -> None:
    case, outcome = read(hostile), outcomes[hostile].result()
    assert outcome.code is not None, f"no answer within {SECONDS} s"
    assert "Traceback" not in outcome.stdout + outcome.stderr, outcome.stderr[-500:]
    if case.get("accepted"):
        assert (outcome.code, outcome.stdout) == (0, "0 errors, 0 warnings\n")
        return
    assert outcome.code == 1, outcome.stdout[-500:] + outcome.stderr[-500:]
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
