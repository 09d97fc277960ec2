"""A server on loopback that does everything wrong, one row of data for each way: what it does, and the right verdict.

Each row has a host name of its own (`<name>.example.net`, which a resolver of the tests sends to loopback), as rows of
one host would wait for each other.
"""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from support.serving import LoopbackServer

TLS = Path(__file__).resolve().parent.parent / "tls"
PAGE = b"<!doctype html><html><head><title>A page</title></head><body><h2 id='here'>Words</h2></body></html>"


class Handler(BaseHTTPRequestHandler):
    """Does what the row of the host says."""

    server: "Server"

    def do_GET(self) -> None:
        name = (self.headers["Host"] or "").partition(".")[0]
        path = unquote(urlsplit(self.path).path)
        number = self.server.count(f"{name}{path}")
        do = self.server.rows.get(name, say())
        if path == "/robots.txt":
            do = self.server.robots.get(name, say(404, b""))
        if isinstance(do, list):
            do = do[min(number, len(do)) - 1]
        try:
            do(self)
        except OSError:
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        pass


class Server(LoopbackServer):
    """Counts requests by host name and path."""

    request_queue_size = 128

    def __init__(self, rows: dict[str, Any], robots: dict[str, Any]) -> None:
        self.rows, self.robots = rows, robots
        self.requests: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    def count(self, name: str) -> int:
        with self._lock:
            self.requests[name] += 1
            return self.requests[name]


@contextmanager
def serving(rows: dict[str, Any], robots: dict[str, Any] | None = None, tls: bool = False) -> Iterator[Server]:
    with Server(rows, robots or {}) as server:
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TLS / "test-only-cert.pem", TLS / "test-only-key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


# -- what a row can do

Do = Callable[[Handler], None]


