"""Web addresses that may stand in a guide: whole, secure, public, and telling no one who followed them."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

Fault = tuple[str, str]

_WHOLE = ("this is not a whole web address", "Write an address that starts with https:// and has no spaces.")
_TRACKING = re.compile(
    r"utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|igshid|_ga|_hsenc|_hsmi|dclid|yclid|phpsessid|jsessionid|sid|sessionid",
    re.IGNORECASE,
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid|sessionid)=[^/;]*", re.IGNORECASE)
_SHORTENERS = {"bit.ly", "t.co", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "lnkd.in", "t.ly"}
_PRIVATE = (
    *(".local", ".internal", ".lan", ".home", ".corp", ".localhost", ".test", ".invalid"),
    *(".localdomain", ".home.arpa", ".intranet", ".private"),
)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*")
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""Browsers read 127.1, 0x7f.1 and 2130706433 as addresses of the network (WHATWG URL, "ends in a number")."""
_RESOLVERS = {"doi.org", "dx.doi.org", "www.doi.org"}


def fault(text: str) -> Fault | None:
    """What is wrong with an address, and what to write instead; None when it is good."""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
        has_port = parts.port is not None
    except ValueError:
        return _WHOLE
    if re.search(r"[\s<>\"'`{}|\\^]", text) or not host:
        return _WHOLE
    if parts.scheme != "https":
        return f"'{text}' is not secure", f"Write https:// and see whether it opens: {_with(text, 'https')}"
    if "@" in parts.netloc:
        return "this address holds a name or password", "Remove what stands before the @."
    if has_port:
        return f"'{parts.netloc}' names a port", f"Remove what stands after {host}."
    if wrong := _host_fault(host):
        return wrong
    if tracks(text):
        return "this address tells who followed it", f"Write {without_tracking(text)}"
    return None


def _host_fault(host: str) -> Fault | None:
    if _is_private(host):
        return f"'{host}' is no public host", "Write the address that everyone can open."
    if host.removeprefix("www.") in _SHORTENERS:
        return f"'{host}' hides where the link leads", "Open it, and write the address you arrive at."
    if not host.isascii() or "xn--" in host:
        return f"'{host}' has letters that can pass for others", "Write an address in plain letters."
    return None if _HOST.fullmatch(host) else _WHOLE


def _with(text: str, scheme: str) -> str:
    return re.sub(r"^([a-zA-Z]+:)?/*", f"{scheme}://", text)


def _is_private(host: str) -> bool:
    return "." not in host or ":" in host or host.endswith(_PRIVATE) or bool(_ENDS_IN_NUMBER.fullmatch(host))


def tracks(text: str) -> bool:
    """Whether the address carries a name of a campaign, click or session."""
    return bool(_SESSION.search(urlsplit(text).path)) or any(
        _TRACKING.fullmatch(key) for key, _ in parse_qsl(urlsplit(text).query, keep_blank_values=True)
    )


def without_tracking(text: str) -> str:
    """The address without such names."""
    parts = urlsplit(text)
    parts = parts._replace(path=_SESSION.sub("", parts.path))
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0])]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def is_doi_link(text: str) -> bool:
    """Whether the address only resolves a DOI."""
    return urlsplit(text).hostname in _RESOLVERS


def folded(text: str) -> str:
    """What is left of an address for comparing: host and path in small letters, no tracking, fragment or last slash."""
    parts = urlsplit(without_tracking(text))
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}".rstrip("?").casefold()
