"""Judge an HTTP answer: the verdict on a link."""

import html
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urldefrag, urlsplit

from patientguide.core import http
from patientguide.core.http import Answer
from patientguide.model import identifiers

# -- facts about a foreign page; it is searched, never parsed, so that a hostile page costs no time


_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)


def looks_like_html(content_type: str, body: bytes) -> bool:
    """Whether it is a web page."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") or (not kind and body.lstrip()[:1] == b"<")


def page_title(page: str) -> str:
    """The title of a page, on one line, or an empty string."""
    found = _TITLE.search(page)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def has_anchor(page: str, anchor: str) -> bool:
    """Whether some tag has this id or name."""
    return any(
        re.search(rf"\b(?:id|name)\s?=\s?[\"']?{re.escape(name)}[\"'\s>]", page) is not None
        for name in {anchor, unquote(anchor), html.escape(unquote(anchor))}
    )


def response_code(body: bytes) -> int | None:
    """The response code of a handle service: 1 found, 100 unknown, 200 without an address; None if it is invalid.

    Found without an address counts as 200.
    """
    try:
        data = json.loads(body)
        code = data["responseCode"]
        values = [value["data"]["value"] for value in data.get("values", []) if value.get("type") == "URL"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(code, int):
        return None
    return 200 if code == 1 and not any(values) else code


# -- verdicts, from tables


class Kind(StrEnum):
    """The verdicts, worst first."""

    INVALID = "invalid"
    BROKEN = "broken"
    SOFT_404 = "soft-404"
    REDIRECT_LOOP = "redirect-loop"
    TLS_ERROR = "tls-error"
    SERVER_ERROR = "server-error"
    CONNECTION = "connection"
    ANCHOR_MISSING = "anchor-missing"
    EMPTY = "empty"
    MOVED = "moved"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate-limited"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    OK = "ok"


FAILED = {Kind.BROKEN, Kind.SOFT_404, Kind.REDIRECT_LOOP, Kind.TLS_ERROR, Kind.SERVER_ERROR, Kind.CONNECTION}
"""Verdicts that count as a failure: readers do not get the intended page."""

REACHED = {Kind.OK, Kind.MOVED, Kind.ANCHOR_MISSING}
"""Verdicts that reset the failures. The others say nothing about the page, and leave its failures unchanged."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on an address: the kind, the reason, the new address, and the HTTP status."""

    kind: Kind
    detail: str = ""
    fix: str = ""
    status: int = 0


_FAULTS = {
    "forbidden": Kind.INVALID,
    "hops": Kind.REDIRECT_LOOP,
    "timeout": Kind.TIMEOUT,
    "tls": Kind.TLS_ERROR,
    "connection": Kind.CONNECTION,
    "robots": Kind.SKIPPED,
    "stopped": Kind.SKIPPED,
}

_STATUSES = {
    429: Kind.RATE_LIMITED,
    # These mean "not you", "not like this" or "not here", and say nothing about the page.
    **dict.fromkeys((401, 402, 403, 405, 406, 407, 418, 423, 451, 999), Kind.BLOCKED),
}

# Titles of bot checks, and titles of missing pages.
_WALL = re.compile(
    r"just a moment|attention required|access (to this page )?(is |has been )?denied|are you (a )?(robot|human)|"
    r"captcha|pardon our interruption|verify(ing)? (that )?you are|security check|request rejected|bot detection",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"^404\b|[|:\u2013\u2014-] 404\b|\b(error|status|http) 404\b|\b404 (error|not found|page)|"
    r"(page|site|document|file|article|content|resource) (was |is |has |could )?(not |no longer |been )+"
    r"(be )?(found|available|removed|exists?)|^not found|page (doesn.t|does not) exist|nothing (was )?found|"
    r"^error( page| \d+|$| [|:\u2013\u2014-])",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"/(log-?in|sign-?in|sso|saml|oauth2?|auth)(/|\.|$)", re.IGNORECASE)
