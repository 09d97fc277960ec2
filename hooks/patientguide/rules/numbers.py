"""Numbers: written once, for the same number of people, with both sides and where they start from."""

import re
from collections.abc import Iterable, Iterator

from patientguide.blocks import CHANGES, blocks
from patientguide.guide import Guide
from patientguide.problems import suggest
from patientguide.rule import Finding, Subject

NUMBERS = Subject("Numbers")

_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|a hundred|a thousand"
_UNITS = "second|minute|hour|day|night|week|month|year|cycle|dose|visit"
# No group is possessive here, for Python before 3.11.5 misreads such groups.
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
"""What must stand in a text for the patterns to find anything: they are slow, and most texts hold none of these."""


def _has_one_of(signs: Iterable[str], words: str) -> bool:
    return any(map(words.casefold().__contains__, signs))


@NUMBERS.warning("bare-number", "CDC Clear Communication Index 15 to 17; PEMAT 6 and 7", each=True)
def bare(guide: Guide) -> Iterator[Finding]:
    """A percentage or "1 in 7" stands under numbers: at the top of the file, and in the text as {number:ID}."""
    for block in blocks(guide):
        for found in _FREQUENCY.finditer(block.words) if _has_one_of(_COUNTS, block.words) else ():
            message = f"'{' '.join(found[0].split())}' is written into the text: '{block.quote()}'"
            advice = "Put it under numbers: at the top of the file, and write {number:ID} here."
            if block.path == CHANGES:
                advice = "A note says that something changed. Write the fact, with its source, in the entry."
            yield Finding(block.place(found.start()), message, advice)


@NUMBERS.warning("relative-number", "IPDAS: absolute risks; Primer on presenting risks, 2013", each=True)
def relative(guide: Guide) -> Iterator[Finding]:
    """A change such as "by half" or "twice as likely" stands beside the numbers it starts from."""
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
            for position, key in enumerate(number.source):
                if key not in guide.references and f"content/references/{key}.yml" not in guide.unread:
                    place = entry.facts.place(("numbers", index, "source", position))
                    message = f"There is no source '{key}' in content/references/."
                    yield Finding(place, message, suggest(key, guide.references))
            if number.id in seen:
                place = entry.facts.place(("numbers", index, "id"))
                yield Finding(place, f"'{number.id}' stands here twice.", "Give one of the two another id.")
            seen.add(number.id)


@NUMBERS.warning("unused-number", "no data without use")
def unused(guide: Guide) -> Iterator[Finding]:
    """Every number of a file is shown in its text."""
    for entry in guide.entries:
        texts = entry.body + repr(entry.facts.data) if entry.front.numbers else ""
        for index, number in enumerate(entry.front.numbers):
            if not re.search(rf"\{{(?:number|figure):{number.id}\}}", texts):
                place = entry.facts.place(("numbers", index))
                yield Finding(place, f"Nothing shows '{number.id}'.", f"Write {{number:{number.id}}} in the text.")
