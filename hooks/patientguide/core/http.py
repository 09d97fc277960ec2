"""What an HTTP answer is, and which services are asked in which way. Nothing here reaches the network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import NamedTuple
from urllib.parse import urlsplit


class Hop(NamedTuple):
    """A redirect: its status and its target."""

    status: int
    to: str


@dataclass(frozen=True)
class Answer:
    """The result. `fault` is empty, or: forbidden, elsewhere, hops, timeout, tls, connection, robots, stopped."""

    fault: str = ""
    detail: str = ""
    status: int = 0
    hops: tuple[Hop, ...] = ()
    url: str = ""
    location: str = ""
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    is_cut: bool = False
    is_challenge: bool = False
    retry_after: float | None = None
    tries: int = 1
    seconds: float = 0.0


# -- decoding a body, whatever charset it claims


_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)

# The encodings of browsers (WHATWG Encoding). Python knows more, but one takes quadratic time and others raise.
_TAKEN = re.compile(
    r"utf-?(8|16([lb]e)?)|(us-)?ascii|iso-?8859-?\d+(-[ei])?|latin-?\d+|(windows|cp)-?\d+|koi8-[ru]|macintosh|"
    r"gb(2312|k|18030)|big5(-hkscs)?|euc-(jp|kr)|shift[_-]jis|iso-2022-jp",
    re.IGNORECASE,
)


def body_text(content_type: str, body: bytes, head: int = 0) -> str:
    """The body as text in its declared charset if browsers know it, else in UTF-8.

    Pages may declare it in the first `head` bytes of the body.
    """
    named = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:head])
    charset = named[1].decode() if named else ""
    try:
        return body.decode(charset if _TAKEN.fullmatch(charset) else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


# The services that are asked, how often they may be, and the name we give ourselves.


CONTACT = "PATIENTGUIDE_CONTACT"
"""The environment variable with an e-mail address that services may write to."""

AGENT = "patientguide"
"""The name of this client for hosts and in robots.txt."""

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Service:
    """A service: its name, its base address, and the environment variable that overrides the address.

    `rate` holds requests a second with and without a contact; `contact` maps the names of its parameters to ours.
    """

    name: str
    base: str
    variable: str
    rate: tuple[float, float]
    contact: Mapping[str, str] = field(default_factory=dict)


_NCBI = {"tool": "patientguide", "email": "{contact}"}
_MAILTO = {"mailto": "{contact}"}

SERVICES: Mapping[str, Service] = {
    # Since December 2025: 10 a second with mailto, 5 without; lists are counted more strictly.
    "crossref": Service("Crossref", "https://api.crossref.org", "PATIENTGUIDE_CROSSREF_URL", (3, 1), _MAILTO),
    "doi": Service("doi.org", "https://doi.org", "PATIENTGUIDE_DOI_URL", (2, 1)),
    # NCBI allows 3 a second without a key.
    "pubmed": Service("PubMed", "https://eutils.ncbi.nlm.nih.gov", "PATIENTGUIDE_PUBMED_URL", (2, 1), _NCBI),
    "pmc": Service("PubMed Central", "https://pmc.ncbi.nlm.nih.gov", "PATIENTGUIDE_PMC_URL", (2, 1), _NCBI),
    # About 50 a minute.
    "trials": Service("ClinicalTrials.gov", "https://clinicaltrials.gov", "PATIENTGUIDE_TRIALS_URL", (0.75, 0.75)),
    # Any web page; a replaced base is asked for BASE/host/path.
    "pages": Service("The page", "", "PATIENTGUIDE_PAGES_URL", (1, 1)),
}


class AddressError(Exception):
    """The reason why a contact or base address cannot be used, as a sentence for people."""


def contact(text: str | None) -> str | None:
    """A checked e-mail address, or None. Raises AddressError for anything else."""
    if text and not _EMAIL.fullmatch(text):
        raise AddressError(f"The contact '{text}' is no e-mail address.")
    return text or None


def user_agent(contact: str | None) -> str:
    """The User-Agent of every request: who asks, and how to reach them."""
    return f"{AGENT}/{metadata.version('patientguide')}" + (f" (mailto:{contact})" if contact else "")


def service_base(text: str) -> str:
    """A base address without its last slash. Raises AddressError unless it is https or on this machine."""
    try:
        parts = urlsplit(text)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        good = secure and parts.hostname and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        good = False
    if not good:
        raise AddressError(f"The base address '{text}' must start with https://, or be one of this machine.")
    return text.rstrip("/")


def service_bases(named: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Base addresses by service: those given, else those of the environment.

    Raises AddressError if one cannot be used.
    """
    found = {name: environment[s.variable] for name, s in SERVICES.items() if environment.get(s.variable)}
    return {name: service_base(text) for name, text in {**found, **named}.items()}
