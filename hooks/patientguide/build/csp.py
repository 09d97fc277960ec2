"""Lint pages against the content security policy: scripts, styles and files come from this site only.

The policy is first in the head of overrides/main.html, so that it works with any engine that uses those templates. It
has no hashes, since the templates replace each inline script of the theme. What the policy would block is refused when
the site is built, and not discovered by a reader whose page does not work.
Source: Content Security Policy Level 3 (W3C); OWASP, Content Security Policy Cheat Sheet.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

DATA = frozenset({"application/json", "application/ld+json"})
"""Types of script that contain data and never run."""

_START = re.compile(r"""\s*<!doctype html>\s*<html[^>]*>\s*<head>\s*<meta http-equiv="Content-Security-Policy" """)
# Suspects in lower case. Each pattern starts with a literal, which is fastest to search for. They match every fault,
# and also text that only looks like one, which is sorted out afterwards.
_SUSPECTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"<(?:script|style|base|iframe|frame|object|embed|applet|form|meta|link|img|source|video|audio|track)\b",
        r"on[a-z]+\s*=",
        r"style\s*=",
        r"srcdoc\s*=",
        r"action\s*=",
        r"javascript:",
        r"vbscript:",
    )
)
_TAG = re.compile(r"""<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>""")
_REFUSED = frozenset({"style", "base", "iframe", "frame", "object", "embed", "applet"})
_LOADED = ("src", "srcset", "poster", "data")
_ADDRESSES = frozenset({*_LOADED, "href", "xlink:href", "cite", "ping", "background", "longdesc"})
_NOT_LOADED = frozenset({"canonical", "alternate", "prev", "next", "edit"})

Attributes = dict[str, str]


def faults(html: str) -> Iterator[str]:
    """What the policy would block on a page, as the tag and a reason. A page without the policy is a fault too.

    Tags are in lower case.
    """
    if not _START.match(html):
        yield "the policy is not first in the head"
    html = html.lower()
    suspects = sorted(found.start() for pattern in _SUSPECTS for found in pattern.finditer(html))
    starts: dict[int, int] = {}
    for place in suspects:
        starts.setdefault(html.rfind("<", 0, place + 1), place)
    for start, place in starts.items():
        tag = _TAG.match(html, start) if start >= 0 else None
        if tag is None or tag.end() <= place:
            continue
        if reason := _fault(tag.group()):
            yield f"{tag.group()[:80]}: {reason}"


@lru_cache(maxsize=4096)
def _fault(tag: str) -> str | None:
    """Why the policy would block a tag. Cached, since most tags are on every page."""
    return _reason(*_read(tag))


def _read(tag: str) -> tuple[str, Attributes]:
    reader = _Reader()
    reader.feed(tag)
    return reader.name, reader.attributes


class _Reader(HTMLParser):
    name = ""
    attributes: Attributes = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.name, self.attributes = tag, {name: value or "" for name, value in attrs}


def _reason(tag: str, attributes: Attributes) -> str | None:
    """Why the policy would block a tag, in a few words."""
    if tag in _REFUSED:
        return f"no page may hold {tag}"
    if tag == "script" and "src" not in attributes and attributes.get("type") not in DATA:
        return "a script must be in a file of its own"
    if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        return "no page may redirect"
    for name, value in attributes.items():
        if name.startswith("on") or name in ("style", "srcdoc"):
            return f"{name} is not allowed in a tag"
        if name in ("action", "formaction"):
            return "nothing is sent from a page"
        if name in _ADDRESSES and re.match(r"(?:javascript|vbscript):", re.sub(r"[\x00-\x20]", "", value)):
            return "an address may not run"
    loaded = ("href",) if tag == "link" and not _NOT_LOADED & set(attributes.get("rel", "").split()) else _LOADED
    if any(urlsplit(attributes.get(name, "")).netloc for name in loaded):
        return "nothing is loaded from another host"
    return None
