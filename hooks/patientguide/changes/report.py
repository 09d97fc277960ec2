"""The review pack: what a change does to a guide, as a page of HTML that needs nothing else and, in short, as Markdown.

Everything an editor wrote is shown as text in both: it cannot become a tag, a link, emphasis or a heading.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from patientguide.changes.compare import Changes
from patientguide.changes.files import FileChange
from patientguide.changes.texts import Change, Piece
from patientguide.core import i18n
from patientguide.core.files import all_hidden
from patientguide.model import records

MOST_BYTES = 900_000
"""GitHub refuses a summary of more than 1 MiB."""

_TEMPLATES = Path(__file__).parent.parent / "templates"
_CUT = "\n\n**This summary was cut here, because it is too long. The rest is in index.html.**\n"

# What GitHub's Markdown reads as markup, anywhere or at the start of a text.
_SIGN = re.compile(r"[\\`*_\[\]<>#|~$&@]|:(?=\S)|^[-+=]|^[0-9]+[.)](?!\S)|(?<=\bwww)\.", re.IGNORECASE)


def html(changes: Changes, base: str, today: date) -> str:
    """The whole pack as one page. `base` is what the working tree was compared with, `today` the day it was done for.

    It loads nothing: its style stands in it, and a policy with the hash of that style refuses anything else.
    """
    style = (_TEMPLATES / "review.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    template = _environment(visible).get_template("review.html.j2")
    return template.render(**_values(changes, base, today), style=Markup(style), digest=digest)  # noqa: S704


def markdown(changes: Changes, base: str, today: date) -> str:
    """The same in short, for the summary of a job on GitHub: of new and removed entries only how much they hold."""
    text = _environment(escape).get_template("review.md.j2").render(_values(changes, base, today))
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    if len(text.encode()) <= MOST_BYTES:
        return text
    kept = text.encode()[: MOST_BYTES - len(_CUT.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + _CUT


def visible(value: Any) -> Any:
    """A text with its hidden characters named, so that nobody can hide words or turn their direction."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    if value.isascii() and value.isprintable():
        return value
    hidden = dict(all_hidden(value))
    return "".join(f"(U+{ord(sign):04X})" if number in hidden else sign for number, sign in enumerate(value))


def escape(value: Any) -> Any:
    """A text on one line of GitHub's Markdown that shows exactly it. What is markup of ours stays as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return Markup(_SIGN.sub(_entity, visible(re.sub(r"\s+", " ", value))))  # noqa: S704


def _entity(found: re.Match[str]) -> str:
    sign = found[0]
    entity = f"{sign[:-1]}&#{ord(sign[-1])};"
    # GitHub looks for addresses, people, numbers of issues and emoji once more when entities are read already: an empty
    # character that has no width keeps it from finding any.
    follows = found.string[found.end() : found.end() + 1]
    return f"{entity}&#8203;" if sign in "@#:." and follows.strip() else entity


def _values(changes: Changes, base: str, today: date) -> dict[str, Any]:
    return {
        "changes": changes,
        "base": base,
        "today": i18n.catalog(i18n.SOURCE).date(today.isoformat()),
        "groups": groups,
        "drawn": drawn,
        "tally": tally,
        "terms": records.terms,
        "frame_only": "Only the state of the review, explained words, notes or sources changed",
        "pages_that": lambda what: [page for page in changes.pages if page.what == what],
        "grades": sorted(changes.grades, key=lambda grade: (grade.difference is None, -(grade.difference or 0))),
    }


def groups(changes: Sequence[Change]) -> Iterator[tuple[bool, str, list[Change]]]:
    """Changes in stretches that stand together: whether in the body, under which heading, and which."""
    for (in_body, heading), found in groupby(changes, key=lambda change: (change.in_body, change.heading)):
        yield in_body, heading, list(found)


def drawn(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, str, str]]:
    """Each piece with its kind and the spaces to set before and after its mark, so that no space is underlined.

    Words that were removed and those that replace them are kept apart by a space.
    """
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        text = piece.text.strip()
        if piece.kind == "same" or not text:
            yield piece.kind, piece.text, "", ""
            continue
        lead, _, tail = piece.text.partition(text)
        replaced = piece.kind == "removed" and after is not None and after.kind == "added"
        yield piece.kind, text, lead, " " if replaced else tail


def tally(file: FileChange) -> str:
    """How much of a file changed, in words."""
    statements = sum(change.statement for change in file.changes)
    facts = len(file.changes) - statements
    return f"{statements} statement{'s' * (statements != 1)}, {facts} other text{'s' * (facts != 1)}"


def _environment(finalize: Callable[[Any], Any]) -> SandboxedEnvironment:
    """Templates whose values pass through `finalize` and, unless that made them markup, are escaped as HTML."""
    return SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
