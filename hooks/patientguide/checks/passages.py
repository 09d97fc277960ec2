"""Rules that compare a statement with the words of the sources it cites: numbers, medicines and urgency."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from patientguide.checks.amounts import Amount, amounts, supports
from patientguide.checks.rule import Finding, Subject
from patientguide.content.blocks import Block, statements
from patientguide.markup.tokens import Citation
from patientguide.markup.words import matcher
from patientguide.model.entries import Entry, Medication
from patientguide.model.frequency import Number, short
from patientguide.model.guide import EXAMPLE, Guide, once_per_guide
from patientguide.model.reference import Passage, passages_of

PASSAGES = Subject("Words of sources")

_WORD = re.compile(r"\w+")
_ROW = 3
"""Steps to a text of a row: the field, the number of the row, and `text`."""
Cited = Sequence[tuple[str, Passage]]
"""Passages with the keys of their sources."""

_ADVICE = "Correct it, or cite a passage that says it. If it follows from one, say how under derived: in that passage."


def _cited(guide: Guide, block: Block) -> Cited:
    """The passages that a block cites; none for an example text, or unless every citation of it names one."""
    if EXAMPLE in block.text:
        return []
    citations = list(dict.fromkeys(block.citations))
    found = passages_of(guide.references, citations)
    return found if len(found) == len(citations) else []


def _texts(passages: Cited) -> Iterator[str]:
    for _, passage in passages:
        yield passage.exact
        if passage.derived:
            yield passage.derived


def _names_of(passages: Cited) -> str:
    return ", ".join(dict.fromkeys(f"@{key}#{passage.id}" for key, passage in passages))


@PASSAGES.warning("not-in-passage", "CIViC: a person must read the source", each=True)
def not_in_passage(guide: Guide) -> Iterator[Finding]:
    """Numbers, doses, times, medicines and words of urgency occur in the passages cited, in this or an equal form."""
    if guide.edition:  # Its numbers and medicines are held against the text it was translated from.
        return
    for block in statements(guide):
        if (passages := _cited(guide, block)) and (unsaid := _unsaid(guide, block, passages)):
            said = ", ".join(dict.fromkeys(f"'{written}'" for _, written in unsaid))
            message = f"{said}: the words that are cited for this do not say so ({_names_of(passages)})."
            yield Finding(block.place(unsaid[0][0]), message, _ADVICE)
    for entry in guide.entries_looked_at:
        for index, number in enumerate(entry.front.numbers):
            passages = passages_of(guide.references, [Citation(*_parts(source)) for source in number.source])
            missing = _missing(number, passages) if len(passages) == len(number.source) else None
            if missing is not None:
                said = f"'{missing}' of '{short(number)}'"
                message = f"{said}: the words that are cited for this do not say so ({_names_of(passages)})."
                yield Finding(entry.facts.place(("numbers", index, "n")), message, _ADVICE)


def _unsaid(guide: Guide, block: Block, passages: Cited) -> list[tuple[int, str]]:
    """What a statement says and no passage does, and where, in its order."""
    finders = (
        _numbers(block, passages),
        _medicine_names(guide, block, passages),
        _brands(block, passages),
        _urgent(guide, block, passages),
    )
    return sorted(chain.from_iterable(finders))


def _parts(source: str) -> tuple[str, str, str]:
    key, _, passage = source.partition("#")
    return key, "", passage


def _amounts_in(passages: Cited) -> list[Amount]:
    return list(chain.from_iterable(map(amounts, _texts(passages))))


def _numbers(block: Block, passages: Cited) -> Iterator[tuple[int, str]]:
    """The numbers in a statement that no passage has, and where they start. Those in the words of links say nothing."""
    claims = [amount for amount in amounts(block.unlinked) if amount.is_claim]
    said = _amounts_in(passages) if claims else []
    for claim in claims:
        if not supports(said, claim):
            yield claim.start, " ".join(block.unlinked[claim.start : claim.end].split())


def _missing(number: Number, passages: Cited) -> int | None:
    """The first end of a frequency that no passage has, as a number or as a share that is rounded to it."""
    said = _amounts_in(passages)
    for end in (number.n, number.to):
        if end is not None and not any(
            amount.number == end or (amount.unit == "share" and abs(amount.value * number.of - end) <= Fraction(1, 2))
            for amount in said
        ):
            return end
    return None


# Medicines by their own names and their brands.


class _Medicines(NamedTuple):
    """The substances that each name means, a pattern of all names, and the words that names start with."""

    known: Mapping[str, frozenset[str]]
    pattern: re.Pattern[str]
    first: frozenset[str]

    def named(self, text: str) -> Iterator[tuple[int, str, frozenset[str]]]:
        """The names in a text: where, as written, and for which substances."""
        # The pattern is slow, and most texts name no medicine.
        if not self.first.isdisjoint(_WORD.findall(text.casefold())):
            for name in self.pattern.finditer(text):
                yield name.start(), name[0], self.known[" ".join(name[0].casefold().split())]


@once_per_guide
def _medicines(guide: Guide) -> _Medicines:
    known = {name.casefold(): frozenset([name.casefold()]) for name in guide.settings.search.others}
    for medicine in guide.medications:
        for name, substances in _names(medicine):
            known[name] = known.get(name, frozenset()) | substances
    longest = sorted(known, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest) or "(?!)"
    first = frozenset(found[0] for name in known if (found := _WORD.search(name)))
    return _Medicines(known, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE), first)


def _names(medicine: Entry[Medication]) -> Iterator[tuple[str, frozenset[str]]]:
    front = medicine.front
    substances = _split(front.title)
    everything = frozenset(substances)
    for name in (front.title, front.generic):
        short_form = re.search(r"\(([\w-]+)\)", name)
        for one in _split(name):
            yield one, frozenset([one]) if one in everything else everything
        if short_form:
            yield short_form[1].casefold(), everything
    for brand in front.brands:
        name, _, more = brand.partition(" (")
        only = frozenset(one for one in substances if one in more.casefold())
        yield name.casefold(), only or everything


def _split(name: str) -> list[str]:
    """The substances in a name, which may join two with "and", without the suffixes of the US."""
    parts = re.split(r"; | and ", name.partition(" (")[0].casefold())
    return [re.sub(r"^(?:fam|ado)-|-[a-z]{4}$", "", part.strip()) for part in parts]


def _medicine_names(guide: Guide, block: Block, passages: Cited) -> Iterator[tuple[int, str]]:
    """The medicines in a statement that no passage or title of its source names; a medicine's page is about it."""
    medicines = _medicines(guide)
    found = list(medicines.named(block.words))
    if not found:
        return
    is_own_page = block.entry is not None and block.entry.kind == "medications"
    said = set(_split(block.entry.front.title)) if block.entry and is_own_page else set()
    for key, passage in passages:
        for text in (passage.exact, passage.derived, passage.where, guide.references[key].title):
            said.update(*(substances for _, _, substances in medicines.named(text or "")))
    yield from ((start, name) for start, name, substances in found if not substances & said)


