"""What the system refused, such as a file that nobody may read or a disk that is full, in a sentence for people."""

import os
import re
import shutil


def sentence(error: OSError) -> str | None:
    """What happened to which file; None for an error that is not of the system, but of a program."""
    if isinstance(error, shutil.Error):
        # A folder that could not be copied whole: each file with its reason, as text.
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
