"""References in the style of the US National Library of Medicine ("Citing Medicine", 2nd edition), as Markdown.

Only the types in use are supported. Every field is escaped; addresses were checked to be https.
"""

import re
from collections.abc import Callable

from patientguide.core import dates
from patientguide.markup.tokens import escape
from patientguide.model.reference import Name, Reference

# Citing Medicine lists all authors or, to save space, the first ones followed by "et al."
MAX_AUTHORS = 6


def format_reference(reference: Reference) -> str:
    """A reference as a line of Markdown that ends with its identifiers and address."""
    return _MARK.sub("", _joined(reference, _title))


def note_reference(reference: Reference) -> str:
    """A reference for a note: its title is a link, and what is hidden until a reader opens the details is marked."""
    return _joined(reference, _linked_title)


_MARK = re.compile(r'<span class="pg-(?:rest|others)">|</span>')


def rest(text: str) -> str:
    """A part of a note that is shown when its details are open."""
    return f'<span class="pg-rest">{text}</span>' if text else ""


def _joined(reference: Reference, title: Callable[[Reference], str]) -> str:
    parts = _ARTICLE if reference.type == "article-journal" else _DOCUMENT
    return " ".join(filter(None, (_authors(reference), title(reference), *(part(reference) for part in parts))))


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
    first, *others = names
    text = escape("".join(f", {name}" for name in others)) + (", et al" if cut else "")
    hidden = f'<span class="pg-others">{rest(text)}</span>' if text else ""
    return escape(first) + hidden + ("" if (others or [first])[-1].endswith(".") and not cut else ".")


def _name(name: Name) -> str:
    if name.literal:
        return name.literal
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", name.given or "") if part)
    return f"{name.family} {initials}".strip()


def _title(reference: Reference) -> str:
    title = escape(reference.title)
    stop = _sentence(title).removeprefix(title)
    if reference.type == "article-journal" or not reference.URL:
        return title + stop
    return title + rest(r" \[Internet\]" + ("" if stop else ".")) + stop


def _linked_title(reference: Reference) -> str:
    """The title as a link. The address itself is left out of the short form."""
    address = reference.URL or (f"https://doi.org/{_address(reference.DOI)}" if reference.DOI else "")
    if reference.custom.dead and reference.custom.archive_url:
        address = reference.custom.archive_url
    if not address:
        return _title(reference)
    title = escape(reference.title)
    return f"[{title}](<{address}>){_title(reference).removeprefix(title)}"


def _journal(reference: Reference) -> str:
    return _sentence(f"*{escape(reference.container_title)}*") if reference.container_title else ""


def _container(reference: Reference) -> str:
    return _sentence(f"In: {escape(reference.container_title)}") if reference.container_title else ""


def _issue(reference: Reference) -> str:
    """Date;volume(issue):pages."""
    text = f";{escape(reference.volume)}" if reference.volume else ""
    if reference.issue:
        text += f"({escape(reference.issue)})"
    if reference.page:
        text += f":{escape(reference.page)}"
    return f"{_date(reference)}{rest(text)}."


def _date(reference: Reference) -> str:
    return dates.as_nlm(reference.issued) if reference.issued else r"\[date unknown\]"


def _publication(reference: Reference) -> str:
    publisher = f"{escape(reference.publisher)};" if reference.publisher else ""
    cited = rf" \[cited {dates.as_nlm(reference.accessed)}\]" if reference.accessed else ""
    start = rest(publisher) if reference.author else publisher
    return f"{start} {_date(reference)}{rest(cited)}.".lstrip()


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
    return rest(" ".join(parts))


def doi_link(doi: str) -> str:
    """A DOI as a link to its resolver."""
    return f"[{escape(doi)}](<https://doi.org/{_address(doi)}>)"


def _available(reference: Reference) -> str:
    if not reference.URL:
        return ""
    custom = reference.custom
    if custom.dead and custom.archive_url:
        made = f" \\[archived {dates.as_nlm(custom.archived)}\\]" if custom.archived else ""
        return rest(
            f"Archived copy: [{escape(custom.archive_url)}](<{custom.archive_url}>){made}. "
            f"The original was gone on {dates.as_nlm(custom.dead)}: {escape(reference.URL)}"
        )
    return rest(f"Available from: [{escape(reference.URL)}](<{reference.URL}>)")


_ARTICLE = (_journal, _issue, _identifiers, _available)
_DOCUMENT = (_container, _publication, _identifiers, _available)


def _sentence(text: str) -> str:
    return text if text.rstrip("*").endswith((".", "?", "!")) else text + "."


def _address(text: str) -> str:
    return re.sub(r"[<>\"'`\s]", lambda found: f"%{ord(found[0]):02X}", text)