def _brands(block: Block, passages: Cited) -> Iterator[tuple[int, str]]:
    """The brand names in the text on the names of a medicine that no passage has."""
    if block.at != ("names",) or not (block.entry and isinstance(block.entry.front, Medication)):
        return
    said = " ".join(_texts(passages)).casefold()
    for brand in block.entry.front.brands:
        name = brand.partition(" (")[0]
        start = block.words.find(name)
        if start >= 0 and name.casefold() not in said:
            yield start, name


# How soon to act: no sooner and no later than a source says.


def _urgent(guide: Guide, block: Block, passages: Cited) -> Iterator[tuple[int, str]]:
    """The words in a statement that say how soon to act and that no passage has, in these or like words."""
    words = guide.settings.urgency_words
    text = matcher(words.not_at_once).sub(lambda found: " " * len(found[0]), block.words)
    for pattern in (matcher(words.at_once), matcher(words.later)):
        found = pattern.search(text)
        if found and not any(map(pattern.search, _texts(passages))):
            yield found.start(), " ".join(found[0].split())


@PASSAGES.warning("later-than-source", "CIViC: a person must read the source", each=True)
def later_than_source(guide: Guide) -> Iterator[Finding]:
    """What can wait for the next visit does not rest on words that all say "at once"."""
    words = guide.settings.urgency_words
    at_once = matcher(words.at_once)
    for act, waits, block, passages in _timed(guide):
        if waits and all(at_once.search(passage.exact) for _, passage in passages):
            message = f"'{act}' is later than the source says: '{block.quote()}'"
            advice = "Say that it is more urgent, or cite a passage that says it can wait."
            yield Finding(block.place(), message, advice)


@PASSAGES.warning("urgency-not-in-passage", "CIViC: a person must read the source", each=True)
def urgency(guide: Guide) -> Iterator[Finding]:
    """A reason to call at once or today cites words of urgency or danger."""
    words = guide.settings.urgency_words
    any_of = matcher([*words.at_once, *words.grave])
    unsaid: dict[str, list[Block]] = defaultdict(list)
    counts = Counter[str]()
    for _, waits, block, passages in _timed(guide):
        counts[block.path] += not waits
        if not waits and not any(map(any_of.search, _texts(passages))):
            unsaid[block.path].append(block)
    for path, blocks in unsaid.items():
        how_many = f"{len(blocks)} of {counts[path]} reasons to act soon"
        message = f"{how_many} cite no word of urgency or danger, first: '{blocks[0].quote()}'"
        yield Finding(blocks[0].place(), message, "Cite a passage that says how soon to act, or how dangerous it is.")


@once_per_guide
def _timed(guide: Guide) -> Sequence[tuple[str, bool, Block, Cited]]:
    """The rows that say how soon to act: that, whether it can wait, the text, and the passages that it cites."""
    waits = {urgency.id: urgency.admonition == "note" for urgency in guide.settings.urgency}
    if guide.edition or not guide.settings.urgency_words.at_once:
        return []
    timed = ((act, block) for block in statements(guide) if (act := _act(block)) in waits)
    return [(act, waits[act], block, passages) for act, block in timed if (passages := _cited(guide, block))]


def _act(block: Block) -> str:
    """How soon to act, as the row says that holds a text; "" for any other text."""
    if not block.entry or len(block.at) != _ROW or block.at[-1] != "text":
        return ""
    field, index, _ = block.at
    row = block.entry.facts.data[field][index]
    return str(row.get("act", ""))
