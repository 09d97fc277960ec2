"""What came back over the network, as facts: a status and a body, or the fault that kept them away."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Hop(NamedTuple):
    """A redirect: its status, and where it led."""

    status: int
    to: str


@dataclass(frozen=True)
class Answer:
    """What came back. `fault` is empty, or: forbidden, elsewhere, hops, timeout, tls, connection, robots, stopped."""

    fault: str = ""
    detail: str = ""
    status: int = 0
    hops: tuple[Hop, ...] = ()
    url: str = ""
    location: str = ""
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    is_cut: bool = False
    is_challenge: bool = False
    retry_after: float | None = None
    tries: int = 1
    seconds: float = 0.0
