"""What the page of a stranger says of itself. It is searched, never parsed: a hostile page must not cost time."""

import html
import json
import re
from urllib.parse import unquote

_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)


def is_html(content_type: str, body: bytes) -> bool:
    """Whether it is a web page."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") or (not kind and body.lstrip()[:1] == b"<")


def title(page: str) -> str:
    """The title of a page, on one line; empty when it has none."""
    found = _TITLE.search(page)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def has_anchor(page: str, anchor: str) -> bool:
    """Whether some tag has this id or name."""
    return any(
        re.search(rf"\b(?:id|name)\s?=\s?[\"']?{re.escape(name)}[\"'\s>]", page) is not None
        for name in {anchor, unquote(anchor), html.escape(unquote(anchor))}
    )


def response_code(body: bytes) -> int | None:
    """The answer of a handle service about a DOI: 1 found, 100 unknown, 200 without an address; None when it is none.

    Found without an address among its values counts as 200.
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
