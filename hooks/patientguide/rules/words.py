"""Words: short sentences, plain and calm words, hard words explained, every skin tone described."""

import re
from collections import defaultdict
from collections.abc import Iterator

from patientguide.blocks import Block, blocks, sections
from patientguide.guide import Guide
from patientguide.localnumbers import numbers_of_a_place
from patientguide.rule import Finding, Subject
from patientguide.sentences import count_words
from patientguide.wordlists import matcher
from patientguide.yamlfile import Path

WORDS = Subject("Words")

_SHORT_FORM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]?[A-Z0-9][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*(?![\w-])")
_SURNAME = re.compile(r"[A-Z][a-z][A-Z][a-z]{2,}")
"""McDonald is no short form."""
_STAGE = re.compile(
    r"\b(?:stages?|grades?|phases?|types?|class)\s+(?:[IVX]+[ABC]?(?:,| or| and| to|-)?\s*)*$", re.IGNORECASE
)
_ROMAN = re.compile(r"[IVX]+[ABC]?")
_BRACKET = re.compile(r"\s*\(")
_READ = ("paragraph", "item", "row", "field")


@WORDS.warning("long-sentence", "NHS: sentences of up to 20 words; CDC Clear Communication Index 6", each=True)
def long_sentences(guide: Guide) -> Iterator[Finding]:
    """A sentence has at most 20 words, or what guide.yml says."""
    limit = guide.settings.limits.sentence_words
    for block in blocks(guide):
        for sentence in block.sentences if block.kind in _READ else ():
            if (count := count_words(sentence.text)) > limit:
                message = f"This sentence has {count} words: '{block.quote(sentence.start, len(sentence.text))}'"
                yield Finding(block.place(sentence.start), message, f"Make two of it: {limit} words are enough.")


@WORDS.warning("avoid-word", "NHS: no metaphors; GOV.UK and CDC: everyday words; PEMAT 3 and 5", each=True)
def avoided(guide: Guide) -> Iterator[Finding]:
    """No word of war, hype or blame, and no word of the trade where an everyday one exists."""
    listed = ((word, entry.instead) for entry in guide.settings.avoid for word in entry.words)
    instead = {_folded(word): advice for word, advice in listed}
    pattern = matcher(instead)
    other = matcher(phrase for entry in guide.settings.avoid for phrase in entry.allow)
    for block in blocks(guide):
        for found in pattern.finditer(_without(other, block.words)):
            message = f"'{' '.join(found[0].split())}' is a word to avoid: '{block.quote()}'"
            yield Finding(block.place(found.start()), message, f"Write {instead[_folded(found[0])]}")


def _without(phrases: re.Pattern[str], text: str) -> str:
    """The text with spaces for what is found, so that all else keeps its place."""
    return phrases.sub(lambda found: " " * len(found[0]), text)


def _folded(phrase: str) -> str:
    """A phrase of the list as it is looked up: one space, small letters, the apostrophe of a keyboard."""
    return " ".join(phrase.split()).casefold().replace("\u2019", "'")


@WORDS.warning("unexplained", "PEMAT 4; CDC Clear Communication Index 7", each=True)
def unexplained(guide: Guide) -> Iterator[Finding]:
    """A short form in capitals is explained: in the glossary, in brackets on the page, or it is a known name."""
    names = {word for m in guide.medications for word in _names(m.front.title, m.front.generic, *m.front.brands)}
    labels = {word for value in guide.facet_values.values() for word in _SHORT_FORM.findall(value.label)}
    local = {word for text in guide.settings.local.values() for word in _SHORT_FORM.findall(text)}
    terms = {word for term in guide.terms for form in (term.term, *term.forms) for word in _SHORT_FORM.findall(form)}
    known = names | labels | local | terms | set(guide.settings.known_words)
    said: set[tuple[str, str]] = set()
    for block in blocks(guide):
        for found in _SHORT_FORM.finditer(block.words):
            word, one = found[0], found[0].rstrip("s")
            if word in known or one in known or (block.path, one) in said or word.casefold() in guide.medicine_names:
                continue
            before = block.words[max(0, found.start() - 40) : found.start()]
            if _SURNAME.fullmatch(word) or (_ROMAN.fullmatch(word) and _STAGE.search(before)):
                continue
            said.add((block.path, one))
            if not before.rstrip().endswith("(") and not _BRACKET.match(block.words, found.end()):
                advice = f"Explain it where it first stands, add it to the glossary, or write it out: '... ({word})'."
                yield Finding(block.place(found.start()), f"'{word}' is not explained.", advice)


def _names(*texts: str) -> set[str]:
    return {word for text in texts for word in _SHORT_FORM.findall(text)}


@WORDS.warning("skin-tone", "NHS: skin symptoms on brown and black skin", each=True)
def skin(guide: Guide) -> Iterator[Finding]:
    """Where a text names a color of light skin, such as red, it says how the sign looks on brown and black skin."""
    if guide.settings.skin is None:
        return
    rules = guide.settings.skin
    signs, other, tones = matcher(rules.signs), matcher(rules.not_signs), matcher(rules.tones)
    for together in sections(guide).values():
        # The together of a section are read together, and so are a side effect and its text.
        rows: dict[Path, list[Block]] = defaultdict(list)
        for block in together:
            if block.kind in _READ or len(block.at) > 2:
                rows[block.at[:-1] if len(block.at) > 2 else block.at].append(block)
        for group in rows.values():
            stated = any(block.kind in _READ for block in group)
            if stated and not any(tones.search(block.words) for block in group):
                for block in group:
                    yield from _signs(block, signs, other)


def _signs(block: Block, signs: re.Pattern[str], other: re.Pattern[str]) -> Iterator[Finding]:
    if sign := signs.search(_without(other, block.words)):
        message = f"'{sign[0]}' is how it looks on light skin: '{block.quote()}'"
        advice = "Add how it looks on brown and black skin, such as purple, darker or hard to see, and how it feels."
        yield Finding(block.place(sign.start()), message, advice)


@WORDS.warning("passive-voice", "PEMAT 5: active voice; CDC Clear Communication Index 6", each=True)
def passive(guide: Guide) -> Iterator[Finding]:
    """Most sentences of a section say who does something, and speak to "you"."""
    if guide.settings.passive is None:
        return
    helpers = "|".join(map(re.escape, guide.settings.passive.helpers))
    endings = "|".join(map(re.escape, guide.settings.passive.endings))
    pattern = re.compile(rf"\b(?:{helpers})\s+(?:\w+ly\s+)?\w+(?:{endings})\b", re.IGNORECASE)
    limit = guide.settings.limits.passive_percent
    for (_, heading), together in sections(guide).items():
        read = [sentence for block in together if block.kind in _READ[:3] for sentence in block.sentences]
        count = sum(1 for sentence in read if pattern.search(sentence.text))
        if len(read) >= 5 and 100 * count > limit * len(read):
            where = f"under '{heading}'" if heading else "of this text"
            message = f"{count} of {len(read)} sentences {where} do not say who does something."
            yield Finding(together[0].place(), message, 'Begin more sentences with "you" or "your team".')


@WORDS.error("local-number", "NHS: one number, kept in one place; thresholds differ between hospitals", each=True)
def local_numbers(guide: Guide) -> Iterator[Finding]:
    """A phone number or the temperature of a body stands only in the local settings of guide.yml."""
    known = ", ".join(f"{{local:{name}}}" for name in guide.settings.local)
    advice = f"Write one of: {known}. A new one is added under local: in guide.yml."
    values = matcher(guide.settings.local.values())
    for block in blocks(guide):
        for start, said in numbers_of_a_place(block, values):
            yield Finding(block.place(start), f"'{said}' may differ from place to place.", advice)
