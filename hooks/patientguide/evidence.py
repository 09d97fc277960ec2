"""What the sources of a page are worth, in words for readers: kind, date, strength, and what they cannot tell.

The strength is that of a kind of evidence in general (guide.yml), never a rating of one study.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from patientguide import words
from patientguide.csl import Reference
from patientguide.guide import Guide
from patientguide.prose import escape
from patientguide.settings import STRENGTHS

UNREAD_SIGN = "◇"


@dataclass(frozen=True)
class Worth:
    """How many sources a page has, how many of each strength (strongest first), and how many nobody here has read."""

    total: int
    strengths: tuple[tuple[str, int], ...]
    unread: int


def worth(guide: Guide, keys: Iterable[str]) -> Worth:
    """What the sources with these keys are worth together."""
    sources = [guide.references[key] for key in keys]
    count = Counter(guide.evidence[source.custom.evidence].strength for source in sources)
    strengths = tuple((name, count[name]) for name in STRENGTHS if count[name])
    return Worth(len(sources), strengths, sum(not source.custom.read for source in sources))


def unread_mark(said: words.Words) -> str:
    """The button after a statement whose sources nobody here has read."""
    return (
        '<button type="button" class="pg-unread" popovertarget="pg-unread-source" '
        f'aria-label="{said("Source not yet read by us")}">{UNREAD_SIGN}</button>'
    )


def counted(said: words.Words, of: Worth) -> str:
    """How many sources there are of each strength, in words."""
    return ", ".join(f"{count} {said(name)}" for name, count in of.strengths)


def line(guide: Guide, reference: Reference) -> str:
    """Kind, strength and what to know of a source, as Markdown."""
    kind = guide.evidence[reference.custom.evidence]
    said = words.of(guide.settings.language)
    parts = [f"**{escape(kind.label)}** ({said('usually')} {said(kind.strength)})."]
    if not reference.custom.read:
        parts.insert(0, said("Not yet read by us."))
    if not reference.custom.title_confirmed:
        parts.append(said("Its exact title is not confirmed."))
    return " ".join(parts)


def in_words(guide: Guide, reference: Reference) -> str:
    """The same for somebody who asks why a page says something: with its date, its meaning and its limits."""
    kind = guide.evidence[reference.custom.evidence]
    said = words.of(guide.settings.language)
    issued = reference.issued
    dated = f"{said('Published')} {said.date(issued)}." if issued else said("Its date is not known to us.")
    return " ".join(filter(None, [line(guide, reference), escape(kind.meaning), escape(kind.cannot_tell or ""), dated]))
