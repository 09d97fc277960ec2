"""Mutation tests: small faults put into the modules that decide what is safe, and whether any test notices.

`make mutants` takes a sample of each module. A fault that no test notices is printed, unless mutants-survivors.yml
says why no test can. Nothing is written into the package: a mutant lives in the memory of one process.
"""

import argparse
import gc
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from math import ceil
from pathlib import Path
from random import Random
from types import CodeType, ModuleType
from typing import Any, NoReturn

import coverage
import pytest
import yaml
from support.mutation import Mutant, mutants

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
PACKAGE = ROOT / "hooks" / "patientguide"
PARTS = ("review", "translations", "checks", "model")
"""The packages that decide what is safe to show."""
FILES = (
    *("addresses", "blocks", "broken", "cite", "claims", "core", "evidence", "freshness", "golden", "languages"),
    *("passages", "project", "properties", "registry", "review", "roles", "rules", "rules_hostile", "signoff"),
    *("signoff_lists", "status", "time", "units"),
)
"""Test files that run the package in their own process, in seconds."""
ELSEWHERE = {"shared", "browser", "built", "preview"}
"""Fixtures whose work is done by other processes, which no mutant reaches."""
FOLDER = ROOT / "build" / "mutants"
KNOWN = TESTS / "mutants-survivors.yml"
SECONDS = 60.0
"""What the tests of one mutant may take of the processor in sum: the likeliest to notice come first."""
KILLED, SURVIVED, TIMEOUT = "killed", "survived", "timed out"

Reach = dict[str, Any]
"""What a run of all tests found out: their durations, the lines that each reaches, and the libraries they load."""
Row = dict[str, Any]
"""A mutant that was tried: its module, line and fault, what became of it, and how many tests ran."""


class _Chosen:
    """Runs only some tests, in the order in which they are named; before them all that are not `known`."""

    def __init__(self, names: Sequence[str], known: Collection[str] | None) -> None:
        self.places = {name: place for place, name in enumerate(names)}
        self.known = known

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        kept = [item for item in items if item.nodeid in self.places or self.is_new(item)]
        items[:] = sorted(kept, key=lambda item: self.places.get(item.nodeid, -1))

    def is_new(self, item: pytest.Item) -> bool:
        if self.known is None or ELSEWHERE & set(getattr(item, "fixturenames", ())):
            return False
        return item.nodeid not in self.known


