"""What a web page says of itself in its head: title, site, author, date, and the tags that journals set for Scholar.

The head is read with a scan that takes time in step with its length; a parser can be kept busy for minutes.
"""

import re
from collections import defaultdict
from html import unescape
from urllib.parse import urlsplit

from patientguide.sourcewatch import sourcefacts
from patientguide.sourcewatch.sourcefacts import SourceFacts

HEAD = 200_000  # characters; what stands further down is no head
_TAG = 3_000
_ATTRIBUTE = re.compile(r"\s*([^\s=<>\"'/]{1,60})(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+))?")
_TITLE = re.compile(r"<title\b[^<>]{0,500}>([^<]{1,2000})", re.IGNORECASE)
_META = re.compile(r"<meta\b", re.IGNORECASE)
_DATES = ("citation_publication_date", "citation_date", "article:published_time", "dcterms.date", "dc.date", "date")


def of(html: str, url: str) -> SourceFacts:
    """The fields of a page. One with the tags of a journal article becomes that article."""
    meta = _meta(html[:HEAD])

    def first(*names: str) -> str | None:
        return next((meta[name][0] for name in names if meta.get(name)), None)

    title = _TITLE.search(html[:HEAD])
    named = first("citation_title", "og:title", "dc.title") or (unescape(title[1]) if title else None)
    common = {"title": named, "author": [_name(name) for name in meta.get("citation_author", [])], "URL": url}
    common["issued"] = next((day for name in _DATES if (day := sourcefacts.date_of(first(name) or ""))), None)
    if journal := first("citation_journal_title"):
        pages = [page for page in (first("citation_firstpage"), first("citation_lastpage")) if page]
        return SourceFacts(
            {
                "type": "article-journal",
                **common,
                "container-title": journal,
                "volume": first("citation_volume"),
                "issue": first("citation_issue"),
                "page": "-".join(dict.fromkeys(pages)),
                "DOI": re.sub(r"^(doi:\s*|https?://(dx\.)?doi\.org/)", "", first("citation_doi") or "", flags=re.I),
                "PMID": first("citation_pmid"),
            }
        )
    site = first("og:site_name", "application-name", "citation_publisher", "dc.publisher")
    common["author"] = common["author"] or ([{"literal": name}] if (name := first("author")) else [])
    notes = () if named else ("The page names no title.",)
    return SourceFacts({"type": "webpage", **common, "publisher": site or urlsplit(url).hostname}, notes=notes)


def _meta(head: str) -> dict[str, list[str]]:
    """The contents of meta tags by their name or property, in small letters."""
    found: dict[str, list[str]] = defaultdict(list)
    for tag in _META.finditer(head):
        attributes: dict[str, str] = {}
        at, end = tag.end(), tag.end() + _TAG
        while at < end and (match := _ATTRIBUTE.match(head, at, end)):
            attributes.setdefault(match[1].casefold(), unescape((match[2] or "").strip("\"'")))
            at = match.end()
        name = attributes.get("name") or attributes.get("property") or ""
        if name and attributes.get("content", "").strip():
            found[name.casefold()].append(attributes["content"].strip())
    return found


def _name(text: str) -> dict[str, str | None]:
    """`Nase, Nora` and `Nora Nase` as a person; one word as an organization."""
    family, comma, given = text.partition(",")
    if not comma:
        given, _, family = text.strip().rpartition(" ")
    return {"family": family.strip(), "given": given.strip() or None} if given else {"literal": text.strip()}
