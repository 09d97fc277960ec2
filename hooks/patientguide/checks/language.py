"""Rules on wording: plain words, reading grade, names of medicines, local phone numbers and temperatures."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from patientguide.checks.names import medicine_names
from patientguide.checks.rule import Finding, Subject
from patientguide.content import readability
from patientguide.content.blocks import Block, blocks, sections
from patientguide.core.problems import Place
from patientguide.core.yaml import Path
from patientguide.markup.tokens import tokens
from patientguide.markup.words import count_words, is_word, matcher, near
from patientguide.model.entries import Entry, Medication
from patientguide.model.guide import NAME, Guide

# -- phone numbers and temperatures: what a hospital that prints the guide would have to change
#
# Digits distinguish phone numbers from dates, doses, ranges and counts. Only temperatures in the range of a fever
# count, not an arm lifted to 90 degrees or a fridge.


_DEGREE = "[\u00b0\u00ba\u02da]"
_CELSIUS, _FAHRENHEIT = "(?:3[5-9]|4[0-2])(?:[.,][0-9]+)?", "(?:9[5-9]|10[0-9])(?:[.,][0-9]+)?"
_TEMPERATURE = re.compile(
    rf"(?<![0-9.,])(?:{_CELSIUS}\s*(?:{_DEGREE}\s*C\b|\u2103|(?:degrees\s+)?Celsius\b)"
    rf"|{_FAHRENHEIT}\s*(?:{_DEGREE}\s*F\b|\u2109|(?:degrees\s+)?Fahrenheit\b)"
    rf"|(?:{_CELSIUS}|{_FAHRENHEIT})(?:\s*{_DEGREE}(?!\s*[CF]\b)|\s+degrees\b(?!\s+(?:Celsius|Fahrenheit)))"
    # Without a degree sign, 38C may be a clothing size: a space or a decimal shows that it is not.
    rf"|(?:{_CELSIUS}\s+C|3[5-9][.,][0-9]C|{_FAHRENHEIT}\s*F)\b)",
    re.IGNORECASE,
)
_DIGIT = re.compile("[0-9]")
_DASH = "\u2010-\u2013-"
_PHONE = re.compile(rf"(?<![\w.,/-])[+(]{{0,2}}[0-9][0-9() ./{_DASH}]{{5,24}}[0-9](?![\w/-])")
_IN_LETTERS = re.compile(r"(?<![\w.,/-])(?:1[-. ])?8[0-8][0-9][-. ](?=[0-9-]*[A-Z])(?:-?[0-9A-Z]){7,10}(?![\w-])")
_CALLED = re.compile(r"\b(?:call|dial|ring|phone|text(?: \w+ to)?)\s+([0-9]{3,6})(?![\w/-]|[.,][0-9])", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}([./-])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([./-])[0-9]{1,2}\2(?:[0-9]{2}|[0-9]{4})")
_COUNT = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})* 000|[1-9][0-9]{6}")
_YEARS = re.compile(rf"(?:19|20)[0-9]{{2}}(?:\s*[/{_DASH}]\s*(?:19|20)[0-9]{{2}})+")
_NUMBER_OF = re.compile(r"\b(?:PMID|ISBN|ISRCTN|ISSN)\W{0,2}$")
_LEAST_DIGITS = 7


def numbers_of_a_place(block: Block, values: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Each phone number, temperature and literal local value of a block, with its offset."""
    words = block.words
    found: list[tuple[int, int]] = []
    if _DIGIT.search(words):
        found += [m.span() for pattern in (_TEMPERATURE, _IN_LETTERS) for m in pattern.finditer(words)]
        found += [m.span() for m in _PHONE.finditer(words) if _is_phone(m[0], words[max(0, m.start() - 8) : m.start()])]
        found += [m.span(1) for m in _CALLED.finditer(words)]
    found += [m.span() for m in values.finditer(words) if not _is_part(words, *m.span())]
    if "tel:" in block.text:
        found += [(t.start, t.start + len(t.text)) for t in tokens(block.text) if t.group("target").startswith("tel:")]
    end = 0
    for start, stop in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= end:
            yield start, " ".join(block.text[start:stop].split())
            end = stop


def _is_phone(text: str, before: str) -> bool:
    if _DATE.fullmatch(text) or _YEARS.fullmatch(text) or _COUNT.fullmatch(text) or _NUMBER_OF.search(before):
        return False
    return sum(sign.isdigit() for sign in text) >= _LEAST_DIGITS