class _Reaching:
    """Notes which lines each test reaches. What a fixture of many tests reaches counts for each of them."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.caches: list[Any] = []
        self.fixtures: dict[str, list[str]] = defaultdict(list)
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.test = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [i for i in items if not ELSEWHERE & set(getattr(i, "fixturenames", ()))]
        for item in items:
            for name in getattr(item, "fixturenames", ()):
                self.fixtures[name].append(item.nodeid)
        self.caches = [found for found in gc.get_objects() if type(found).__name__ == "_lru_cache_wrapper"]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        # What an earlier test left in a cache would hide that this one needs it, too.
        for cache in self.caches:
            if str(getattr(cache, "__module__", "")).startswith("patientguide"):
                cache.cache_clear()
        self.test = item.nodeid
        self.measured.switch_context(self.test)
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[self.test] = time.process_time() - start

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        self.measured.switch_context(f"fixture {fixturedef.argname}")
        try:
            return (yield)
        finally:
            self.measured.switch_context(self.test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def lines(self, module: Path) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for line, contexts in self.measured.get_data().contexts_by_lineno(str(module)).items():
            tests = {test for name in contexts for test in self.fixtures.get(name.removeprefix("fixture "), [name])}
            # Without a context it was read at import: any test may notice.
            found[line] = sorted(tests & self.seconds.keys()) if "" not in contexts else []
        return found


def run_pytest(files: Sequence[str], plugin: object, *options: str) -> int:
    """Run tests in this process, without a word."""
    scratch = tempfile.mkdtemp(prefix="mutants-")
    quiet = ["-qq", "--quick", "--tb=no", "--no-header", "--no-summary", "--durations=1", "-p", "no:cacheprovider"]
    # The libraries are loaded before pytest could rewrite those that are its plugins.
    quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    try:
        return int(pytest.main([*quiet, "-p", "no:xdist", f"--basetemp={scratch}/t", *options, *files], [plugin]))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def forked(work: Callable[[], int], seconds: float | None = None) -> int | None:
    """What `work` answers in a process of its own; None when it used up its seconds."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _become(work, seconds)
    end = time.monotonic() + (60 + 10 * seconds if seconds else 1e9)
    is_gone = False
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if is_gone := bool(done):
                code = os.waitstatus_to_exitcode(status)
                return None if code == -signal.SIGXCPU else code
            time.sleep(0.02)
        return None
    finally:
        # Once it is waited for, its number may be that of another process.
        if not is_gone:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _become(work: Callable[[], int], seconds: float | None) -> NoReturn:
    code = 70
    try:
        os.setsid()
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time() + seconds),) * 2)
        code = work()
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def silenced() -> None:
    """Throw away what the process prints."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def find_reach(target: Path) -> int:
    """Run all tests once, and write what each reaches. They must pass."""
    said = os.dup(1)
    silenced()
    measured = coverage.Coverage(data_file=None, source=[str(PACKAGE / part) for part in PARTS], config_file=False)
    plugin = _Reaching(measured)
    measured.start()
    run_pytest([f"tests/test_{name}.py" for name in FILES], plugin)
    measured.stop()
    os.dup2(said, 1)
    failed = sorted(set(plugin.failed))
    if failed:
        print("\n".join([f"Left out, because they fail without any mutant ({len(failed)}):", *failed]))
    seconds = {name: taken for name, taken in plugin.seconds.items() if name not in failed}
    if not seconds:
        return 1
    ours = ("patientguide", "support", "conftest", "__main__", *(file.stem for file in TESTS.glob("*.py")))
    libraries = sorted(name for name in sys.modules if name.partition(".")[0] not in ours)
    lines = {str(path): plugin.lines(path) for path in modules()}
    target.write_text(json.dumps({"seconds": seconds, "failed": failed, "lines": lines, "libraries": libraries}))
    return 0


def modules() -> list[Path]:
    """The modules that are mutated."""
    return [path for part in PARTS for path in sorted((PACKAGE / part).glob("*.py")) if path.stem != "__init__"]


def chosen(reach: Reach, module: Path, mutant: Mutant) -> list[str]:
    """The tests that reach a mutant, the likeliest to notice first; all where Python reads it at import.

    A test tells the more of a place, the fewer others run the lines around it. Of all tests, small files come first.
    """
    seconds: dict[str, float] = reach["seconds"]
    lines = reach["lines"][str(module)]
    known = [lines[str(line)] for line in mutant.lines if str(line) in lines]
    names, scores = set(seconds), defaultdict[str, float](float)
    if all(known):
        names &= set(chain.from_iterable(known))
        for line, tests in lines.items():
            for test in tests:
                scores[test] += 1 / len(tests) / (1 + abs(int(line) - mutant.line))
    else:
        files: Counter[str] = Counter()
        for name in names:
            files[name.partition("::")[0]] += seconds[name]
        scores.update({name: -files[name.partition("::")[0]] for name in names})
    found, left = [], SECONDS
    for name in sorted(names, key=lambda name: (-scores[name], seconds[name])):
        if seconds[name] <= left:
            found.append(name)
            left -= seconds[name]
    return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from the code of a mutant."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        found = importlib.machinery.ModuleSpec(name, self, origin=str(self.path))
        found.has_location = True
        return found

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, vars(module))


def outcome(
    name: str, module: Path, code: CodeType, tests: Sequence[str], seconds: float, known: Collection[str] | None = None
) -> str:
    """What became of a mutant under some tests, and under all that are not `known`."""
    files = {test.partition("::")[0] for test in tests} if known is None else {f"tests/test_{one}.py" for one in FILES}

    def work() -> int:
        silenced()
        sys.meta_path.insert(0, _Finder(name, module, code))
        return run_pytest(sorted(files), _Chosen(tests, known), "-x")

    done = forked(work, seconds)
    if done is None:
        return TIMEOUT
    return SURVIVED if done in (0, 5) else KILLED


def try_module(module: Path, options: argparse.Namespace, reach: Reach, last: Sequence[Row], target: Path) -> bool:
    """Try mutants of one module, each in a fork that loads the package, and so the mutant, for itself.

    False when the tests fail there without any mutant.
    """
    name = ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts)
    assert not any(loaded.startswith("patientguide") for loaded in sys.modules), "others would hold the module as it is"
    source = module.read_text()
    every = mutants(source, str(module))
    known = {*reach["seconds"], *reach["failed"]} if options.again or options.keep else None
    if options.again:
        picked = [mutant for mutant in every if any(row["what"] == mutant.name for row in last)]
    else:
        picked = Random(f"{options.seed} {name}").sample(every, min(options.sample, len(every)))
    seconds: dict[str, float] = reach["seconds"]
    quick = sorted(seconds, key=lambda name: seconds[name])[:: max(1, len(seconds) // 20)]
    unchanged = compile(source, str(module), "exec", dont_inherit=True)
    if picked and outcome(name, module, unchanged, quick, 60, known) != SURVIVED:
        return False
    with target.open("a") as file:
        for mutant in sorted(picked, key=lambda mutant: mutant.line):
            tests = chosen(reach, module, mutant)
            limit = 20 + 4 * sum(seconds[test] for test in tests)
            became = outcome(name, module, mutant.code, tests, limit, known)
            row = {"module": str(module.relative_to(PACKAGE)), "line": mutant.line, "what": mutant.name}
            file.write(json.dumps({**row, "became": became, "tests": len(tests)}) + "\n")
            file.flush()
    return True


def report(rows: Sequence[Row], known: dict[str, dict[str, str]]) -> Iterator[str]:
    """The figures by package, and every mutant that no test noticed and none could explain."""
    total: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    for row in rows:
        part = row["module"].partition("/")[0]
        total[part] += 1
        noticed[part] += row["became"] != SURVIVED
        if row["became"] == SURVIVED and row["what"] in known.get(row["module"], {}):
            alike[part] += 1
        elif row["became"] == SURVIVED:
            yield f"{row['module']}:{row['line']}: {row['what']} (survived {row['tests']} tests)"
    for part in (*total, "all"):
        of, killed, same = (sum(found.values()) if part == "all" else found[part] for found in (total, noticed, alike))
        rest = f"; {same} explained in {KNOWN.name}" if same else ""
        yield f"{part}: {killed} of {of} mutants killed ({100 * killed / max(1, of):.0f} %){rest}"
    yield f"Timed out, counted as killed: {sum(row['became'] == TIMEOUT for row in rows)}"


def main() -> int:
    """Read the options, and answer 1 when a mutant survived that nobody explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as review or model/roles.py; all without")
    parser.add_argument("--sample", type=int, default=15, help="mutants of each module (15)")
    parser.add_argument("--seed", type=int, default=1, help="another number takes another sample (1)")
    parser.add_argument(
        "--again", action="store_true", help="only what survived the last run, with the tests new since"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep what the last run learned of tests; new ones run, too"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.chdir(ROOT)
    sys.path.insert(0, str(PACKAGE.parent))
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = FOLDER / "results.jsonl"
    last = [row for row in read_rows(results) if row["became"] == SURVIVED] if options.again else []
    picked = [m for m in modules() if str(m.relative_to(PACKAGE)).startswith(tuple(options.modules or [""]))]
    if options.again:
        picked = [m for m in picked if any(row["module"] == str(m.relative_to(PACKAGE)) for row in last)]
    elif not options.keep:
        print(f"First the tests run once as they are: which reaches what? Then {len(picked)} modules.", flush=True)
        if forked(lambda: find_reach(FOLDER / "reach.json")):
            return 1
    reach = json.loads((FOLDER / "reach.json").read_text())
    for library in reach["libraries"]:
        with suppress(ImportError):
            importlib.import_module(library)
    results.write_text("")
    for module in picked:
        path, before = str(module.relative_to(PACKAGE)), len(read_rows(results))
        survivors = [row for row in last if row["module"] == path]
        if not try_module(module, options, reach, survivors, results):
            print(f"{path}: the tests fail without any mutant here")
            return 1
        rows = read_rows(results)[before:]
        killed = sum(row["became"] != SURVIVED for row in rows)
        print(f"{path}: {killed} of {len(rows)} killed", flush=True)
    known = yaml.safe_load(KNOWN.read_text()) or {}
    lines = list(report(read_rows(results), known))
    print("\n".join(lines))
    return int(any("(survived" in line for line in lines))


def read_rows(results: Path) -> list[Row]:
    """What became of each mutant so far."""
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


if __name__ == "__main__":
    sys.exit(main())
