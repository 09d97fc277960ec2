"""Validation of identifiers of works, books, trials and people, and of web addresses."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from stdnum import isbn as _isbn
from stdnum import isni as _isni

from patientguide.core.text import is_ip_address, is_private_name

#
# Each function returns message and advice, or None. Check digits are left to python-stdnum. Forms: DOI handbook 2.2
# (the stricter pattern that Crossref suggests refuses real DOIs with < > and #), NLM for PMID and PMCID, ISO 2108
# (ISBN), ISO 27729 (ORCID is a block of ISNI).


Fault = tuple[str, str]

_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")


def doi(text: str) -> Fault | None:
    """Validate a DOI without the address of a resolver and without a full stop at the end."""
    bare = re.sub(r"^(https?://((dx|www)\.)?doi\.org/|doi:\s*)", "", text.strip(), flags=re.IGNORECASE).rstrip(".,;")
    if _DOI.fullmatch(text) and text == bare:
        return None
    if _DOI.fullmatch(bare):
        return f"'{text}' is more than a DOI", f"Write {bare}"
    return f"'{text}' is not a DOI", "Write the DOI alone, such as 10.7150/jca.23969."


def pmid(text: str) -> Fault | None:
    """Validate a PubMed number: up to nine digits that do not start with 0."""
    return _form(r"[1-9][0-9]{0,8}", text, "a PubMed number", 'Write it in quotes, such as "29721054".')


def pmcid(text: str) -> Fault | None:
    """Validate a PubMed Central number: PMC and up to eight digits."""
    return _form(r"PMC[1-9][0-9]{0,7}", text, "a PubMed Central number", "Write it like PMC5929089.")


def nct(text: str) -> Fault | None:
    """Validate a ClinicalTrials.gov number: NCT and eight digits."""
    return _form(
        r"NCT[0-9]{8}", text, "a trial number", "Write NCT and eight digits without spaces, such as NCT03598257."
    )


def isbn(text: str) -> Fault | None:
    """Validate an ISBN and its check digit."""
    if _isbn.is_valid(text):
        return None
    return f"'{text}' is not a book number: its check digit does not fit", "Copy the ISBN from the book once more."


def orcid(text: str) -> Fault | None:
    """Validate an ORCID and its check digit."""
    if re.fullmatch(r"([0-9]{4}-){3}[0-9]{3}[0-9X]", text) and _isni.is_valid(text):
        return None
    return f"'{text}' is not an ORCID: its form or check digit does not fit", "Write it like 0000-0002-1825-0097."


OF_FIELDS = {"DOI": doi, "PMID": pmid, "PMCID": pmcid}
"""The validators of work identifiers, by field of a source."""


def _form(pattern: str, text: str, what: str, advice: str) -> Fault | None:
    return None if re.fullmatch(pattern, text) else (f"'{text}' is not {what}", advice)


# -- web addresses: complete, https, public, and without tracking


AddressFault = tuple[str, str]

_WHOLE = ("this is not a whole web address", "Write an address that starts with https:// and has no spaces.")
_TRACKING = re.compile(
    r"utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|igshid|_ga|_hsenc|_hsmi|dclid|yclid|phpsessid|jsessionid|sid|sessionid",
    re.IGNORECASE,
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid|sessionid)=[^/;]*", re.IGNORECASE)
_SHORTENERS = {"bit.ly", "t.co", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "lnkd.in", "t.ly"}
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*")
_RESOLVERS = {"doi.org", "dx.doi.org", "www.doi.org"}


def address_fault(text: str) -> AddressFault | None:
    """Message and advice for a wrong address, or None."""
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
        return "this address holds a name or password", "Remove what comes before the @."
    if has_port:
        return f"'{parts.netloc}' names a port", f"Remove what comes after {host}."
    if wrong := _host_fault(host):
        return wrong
    if tracks(text):
        return "this address tells who followed it", f"Write {without_tracking(text)}"
    return None


def _host_fault(host: str) -> AddressFault | None:
    if is_ip_address(host) or is_private_name(host):
        return f"'{host}' is no public host", "Write the address that everyone can open."
    if host.removeprefix("www.") in _SHORTENERS:
        return f"'{host}' hides where the link leads", "Open it, and write the address you arrive at."
    if not host.isascii() or "xn--" in host:
        return f"'{host}' has letters that can pass for others", "Write an address in plain letters."
    return None if _HOST.fullmatch(host) else _WHOLE


def _with(text: str, scheme: str) -> str:
    return re.sub(r"^([a-zA-Z]+:)?/*", f"{scheme}://", text)


def tracks(text: str) -> bool:
    """Whether the address has parameters that track a campaign, click or session."""
    return bool(_SESSION.search(urlsplit(text).path)) or any(
        _TRACKING.fullmatch(key) for key, _ in parse_qsl(urlsplit(text).query, keep_blank_values=True)
    )


def without_tracking(text: str) -> str:
    """The address without tracking parameters."""
    parts = urlsplit(text)
    parts = parts._replace(path=_SESSION.sub("", parts.path))
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0])]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def is_doi_link(text: str) -> bool:
    """Whether the address only resolves a DOI."""
    return urlsplit(text).hostname in _RESOLVERS


def folded_address(text: str) -> str:
    """The address for comparisons: host and path in lower case, without tracking, fragment or last slash."""
    parts = urlsplit(without_tracking(text))
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}".rstrip("?").casefold()
