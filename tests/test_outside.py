"""Links out of the guide, against a server that does everything wrong: verdicts, time, politeness, and what is kept."""

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.core import fetch, http
from patientguide.core.fetch import Fetcher, Gate, Limits
from patientguide.core.http import Answer
from patientguide.core.problems import CLEAN, Place
from patientguide.links import addresses, verdicts
from patientguide.links.external import Run
from patientguide.links.report import ADVICE, Known, as_markdown, is_fresh, learn, prune, read, write
from patientguide.links.verdicts import Kind, Verdict
from patientguide.project import load
from support import misbehaving
from support.misbehaving import DOIS, REFUSED, ROWS, Server, resolver, say, serving
from support.project import begun

pytestmark = pytest.mark.process  # servers that are late, and how long it takes to give up on them

DEADLINE = 2.0
LIMITS = Limits(
    http.user_agent(None),
    deadline=DEADLINE,
    backoff=0.05,
    longest_wait=0.5,
    interval=0.0,
    loopback=True,
    resolver=resolver,
)
DAY = date(2026, 11, 21)


def host(name: str, server: Server, path: str = "/deep/start", scheme: str = "http") -> str:
    return f"{scheme}://{name}.example.net:{server.server_port}{path}"


def fetcher(limits: Limits) -> Fetcher:
    return Fetcher(limits, Gate(limits.interval, threading.Event().wait), time.monotonic() + 60)


def judged(found: list[str], limits: Limits = LIMITS, **more: object) -> dict[str, Verdict]:
    return dict(Run(found, limits, 60.0, **more))


# -- verdicts


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    rows = {row.name: row.do for row in ROWS}
    with serving(rows, {row.name: row.robots for row in ROWS if row.robots}) as made:
        yield made


@pytest.fixture(scope="module")
def outcome(server: Server) -> tuple[dict[str, Verdict], float]:
    """All rows in one run, and the seconds it took."""
    start = time.monotonic()
    found = judged([host(row.name, server, row.path) for row in ROWS], workers=32)
    return found, time.monotonic() - start


def test_there_are_enough_rows_and_each_has_its_own_name() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 100
    assert len(ROWS) + len(DOIS) + len(REFUSED) >= 150


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_verdict(row: misbehaving.Row, server: Server, outcome: tuple[dict[str, Verdict], float]) -> None:
    verdict = outcome[0][host(row.name, server, row.path)]
    assert verdict.kind == row.verdict, verdict
    assert bool(verdict.fix) == (row.verdict == "moved")
    if row.fix:
        assert verdict.fix == host(row.name, server, row.fix)
    if row.requests:
        asked = server.requests[f"{row.name}{urlsplit(row.path).path}"]
        assert asked == max(row.requests, 0)


def test_nothing_hangs(outcome: tuple[dict[str, Verdict], float]) -> None:
    assert len(outcome[0]) == len(ROWS)
    assert outcome[1] < 30


@pytest.mark.parametrize("name", ["body-trickles", "head-trickles", "first-byte-late", "s429-2099", "body-200-mb"])
def test_the_deadline_holds(name: str, server: Server) -> None:
    start = time.monotonic()
    fetcher(LIMITS).ask(host(name, server))
    assert time.monotonic() - start < DEADLINE + 0.5


def test_a_body_is_read_only_as_far_as_needed(server: Server) -> None:
    for name in ("body-200-mb", "gzip-bomb"):
        answer = fetcher(LIMITS).ask(host(name, server))
        assert len(answer.body) == LIMITS.body
        assert answer.is_cut


