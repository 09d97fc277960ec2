"""Citations in text, `[@key]`, `[@one; @two]` and `[@key, p. 4]`, in Pandoc's syntax.

`[@key#passage]` names a passage of the source: exact words, stored in the source's file.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern

_ITEM = re.compile(r"@(?P<key>[A-Za-z0-9][\w:.-]*?)(?:#(?P<passage>[\w.-]+))?(?:,\s*(?P<locator>[^@;]+))?$")


@dataclass(frozen=True)
class Citation:
    """A cited source, the place in it, and the id of the passage that supports the statement."""

    key: str
    locator: str = ""
    passage: str = ""


def read_citations(text: str) -> list[Citation] | None:
    """The citations of a bracket such as `[@one; @two, p. 4]`, or None if the syntax is wrong."""
    items = [_ITEM.match(item.strip()) for item in text[1:-1].split(";")]
    if any(item is None for item in items):
        return None
    return [
        Citation(intern(item["key"]), (item["locator"] or "").strip(), item["passage"] or "") for item in items if item
    ]


def citation_keys(text: str) -> list[str]:
    """The citation keys of one bracket."""
    return [citation.key for citation in read_citations(text) or []]


def by_source(citations: Iterable[Citation]) -> list[Citation]:
    """The citations of one bracket with one for each source and place in it: its passages have spaces between."""
    found: dict[tuple[str, str], list[str]] = {}
    for citation in citations:
        found.setdefault((citation.key, citation.locator), []).append(citation.passage)
    return [Citation(key, locator, " ".join(filter(None, ids))) for (key, locator), ids in found.items()]
