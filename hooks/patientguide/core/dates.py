"""Dates that may be known only to the month or year, as CSL writes them: 2018, 2018-05 or 2018-05-11."""

import os
import re
from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache

PATTERN = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
"""As the National Library of Medicine abbreviates them."""


@lru_cache(maxsize=1024)
def parts(text: str) -> tuple[int, ...]:
    """Year, or year and month, or year, month and day. Raises ValueError when there is no such day."""
    if not re.match(PATTERN, text):
        raise ValueError(f"'{text}' is not a date")
    numbers = tuple(int(part) for part in text.split("-"))
    if len(numbers) == 3 and numbers[2] > monthrange(*numbers[:2])[1]:
        raise ValueError(f"'{text}' is not a day of the calendar")
    return numbers


def as_nlm(text: str) -> str:
    """The date in the order of Citing Medicine: 2018 May 11."""
    year, *rest = parts(text)
    return " ".join([str(year), *(MONTHS[m - 1] for m in rest[:1]), *(str(d) for d in rest[1:])])


@lru_cache(maxsize=1024)
def months_later(text: str, months: int) -> str:
    """The month that many months after the date: 2026-06 and 6 give 2026-12."""
    year, month = (*parts(text), 1)[:2]
    total = year * 12 + month - 1 + months
    return f"{total // 12}-{total % 12 + 1:02d}"


def is_old(text: str, days: int, today: date) -> bool:
    """Whether a date is more than that many days ago; of a month or year its last day counts."""
    return (today - last_day(text)).days > days


def is_past(text: str, today: date) -> bool:
    """Whether the whole day, month or year is over."""
    # Counted from a date in 2999 this may be in 3000, which no author can write.
    known = tuple(int(part) for part in text.split("-"))
    return known < (today.year, today.month, today.day)[: len(known)]


def is_to_come(text: str, today: date) -> bool:
    """Whether no day of it has come yet."""
    return parts(text) > (today.year, today.month, today.day)


def last_day(text: str) -> date:
    """The last day of the day, month or year."""
    year, month, day = (*parts(text), 0, 0)[:3]
    return date(year, month or 12, day or monthrange(year, month or 12)[1])


# What day it is. Only the edges ask: the command line and the adapter of an engine.


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
