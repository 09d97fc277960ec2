"""The hash of what somebody vouched for: plain data, in whatever order its fields stand."""

import json
from hashlib import sha256
from typing import Any


def of(value: Any) -> str:
    """The SHA-256 of data, in hex. Reviews are bound to it, so it may never come out otherwise."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
