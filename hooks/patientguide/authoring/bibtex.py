"""Read BibTeX and BibLaTeX into rows, with bibtexparser 2, and pylatexenc, its dependency, for LaTeX.

bibtexparser 2 reports the line of each entry and field, and returns a broken entry as such, so that the others can be
read. Version 1 and pybtex report no lines, and pybtex stops at the first error. Types and fields: BibLaTeX
3.20, section 2, which has those of BibTeX.
"""

import re
from collections.abc import Iterator
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from patientguide.authoring.rows import Row, extra
from patientguide.core import i18n
from patientguide.core.problems import Place, Problem
from patientguide.core.text import LEVEL, LOWERED, RAISED, level_text

TYPES = {
    **dict.fromkeys(("article",), "article-journal"),
    **dict.fromkeys(("online", "electronic", "www"), "webpage"),
    **dict.fromkeys(("report", "techreport", "manual", "thesis", "phdthesis", "mastersthesis"), "report"),
    **dict.fromkeys(("book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings"), "book"),
    **dict.fromkeys(("inbook", "incollection", "inproceedings", "conference", "inreference"), "chapter"),
}
"""The source type for each supported entry type."""

FIELDS = {
    "container-title": ("journaltitle", "journal", "booktitle"),
    "publisher": ("publisher", "institution", "organization", "school"),
    "volume": ("volume",),
    "issue": ("issue", "number"),
    "page": ("pages",),
    "PMID": ("pmid",),
    "PMCID": ("pmcid",),
    "ISBN": ("isbn",),
}
"""The BibTeX fields for each of ours; the first with a value is used."""

_IGNORED = (
    "abstract keywords note annote annotation file langid language issn shorttitle shortjournal timestamp "
    "owner urlday eprinttype eprint address location copyright series bdsk-url-1 bdsk-file-1 month_numeric "
    "day pubstate rights internal-note date-added date-modified groups"
)
IGNORED = frozenset(_IGNORED.split())
"""Fields that sources do not have; they are counted."""

_EXACT = {"DOI": "doi", "URL": "url"}
"""Fields that are not LaTeX in BibLaTeX. Exporters escape some characters in them all the same."""

_context = get_default_latex_context_db()
_context.add_context_category("addresses", prepend=True, macros=[MacroTextSpec("url", simplify_repl="%s")])
_latex = LatexNodes2Text(latex_context=_context, math_mode="text", keep_comments=True)


def read(text: str, path: str) -> tuple[list[Row], list[Problem]]:
    """Every entry of a file; an unreadable entry becomes a refused row."""
    library = parse_string(text)
    rows = []
    for block in library.blocks:
        place = Place(path, (block.start_line or 0) + 1)
        if isinstance(block, DuplicateBlockKeyBlock):
            rows.append(row := Row(place, block.key))
            row.refuse(
                "import-key", "An earlier entry of the file has the same key.", "Give one of the two another key."
            )
        elif isinstance(block, ParsingFailedBlock):
            rows.append(row := Row(place))
            row.refuse("import-entry", "This entry cannot be read.", _advice(block))
        elif isinstance(block, Entry):
            rows.append(_row(block, place))
    return rows, []


def _advice(block: ParsingFailedBlock) -> str:
    doubled = getattr(block, "duplicate_keys", None)
    if doubled:
        return f"It has {', '.join(sorted(doubled))} more than once: keep one."
    return "Look for a bracket, a quote or a comma that is missing here, or in the entry before."


def _row(entry: Entry, place: Place) -> Row:
    row = Row(place, entry.key)
    raw = {field.key.casefold(): str(field.value) for field in entry.fields}
    row.places = {
        f.key.casefold(): place._replace(line=place.line if f.start_line is None else f.start_line + 1)
        for f in entry.fields
    }
    said = entry.entry_type.casefold()
    row.fields |= {"type": TYPES.get(said), "said-type": f"@{said}"}
    try:
        _fill(row, raw)
    except InvalidNameError as error:
        row.refuse("import-author", f"The names of the authors cannot be separated: {error.reason}.", _NAMES, "author")
    except Exception as error:
        row.refuse("import-entry", f"Its LaTeX cannot be read ({type(error).__name__}).", "Write it as plain text.")
    return row


