"""What day it is. Only the edges ask: the command line and the adapter of an engine."""

import os
from datetime import UTC, date, datetime


def today() -> date:
    """The day of SOURCE_DATE_EPOCH (seconds since 1970, UTC) if it is set, else of the clock.

    The same input and the same day give the same output, byte for byte (reproducible-builds.org).
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch else datetime.now(UTC).date()
