"""Relative links between source files, and what they become on a page."""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from patientguide.problems import suggest
from patientguide.routes import Target

_SAFE = {"https", "http", "mailto", "tel"}
_ABSOLUTE = re.compile(r"^\s*([a-zA-Z][a-zA-Z0-9+.-]*:|//)")


def is_external(target: str) -> bool:
    """Whether the link leaves the guide."""
    return bool(_ABSOLUTE.match(target))


def fault(target: str, source: str, table: Mapping[str, Target]) -> tuple[str, str] | None:
    """What is wrong with a link that stands in the file `source`, and the advice; None when it is good."""
    if is_external(target):
        if urlsplit(target.strip()).scheme.lower() in _SAFE:
            return None
        return f"'{target}' is not a web address.", "Write an address that starts with https://."
    if target.startswith("#"):
        return None
    if not target:
        return "The link leads nowhere.", "Write the path of a file, such as ../therapies/surgery.md."
    if resolve(target, source, table) is None:
        path = _path(target, source)
        if path.startswith("..") or target.startswith("/"):
            return (
                f"'{target}' leads out of the project.",
                "Write a path from this file, such as ../therapies/surgery.md.",
            )
        return f"There is no page for the link '{target}'.", suggest(target, _near(source, table))
    return None


def resolve(target: str, source: str, table: Mapping[str, Target]) -> Target | None:
    """The page that a relative link in the file `source` leads to."""
    path, _, anchor = _path(target, source).partition("#")
    if anchor and f"{path}#{anchor}" in table:
        return table[f"{path}#{anchor}"]
    found = table.get(path)
    if found and anchor:
        return found._replace(anchor=anchor) if not found.anchor and path.endswith(".md") else None
    return found


def _near(source: str, table: Mapping[str, Target]) -> list[str]:
    folder = posixpath.dirname(source)
    return [posixpath.relpath(path, folder) for path in table if path != source]


def _path(target: str, source: str) -> str:
    path, mark, anchor = target.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) + mark + anchor
