"""References in the style of the US National Library of Medicine ("Citing Medicine", 2nd edition), as Markdown.

Only the types in use are supported. Every field is escaped; addresses were checked to be https.
"""

import re

from patientguide.core import dates
from patientguide.markup.tokens import escape
from patientguide.model.reference import Name, Reference

# Citing Medicine lists all authors or, to save space, the first ones followed by "et al."
MAX_AUTHORS = 6


def format_reference(reference: Reference) -> str:
    """A reference as a line of Markdown that ends with its identifiers and address."""
    body = _ARTICLE if reference.type == "article-journal" else _DOCUMENT
    parts = [part for make in body for part in [make(reference)] if part]
    return " ".join(parts)


def short_reference(reference: Reference) -> str:
    """The same in short, as a line of Markdown: the first author or the publisher, the title as a link, the day."""
    names = [_name(author) for author in reference.author if author.literal != "et al."][:1]
    who = next(iter(names), reference.publisher or "")
    others = ", et al" if len(reference.author) > 1 else ""
    address = reference.URL or (f"https://doi.org/{_address(reference.DOI)}" if reference.DOI else "")
    if reference.custom.dead and reference.custom.archive_url:
        address = reference.custom.archive_url
    title = escape(reference.title.rstrip("."))
    parts = [_sentence(escape(who) + others) if who else "", f"[{title}](<{address}>)" if address else title]
    journal = f"*{escape(reference.container_title)}*, " if reference.container_title else ""
    return " ".join([*filter(None, parts), ""]).rstrip() + f". {journal}{_date(reference)}."


def _authors(reference: Reference) -> str:
    names: list[str] = []
    cut = False
    for author in reference.author:
        if author.literal == "et al." or len(names) == MAX_AUTHORS:
            cut = True
            break
        names.append(_name(author))
    if not names:
        return ""
    return _sentence(escape(", ".join(names)) + (", et al" if cut else ""))


def _name(name: Name) -> str:
    if name.literal:
        return name.literal
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", name.given or "") if part)
    return f"{name.family} {initials}".strip()


def _title(reference: Reference) -> str:
    internet = reference.type != "article-journal" and reference.URL
    return _sentence(escape(reference.title) + (r" \[Internet\]" if internet else ""))


def _journal(reference: Reference) -> str:
    return _sentence(f"*{escape(reference.container_title)}*") if reference.container_title else ""


def _container(reference: Reference) -> str:
    return _sentence(f"In: {escape(reference.container_title)}") if reference.container_title else ""


def _issue(reference: Reference) -> str:
    """Date;volume(issue):pages."""
    text = _date(reference)
    if reference.volume:
        text += f";{escape(reference.volume)}"
    if reference.issue:
        text += f"({escape(reference.issue)})"
    if reference.page:
        text += f":{escape(reference.page)}"
    return _sentence(text)


def _date(reference: Reference) -> str:
    return dates.as_nlm(reference.issued) if reference.issued else r"\[date unknown\]"


def _publication(reference: Reference) -> str:
    text = f"{escape(reference.publisher)}; " if reference.publisher else ""
    text += _date(reference)
    if reference.accessed:
        text += rf" \[cited {dates.as_nlm(reference.accessed)}\]"
    return _sentence(text)


def _identifiers(reference: Reference) -> str:
    parts = []
    if reference.DOI:
        parts.append(f"doi: {doi_link(reference.DOI)}.")
    if reference.PMID:
        parts.append(f"PubMed PMID: [{reference.PMID}](https://pubmed.ncbi.nlm.nih.gov/{reference.PMID}/).")
    if reference.PMCID:
        parts.append(
            f"PubMed Central PMCID: [{reference.PMCID}](https://pmc.ncbi.nlm.nih.gov/articles/{reference.PMCID}/)."
        )
    if reference.ISBN:
        parts.append(f"ISBN: {reference.ISBN}.")
    return " ".join(parts)


def doi_link(doi: str) -> str:
    """A DOI as a link to its resolver."""
    return f"[{escape(doi)}](<https://doi.org/{_address(doi)}>)"


def _available(reference: Reference) -> str:
    if not reference.URL:
        return ""
    custom = reference.custom
    if custom.dead and custom.archive_url:
        made = f" \\[archived {dates.as_nlm(custom.archived)}\\]" if custom.archived else ""
        return (
            f"Archived copy: [{escape(custom.archive_url)}](<{custom.archive_url}>){made}. "
            f"The original was gone on {dates.as_nlm(custom.dead)}: {escape(reference.URL)}"
        )
    return f"Available from: [{escape(reference.URL)}](<{reference.URL}>)"


_ARTICLE = (_authors, _title, _journal, _issue, _identifiers, _available)
_DOCUMENT = (_authors, _title, _container, _publication, _identifiers, _available)


def _sentence(text: str) -> str:
    return text if text.rstrip("*").endswith((".", "?", "!")) else text + "."


def _address(text: str) -> str:
    return re.sub(r"[<>\"'`\s]", lambda found: f"%{ord(found[0]):02X}", text)
