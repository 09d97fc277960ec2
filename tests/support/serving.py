"""`mkdocs serve` as tests run it: on a free port, its words in a file, stopped by its own id."""

import functools
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self


class Server:
    """A preview of a project, for as long as a `with` block lasts."""

    def __init__(self, project: Path, *command: str) -> None:
        """`command` is another one that serves, but for its port at the end."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        self.log = project.parent / "serve.log"
        self.output = self.log.open("w")
        self.process = subprocess.Popen(
            [*command, str(self.port)]
            if command
            else [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{self.port}"],
            cwd=project,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.output.close()

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, seen: Callable[[], bool], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if seen():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"not seen in {seconds} s; the server said:\n{self.said()}")

    def wait_until_up(self) -> None:
        self.wait_for(lambda: bool(self.page("")))


class LoopbackServer(http.server.ThreadingHTTPServer):
    """A server that does not print a traceback when a client has gone away, as browsers and programs under test do."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """The address of a folder on loopback. No connection outlives the server, so that it can really be stopped."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with LoopbackServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
