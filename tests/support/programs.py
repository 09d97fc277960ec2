"""Commands as a user types them, each in a fork of a process that has loaded what they need: see forkserver.py."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

FORKSERVER = Path(__file__).with_name("forkserver.py")
ALL: list["Program"] = []


class Program:
    """A program that is loaded once, and run as often as it is asked to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = tempfile.TemporaryDirectory(prefix="forkserver-")
        self.lock = Lock()
        # MkDocs turns on warnings that Python hides; those of other packages are not what tests look at.
        command = [sys.executable, "-W", "ignore::DeprecationWarning", FORKSERVER, name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.close)
        ALL.append(self)

    def run(
        self, cwd: Path, arguments: Sequence[str], environment: dict[str, str], **limits: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run it, with no more than `memory` bytes and `seconds`, and `unprivileged` if asked."""
        out, err = (Path(self.folder.name, name) for name in ("out", "err"))
        asked = {"memory": 0, "seconds": 0, "unprivileged": False, **limits}
        asked |= {"cwd": str(cwd), "arguments": [*arguments], "environment": environment}
        with self.lock:
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.write(json.dumps({**asked, "out": str(out), "err": str(err)}) + "\n")
            self.process.stdin.flush()
            code = int(self.process.stdout.readline())
            said = [file.read_text("utf-8", "replace") for file in (out, err)]
        return subprocess.CompletedProcess([self.name, *arguments], code, *said)

    def close(self) -> None:
        with self.process:
            pass
        self.folder.cleanup()


@cache
def program(name: str) -> Program:
    """One for each process of the tests."""
    return Program(name)


def mkdocs(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run MkDocs in a project."""
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment}
    return program("mkdocs").run(project, arguments, surroundings)


def patientguide(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line of the program in a project."""
    return program("patientguide").run(project, arguments, {**os.environ, **environment})
