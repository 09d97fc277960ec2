"""Numbers of works, books, trials and people: is it one? Check digits are left to python-stdnum.

Each function answers what is wrong and the advice, or None. Forms: DOI handbook 2.2 (the stricter pattern that
Crossref suggests refuses real DOIs with < > and #), NLM for PMID and PMCID, ISO 2108 (ISBN), ISO 27729 (ORCID is
a block of ISNI).
"""

import re

from stdnum import isbn as _isbn
from stdnum import isni as _isni

Fault = tuple[str, str]

_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")


def doi(text: str) -> Fault | None:
    """A DOI alone, without the address of a resolver and without a full stop at the end."""
    bare = re.sub(r"^(https?://((dx|www)\.)?doi\.org/|doi:\s*)", "", text.strip(), flags=re.IGNORECASE).rstrip(".,;")
    if _DOI.fullmatch(text) and text == bare:
        return None
    if _DOI.fullmatch(bare):
        return f"'{text}' is more than a DOI", f"Write {bare}"
    return f"'{text}' is not a DOI", "Write the DOI alone, such as 10.7150/jca.23969."


def pmid(text: str) -> Fault | None:
    """A PubMed number: up to nine digits, the first of them not 0."""
    return _form(r"[1-9][0-9]{0,8}", text, "a PubMed number", 'Write it in quotes, such as "29721054".')


def pmcid(text: str) -> Fault | None:
    """A PubMed Central number: PMC and up to eight digits."""
    return _form(r"PMC[1-9][0-9]{0,7}", text, "a PubMed Central number", "Write it like PMC5929089.")


def nct(text: str) -> Fault | None:
    """A number at ClinicalTrials.gov: NCT and eight digits."""
    return _form(
        r"NCT[0-9]{8}", text, "a trial number", "Write NCT and eight digits without spaces, such as NCT03598257."
    )


def isbn(text: str) -> Fault | None:
    """A book number whose check digit is right."""
    if _isbn.is_valid(text):
        return None
    return f"'{text}' is not a book number: its check digit does not fit", "Copy the ISBN from the book once more."


def orcid(text: str) -> Fault | None:
    """Four groups of four digits whose check digit is right."""
    if re.fullmatch(r"([0-9]{4}-){3}[0-9]{3}[0-9X]", text) and _isni.is_valid(text):
        return None
    return f"'{text}' is not an ORCID: its form or check digit does not fit", "Write it like 0000-0002-1825-0097."


OF_FIELDS = {"DOI": doi, "PMID": pmid, "PMCID": pmcid}
"""The rules of the numbers of works, by the fields of a source that hold them."""


def _form(pattern: str, text: str, what: str, advice: str) -> Fault | None:
    return None if re.fullmatch(pattern, text) else (f"'{text}' is not {what}", advice)
