"""Rules on statements and numbers."""

import re
from collections.abc import Iterable, Iterator

from patientguide.checks.rule import Finding, Subject
from patientguide.content.blocks import CHANGES, Block, blocks, sources_of, statements
from patientguide.core.problems import suggest
from patientguide.markup.tokens import tokens
from patientguide.markup.words import WORD, count_words, is_word, matcher
from patientguide.model.guide import Guide
from patientguide.model.settings import Evidence

CLAIMS = Subject("Statements")

_REFERS = re.compile(r"\[(?:[^\[\]]*[\s;])?@|\[\^|<")
"""A citation, even a wrong one, or what other checks refuse: one finding for a place is enough.

The @ of a mail address in the words of a link does not count.
"""
_MARK = re.compile('[\u201e\u201c"\u00ab\u2018]')
_QUOTED = (
    r"\u201e[^\u201e\u201c\u201d\"]+[\u201c\u201d\"]|[\u201c\"][^\u201c\u201d\"]+[\u201d\"]|\u00ab[^\u00ab\u00bb]+\u00bb"
    r"|\u2018(?:[^\u2018\u2019]|(?<=\w)\u2019(?=\w))+\u2019"
)
"""Words in quotation marks of any style. A straight ' is an apostrophe too often.

This pattern is slow to compile, so it is used only for texts with such marks.
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
                message = f"There is no source after this: '{block.quote(start, len(text))}'"
                advice = "Cite its source, or put the sentence before the last citation if that supports it."
                yield Finding(block.place(start), message, advice)


def _evidence(guide: Guide, block: Block) -> list[Evidence]:
    """The kinds of evidence of what a block cites."""
    named = (source.custom.evidence for source in sources_of(guide, block))
    return [guide.evidence[kind] for kind in named if kind in guide.evidence]


@CLAIMS.warning("weak-source", "DISCERN 4: what the information rests on", each=True)
def weak(guide: Guide) -> Iterator[Finding]:
    """A statement about a medicine, a test result or a stage cites a guideline, label, trial or review."""
    labels = [value.label for value in guide.facet_values.values()]
    titles = [medicine.front.title for medicine in guide.medications]
    names = [name for name in guide.medicine_names if not is_word(name)]
    about = matcher([*titles, *names, *labels])
    for block in statements(guide):
        kinds = _evidence(guide, block)
        if kinds and not any(kind.decides for kind in kinds) and (found := about.search(block.unlinked)):
            said = ", ".join(dict.fromkeys(kind.label for kind in kinds))
            message = f"'{' '.join(found[0].split())}' is supported only by: {said}."
            advice = "Add a guideline, label, trial or review that says it."
            yield Finding(block.place(found.start()), message, advice)


@CLAIMS.warning("too-sure", "GRADE: plain language follows the certainty", each=True)
def too_sure(guide: Guide) -> Iterator[Finding]:
    """A statement with only limited evidence says so, with a word such as "may" or by naming the study."""
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
    """A quotation has no more words than the license of the source allows."""
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


# -- numbers


NUMBERS = Subject("Numbers")

_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|a hundred|a thousand"
_UNITS = "second|minute|hour|day|night|week|month|year|cycle|dose|visit"
# No group is possessive here: Python before 3.11.5 has a bug with such groups.
_FREQUENCY = re.compile(
    r"(?<![0-9.,])[0-9][0-9.,]*+\s*(?:%|per ?cent\b)"
    # Not the end of a name (X2 in 3 hospitals) or a stage, not a year (in 2018), and no length of time (in 3 weeks).
    rf"|(?<![\w.,-])(?<!stage )(?<!phase )(?<!grade )(?<!type )(?<!age )(?:[0-9]++(?:[.,][0-9]++)*|{_WORDS})\s+"
    r"(?:out of|of every|in|of(?=\s+(?:[1-9]0+|1,000|a hundred|a thousand)\b))\s+(?:every\s+)?"
    r"(?!(?:1|one|(?:19|20)[0-9]{2})\b)(?:[0-9]++(?:,[0-9]++)*(?!,?[0-9])"
    rf"|{_WORDS})\b(?!(?:\s*(?:to|or|-|\u2013)\s*[0-9]+)?[\s-]*(?:{_UNITS})s?\b)",
    re.IGNORECASE,
)
_TIMES = r"(?:(?<![0-9.,])[0-9][0-9.,]*+|three|four|five|ten) times"
_RELATIVE = re.compile(
    rf"\b(?:(?:twice|half|{_TIMES}) as (?:likely|many|much|often|high|common)"
    rf"|{_TIMES} (?:more|less|higher|lower|greater)|(?:twice|half|double|triple) the (?:risk|chance|odds|rate)"
    r"|by (?:about |almost |nearly |more than )?"
    r"(?:half|(?:a|one)[ -]third|(?:a|one)[ -]quarter|two[ -]thirds|[0-9][0-9.]*+\s*percent\b|[0-9][0-9.]*+\s*%)"
    r"|(?:risk|chance|odds|rate)s? in half"
    r"|doubl(?:es|ed|ing)|halv(?:es|ed|ing)|tripl(?:es|ed|ing))(?!\w)",
    re.IGNORECASE,
)


_COUNTS = (*"0123456789", *_WORDS.split("|"))
_CHANGES = ("twice", "half", "times", "doubl", "halv", "tripl", "by ")
"""What a text must contain for the patterns to match: they are slow, and most texts contain none of these."""


def _has_one_of(signs: Iterable[str], words: str) -> bool:
    return any(map(words.casefold().__contains__, signs))


@NUMBERS.warning("bare-number", "CDC Clear Communication Index 15 to 17; PEMAT 6 and 7", each=True)
def bare(guide: Guide) -> Iterator[Finding]:
    """A percentage or "1 in 7" is written under numbers: at the top of the file, and in the text as {number:ID}."""
    for block in blocks(guide):
        for found in _FREQUENCY.finditer(block.words) if _has_one_of(_COUNTS, block.words) else ():
            message = f"'{' '.join(found[0].split())}' is written into the text: '{block.quote()}'"
            advice = "Put it under numbers: at the top of the file, and write {number:ID} here."
            if block.path == CHANGES:
                advice = "A note says that something changed. Write the fact, with its source, in the entry."
            yield Finding(block.place(found.start()), message, advice)


@NUMBERS.warning("relative-number", "IPDAS: absolute risks; Primer on presenting risks, 2013", each=True)
def relative(guide: Guide) -> Iterator[Finding]:
    """A change such as "by half" or "twice as likely" comes with the numbers that it starts from."""
    for block in blocks(guide):
        if "{number:" in block.text or not _has_one_of(_CHANGES, block.words):
            continue
        for found in _RELATIVE.finditer(block.words):
            message = f"'{' '.join(found[0].split())}' does not say of how many: '{block.quote()}'"
            yield Finding(block.place(found.start()), message, "Write both numbers as {number:ID}, or leave it out.")


@NUMBERS.warning("mixed-denominators", "CDC Clear Communication Index 16; Primer on presenting risks, 2013")
def mixed(guide: Guide) -> Iterator[Finding]:
    """All numbers of a page are out of the same number of people."""
    for entry in guide.entries:
        wholes = [number.of for number in entry.front.numbers]
        for index, whole in enumerate(wholes):
            if whole != wholes[0]:
                message = f"This is out of {whole}, the first number of the page is out of {wholes[0]}."
                yield Finding(entry.facts.place(("numbers", index, "of")), message, f"Write it out of {wholes[0]}.")


@NUMBERS.error("number-source", "DISCERN 4")
def sources(guide: Guide) -> Iterator[Finding]:
    """The sources of a number exist, and no two numbers of a file have the same id."""
    for entry in guide.entries:
        seen: set[str] = set()
        for index, number in enumerate(entry.front.numbers):
            for position, text in enumerate(number.source):
                key, _, passage = text.partition("#")
                if key not in guide.references and f"content/references/{key}.yml" not in guide.unread:
                    place = entry.facts.place(("numbers", index, "source", position))
                    message = f"There is no source '{key}' in content/references/."
                    yield Finding(place, message, suggest(key, guide.references))
                elif passage and key in guide.references and not guide.references[key].passage(passage):
                    place = entry.facts.place(("numbers", index, "source", position))
                    message = f"'{key}' has no passage '{passage}'."
                    yield Finding(place, message, "Add it under passages: in the source's file.")
            if number.id in seen:
                place = entry.facts.place(("numbers", index, "id"))
                yield Finding(place, f"'{number.id}' appears twice.", "Give one of the two another id.")
            seen.add(number.id)


@NUMBERS.warning("unused-number", "no data without use")
def unused(guide: Guide) -> Iterator[Finding]:
    """Every number at the top of a file is used in its text."""
    for entry in guide.entries:
        texts = entry.body + repr(entry.facts.data) if entry.front.numbers else ""
        for index, number in enumerate(entry.front.numbers):
            if not re.search(rf"\{{(?:number|figure):{number.id}\}}", texts):
                place = entry.facts.place(("numbers", index))
                yield Finding(place, f"Nothing shows '{number.id}'.", f"Write {{number:{number.id}}} in the text.")