def say(status: int = 200, body: bytes = PAGE, kind: str = "text/html; charset=utf-8", **headers: str) -> Do:
    def do(request: Handler) -> None:
        request.send_response_only(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        if kind:
            request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return do


def titled(title: str, status: int = 200) -> Do:
    return say(status, f"<html><head><title>\n {title} </title></head><body>x</body></html>".encode())


def to(status: int, location: str, **headers: str) -> Do:
    return say(status, b"moved", Location=location, **headers)


def by_path(**paths: Do) -> Do:
    """A different answer for each path, by its last part; `start` is where the row begins."""

    def do(request: Handler) -> None:
        paths.get(unquote(urlsplit(request.path).path).rpartition("/")[2] or "home", say(404))(request)

    return do


def chain(length: int) -> Do:
    def do(request: Handler) -> None:
        last = urlsplit(request.path).path.rpartition("/")[2]
        step = int(last) if last.isdigit() else 0
        (to(302, f"/deep/{step + 1}") if step < length else say())(request)

    return do


def raw(data: bytes, then: Callable[[socket.socket], None] | None = None) -> Do:
    def do(request: Handler) -> None:
        request.wfile.write(data)
        request.wfile.flush()
        if then:
            then(request.connection)
        request.close_connection = True

    return do


def reset(connection: socket.socket) -> None:
    """Close with RST instead of an ordinary end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def wait(_: socket.socket) -> None:
    time.sleep(30)


def trickle(head: bytes, piece: bytes, seconds: float = 0.25) -> Do:
    """A byte now and again: each read succeeds, the whole never does."""

    def do(request: Handler) -> None:
        request.wfile.write(head)
        for _ in range(int(60 / seconds)):
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(seconds)

    return do


def stall(request: Handler) -> None:
    time.sleep(30)
    request.close_connection = True


def endless(request: Handler) -> None:
    """200 MB."""
    request.send_response_only(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", "200000000")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b"<p>" + b"x" * 999_997)


def only_for(word: str) -> Do:
    def do(request: Handler) -> None:
        (say() if word in request.headers.get("User-Agent", "") else say(403))(request)

    return do


def cookie_dance(request: Handler) -> None:
    (say() if "seen=1" in request.headers.get("Cookie", "") else to(302, request.path, Set_Cookie="seen=1; Path=/"))(
        request
    )


def new_cookie(request: Handler) -> None:
    to(302, request.path, Set_Cookie=f"seen={time.monotonic_ns()}; Path=/")(request)


BOMB = gzip.compress(b"\0" * 100_000_000)
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HANDLE = b'{"responseCode":1,"handle":"10.1000/x","values":[{"type":"URL","data":{"format":"string","value":"https://e.org"}}]}'


@dataclass(frozen=True)
class Row:
    """A way to misbehave: its name, what is done, the verdict, and what else must be so."""

    name: str
    do: Any
    verdict: str
    path: str = "/deep/start"
    fix: str = ""
    requests: int = 0
    robots: Any = None


def row(name: str, do: Any, verdict: str, **more: Any) -> Row:
    return Row(name, do, verdict, **more)


ROWS = [
    # statuses
    row("fine", say(), "ok", requests=1),
    row("s404", say(404), "broken", requests=1),
    row("s410", say(410), "broken", requests=1),
    row("s400", say(400), "broken"),
    row("s500", say(500), "server-error", requests=3),
    row("s502", say(502), "server-error", requests=3),
    row("s503", say(503), "server-error", requests=3),
    row("s503-once", [say(503), say()], "ok", requests=2),
    row("s503-twice", [say(503), say(503), say()], "ok", requests=3),
    row("s429-after-2", say(429, Retry_After="2"), "rate-limited"),
    row("s429-once", [say(429, Retry_After="0"), say()], "ok", requests=2),
    row("s429-2099", say(429, Retry_After="Thu, 01 Jan 2099 00:00:00 GMT"), "rate-limited"),
    row("s429-soon", say(429, Retry_After="soon"), "rate-limited", requests=3),
    row("s429-huge", say(429, Retry_After="9" * 400), "rate-limited"),
    row("s429-no-day", say(429, Retry_After="Thu, 99 Foo 2099 99:99:99 GMT"), "rate-limited", requests=3),
    row("s401", say(401), "blocked", requests=1),
    row("s403", say(403), "blocked", requests=1),
    row("s405", say(405), "blocked"),
    row("s451", say(451), "blocked"),
    row("s999", say(999), "blocked"),
    row("mozilla-only", only_for("Mozilla"), "blocked"),
    row("honest-only", only_for("patientguide"), "ok"),
    row("challenge", say(403, cf_mitigated="challenge"), "blocked"),
    row("challenge-200", say(200, cf_mitigated="challenge"), "blocked"),
    row("challenge-503", titled("Just a moment...", 503), "blocked"),
    row("s304", say(304, b""), "server-error"),
    row("s204", say(204, b""), "empty"),
    row("no-location", say(301), "server-error"),
    # redirects
    row("moved-twice", by_path(start=to(301, "/deep/b"), b=to(301, "/deep/c"), c=say()), "moved", fix="/deep/c"),
    row("moved-308", by_path(start=to(308, "b"), b=say()), "moved", fix="/deep/b"),
    row("moved-with-spot", by_path(start=to(301, "b"), b=say()), "moved", path="/deep/start#here", fix="/deep/b#here"),
    row("moved-then-found", by_path(start=to(301, "b"), b=to(302, "c"), c=say()), "moved", fix="/deep/b"),
    row("moved-umlaut", by_path(start=to(301, "b/\u00c3\u00bcber"), über=say()), "moved", fix="/deep/b/über"),
    row("found-302", by_path(start=to(302, "b"), b=say()), "ok", requests=1),
    row("found-303", by_path(start=to(303, "b"), b=say()), "ok"),
    row("found-307", by_path(start=to(307, "b"), b=say()), "ok"),
    row("home-302", by_path(start=to(302, "/"), home=say()), "soft-404"),
    row("home-301", by_path(start=to(301, "/en/"), home=say()), "soft-404"),
    row("moved-to-404", by_path(start=to(301, "b")), "broken"),
    row("login", by_path(start=to(302, "/login?next=b"), login=say()), "blocked"),
    row("loop", to(302, "/deep/start"), "redirect-loop", requests=1),
    row("loop-of-two", by_path(start=to(302, "b"), b=to(302, "start")), "redirect-loop"),
    row("loop-that-grows", lambda r: to(302, f"{r.path}x")(r), "redirect-loop"),
    row("twenty-hops", chain(20), "redirect-loop"),
    row("ten-hops", chain(10), "ok"),
    row("cookie-dance", cookie_dance, "ok", requests=2),
    row("cookie-for-ever", new_cookie, "redirect-loop"),
    row("redirect-that-goes-on", raw(b"HTTP/1.1 302 F\r\nLocation: b\r\n\r\n" + b"x" * 500_000, wait), "redirect-loop"),
    row("to-private", to(302, "http://10.0.0.1/"), "invalid"),
    row("to-metadata", to(302, "http://169.254.169.254/latest/meta-data/"), "invalid"),
    row("to-decimal", to(302, "http://2130706433/"), "invalid"),
    row("to-file", to(302, "file:///etc/passwd"), "invalid"),
    row("to-script", to(302, "javascript:alert(1)"), "invalid"),
    row("to-local-name", to(302, "http://printer.local/"), "invalid"),
    row("to-name-of-private", to(302, "http://inside.example.org/"), "invalid"),
    row("to-password", to(302, "http://a:b@example.org/"), "invalid"),
    row("to-nowhere", to(302, "https://"), "invalid"),
    # soft
    row("soft-404", titled("Page not found | Clinic"), "soft-404"),
    row("soft-404-number", titled("404 - Clinic"), "soft-404"),
    row("soft-gone", titled("This page is no longer available"), "soft-404"),
    row("moment", titled("Just a moment..."), "blocked"),
    row("denied", titled("Access Denied", 403), "blocked"),
    row("empty", say(200, b""), "empty"),
    row("blank", say(200, b" \n\n "), "empty"),
    row("pdf", say(200, b"%PDF-1.7 x", "application/pdf"), "ok"),
    row("no-type", say(200, PAGE, ""), "ok"),
    # time
    row("first-byte-late", stall, "timeout"),
    row("body-trickles", trickle(OK_HEAD + b"Content-Length: 900\r\n\r\n", b"x"), "timeout"),
    row("chunks-trickle", trickle(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "timeout"),
    row("head-trickles", trickle(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"), "timeout"),
    row("status-trickles", trickle(b"HTTP/1.1 2", b"0"), "timeout"),
    row("headers-trickle", trickle(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "timeout"),
    row("continue-for-ever", trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    # bodies
    row("body-200-mb", endless, "ok", requests=1),
    row("gzip-bomb", say(200, BOMB, Content_Encoding="gzip"), "ok", requests=1),
    row("gzip-broken", say(200, b"no gzip at all", Content_Encoding="gzip"), "connection"),
    row("gzip", say(200, gzip.compress(PAGE), Content_Encoding="gzip"), "ok", path="/deep/start#here"),
    row("body-reset", raw(OK_HEAD + b"Content-Length: 900\r\n\r\nabc", reset), "connection", requests=3),
    row("body-short", raw(OK_HEAD + b"Content-Length: 900\r\n\r\nabc"), "connection", requests=3),
    row("chunk-wrong", raw(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"), "connection"),
    row("charset-odd", say(200, PAGE, "text/html; charset=klingon"), "ok", path="/deep/start#here"),
    row("charset-latin", say(200, "<a name=ß>".encode("latin-1"), "text/html; charset=latin-1"), "ok", path="/deep#ß"),
    row("charset-wrong", say(200, b"\xff\xfe\x00<title>x"), "ok"),
    row("charset-not-text", say(200, PAGE, "text/html; charset=base64"), "ok"),
    row("charset-slow", say(200, b"a" * 250_000 + b"-" + b"a" * 250_000, "text/html; charset=punycode"), "ok"),
    row("charset-raises", say(200, PAGE, "text/html; charset=idna"), "ok", path="/deep/start#here"),
    row("tags-unclosed", say(200, b"<a " * 100_000), "ok"),
    # lines
    row("reset", raw(b"", reset), "connection", requests=3),
    row("reset-once", [raw(b"", reset), say()], "ok", requests=2),
    row("closed", raw(b""), "connection", requests=3),
    row("status-invalid", raw(b"HTTP/1.1 abc What\r\n\r\n"), "connection"),
    row("status-none", raw(b"<html>hello</html>\r\n\r\n"), "connection"),
    row("header-flood", raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n"), "connection"),
    row("header-long", raw(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 200_000 + b"\r\n\r\n"), "connection"),
    # spots and letters
    row("spot", say(), "ok", path="/deep/start#here"),
    row("spot-missing", say(), "anchor-missing", path="/deep/start#gone"),
    row("spot-of-script", say(), "ok", path="/deep/start#/route"),
    row("spot-after-cut", say(200, b"<p>" + b"x" * 600_000 + b"<p id=late>"), "ok", path="/deep/start#late"),
    row("spot-in-pdf", say(200, b"%PDF", "application/pdf"), "ok", path="/deep/start#page=2"),
    row("text-fragment", say(), "ok", path="/deep/start#:~:text=Words,more"),
    row("spot-and-text", say(), "ok", path="/deep/start#here:~:text=Words"),
    row("dash-raw", say(), "ok", path="/deep/a\u2013b"),
    row("dash-escaped", say(), "ok", path="/deep/a%E2%80%93b"),
    row("space", say(), "ok", path="/deep/a%20b"),
    row("brackets", say(), "ok", path="/deep/a(1)"),
    row("query", say(), "ok", path="/deep/a?b=c&d=%26"),
    # robots.txt
    row("robots", say(), "skipped", robots=say(200, b"User-agent: *\nDisallow: /deep/", "text/plain"), requests=-1),
    row("robots-ours", say(), "skipped", robots=say(200, b"User-agent: patientguide\nDisallow: /"), requests=-1),
    row("robots-others", say(), "ok", robots=say(200, b"User-agent: Other\nDisallow: /\n\nUser-agent: *\nDisallow:")),
    row("robots-allowed", say(), "ok", robots=say(200, b"User-agent: *\nDisallow: /\nAllow: /deep/start")),
    row("robots-pattern", say(), "skipped", robots=say(200, b"User-agent: *\nDisallow: /*/start$"), requests=-1),
    row("robots-500", say(), "ok", robots=say(500)),
    row("robots-mark", say(), "skipped", robots=say(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), requests=-1),
    row("robots-odd", say(), "ok", robots=say(200, b"\xff\xfe<html>" + b"Disallow: *" * 1000)),
]  # fmt: skip
"""Every way, in groups."""

DOIS = {
    "10.1000/found": (say(200, HANDLE, "application/json"), "ok"),
    "10.1000/unknown": (say(404, b'{"responseCode":100,"handle":"x"}', "application/json"), "broken"),
    "10.1000/no-value": (say(200, b'{"responseCode":200,"handle":"x"}', "application/json"), "broken"),
    "10.1000/no-url": (say(200, b'{"responseCode":1,"values":[]}', "application/json"), "broken"),
    "10.1000/html": (say(200, PAGE), "server-error"),
    "10.1000/html-404": (say(404, PAGE), "broken"),
    "10.1000/cut": (say(200, HANDLE[:40], "application/json"), "server-error"),
    "10.1000/odd": (say(200, b'{"responseCode":"1","values":7}', "application/json"), "server-error"),
    "10.1000/list": (say(200, b"[1]", "application/json"), "server-error"),
    "10.1000/error": (say(500, b'{"responseCode":2}', "application/json"), "server-error"),
    "10.1000/limited": (say(429, b"", Retry_After="1"), "rate-limited"),
    "10.1000/late": (stall, "timeout"),
    "10.1000/(sici)1<2::a#b>3;x": (say(200, HANDLE, "application/json"), "ok"),
}
"""Answers of a handle service about DOIs, and the verdicts."""

REFUSED = [
    "http://", "https:///x", "htp:/x", "htp://example.org/", "ftp://example.org/", "file:///etc/passwd", "x",
    "http://169.254.169.254/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
    "http://0177.0.0.1/", "http://127.0.0.1/", "http://127.0.0.1./", "http://[::1]/", "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b:1::a9fe:a9fe]/", "http://[fec0::1]/",
    "http://[fc00::1]/", "http://10.0.0.1/", "http://192.168.0.1/", "http://172.16.0.1/", "http://100.64.0.1/",
    "http://0.0.0.0/", "http://224.0.0.1/", "http://255.255.255.255/", "http://localhost/", "http://localhost./",
    "http://printer.local/", "http://db.internal/", "http://intranet/", "http://a:b@example.org/", "http://a@b@c/",
    "http://example.org:99999/", "http://[::1/", "http://inside.example.org/", "http://both.example.org/",
    "https://inside.example.org/",
]  # fmt: skip
"""Addresses that must be refused before anything is sent to them."""


def resolver(host: str, _: int) -> list[str]:
    """Names of the tests: most stand for loopback."""
    if host == "nowhere.example.org":
        raise OSError("Name or service not known")
    if host == "late.example.org":
        time.sleep(30)
    found = {"inside.example.org": ["10.0.0.1"], "both.example.org": ["93.184.216.34", "192.168.0.1"]}
    return found.get(host, ["127.0.0.1"] if host.endswith("example.net") else [host])