_NAMES = "Write 'Family, Given and Family, Given', and an organization in double curly brackets."


def _fill(row: Row, raw: dict[str, str]) -> None:
    text = {name: latex(value) for name, value in raw.items() if name != "author"}
    used = {"author", "title", "subtitle", "date", "year", "month", "urldate", "eprint", "eprinttype", *_EXACT.values()}
    row.fields["title"] = ": ".join(filter(None, (text.get("title"), text.get("subtitle"))))
    for name, names in FIELDS.items():
        used |= {*names}
        row.locate(name, *names)
        row.fields[name] = row.only_one(name, [text.get(known, "") for known in names])
    for name, theirs in _EXACT.items():
        row.locate(name, theirs)
    row.locate("issued", "date", "year")
    row.locate("accessed", "urldate")
    row.fields["page"] = re.sub(r"\s*[\u2012-\u2015-]+\s*", "-", row.fields["page"])
    row.fields["issued"] = text.get("date") or " ".join(filter(None, (text.get("year"), _month(text.get("month", "")))))
    row.fields["accessed"] = text.get("urldate", "")
    row.fields |= {name: _exact(raw.get(known, "")) for name, known in _EXACT.items()}
    if text.get("eprinttype", "").casefold() in ("pubmed", "pmid"):
        row.fields["PMID"] = row.fields["PMID"] or text.get("eprint", "")
    row.fields["author"] = list(_people(row, raw.get("author", "")))
    row.fields |= {**extra(text.get("note", "")), **extra(text.get("annotation", ""))}
    for name, value in raw.items():
        if value.strip() and name not in used:
            row.unmapped(name, IGNORED)


_MATHS = re.compile(r"(?<!\\)\$[^$]*\$|\\\(.*?\\\)", re.DOTALL)
_SHORT_SCRIPT = re.compile(r"(?<!\\)([\^_])\s*([^\s{}\\$^_]|\\[A-Za-z]+)")
_SCRIPT = re.compile(r"(?:(?<!\\)([\^_])|\\text(super|sub)script)\s*(\{(?:[^{}]|\{[^{}]*\})*\})")


def latex(text: str) -> str:
    """LaTeX as text. In BibTeX values a percent sign does not start a comment."""
    text = _MATHS.sub(lambda found: _SHORT_SCRIPT.sub(r"\1{\2}", found[0]), text)
    text = _SCRIPT.sub(_marked, text)
    return " ".join(level_text(str(_latex.latex_to_text(re.sub(r"(?<!\\)%", r"\\%", text)))).split())


def _marked(script: re.Match[str]) -> str:
    above = script[1] == "^" or script[2] == "super"
    return f"{RAISED if above else LOWERED}{script[3]}{LEVEL}"


def _exact(text: str) -> str:
    bare = re.sub(r"^\\url\s*\{(.*)\}$", r"\1", text.strip())
    return re.sub(r"\{?\\([%_&#~$])(?:\{\})?\}?", r"\1", bare)


def _month(text: str) -> str:
    """A month as its first three letters, or as it is written."""
    known = {month.casefold() for month in i18n.months()}
    return text[:3] if text.casefold() in known else text


def _people(row: Row, raw: str) -> Iterator[dict[str, str]]:
    for name in split_multiple_persons_names(raw) if raw.strip() else []:
        if name.strip().casefold() == "others":
            yield {"literal": "et al."}
            continue
        if re.fullmatch(r"\{.*\}", name.strip(), re.DOTALL):
            yield {"literal": latex(name)}
            continue
        parts: Any = parse_single_name_into_parts(name, strict=True)
        if parts.jr:
            words = tuple(latex(" ".join(parts.jr)).split())
            row.remark(
                "import-author", f"'{' '.join(words)}' after a name is left out.", "A source has no field for it."
            )
        family, given = (latex(" ".join(words)) for words in ([*parts.von, *parts.last], parts.first))
        yield {"family": family, "given": given} if given else {"literal": family}
