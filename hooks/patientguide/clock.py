"""What day it is. Only the edges ask: the command line and the adapter of an engine."""

import os
from datetime import UTC, date, datetime


def today() -> date:
    """The day of SOURCE_DATE_EPOCH (seconds since 1970, UTC) if it is set, else of the clock.

    The same input and the same day give the same output, byte for byte (reproducible-builds.org).
    Raises ValueError, with a sentence for people, when the variable holds anything else.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).date()
    if not epoch.isascii() or not epoch.isdigit() or len(epoch) > 11:
        raise ValueError(f"SOURCE_DATE_EPOCH is '{epoch}', but must be a number of seconds since 1970.")
    return datetime.fromtimestamp(int(epoch), UTC).date()
