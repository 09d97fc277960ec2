"""What somebody pasted to be cited: a DOI, a PubMed or PubMed Central number, a trial number, or a web address."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from patientguide import identifiers, webaddress

Fault = tuple[str, str]


class Pasted(NamedTuple):
    """A kind of number (DOI, PMID, PMCID, NCT or URL) and the number alone."""

    kind: str
    value: str


_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("DOI", r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)"),
        ("PMCID", r"(?:https?://(?:www\.ncbi\.nlm\.nih\.gov/pmc|pmc\.ncbi\.nlm\.nih\.gov)/articles/)(PMC[0-9]+)\S*"),
        ("PMCID", r"(?:pmcid:?\s*)?(PMC[0-9]+)"),
        ("PMID", r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/([0-9]+)\S*"),
        ("PMID", r"(?:(?:pubmed )?pmid:?\s*)?([0-9]{1,9})"),
        ("NCT", r"https?://(?:www\.)?clinicaltrials\.gov/\S*?(NCT[0-9]{8})(?![0-9])\S*"),
        ("NCT", r"(NCT[0-9]{8})"),
        # A publisher's page of an article is behind a wall for programs; the DOI in its address is not.
        (
            "DOI",
            r"https?://[^\s?#]+?/(10\.[0-9]{4,9}/[^\s?#]+?)(?:/(?:full|pdf|epdf|abstract|html))?/?(?:[?#]\S*)?",
        ),
        ("URL", r"([a-z][a-z0-9+.-]*://.+)"),
    )
)
_VALID: Mapping[str, Callable[[str], Fault | None]] = {
    **identifiers.OF_FIELDS,
    "NCT": identifiers.nct,
    "URL": webaddress.fault,
}


def recognize(text: str) -> Pasted | Fault:
    """What the text is, or what is wrong with it and the advice."""
    text = text.strip().strip("<>").rstrip(".,;")
    for kind, form in _FORMS:
        if found := form.fullmatch(text):
            value = found[1].upper() if kind in ("PMCID", "NCT") else found[1]
            return _VALID[kind](value) or Pasted(kind, value)
    return f"'{text[:80]}' is no number or address of a source", "Paste a DOI, PMID, PMCID, NCT number or web address."