_HOME = re.compile(r"(/([a-z]{2}(-[a-z]{2})?/?)?(index|home|default)?(\.\w+)?/?)?", re.IGNORECASE)
_LASTING = (301, 308)
_HEAD = 2000  # bytes of a page that may declare its charset


def judge(address: str, answer: Answer) -> Verdict:
    """The verdict on a web address."""
    if found := _without_page(answer):
        return found
    page = http.body_text(answer.content_type, answer.body, _HEAD)
    is_page = looks_like_html(answer.content_type, answer.body)
    title = page_title(page) if is_page else ""
    if answer.is_challenge or _WALL.search(title):
        return Verdict(Kind.BLOCKED, title or "a test for robots", status=answer.status)
    if found := _by_status(answer):
        return found
    if _LOST.search(title):
        return Verdict(Kind.SOFT_404, f"its title says '{title}'", status=answer.status)
    if answer.hops and _is_home(answer.url) and not _is_home(address):
        return Verdict(Kind.SOFT_404, f"it leads to the front page {answer.url}", status=answer.status)
    if answer.hops and _LOGIN.search(urlsplit(answer.url).path) and not _LOGIN.search(urlsplit(address).path):
        return Verdict(Kind.BLOCKED, "it leads to a page to log in", status=answer.status)
    if not answer.body.strip():
        return Verdict(Kind.EMPTY, "the page is empty", status=answer.status)
    anchor = _anchor(address)
    if anchor and is_page and not answer.is_cut and not has_anchor(page, anchor):
        return Verdict(Kind.ANCHOR_MISSING, f"there is no spot '{unquote(anchor)}'", status=answer.status)
    if fix := _moved(address, answer):
        return Verdict(Kind.MOVED, "it has moved for good", fix, answer.status)
    return Verdict(Kind.OK, status=answer.status)


def judge_doi(answer: Answer) -> Verdict:
    """The verdict on a DOI, from the answer of its handle service."""
    code = response_code(answer.body)
    if code == 1:
        return Verdict(Kind.OK, status=answer.status)
    if code in (100, 200):
        return Verdict(Kind.BROKEN, "no such DOI is registered" if code == 100 else "it leads nowhere", "", 404)
    found = _without_page(answer) or _by_status(answer)
    return found or Verdict(Kind.SERVER_ERROR, "the handle service did not answer as it should", "", answer.status)


def _without_page(answer: Answer) -> Verdict | None:
    if answer.fault:
        return Verdict(_FAULTS[answer.fault], answer.detail, status=answer.status)
    return None


def _by_status(answer: Answer) -> Verdict | None:
    status = answer.status
    if status == 200 or status in (203, 206):
        return None
    if status in (202, 204, 205):
        return Verdict(Kind.EMPTY, f"it answers {status}, without a page", status=status)
    default = Kind.SERVER_ERROR if status >= 500 or status < 400 else Kind.BROKEN
    return Verdict(_STATUSES.get(status, default), f"it answers {status}", status=status)


def _is_home(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.query and _HOME.fullmatch(parts.path) is not None


def _anchor(address: str) -> str:
    """The anchor of an address, but not a text fragment (`:~:`), nor one for a script of the page."""
    anchor = urldefrag(address).fragment.partition(":~:")[0]
    return "" if anchor.startswith(("!", "/", "page=")) or anchor == "top" or "=" in anchor else anchor


def _moved(address: str, answer: Answer) -> str:
    """The new address, as far as redirects are permanent, or an empty string.

    An address that is not allowed in a guide is not suggested.
    """
    target = ""
    for hop in answer.hops:
        if hop.status not in _LASTING:
            break
        target = hop.to
    if not target:
        return ""
    fragment = urldefrag(address).fragment
    fix = target if "#" in target or not fragment else f"{target}#{fragment}"
    return identifiers.without_tracking(fix) if identifiers.tracks(fix) else fix
