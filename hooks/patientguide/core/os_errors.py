"""Errors of the system, such as a closed file or a full disk, as sentences for people."""

import os
import re
import shutil


def sentence(error: OSError) -> str | None:
    """A sentence about the file and the error, or None for an error of the program."""
    if isinstance(error, shutil.Error):
        # shutil.Error: each file that could not be copied, with its reason as text
        source, _, why = error.args[0][0]
        found = re.match(r"\[Errno \d+\] ([^:]+)", why)
        return f"{source}: {found[1] if found else why}."
    if error.errno is None:
        return None
    why = error.strerror or os.strerror(error.errno)
    names = [
        os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes | os.PathLike)
    ]
    shown = " and ".join(name.encode(errors="backslashreplace").decode() for name in names)
    return f"{shown}: {why}." if shown else f"{why}."
