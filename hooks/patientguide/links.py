"""Relative links between source files, and what they become on a page."""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from patientguide import webaddress
from patientguide.problems import suggest
from patientguide.routes import UNREAD, Target

_SAFE = {"https", "mailto", "tel"}
_ABSOLUTE = re.compile(r"^\s*([a-zA-Z][a-zA-Z0-9+.-]*:|//)")


def is_external(target: str) -> bool:
    """Whether the link leaves the guide."""
    return bool(_ABSOLUTE.match(target))


def fault(target: str, source: str, table: Mapping[str, Target]) -> tuple[str, str] | None:
    """What is wrong with a link that stands in the file `source`, and the advice; None when it is good."""
    if is_external(target):
        try:
            parts = urlsplit(target.strip())
        except ValueError:
            return f"'{target}' is not a web address.", "Write an address that starts with https://."
        if parts.scheme.lower() in ("http", "https") and (wrong := webaddress.fault(target)):
            return f"{wrong[0][:1].upper()}{wrong[0][1:]}.", wrong[1]
        if parts.scheme.lower() in _SAFE and (parts.netloc or parts.scheme in ("mailto", "tel")):
            return None
        return f"'{target}' is not a web address.", "Write an address that starts with https://."
    if not target:
        return "The link leads nowhere.", "Write the path of a file, such as ../phases/first-step.md."
    if resolve(target, source, table) is not None:
        return None
    path = _path(target, source)
    if path.startswith("..") or target.startswith("/"):
        return f"'{target}' leads out of the project.", "Write a path from this file, such as ../phases/first-step.md."
    return f"There is no page or heading for the link '{target}'.", suggest(target, _near(source, table))


def resolve(target: str, source: str, table: Mapping[str, Target]) -> Target | None:
    """The page, and the spot on it, that a relative link in the file `source` leads to."""
    path = source + target if target.startswith("#") else _path(target, source)
    plain = path.partition("#")[0]
    if table.get(plain) == UNREAD:
        return UNREAD
    if path in table or path == plain:
        return table.get(path)
    return None if plain.startswith("content/") or plain.endswith(".md") else table.get(plain)


def _near(source: str, table: Mapping[str, Target]) -> list[str]:
    folder = posixpath.dirname(source)
    return [posixpath.relpath(path, folder) for path in table if path != source]


def _path(target: str, source: str) -> str:
    path, mark, anchor = target.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) + mark + anchor
