"""The review pack: a comparison as a self-contained HTML page and, in short, as Markdown.

Everything an editor wrote is escaped in both: it cannot become a tag, a link, emphasis or a heading.
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
from patientguide.changes.files import Change, FileChange
from patientguide.core import i18n, text
from patientguide.markup.words import Piece
from patientguide.model import records
from patientguide.model.reference import passages_of

MOST_BYTES = 900_000
"""GitHub refuses a summary of more than 1 MiB."""

_TEMPLATES = Path(__file__).parent.parent / "templates"
_CUT = "\n\n**This summary was cut here, because it is too long. The rest is in index.html.**\n"


def html(changes: Changes, base: str, today: date) -> str:
    """The whole pack as one page. `base` is the other version's name, `today` the day of the comparison.

    It loads nothing: its style is inline, and a policy with the hash of that style blocks everything else.
    """
    style = (_TEMPLATES / "review.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    template = _environment(_visible).get_template("review.html.j2")
    return template.render(**_values(changes, base, today), style=Markup(style), digest=digest)  # noqa: S704


def markdown(changes: Changes, base: str, today: date) -> str:
    """The same in short, for the summary of a job on GitHub: of new and removed entries only how much they hold."""
    report = _environment(escape).get_template("review.md.j2").render(_values(changes, base, today))
    report = re.sub(r"\n{3,}", "\n\n", report).strip() + "\n"
    if len(report.encode()) <= MOST_BYTES:
        return report
    kept = report.encode()[: MOST_BYTES - len(_CUT.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + _CUT


def _visible(value: Any) -> Any:
    """A text with its hidden characters named. What is markup of ours stays as it is."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else text.visible(value)


def escape(value: Any) -> Any:
    """A text escaped for one line of GitHub's Markdown. Our own markup is left unchanged."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return Markup(text.github(value))  # noqa: S704


def _values(changes: Changes, base: str, today: date) -> dict[str, Any]:
    return {
        "changes": changes,
        "base": base,
        "today": i18n.catalog(i18n.SOURCE).date(today.isoformat()),
        "groups": groups,
        "drawn": drawn,
        "tally": tally,
        "terms": records.terms,
        "passages": lambda change: passages_of(changes.references, change.citations),
        "frame_only": "Only the state of the review, explained words, notes or sources changed",
        "pages_that": lambda what: [page for page in changes.pages if page.what == what],
        "grades": sorted(changes.grades, key=lambda grade: (grade.difference is None, -(grade.difference or 0))),
    }


def groups(changes: Sequence[Change]) -> Iterator[tuple[bool, str, list[Change]]]:
    """Consecutive changes: whether in the body, their heading, and the changes."""
    for (in_body, heading), found in groupby(changes, key=lambda change: (change.in_body, change.heading)):
        yield in_body, heading, list(found)


def drawn(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, str, str]]:
    """Each piece with its kind and the spaces before and after its mark, so that no space is underlined.

    A space separates removed words from those that replace them.
    """
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        words = piece.text.strip()
        if piece.kind == "same" or not words:
            yield piece.kind, piece.text, "", ""
            continue
        lead, _, tail = piece.text.partition(words)
        replaced = piece.kind == "removed" and after is not None and after.kind == "added"
        yield piece.kind, words, lead, " " if replaced else tail


def tally(file: FileChange) -> str:
    """The amount of changes in a file, in words."""
    statements = sum(change.statement for change in file.changes)
    facts = len(file.changes) - statements
    return f"{statements} statement{'s' * (statements != 1)}, {facts} other text{'s' * (facts != 1)}"


def _environment(finalize: Callable[[Any], Any]) -> SandboxedEnvironment:
    """Templates whose values pass through `finalize` and are escaped as HTML unless that made them markup."""
    return SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
