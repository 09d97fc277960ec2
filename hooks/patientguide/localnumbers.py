"""Phone numbers and temperatures in a text: what a hospital that prints the guide would have to change.

Dates, doses, ranges and counts are told apart from phone numbers by their digits, an arm lifted to 90 degrees and a
fridge from a fever by its height: only the temperature of a body is a limit that differs from place to place.
"""

import re
from collections.abc import Iterator

from patientguide.blocks import Block
from patientguide.prose import tokens

_DEGREE = "[\u00b0\u00ba\u02da]"
_CELSIUS, _FAHRENHEIT = "(?:3[5-9]|4[0-2])(?:[.,][0-9]+)?", "(?:9[5-9]|10[0-9])(?:[.,][0-9]+)?"
_TEMPERATURE = re.compile(
    rf"(?<![0-9.,])(?:{_CELSIUS}\s*(?:{_DEGREE}\s*C\b|\u2103|(?:degrees\s+)?Celsius\b)"
    rf"|{_FAHRENHEIT}\s*(?:{_DEGREE}\s*F\b|\u2109|(?:degrees\s+)?Fahrenheit\b)"
    rf"|(?:{_CELSIUS}|{_FAHRENHEIT})(?:\s*{_DEGREE}(?!\s*[CF]\b)|\s+degrees\b(?!\s+(?:Celsius|Fahrenheit)))"
    # Without a sign, 38C may be a size of clothes: a space or a decimal says that it is none.
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
    """Each phone number, temperature and literal local value of a block: where it starts, and how it is written."""
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
    """Whether it is a piece of a longer number: 000 in 1,000 or 1 000."""
    before, after = words[max(0, start - 2) : start], words[end : end + 2]
    return bool(re.fullmatch(r"[0-9][., ]", before) or re.fullmatch(r"[.,][0-9]", after))
