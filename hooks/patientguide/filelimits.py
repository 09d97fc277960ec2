"""How large the files of docs/ may be: each reader's browser may load all of them, some over a slow network."""

from typing import Annotated

from pydantic import Field

from patientguide.fields import Authored

_Kilobytes = Annotated[int, Field(ge=1, le=1_000_000)]


class FileLimits(Authored):
    """How large files of docs/ may be, in kilobytes of 1,000 bytes."""

    picture: _Kilobytes = 500
    """A picture."""
    other: _Kilobytes = 5_000
    """Any other file, such as a PDF."""
    total: _Kilobytes = 20_000
    """All files together."""


def in_words(size: int) -> str:
    """A number of bytes for people, such as 480 kB or 1.2 MB."""
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
