"""A Python that has loaded the program and MkDocs, and runs each command in a fork of itself.

Starting Python and importing everything costs more than most of the commands that tests run. A fork shares nothing with
the command before it, as a process of its own does not; it only saves the imports. Each line of input is one command as
JSON; each line of output is its exit code, negative when a signal ended it.
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import traceback
from typing import Any, NoReturn

LOADED = {
    "patientguide": ["patientguide.cli.main"],
    "mkdocs": [
        *("mkdocs.__main__", "mkdocs.commands.build", "mkdocs.contrib.search", "material.plugins.search.plugin"),
        *("markdown.extensions.abbr", "markdown.extensions.admonition", "markdown.extensions.attr_list"),
        *("markdown.extensions.def_list", "markdown.extensions.footnotes", "markdown.extensions.md_in_html"),
        *("markdown.extensions.tables", "markdown.extensions.toc", "markdown.extensions.fenced_code"),
        *("pymdownx.details", "pymdownx.superfences", "pymdownx.highlight", "jinja2.ext", "jinja2.loaders"),
    ],
}
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
PR_CAPBSET_DROP = 24


def load(program: str) -> None:
    """Load what a program needs, and every module of ours, most of which are loaded only when needed."""
    import patientguide

    for name in LOADED[program]:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(patientguide.__path__, "patientguide."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def main(program: str, arguments: list[str]) -> None:
    if program == "mkdocs":
        from mkdocs.__main__ import cli as command
    else:
        from patientguide.cli.main import main as command
    command(arguments, prog_name=program)


def run(program: str, asked: dict[str, Any]) -> NoReturn:
    """Become the process of one command."""
    for path, stream in ((os.devnull, 0), (asked["out"], 1), (asked["err"], 2)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC), stream)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    if asked["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (asked["memory"],) * 2)
    if asked["seconds"]:
        signal.alarm(asked["seconds"])
    if asked["unprivileged"]:
        give_up_rights()
    code: object = 0
    try:
        main(program, asked["arguments"])
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    try:
        sys.stdout.flush()
    finally:
        os._exit(code if isinstance(code, int) else bool(code))


def give_up_rights() -> None:
    """Root reads what nobody may read, so a test of an unreadable file needs a process without that right."""
    if os.geteuid() != 0:
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    rights = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(header, rights):
        raise OSError(ctypes.get_errno(), "capget")
    lost = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH
    for at in range(3):  # effective, permitted, inheritable
        rights[at] &= ~lost
    if libc.capset(header, rights):
        raise OSError(ctypes.get_errno(), "capset")


def serve(program: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load(program)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            run(program, json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