def _is_part(words: str, start: int, end: int) -> bool:
    """Whether it is part of a longer number: 000 in 1,000 or 1 000."""
    before, after = words[max(0, start - 2) : start], words[end : end + 2]
    return bool(re.fullmatch(r"[0-9][., ]", before) or re.fullmatch(r"[.,][0-9]", after))


# -- words


WORDS = Subject("Words")

_SHORT_FORM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]?[A-Z0-9][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*(?![\w-])")
_SURNAME = re.compile(r"[A-Z][a-z][A-Z][a-z]{2,}")
"""McDonald is not an abbreviation."""
_STAGE = re.compile(
    r"\b(?:stages?|grades?|phases?|types?|class)\s+(?:[IVX]+[ABC]?(?:,| or| and| to|-)?\s*)*$", re.IGNORECASE
)
_ROMAN = re.compile(r"[IVX]+[ABC]?")
_BRACKET = re.compile(r"\s*\(")
_READ = ("paragraph", "item", "row", "field")


@WORDS.warning("long-sentence", "NHS: sentences of up to 20 words; CDC Clear Communication Index 6", each=True)
def long_sentences(guide: Guide) -> Iterator[Finding]:
    """A sentence has at most 20 words, or the limit in guide.yml."""
    limit = guide.settings.limits.sentence_words
    for block in blocks(guide):
        for sentence in block.sentences if block.kind in _READ else ():
            if (count := count_words(sentence.text)) > limit:
                message = f"This sentence has {count} words: '{block.quote(sentence.start, len(sentence.text))}'"
                yield Finding(block.place(sentence.start), message, f"Make two of it: {limit} words are enough.")


@WORDS.warning("avoid-word", "NHS: no metaphors; GOV.UK and CDC: everyday words; PEMAT 3 and 5", each=True)
def avoided(guide: Guide) -> Iterator[Finding]:
    """No words of war, hype or blame, and no jargon where there is an everyday word."""
    listed = ((word, entry.instead) for entry in guide.settings.avoid for word in entry.words)
    instead = {_folded(word): advice for word, advice in listed}
    pattern = matcher(instead)
    other = matcher(phrase for entry in guide.settings.avoid for phrase in entry.allow)
    for block in blocks(guide):
        for found in pattern.finditer(_without(other, block.words)):
            message = f"'{' '.join(found[0].split())}' is a word to avoid: '{block.quote()}'"
            yield Finding(block.place(found.start()), message, f"Write {instead[_folded(found[0])]}")


def _without(phrases: re.Pattern[str], text: str) -> str:
    """The text with matches replaced by spaces, so that positions stay the same."""
    return phrases.sub(lambda found: " " * len(found[0]), text)


def _folded(phrase: str) -> str:
    """A phrase for lookup: single spaces, lower case, straight apostrophes."""
    return " ".join(phrase.split()).casefold().replace("\u2019", "'")


@WORDS.warning("unexplained", "PEMAT 4; CDC Clear Communication Index 7", each=True)
def unexplained(guide: Guide) -> Iterator[Finding]:
    """An abbreviation in capitals is explained in the glossary or in brackets on the page, or is a known name."""
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
                advice = f"Explain it where it first appears, add it to the glossary, or write it out: '... ({word})'."
                yield Finding(block.place(found.start()), f"'{word}' is not explained.", advice)


def _names(*texts: str) -> set[str]:
    return {word for text in texts for word in _SHORT_FORM.findall(text)}


@WORDS.warning("skin-tone", "NHS: skin symptoms on brown and black skin", each=True)
def skin(guide: Guide) -> Iterator[Finding]:
    """A text that names a color of light skin, such as red, also says how the sign looks on brown and black skin."""
    if guide.settings.skin is None:
        return
    rules = guide.settings.skin
    signs, other, tones = matcher(rules.signs), matcher(rules.not_signs), matcher(rules.tones)
    for together in sections(guide).values():
        # The blocks of a section are checked together, and so are a side effect and its text.
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
    """Phone numbers and body temperatures are only in the local settings of guide.yml."""
    known = ", ".join(f"{{local:{name}}}" for name in guide.settings.local)
    advice = f"Write one of: {known}. A new one is added under local: in guide.yml."
    values = matcher(guide.settings.local.values())
    for block in blocks(guide):
        for start, said in numbers_of_a_place(block, values):
            yield Finding(
                block.place(start), f"'{said}' differs from place to place, so it is kept in one list.", advice
            )


READING = Subject("Reading")


@READING.warning("reading-grade", "CDC and NIH: grade 6 to 8; NHS: a number to look at, not a seal", each=True)
def grade(guide: Guide) -> Iterator[Finding]:
    """A section can be read after eight years of school, or the limit in guide.yml. Explained words do not count."""
    limit = guide.settings.limits.reading_grade
    for (path, heading), found in readability.reading_grades(guide).items():
        if found > limit:
            what = f"'{heading}'" if heading else "This text"
            message = f"{what} asks for {found:.1f} years of school."
            advice = f"Use shorter sentences and words, until it is {limit} or less."
            yield Finding(sections(guide)[path, heading][0].place(), message, advice)


@READING.warning("choppy-sentences", "CDC and NIH: grade 6 to 8; sentences that connect", each=True)
def choppy_sentences(guide: Guide) -> Iterator[Finding]:
    """The sections of a page together ask for at least the reading grade that guide.yml names, if it names one."""
    least = guide.settings.limits.least_reading_grade
    for path, found in readability.page_grades(guide).items() if least else ():
        if found < least:
            message = f"This page asks for {found:.1f} years of school: its sentences are short and do not connect."
            yield Finding(
                Place(path, 1, 1), message, "Join sentences with 'and', 'but', 'so' or 'because', where that is true."
            )


# -- names of medicines: one letter can make it a different medicine


MEDICINES = Subject("Names of medicines")

GLOSSARY = "content/glossary.yml"
_WORD = re.compile(r"[^\W_]+")


@MEDICINES.error("medicine-name", "ISMP: look-alike names; this project's own finding in its first source", each=True)
def spelling(guide: Guide) -> Iterator[Finding]:
    """The name of a medicine is spelled as on its page: a word one or two letters away from it is refused."""
    if GLOSSARY in guide.unread:
        return  # it has correct words that resemble a name
    names = guide.medicine_names
    spelt = list(names)
    ordinary = _ordinary(guide)

    @cache
    def meant(word: str) -> str | None:
        name = None if word in ordinary else near(word, spelt)
        return None if name is None or is_word(word) else names[name]

    for medicine in guide.medications:
        named = {word.casefold() for word in NAME.findall(medicine.front.generic)}
        for word in NAME.findall(medicine.front.title.partition(" (")[0]):
            if (key := word.casefold()) not in named | _allowed(guide) and (other := near(key, named)):
                place = medicine.facts.place(("title",))
                message = f"The title says '{word}', and generic says '{other}'."
                yield Finding(place, message, "Correct one of the two, or add the word to known_words in guide.yml.")
    for block in blocks(guide):
        for found in NAME.finditer(block.words):
            if name := meant(found[0].casefold()):
                message = f"'{found[0]}' is not the name of a medicine of this guide."
                advice = f"Did you mean '{name}'? If it is right, add it to known_words in guide.yml."
                yield Finding(block.place(found.start()), message, advice)


@MEDICINES.error("medicine-twice", "ISMP: look-alike names; each medicine has one page")
def twice(guide: Guide) -> Iterator[Finding]:
    """A name or brand belongs to only one medicine."""
    first: dict[str, Entry[Medication]] = {}
    for medicine in guide.medications:
        shared: dict[str, str] = {}
        for name in medicine_names(medicine.front):
            other = first.setdefault(name.casefold(), medicine)
            if other is not medicine:
                shared.setdefault(other.path, name)
        for path, name in shared.items():
            place = medicine.facts.place(("brands" if name in "; ".join(medicine.front.brands) else "generic",))
            message = f"'{name}' is a name in {path}, too."
            yield Finding(place, message, "Correct the name, or keep one page for the medicine.")


def _ordinary(guide: Guide) -> set[str]:
    """Correct words that may resemble a name: those of the glossary and of known_words."""
    texts = (form for term in guide.terms for form in (term.term, *term.forms))
    return (
        set(guide.medicine_names)
        | _allowed(guide)
        | {word.casefold() for text in texts for word in _WORD.findall(text)}
    )


def _allowed(guide: Guide) -> set[str]:
    return {word.casefold() for text in guide.settings.known_words for word in _WORD.findall(text)}
