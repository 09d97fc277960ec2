"""Check a built site a second time: linkchecker follows every link over loopback.

This is an edge: it serves the folder, starts a process and waits for it. linkchecker is independent of our code. Its
anchor plugin requests the page of each anchor again, which takes hours on a whole site, so `graph` checks anchors.
"""

import csv
import functools
import http.server
import io
import os
import posixpath
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from patientguide.core.problems import Place, Problem

SECONDS = 900
_HERE = "127.0.0.1"
# As root, linkchecker switches to a user who may not read the project. It only makes requests to the server below.
_LINKCHECKER = """
from linkcheck.command import linkchecker as command
command.drop_privileges = lambda: None
command.linkchecker()
"""
# The whole host is ours: a link out of the site's folder must not pass as an external link.
_SETTINGS = """
[checking]
maxrequestspersecond=1000
threads=8
timeout=20
aborttimeout=60
[filtering]
checkextern=0
internlinks=^http://{host}/
[output]
log=csv
"""


class CrawlError(Exception):
    """The reason why no link could be followed, as a sentence for people."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """A quiet file server that allows linkchecker to make requests without delay."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        self.send_header("LinkChecker", "1")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Log no requests."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Log no connections that the crawler closed early."""


@contextmanager
def served(parent: Path, port: int = 0) -> Iterator[str]:
    """Serve the folder `parent` on a loopback port (0: any free one). Yields its address with a slash at the end."""
    handler = functools.partial(_Handler, directory=str(parent))
    with _Server((_HERE, port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{_HERE}:{server.server_port}/"
        finally:
            server.shutdown()


def problems(site: Path, address: str = "") -> list[Problem]:
    """Every broken link that linkchecker finds in a built site, once for each page. Problems: crawled-link.

    The site is served at its own `address` if that is on this computer, else in a folder of a host, like a project's
    site, so that links from the root of the host are broken. Raises CrawlError.
    """
    own = urlsplit(address)
    is_here = own.hostname == _HERE
    folder = own.path.strip("/") if is_here else "guide"
    with tempfile.TemporaryDirectory() as parent:
        place = Path(parent, folder)
        if folder:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(site.resolve())
        try:
            with served(Path(parent) if folder else site, (own.port or 80) if is_here else 0) as root:
                start = f"{root}{folder}/" if folder else root
                return _read(_crawl(start, urlsplit(root).netloc), start)
        except OSError as error:
            raise CrawlError(f"The site could not be served: {error.strerror}.") from None


def _crawl(start: str, host: str) -> str:
    with tempfile.TemporaryDirectory() as home:
        settings = Path(home, "linkcheckerrc")
        settings.write_text(_SETTINGS.format(host=re.escape(host)))
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-c", _LINKCHECKER, "--config", str(settings), "--no-status", start],
                cwd=home,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "no_proxy": "*"},
            )
        except subprocess.TimeoutExpired:
            raise CrawlError(f"linkchecker did not end within {SECONDS} seconds.") from None
    # 1 means that it found broken links.
    if done.returncode not in (0, 1) or "urlname;" not in done.stdout:
        why = done.stderr.strip().rpartition("\n")[2][:200]
        raise CrawlError(f"linkchecker could not run: {why or 'it gave no answer'}.")
    return done.stdout


def _read(text: str, start: str) -> list[Problem]:
    """Rows of linkchecker's CSV as problems. It reports a link for each anchor of its page; one is kept."""
    lines = io.StringIO(text[text.index("urlname;") :])
    found: dict[tuple[str, str], Problem] = {}
    for row in csv.DictReader(lines, delimiter=";"):
        if not row.get("url") or row["urlname"].startswith("# "):
            continue
        page = urldefrag(row["parentname"] or "").url
        path = unquote(page.removeprefix(start))
        file = path if posixpath.splitext(path)[1] else posixpath.join(path, "index.html")
        why = " ".join((row["warningstring"] if row["valid"] == "True" else row["result"]).split())
        place = Place(file, int(row["line"] or 1), max(int(row["column"] or 1), 1))
        message = f"'{row['urlname']}' does not lead straight to a page: {why}."
        found.setdefault((file, row["url"]), Problem(place, "crawled-link", message, "Correct the address."))
    return list(found.values())
