"""Words: short sentences, plain and calm words, hard words explained, every skin tone described."""

import re
from collections.abc import Iterator

from patientguide.blocks import Block
from patientguide.guide import Guide
from patientguide.rule import Finding, error, warning
from patientguide.sentences import count_words
from patientguide.wordlists import matcher

_SHORT_FORM = re.compile(r"(?<![\w-])[A-Z][A-Za-z]?[A-Z0-9][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*(?![\w-])")
_TEMPERATURE = re.compile(r"[0-9][0-9.,]*\s*(?:\u00b0\s*[CF]?\b|degrees\b)", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,/-])\+?\(?[0-9][0-9() ./-]{5,}[0-9](?![\w/-])")
_ROMAN = re.compile(r"[IVX]+")
_YEARS = re.compile(r"(?:19|20)[0-9]{2}\s*[-/]\s*(?:19|20)[0-9]{2}")
_READ = ("paragraph", "item", "row", "field")


@warning("long-sentence", "NHS: sentences of up to 20 words; CDC Clear Communication Index 6")
def long_sentences(guide: Guide) -> Iterator[Finding]:
    """A sentence has at most 20 words, or what guide.yml says."""
    limit = guide.settings.limits.sentence_words
    for block in guide.blocks:
        for sentence in block.sentences if block.kind in _READ else ():
            if (count := count_words(sentence.text)) > limit:
                message = f"This sentence has {count} words: '{block.quote(sentence.start, len(sentence.text))}'"
                yield Finding(block.place(sentence.start), message, f"Make two of it: {limit} words are enough.")


@warning("avoid-word", "NHS: no metaphors; GOV.UK and CDC: everyday words; PEMAT 3 and 5")
def avoided(guide: Guide) -> Iterator[Finding]:
    """No word of war, hype or blame, and no word of the trade where an everyday one exists."""
    listed = ((word, entry.instead) for entry in guide.settings.avoid for word in entry.words)
    instead = {" ".join(word.split()).casefold(): advice for word, advice in listed}
    pattern = matcher(instead)
    for block in guide.blocks:
        for found in pattern.finditer(block.words):
            message = f"'{found[0]}' is a word to avoid: '{block.quote()}'"
            advice = f"Write {instead[' '.join(found[0].split()).casefold()]}"
            yield Finding(block.place(found.start()), message, advice)


@warning("unexplained", "PEMAT 4; CDC Clear Communication Index 7")
def unexplained(guide: Guide) -> Iterator[Finding]:
    """A short form in capitals is explained: in the glossary, in brackets on the page, or it is a known name."""
    names = {word for medicine in guide.medications for word in _names(medicine.front.title, medicine.front.generic)}
    labels = {word for value in guide.facet_values.values() for word in _SHORT_FORM.findall(value.label)}
    local = {word for text in guide.settings.local.values() for word in _SHORT_FORM.findall(text)}
    terms = {word for term in guide.terms for form in (term.term, *term.forms) for word in _SHORT_FORM.findall(form)}
    known = names | labels | local | terms | set(guide.settings.known_words)
    said: set[tuple[str, str]] = set()
    for block in guide.blocks:
        for found in _SHORT_FORM.finditer(block.words):
            word = found[0]
            bracket = block.words[: found.start()].rstrip().endswith("(") or block.words[found.end() :][:2] == " ("
            if word in known or word.rstrip("s") in known or (block.path, word) in said or _ROMAN.fullmatch(word):
                continue
            said.add((block.path, word))
            if not bracket:
                advice = f"Explain it where it first stands, add it to the glossary, or write it out: '... ({word})'."
                yield Finding(block.place(found.start()), f"'{word}' is not explained.", advice)


def _names(*texts: str) -> set[str]:
    return {word for text in texts for word in _SHORT_FORM.findall(text)}


@warning("skin-tone", "NHS: skin symptoms on brown and black skin")
def skin(guide: Guide) -> Iterator[Finding]:
    """Where a text names a color of light skin, such as red, it says how the sign looks on brown and black skin."""
    if guide.settings.skin is None:
        return
    rules = guide.settings.skin
    signs, other, tones = matcher(rules.signs), matcher(rules.not_signs), matcher(rules.tones)
    for blocks in guide.sections.values():
        # A field stands alone on its page; the blocks of a section are read together.
        for group in [[b] for b in blocks if b.kind == "field"] + [[b for b in blocks if b.kind in _READ[:3]]]:
            if any(tones.search(block.words) for block in group):
                continue
            for block in group:
                yield from _signs(block, signs, other)


def _signs(block: Block, signs: re.Pattern[str], other: re.Pattern[str]) -> Iterator[Finding]:
    blanked = block.words
    for found in other.finditer(blanked):
        blanked = blanked[: found.start()] + " " * len(found[0]) + blanked[found.end() :]
    if sign := signs.search(blanked):
        message = f"'{sign[0]}' is how it looks on light skin: '{block.quote()}'"
        advice = "Add how it looks on brown and black skin, such as purple, darker or hard to see, and how it feels."
        yield Finding(block.place(sign.start()), message, advice)


@warning("passive-voice", "PEMAT 5: active voice; CDC Clear Communication Index 6")
def passive(guide: Guide) -> Iterator[Finding]:
    """Most sentences of a section say who does something, and speak to "you"."""
    if guide.settings.passive is None:
        return
    helpers, endings = guide.settings.passive.helpers, guide.settings.passive.endings
    pattern = re.compile(rf"\b(?:{'|'.join(helpers)})\s+(?:\w+ly\s+)?\w+(?:{'|'.join(endings)})\b", re.IGNORECASE)
    limit = guide.settings.limits.passive_percent
    for (_, heading), blocks in guide.sections.items():
        read = [sentence for block in blocks if block.kind in _READ[:3] for sentence in block.sentences]
        count = sum(1 for sentence in read if pattern.search(sentence.text))
        if len(read) >= 5 and 100 * count > limit * len(read):
            message = f"{count} of {len(read)} sentences under '{heading}' do not say who does something."
            yield Finding(blocks[0].place(), message, 'Begin more sentences with "you" or "your team".')


@error("local-number", "NHS: one number, kept in one place; thresholds differ between hospitals")
def local_numbers(guide: Guide) -> Iterator[Finding]:
    """A phone number or a temperature stands only in the local settings of guide.yml."""
    values = matcher(guide.settings.local.values())
    known = ", ".join(f"{{local:{name}}}" for name in guide.settings.local)
    advice = f"Write one of: {known}. A new one is added under local: in guide.yml."
    for block in guide.blocks:
        for pattern in (_TEMPERATURE, _PHONE, values):
            for found in pattern.finditer(block.words):
                if not _YEARS.fullmatch(found[0].strip()):
                    message = f"'{found[0].strip()}' may differ from place to place."
                    yield Finding(block.place(found.start()), message, advice)
                    break
