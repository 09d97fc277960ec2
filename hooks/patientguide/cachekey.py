"""The key that seals the caches of this user: a cache that came with a checkout, or from another computer, has another.

It stands where the system keeps what programs of one user can make again, never in a project.
"""

import os
import secrets

from platformdirs import user_cache_path

_SIZE = 32


def key() -> bytes:
    """The key of this user; where none can be kept, one that holds for this run only."""
    file = user_cache_path("patientguide") / "key"
    new = secrets.token_bytes(_SIZE)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:  # noqa: PTH123
            made.write(new)
    except FileExistsError:
        pass
    except OSError:
        return new
    try:
        found = file.read_bytes()
    except OSError:
        return new
    return found if len(found) == _SIZE else new
