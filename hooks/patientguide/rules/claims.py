"""Statements: each has a source, one that can bear it, and says no more than the source."""

import re
from collections.abc import Iterator

from patientguide import syllables
from patientguide.blocks import Block, blocks, sources_of, statements
from patientguide.guide import Guide
from patientguide.prose import tokens
from patientguide.rule import Finding, Subject
from patientguide.sentences import WORD, count_words
from patientguide.settings import Evidence
from patientguide.wordlists import matcher

CLAIMS = Subject("Statements")

_REFERS = re.compile(r"\[(?:[^\[\]]*[\s;])?@|\[\^|<")
"""A citation, even a wrong one, or what other checks refuse: one finding a spot is enough.

The @ of a mail address in the words of a link is none.
"""
_MARK = re.compile('[\u201e\u201c"\u00ab\u2018]')
_QUOTED = (
    r"\u201e[^\u201e\u201c\u201d\"]+[\u201c\u201d\"]|[\u201c\"][^\u201c\u201d\"]+[\u201d\"]|\u00ab[^\u00ab\u00bb]+\u00bb"
    r"|\u2018(?:[^\u2018\u2019]|(?<=\w)\u2019(?=\w))+\u2019"
)
"""Words in quotation marks: low and high, high, angled, or single ones. A straight ' is an apostrophe too often.

A pattern that takes long to be made: only a text with such marks needs it.
"""


@CLAIMS.error("no-source", "DISCERN 4; IPDAS: citations to the evidence", each=True)
def sourced(guide: Guide) -> Iterator[Finding]:
    """Every paragraph, list item, table row and field that states a fact has its source."""
    for block in statements(guide):
        if not _REFERS.search(block.text) and WORD.search(block.words) and not block.quote().startswith("To do"):
            message = f"This states something without a source: '{block.quote()}'"
            advice = "Add a citation such as [@key] after the words it supports, or move it under a heading of advice."
            yield Finding(block.place(len(block.words) - len(block.words.lstrip(" |"))), message, advice)


@CLAIMS.warning("source-before-end", "DISCERN 4; IPDAS: citations to the evidence", each=True)
def ends_with_source(guide: Guide) -> Iterator[Finding]:
    """A paragraph, list item or field ends with a source. A question, or a sentence with a link, may follow it."""
    asks = matcher(guide.settings.hedges)
    for block in statements(guide):
        cites = [token for token in tokens(block.text) if token.kind == "cite"]
        if block.kind == "row" or not cites:
            continue
        end = cites[-1].start + len(cites[-1].text)
        for start, text in block.sentences:
            is_more = text.endswith("?") or "](" in block.text[start : start + len(text)] or asks.match(text)
            if start >= end and not is_more:
                message = f"No source stands after this: '{block.quote(start, len(text))}'"
                advice = "Cite its source, or put the sentence before the last citation if that supports it."
                yield Finding(block.place(start), message, advice)


def _evidence(guide: Guide, block: Block) -> list[Evidence]:
    """The kinds of evidence of what a block cites."""
    named = (source.custom.evidence for source in sources_of(guide, block))
    return [guide.evidence[kind] for kind in named if kind in guide.evidence]


@CLAIMS.warning("weak-source", "DISCERN 4: what the information rests on", each=True)
def weak(guide: Guide) -> Iterator[Finding]:
    """What is said about a medicine, a test result or a stage rests on a guideline, label, trial or review."""
    labels = [value.label for value in guide.facet_values.values()]
    titles = [medicine.front.title for medicine in guide.medications]
    names = [name for name in guide.medicine_names if not syllables.is_word(name)]
    about = matcher([*titles, *names, *labels])
    for block in statements(guide):
        kinds = _evidence(guide, block)
        if kinds and not any(kind.decides for kind in kinds) and (found := about.search(block.unlinked)):
            said = ", ".join(dict.fromkeys(kind.label for kind in kinds))
            message = f"'{' '.join(found[0].split())}' is said to rest only on: {said}."
            advice = "Add a guideline, label, trial or review that says it."
            yield Finding(block.place(found.start()), message, advice)


@CLAIMS.warning("too-sure", "GRADE: plain language follows the certainty", each=True)
def too_sure(guide: Guide) -> Iterator[Finding]:
    """What rests only on limited evidence says so: with a word such as "may", or by naming the study."""
    hedge = matcher(guide.settings.hedges)
    for block in statements(guide):
        strengths = {kind.strength for kind in _evidence(guide, block)}
        limited = "limited" in strengths <= {"limited", "background"} and block.heading != "trials"
        if limited and guide.settings.hedges and not hedge.search(block.words):
            message = f"This sounds certain, but its sources are limited: '{block.quote()}'"
            advice = f"Use one of: {', '.join(guide.settings.hedges[:6])}; or say which study found it."
            yield Finding(block.place(), message, advice)


@CLAIMS.error("long-quotation", "Copyright: licenses of sources", each=True)
def quotations(guide: Guide) -> Iterator[Finding]:
    """No more words in a row are quoted than the license of the source allows."""
    for block in blocks(guide):
        if not _MARK.search(block.words):
            continue
        usual = guide.settings.limits.quoted_words
        quotable = [source.custom.quote_words for source in sources_of(guide, block)]
        allowed = [usual if words is None else words for words in quotable]
        for quoted in re.finditer(_QUOTED, block.words) if allowed else ():
            if (count := count_words(quoted[0])) > min(allowed):
                message = f"{count} word{'s are' if count > 1 else ' is'} quoted; the source allows {min(allowed)}."
                yield Finding(block.place(quoted.start()), message, "Say it in your own words.")