def test_dois_are_judged_by_their_handle_service() -> None:
    def service(request: misbehaving.Handler) -> None:
        name = misbehaving.unquote(urlsplit(request.path).path.removeprefix("/api/handles/"))
        DOIS[name][0](request)

    with serving({"doi": service}) as server:
        base = host("doi", server, "")
        found = {doi: judged([f"doi:{doi}"], doi_base=base)[f"doi:{doi}"].kind for doi in DOIS}
    assert found == {doi: verdict for doi, (_, verdict) in DOIS.items()}


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused_before_anything_is_sent(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", connect)
    limits = Limits("tests", deadline=2.0, interval=0.0, resolver=resolver)
    assert judged([address], limits)[address].kind == Kind.INVALID


def test_tests_reach_loopback_and_nothing_else_that_is_private() -> None:
    for address in ("http://10.0.0.1/", "http://2130706433/", "http://127.1/", "http://printer.local/"):
        assert judged([address])[address].kind == Kind.INVALID


def test_a_name_is_looked_up_once_for_each_request_and_that_address_is_asked() -> None:
    """A name that answers a public address first and a private one later gets nothing."""
    asked: list[str] = []

    def rebinding(name: str, _: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving({"rebind": say()}) as server:
        limits = Limits("tests", deadline=2.0, interval=0.0, loopback=True, resolver=rebinding)
        answer = fetcher(limits).ask(host("rebind", server))
        assert (answer.status, len(asked)) == (200, 1)
        assert fetcher(limits).ask(host("rebind", server)).fault == "forbidden"


def test_lookups() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    start = time.monotonic()
    wanted = {
        "http://nowhere.example.org/": Kind.CONNECTION,
        "http://late.example.org/": Kind.TIMEOUT,
        f"http://refused.example.net:{port}/": Kind.CONNECTION,
    }
    assert {address: verdict.kind for address, verdict in judged(list(wanted)).items()} == wanted
    assert time.monotonic() - start < DEADLINE + 1


def test_a_late_lookup_leaves_less_time_to_connect() -> None:
    """A server that takes no connection keeps whoever connects waiting; a lookup before that is on the same clock."""

    def late(*_: object) -> list[str]:
        time.sleep(DEADLINE * 0.8)
        return ["127.0.0.1"]

    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        start = time.monotonic()
        limits = Limits("tests", deadline=DEADLINE, tries=1, interval=0.0, loopback=True, resolver=late)
        answer = fetcher(limits).ask(f"http://full.example.net:{full.getsockname()[1]}/")
        assert (answer.fault, time.monotonic() - start < DEADLINE * 1.6) == ("timeout", True)
        for one in waiting:
            one.close()


def test_certificates() -> None:
    trusted = str(misbehaving.TLS / "test-only-cert.pem")
    with serving({}, tls=True) as server, serving({}) as plain, socket.create_server(("127.0.0.1", 0)) as silent:
        own = host("tls", server, scheme="https")
        other = host("other", server, scheme="https")
        assert judged([own])[own].kind == Kind.TLS_ERROR
        with_trust = Limits("tests", deadline=DEADLINE, interval=0.0, loopback=True, resolver=resolver, verify=trusted)
        assert judged([own], with_trust)[own].kind == Kind.OK
        assert judged([other], with_trust)[other].kind == Kind.TLS_ERROR
        spoken = host("tls", plain, scheme="https")
        assert judged([spoken])[spoken].kind == Kind.TLS_ERROR
        mute = f"https://tls.example.net:{silent.getsockname()[1]}/"
        start = time.monotonic()
        assert judged([mute])[mute].kind == Kind.TIMEOUT
        assert time.monotonic() - start < DEADLINE + 1


def test_who_asks_is_said_honestly() -> None:
    agents: list[str] = []

    def keep(request: misbehaving.Handler) -> None:
        agents.append(request.headers["User-Agent"])
        say()(request)

    with serving({"who": keep}) as server:
        limits = Limits(http.user_agent("editor@example.org"), interval=0.0, loopback=True, resolver=resolver)
        judged([host("who", server)], limits)
    assert agents == [f"patientguide/{metadata.version('patientguide')} (mailto:editor@example.org)"]


ALL = "User-agent: *\nDisallow: "


@pytest.mark.parametrize(
    ("text", "allowed", "refused"),
    [
        ("", ["/"], []),
        (ALL, ["/", "/a"], []),
        (f"{ALL}/a", ["/", "/b/a"], ["/a", "/a/b", "/ab", "/a?b"]),
        (f"{ALL}/a\nAllow: /a/b", ["/a/b", "/a/bc"], ["/a", "/a/c"]),
        (f"{ALL}/a\nAllow: /a", ["/a"], []),
        # Wildcards: anything, nothing and slashes, too.
        (f"{ALL}/*/a", ["/a", "/b"], ["/b/a", "/b/c/a", "/b/ab", "//a"]),
        (f"{ALL}/a*z", ["/a", "/z"], ["/az", "/a/b/z", "/azz/b"]),
        (f"{ALL}*.pdf", ["/a.html"], ["/a.pdf", "/b/a.pdf?c", "/?a=.pdf"]),
        (f"{ALL}/a**b", ["/a"], ["/ab", "/acb"]),
        (f"{ALL}*", [], ["/", "/a"]),
        # The end.
        (f"{ALL}/a$", ["/", "/ab", "/a/", "/a?b"], ["/a"]),
        (f"{ALL}/*.pdf$", ["/a.pdf?b", "/a.pdfx", "/.pd"], ["/a.pdf", "/b/c.pdf"]),
        (f"{ALL}/a*b*c$", ["/abcd", "/acb"], ["/abc", "/axbycc", "/abcbc"]),
        (f"{ALL}/\nAllow: /$", ["/"], ["/a"]),
        (f"{ALL}/a*a$", ["/a", "/ab"], ["/aa", "/aba"]),
        # The longest rule decides, whatever the order.
        (f"{ALL}/a/\nAllow: /a/b*.html$", ["/a/b.html", "/a/b/c.html"], ["/a/b.html5", "/a/c.html"]),
        (f"Allow: /\n{ALL}/a", ["/"], ["/a"]),
        # Signs that are written in two ways.
        (f"{ALL}/%61", [], ["/a", "/%61"]),
        (f"{ALL}/caf\u00e9", ["/cafe"], ["/caf\u00e9", "/caf%C3%A9"]),
        (f"{ALL}/a%2fb", ["/a/b"], ["/a%2Fb"]),
        # Who is meant.
        ("User-agent: us\nDisallow: /", [], ["/"]),
        ("USER-AGENT: Us # we\ndisallow: /", [], ["/"]),
        ("User-agent: us/1.0\nDisallow: /", [], ["/"]),
        ("User-agent: usual\nUser-agent: u\nUser-agent: bus\nDisallow: /", ["/"], []),
        (f"{ALL}/\n\nUser-agent: us\nDisallow: /a", ["/", "/b"], ["/a"]),
        (f"User-agent: us\nDisallow: /a\n\n{ALL}/", ["/b"], ["/a"]),
        (f"{ALL}/\n\nUser-agent: us\nDisallow:", ["/", "/a"], []),
        ("User-agent: them\nUser-agent: us\nDisallow: /a\n\nUser-agent: they\nDisallow: /b", ["/b"], ["/a"]),
        ("User-agent: us\nDisallow: /a\n\nUser-agent: us\nDisallow: /b", ["/"], ["/a", "/b"]),
        ("User-agent: them\nDisallow: /", ["/"], []),
        ("User agent us\nDisallow: /", [], ["/"]),
        (f"{ALL}/\nUser-agents: them\nDisallow: /a", [], ["/", "/a"]),
        ("Disallow: /", ["/"], []),
        # Whatever else a host sends.
        ("<!doctype html><p>Disallow: /</p>", ["/"], []),
        ("\x00\ufffd: \x0bUser-agent\u2028:::", ["/"], []),
        (f"{ALL}http://[", ["/"], []),
        (f"{ALL}/\nCrawl-delay: x\nRequest-rate: {'9' * 5000}/0\nVisit-time: 9-1", [], ["/"]),
    ],
)
def test_robots_rules(text: str, allowed: list[str], refused: list[str]) -> None:
    rules = fetch.robots(text, "us")
    asked = {path: fetch.allows(rules, "us", f"https://example.org{path}") for path in (*allowed, *refused)}
    assert asked == {**dict.fromkeys(allowed, True), **dict.fromkeys(refused, False)}


@pytest.mark.parametrize("address", ["https://[", "https://[/robots.txt", "http://a]/", "https://\u2100.example/"])
def test_robots_rules_do_not_judge_what_is_no_address(address: str) -> None:
    assert fetch.allows(fetch.robots("User-agent: us\nDisallow: /nothing", "us"), "us", address)


@pytest.mark.parametrize(
    "text",
    [
        f"{ALL}/{'*a' * 250_000}",
        f"{ALL}/{'a*' * 200_000}b$",
        f"{ALL}/a*b\n" * 20_000,
        "".join(f"Disallow: /*{number}$\n" for number in range(30_000)) + ALL,
        "".join(f"User-agent: {number}\n" for number in range(15_000)) + "Disallow: /a\n" * 15_000,
        f"{ALL}/{'$' * 500_000}",
        f"{ALL}/{'%' * 500_000}",
        f"{ALL}/{'%41' * 160_000}",
        "User-agent " * 50_000,
        " " * 512_000,
        "#" * 512_000,
    ],
    ids=range(11),
)
def test_hostile_robots_rules_cost_no_time(text: str) -> None:
    start = time.process_time()
    fetch.allows(fetch.robots(text, "us"), "us", "https://example.org/" + "a" * 2_000)
    assert time.process_time() - start < 3


def test_hostile_pages_cost_no_time() -> None:
    start = time.process_time()
    for body in (b"<title" * 80_000, b"<a " * 160_000, b"id=" * 160_000, b"<title>" + b" " * 500_000, b"[" * 500_000):
        answer = verdicts.Answer(status=200, url="https://example.org/", content_type="text/html", body=body)
        verdicts.judge("https://example.org/#gone", answer)
        verdicts.judge_doi(answer)
    assert time.process_time() - start < 3


# -- politeness and speed


def test_five_hundred_addresses_of_sixty_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scaled to a tenth of a second between requests; the second run asks nothing of what was found well."""
    seen: dict[str, list[float]] = {}
    wait = Gate.wait

    def keep(gate: Gate, name: str) -> bool:
        answer = wait(gate, name)
        seen.setdefault(name, []).append(time.monotonic())
        return answer

    monkeypatch.setattr(Gate, "wait", keep)
    interval = 0.1
    with serving({}) as server:
        lines = [host(f"h{number % 60}", server, f"/page/{number}") for number in range(500)]
        file = tmp_path / "addresses.txt"
        file.write_text("\n".join(lines))
        monkeypatch.setattr(fetch, "Limits", partial(Limits, resolver=resolver))
        options = ["--from", str(file), "--state", str(tmp_path / "links.json"), "--allow-loopback"]
        start = time.monotonic()
        done = outside(*options, "--interval", str(interval), "--as-of", "2026-11-21")
        seconds = time.monotonic() - start
        assert done.exit_code == 0, done.output
        assert done.stdout == "500 addresses: 500 ok\n"
        # Ten times slower is the real thing, and must fit into ten minutes.
        assert seconds * (1.0 / interval) < 600
        gaps = [later - sooner for times in seen.values() for sooner, later in pairwise(times)]
        assert len(seen) == 60
        assert min(gaps) > interval * 0.9
        before = sum(server.requests.values())
        assert before == 560
        done = outside(*options, "--as-of", "2026-11-27")
        assert done.exit_code == 0
        assert "500 not asked" in done.stderr
        assert sum(server.requests.values()) == before
        assert outside(*options, "--interval", "0", "--as-of", "2026-11-28").exit_code == 0
        assert sum(server.requests.values()) == 2 * before


def test_a_host_that_asks_for_rest_gets_it() -> None:
    times: list[float] = []

    def tired(request: misbehaving.Handler) -> None:
        times.append(time.monotonic())
        (say(429, Retry_After="60") if len(times) == 1 else say())(request)

    with serving({"tired": tired}) as server:
        limits = Limits("tests", deadline=0.5, longest_wait=1.0, interval=0.0, loopback=True, resolver=resolver)
        found = judged([host("tired", server, "/1"), host("tired", server, "/2")], limits)
    assert [verdict.kind for verdict in found.values()] == [Kind.RATE_LIMITED, Kind.OK]
    assert times[1] - times[0] >= 1.0


def test_the_run_ends_in_time() -> None:
    with serving({"late": misbehaving.stall}) as server:
        start = time.monotonic()
        limits = Limits("tests", deadline=20.0, interval=0.0, loopback=True, resolver=resolver)
        found = dict(Run([host("late", server, f"/{n}") for n in range(5)], limits, 1.0))
        assert time.monotonic() - start < 3
    assert len(found) <= 1


# -- what is kept


def known(*verdicts_: tuple[int, str, int]) -> Known:
    found: Known | None = None
    for day, kind, status in verdicts_:
        found = learn(found, Verdict(Kind(kind), status=status), DAY + timedelta(days=day))
    assert found is not None
    return found


def test_strikes_stand_three_days_apart() -> None:
    assert known((0, "broken", 404), (1, "broken", 404), (2, "broken", 404)).strikes == 1
    third = known((0, "broken", 404), (3, "connection", 0), (6, "tls-error", 0))
    assert (third.strikes, third.is_dead, third.first_failed) == (3, True, "2026-11-21")
    assert not known((0, "broken", 404), (3, "broken", 404)).is_dead
    assert known((0, "broken", 410)).is_dead
    saved = known((0, "broken", 404), (3, "broken", 404), (6, "ok", 200), (9, "broken", 404))
    assert (saved.strikes, saved.last_ok) == (1, "2026-11-27")
    unsure = known((0, "broken", 404), (3, "blocked", 403), (6, "timeout", 0), (7, "broken", 404))
    assert unsure.strikes == 2


def test_what_is_fresh() -> None:
    well = known((0, "ok", 200))
    assert is_fresh(well, DAY + timedelta(days=6))
    assert not is_fresh(well, DAY + timedelta(days=7))
    assert not is_fresh(well, DAY - timedelta(days=1))
    assert not is_fresh(known((0, "moved", 200)), DAY)
    assert not is_fresh(None, DAY)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": "other", "addresses": {}}', '{"format": "patientguide-links-1"}',
     '{"format": "patientguide-links-1", "addresses": {"a": {"verdict": "ok"}}}',
     '{"format": "patientguide-links-1", "addresses": {"a": {"verdict": "ok", "checked": "soon"}}}',
     '{"format": "patientguide-links-1", "addresses": {"a": {"verdict": "odd", "checked": "2026-11-21"}}}',
     '{"format": "patientguide-links-1", "addresses": {"a": {"verdict": "ok", "checked": "2026-11-21", "status": ""}}}',
     "[" * 100_000, "\ud800"],
    ids=range(12),
)  # fmt: skip
def test_a_damaged_state_is_set_aside(tmp_path: Path, text: str) -> None:
    file = tmp_path / "links.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    (tmp_path / "none.txt").write_text("# nothing\n")
    done = outside("--from", str(tmp_path / "none.txt"), "--state", str(file))
    assert done.exit_code == 0, done.output
    assert "It was moved to links.json.set-aside" in done.stderr
    assert (tmp_path / "links.json.set-aside").read_bytes() == text.encode("utf-8", "surrogatepass")
    assert read(file) == ({}, "")


def test_a_state_comes_back_as_it_was(tmp_path: Path) -> None:
    state = {"https://example.org/ü": known((0, "broken", 404)), "doi:10.1/x": known((0, "ok", 200))}
    write(tmp_path / "deep" / "links.json", state)
    assert read(tmp_path / "deep" / "links.json") == (state, "")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["links.json"]
    assert set(prune(state, ["doi:10.1/x"], DAY + timedelta(days=100))) == {"doi:10.1/x"}


def start(folder: Path, port: int, count: int, limit: int | None = None) -> "subprocess.Popen[str]":
    """A run of its own process over pages of a server; `limit` is the most bytes that a file may have."""
    (folder / "addresses.txt").write_text("".join(f"http://127.0.0.1:{port}/{number}\n" for number in range(count)))
    write(folder / "links.json", {"https://old.example.org/": known((0, "ok", 200))})
    command = ["links", "--from", "addresses.txt", "--state", "links.json", "--allow-loopback"]
    return begun(folder, *command, "--interval", "0.1", "--as-of", "2026-11-21", limit=limit)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_kill_leaves_the_old_state_whole(tmp_path: Path) -> None:
    with serving({}) as server:
        run = start(tmp_path, server.server_port, 200)
        until(lambda: sum(server.requests.values()) > 5)
        run.kill()
        run.communicate()
    assert set(read(tmp_path / "links.json")[0]) == {"https://old.example.org/"}


def test_ctrl_c_keeps_what_was_done(tmp_path: Path) -> None:
    with serving({}) as server:
        run = start(tmp_path, server.server_port, 200)
        until(lambda: sum(server.requests.values()) > 8)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 2, err
    assert "Traceback" not in err
    assert "it was stopped. What was found is kept: the next run goes on" in err
    assert "200 addresses: " in out
    assert "not asked yet" in out
    assert 5 < len(read(tmp_path / "links.json")[0]) < 100


def test_a_full_disk_leaves_the_old_state_whole(tmp_path: Path) -> None:
    with serving({}) as server:
        run = start(tmp_path, server.server_port, 20, limit=600)
        _, err = run.communicate(timeout=60)
    assert run.returncode == 2, err
    assert "What was found cannot be kept" in err
    assert "Traceback" not in err
    assert set(read(tmp_path / "links.json")[0]) == {"https://old.example.org/"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["addresses.txt", "links.json"]


# -- the command and its reports


def outside(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["links", *arguments])


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command over some addresses, with the resolver of the tests."""
    monkeypatch.setattr(fetch, "Limits", partial(Limits, resolver=resolver, backoff=0.01))
    monkeypatch.chdir(tmp_path)

    def run(lines: list[str], *more: str) -> Result:
        Path("addresses.txt").write_text("\n".join(lines))
        return outside("--from", "addresses.txt", "--allow-loopback", "--interval", "0", *more)

    return run


def test_the_command_says_what_needs_a_hand(ask: Callable[..., Result], server: Server) -> None:
    broken, moved, walled = (host(name, server) for name in ("s404", "moved-308", "s403"))
    done = ask([broken, moved, walled], "--as-of", "2026-11-21")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        f"addresses.txt:1:1: warning[broken] {broken}: it answers 404, for the first time since 2026-11-21.\n"
        "    Look for the page's new address, or name an archived copy in the source.\n"
        f"addresses.txt:2:1: warning[moved] {moved}: it has moved for good.\n"
        f"    Write {host('moved-308', server, '/deep/b')}\n"
        "3 addresses: 1 blocked, 1 moved, 1 broken\n"
    )
    ask([broken], "--as-of", "2026-11-24")
    assert "It is dead: write" in ask([broken], "--as-of", "2026-11-27").stdout


def test_a_guide_with_errors_is_asked_about_all_the_same(
    mini: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A waiver that ended on Sunday must not end the watch of Monday."""
    monkeypatch.chdir(mini)
    monkeypatch.setattr(Fetcher, "ask", lambda *_, **__: Answer(status=200, body=b"x", content_type="text/plain"))
    options = ["--state", str(tmp_path / "links.json"), "--as-of", "2026-11-21"]
    assert outside(*options).exit_code == 0
    file = mini / "content" / "faqs" / "what-next.md"
    file.write_text(file.read_text() + "\n<b>x</b>\n")
    done = outside(*options, "--format", "json", "--state", str(tmp_path / "other.json"))
    assert done.exit_code == 1
    assert {found["verdict"] for found in json.loads(done.stdout) if "doi:" not in found["address"]} == {"ok"}
    assert "The guide has errors" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--interval", "0.5"], "at most once a second"),
        (["--state", "content/guide.yml"], "does not end in .json"),
        (["--state", "a.json", "--report", "./a.json"], "It is the file of --state"),
    ],
)
def test_what_would_be_rude_or_lose_a_file_is_refused(options: list[str], said: str, tmp_path: Path) -> None:
    file = tmp_path / "addresses.txt"
    file.write_text("https://example.org/")
    done = outside("--from", str(file), *options)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    "title", ["Error bars in small trials", "Protocol 404: a trial of tablets", "Errors of dosing"]
)
def test_a_title_about_errors_is_no_missing_page(title: str) -> None:
    answer = Answer(
        status=200, body=f"<title>{title}</title>x".encode(), content_type="text/html", url="https://e.org/a"
    )
    assert verdicts.judge("https://e.org/a", answer).kind == Kind.OK


@pytest.mark.parametrize(
    "title", ["404", "Clinic | 404", "Error 404", "Error", "Error - Clinic", "404 page", "Error 500"]
)
def test_a_title_of_an_error_is_a_missing_page(title: str) -> None:
    answer = Answer(
        status=200, body=f"<title>{title}</title>x".encode(), content_type="text/html", url="https://e.org/a"
    )
    assert verdicts.judge("https://e.org/a", answer).kind == Kind.SOFT_404


def test_external_trouble_fails_nothing_but_what_is_not_allowed_does(
    ask: Callable[..., Result], server: Server
) -> None:
    trouble = [host(name, server) for name in ("s404", "s500", "loop", "body-reset", "soft-404", "s429-soon")]
    assert ask(trouble).exit_code == 0
    done = ask([host("to-metadata", server)])
    assert done.exit_code == 1
    assert "error[invalid]" in done.stdout
    for address in ("http://10.0.0.1/", "javascript:alert(1)", "http://", "https://example.org:8443/"):
        Path("one.txt").write_text(address)
        done = outside("--from", "one.txt")
        assert done.exit_code == 1, address
        assert done.stdout.startswith("one.txt:1:1: error[forbidden-address] ")
        assert done.stdout.endswith("\n1 address: 1 invalid\n")


def test_formats(ask: Callable[..., Result], server: Server) -> None:
    address = host("s404", server)
    assert ask([address], "--format", "github").stdout.startswith("::warning file=addresses.txt,line=1,col=1,title=br")
    found = json.loads(ask([address], "--format", "json").stdout)
    assert found[0]["verdict"] == "broken"
    assert found[0]["places"] == [{"path": "addresses.txt", "line": 1, "col": 1}]


def test_what_could_not_run_exits_with_2(ask: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for more in (
        ("--state", "folder"),
        ("--state", "file/links.json"),
        ("--report", "file/report.md"),
        ("--base", "doi=x"),
        ("--contact", "a\nb"),
        ("--deadline", "0"),
        ("--run-deadline", "soon"),
    ):
        done = ask([], *more)
        assert done.exit_code == 2, more
        assert "Traceback" not in done.output
    assert outside("--content", "gone").exit_code == 2


def test_the_report_shows_the_words_of_strangers_and_nothing_more(ask: Callable[..., Result]) -> None:
    evil = "404 <img src=x onerror=alert(1)> @everyone #1 ![x](https://evil.example.org) | `a` [x](javascript:y) \u202e"
    with serving({"evil": misbehaving.titled(evil.replace("<", "&lt;"))}) as server:
        assert ask([host("evil", server)], "--report", "build/report.md").exit_code == 0
    report = Path("build/report.md").read_text()
    assert "1 soft-404" in report
    rows = [line for line in report.split("\n") if line.startswith("| <code>")]
    assert len(rows) == 1
    cells = rows[0].removeprefix("| ").removesuffix(" |").split(" | ")
    assert len(cells) == 5
    for cell in cells:
        assert not set(cell.removeprefix("<code>").removesuffix("</code>")) & set("<>@`![](|\\*_\u202e"), cell


def test_the_report_is_in_parts() -> None:
    state = {
        "https://a.example.org/": known((0, "broken", 410)),
        "https://b.example.org/": learn(None, Verdict(Kind.MOVED, fix="https://c.example.org/"), DAY),
        "https://d.example.org/": known((0, "timeout", 0)),
        "https://e.example.org/": known((0, "ok", 200)),
        "https://f.example.org/": known((0, "server-error", 500)),
    }
    places = {address: (Place("content/x.md", 3),) for address in state}
    report = as_markdown(places, state, "2026-11-21")
    titles = [line for line in report.split("\n") if line.startswith("### ")]
    assert titles == [
        "### Dead (1)",
        "### Moved (1)",
        "### Failed, and not yet often enough to be sure (1)",
        "### Not known (1)",
    ]
    assert CLEAN not in report
    assert "5 addresses: 1 ok, 1 timeout, 1 moved, 1 server-error, 1 broken." in report
    quiet = {address: known for address, known in state.items() if known.verdict in ("timeout", "ok", "server-error")}
    quiet_places = {address: places[address] for address in quiet}
    assert f"\n{CLEAN}\n" in as_markdown(quiet_places, quiet, "2026-11-21")


def test_every_verdict_has_advice() -> None:
    assert set(ADVICE) | {Kind.OK} == set(Kind)


def test_the_addresses_of_a_guide_with_their_places(change: Callable[..., Path]) -> None:
    project = change(
        "content/therapies/tablets.md",
        "They block histamine [@label#words].",
        "They block histamine [@label#words]. See [this](https://example.org/label) and [that](https://example.org/that).",
    )
    change(
        "content/references/label.yml",
        "custom: {",
        'custom: {archive_url: "https://web.archive.org/web/2025/https://example.org/label", ',
    )
    guide, problems = load(project / "content", DAY)
    assert guide, problems
    found = addresses.collect(guide)
    assert set(found) >= {"doi:10.1000/sneeze.1", "https://example.org/label", "https://example.org/that"}
    assert [place.path for place in found["https://example.org/label"]] == [
        "content/references/label.yml",
        "content/therapies/tablets.md",
    ]
    assert any(address.startswith("https://web.archive.org/") for address in found)
    change("content/references/label.yml", "custom: {", 'custom: {dead: "2026-11-21", ')
    guide, _ = load(project / "content", DAY)
    assert guide
    assert len(addresses.collect(guide)["https://example.org/label"]) == 1
