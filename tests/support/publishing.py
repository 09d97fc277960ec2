"""A web server on loopback that publishes one version of a site after another, and misbehaves when it is asked to."""

import http.server
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

FOLDER = "guide/"
"""The part of the address that the site has on its host."""


@dataclass
class Publisher:
    """What the server does, changed while it runs; all paths are those of files of the site."""

    root: Path
    port: int = 0
    down: bool = False
    status: dict[str, int] = field(default_factory=dict)
    """Files that are answered with an error."""
    remark: str = ""
    """What a content network adds to each page."""
    without: str = ""
    """What a content network takes out of each page."""
    portal: str = ""
    """The page of a captive portal, given for every address; an address itself is a redirect to it."""
    held: dict[str, threading.Event] = field(default_factory=dict)
    """Files that are answered only when their event is set."""
    asked: list[str] = field(default_factory=list)
    sent: int = 0

    @property
    def address(self) -> str:
        """Where the site is."""
        return f"http://127.0.0.1:{self.port}/{FOLDER}"

    def body(self, path: str) -> bytes | None:
        """A file as it is sent."""
        file = self.root / path
        if not file.is_file():
            return None
        data = file.read_bytes()
        if path.endswith(".html"):
            data = data.replace(self.without.encode(), b"") if self.without else data
            data = data.replace(b"</body>", f"{self.remark}</body>".encode())
        return data


class _Handler(http.server.BaseHTTPRequestHandler):
    publisher: Publisher

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/").removeprefix(FOLDER)
        if path.endswith("/") or not path:
            path += "index.html"
        site = self.publisher
        site.asked.append(path)
        if path in site.held:
            site.held[path].wait(60)
        if site.down:
            self.close_connection = True
        elif site.portal.startswith("http"):
            self._send(302, b"", Location=site.portal)
        elif site.portal:
            self._send(200, site.portal.encode(), "text/html")
        elif path in site.status:
            self._send(site.status[path], b"<h1>error</h1>", "text/html")
        elif (site.root / path).is_dir():
            self._send(301, b"", Location=f"/{FOLDER}{path}/")
        elif (data := site.body(path)) is not None:
            self._send(200, data, mimetypes.guess_type(path)[0] or "text/plain")
        else:
            self._send(404, b"<h1>not here</h1>", "text/html")

    def _send(self, status: int, data: bytes, kind: str = "", **headers: str) -> None:
        self.publisher.sent += len(data)
        self.send_response(HTTPStatus(status))
        # As careless as a server may be: only the scripts of the site can know that a file changed.
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "max-age=31536000, immutable")
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def publishing(root: Path) -> Iterator[Publisher]:
    """Publish the site in a folder until the block ends."""
    publisher = Publisher(root)
    handler = type("Handler", (_Handler,), {"publisher": publisher})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        publisher.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield publisher
        for event in publisher.held.values():
            event.set()
        server.shutdown()
