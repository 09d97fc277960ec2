"""`make links`: the real site, built for a loopback address, proven by our graph and once more by linkchecker.

linkchecker knows nothing of our code: it asks a server as a reader's browser does. The site stands in a folder of that
server, as a project's site does, so that a link from the root of the host leads nowhere. Its anchor plugin asks for
the page of each anchor again, which takes hours on a whole site: anchors are left to the graph.
"""

import functools
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "guide"
# As root, linkchecker becomes a user who may not read this project. It asks nobody but the server below.
LINKCHECKER = """
from linkcheck.command import linkchecker as command
command.drop_privileges = lambda: None
command.linkchecker()
"""
SETTINGS = """
[checking]
maxrequestspersecond=1000
threads=8
timeout=20
aborttimeout=60
[filtering]
checkextern=0
internlinks=^{host}
"""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """A quiet file server that gives linkchecker leave to ask as fast as it can."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        self.send_header("LinkChecker", "1")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of a connection that the crawler closed early."""


@contextmanager
def served(parent: Path) -> Iterator[str]:
    """The folder `guide` of `parent` on a free port of loopback; gives its address."""
    handler = functools.partial(_Handler, directory=str(parent))
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{FOLDER}/"
        finally:
            server.shutdown()


def crawl(address: str) -> subprocess.CompletedProcess[str]:
    """Let linkchecker follow every link from `address` on; returncode 0 when nothing is wrong, not even a warning."""
    with tempfile.TemporaryDirectory() as home:
        settings = Path(home) / "linkcheckerrc"
        # The whole host is ours: a link out of the folder must not pass as a link to somebody else.
        settings.write_text(SETTINGS.format(host=re.escape(address.removesuffix(f"{FOLDER}/"))))
        return subprocess.run(
            [sys.executable, "-c", LINKCHECKER, "--config", str(settings), "--no-status", address],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=900,
            env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "no_proxy": "*"},
        )


def main() -> int:
    """Build, look at the graph, crawl; answers the first exit code that is not 0."""
    target = ROOT / "build" / "links-site"
    with tempfile.TemporaryDirectory() as parent, served(Path(parent)) as address:
        (Path(parent) / FOLDER).symlink_to(target)
        build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
        subprocess.run(build, cwd=ROOT, check=True, env={**os.environ, "SITE_URL": address})
        graph = subprocess.run([sys.executable, "-m", "patientguide", "links", str(target)], cwd=ROOT)
        if graph.returncode:
            return graph.returncode
        done = crawl(address)
    sys.stdout.write(done.stdout[-20_000:])
    sys.stderr.write(done.stderr[-5_000:])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
