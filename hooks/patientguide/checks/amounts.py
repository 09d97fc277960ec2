"""Amounts in English text: numbers with their units, in one form however they are written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Amount(NamedTuple):
    """A number in a text: where it is written, its value in a unit, and the number itself.

    The unit is `minutes` or `months`, the same after `every`, `each` or `per`, `share`, `mg` and the like, or "".
    `is_claim` is false for words that can support a number, but that are not read as one: "a day", "both", "median".
    """

    start: int
    end: int
    value: Fraction
    unit: str
    number: Fraction
    is_claim: bool = True


def supports(said: Sequence[Amount], claim: Amount) -> bool:
    """Whether one of the amounts of a source is the one claimed."""
    if not claim.unit:
        return any(amount.number == claim.number for amount in said)
    kind, _, unit = claim.unit.rpartition(" ")
    units = {f"{kind} {unit}".strip() for kind in _SUPPORT.get(kind, (kind,))}
    return any(amount.value == claim.value and amount.unit in units for amount in said)


_SUPPORT = {"every": ("every", "each"), "each": ("each", "every", "per"), "per": ("per", "each", "every", "")}
"""What supports how often something is: "once a day" is `every`, "every day" is `each`, and "4 a day" is `per`.

"Twice daily" is half a day as `every`, and a day as `per`: it supports "every day", but not "once a day".
"""


@lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """The amounts in a text, in order."""
    if not _DIGIT.search(text) and _SAY_AN_AMOUNT.isdisjoint(_WORD.findall(text.casefold())):
        return ()
    return tuple(_read(_tokens(text)))


# Words and signs.


class _Token(NamedTuple):
    """A word in small letters, a number, a sign, or a name with digits in it."""

    kind: str
    text: str
    start: int
    end: int
    value: Fraction = Fraction(0)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COUNTS = _words("zero one two three four five six seven eight nine ten eleven twelve")
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_NUMBERS = {word: Fraction(value) for value, word in enumerate(_COUNTS)}
_NUMBERS |= {word: Fraction(10 * value) for value, word in enumerate(_TENS, 2)}
_ZERO, _ONE = Fraction(0), Fraction(1)
_TIMES = {"once": Fraction(1), "twice": Fraction(2)}
_ORDINALS = {word: Fraction(value) for value, word in enumerate(_words("second third fourth fifth sixth"), 2)}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}
_OF_TWO = frozenset(_words("double doubled doubles doubling twofold both couple pair pairs"))
_EACH = {"hourly": "hour", "daily": "day", "nightly": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
_EACH |= {"annually": "year", "annual": "year"}

_UNITS: Mapping[str, tuple[str, Fraction]] = {
    word: (unit, Fraction(factor))
    for unit, factor, words in (
        ("minutes", "1/60", "second seconds sec secs"),
        ("minutes", "1", "minute minutes min mins"),
        ("minutes", "60", "hour hours hr hrs h"),
        ("minutes", "1440", "day days night nights d"),
        ("minutes", "10080", "week weeks wk wks w"),
        ("months", "1", "month months mo mos mth mths"),
        ("months", "12", "year years yr yrs y"),
        ("mg", "1/1000", "mcg \u00b5g \u03bcg ug microgram micrograms"),
        ("mg", "1", "mg milligram milligrams"),
        ("mg", "1000", "g gram grams"),
        ("mg", "1000000", "kg kilogram kilograms kilo kilos"),
        ("mg/kg", "1", "mg/kg"),
        ("mg/m2", "1", "mg/m2 mg/m\u00b2"),
        ("ml", "1", "ml cc milliliter milliliters millilitre millilitres"),
        ("ml", "1000", "l liter liters litre litres"),
        ("mm", "1", "mm millimeter millimeters"),
        ("mm", "10", "cm centimeter centimeters"),
        ("share", "1/100", "% percent"),
        ("\u00b0C", "1", "\u00b0c"),
        ("\u00b0F", "1", "\u00b0f"),
    )
    for word in words.split()
}
_LENGTHS = frozenset(
    word for word, (unit, _) in _UNITS.items() if unit in ("minutes", "months") and len(word) > 1
) - frozenset(("second", "sec"))
_MONTHS = frozenset(
    _words(
        "january february march april may june july august september october november december jan feb mar apr jun "
        "jul aug sep sept oct nov dec"
    )
)
_NUMBERED = frozenset(
    _words(
        "stage stages phase phases grade grades type types class level section sections table tables figure "
        "figures part group arm cohort version step question"
    )
)
"""Words before a number that is a name: stage 4, grade 2."""

_SAY_AN_AMOUNT = frozenset((*_NUMBERS, *_TIMES, *_ORDINALS, *_PARTS, *_OF_TWO, *_EACH, *_LENGTHS, "median"))
_DIGIT = re.compile("[0-9]")
_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u00b7": ".", "\u2044": "/"})
_ALIKE |= dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_TOKEN = re.compile(
    r"(?P<name>[0-9]+-(?:FU|HT[0-9]|fluorouracil)\b|24/7|24[ -]hour (?:number|line|helpline|hotline|phone)\b"
    r"|(?<![^\W_])(?!mg/)[^\W\d_]+-?[0-9]+(?:[/-][0-9]+)*[^\W_]*|\([0-9]+(?:\.[0-9]+)+\))"
    r"|(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?<![0-9])\.[0-9]+)"
    r"|(?P<word>mg/(?:kg|m2|m\u00b2)|\u00b0 ?[CF]\b|%|[^\W\d_]+)|(?P<sign>[^\w\s])"
)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(text.translate(_ALIKE)):
        kind, word = str(match.lastgroup), match[0].casefold()
        value = _NUMBERS.get(word, _ZERO) if kind == "word" else _ZERO
        if kind == "word" and word in _NUMBERS:
            kind = "number"
        elif kind == "number":
            value = Fraction(word.replace(",", ""))
        found.append(_Token(kind, word.replace(" ", ""), match.start(), match.end(), value))
        _join_number_words(found)
    return found


def _join_number_words(found: list[_Token]) -> None:
    """Make one number of "thirty-seven", and of "two hundred", at the end."""
    last = found[-1]
    if last.text in _COUNTS[1:10] and len(found) > 2 and found[-2].text == "-" and found[-3].text in _TENS:
        found[-3:] = [_Token("number", "-", found[-3].start, last.end, found[-3].value + last.value)]
    elif last.text == "hundred" and len(found) > 1 and (found[-2].text == "a" or found[-2].text in _COUNTS):
        found[-2:] = [_Token("number", "hundred", found[-2].start, last.end, 100 * (found[-2].value or _ONE))]


# Amounts, read from left to right.

_NOTHING = _Token("end", "", 0, 0)
_JOINS = frozenset(_words("to or and through versus vs against"))
_PER = frozenset(_words("a an each every per / in"))
_AFTER_TIME = frozenset(_words("within for after about of than over least nearly almost takes took lasts in to"))
_PEOPLE = frozenset(_words("people patients women men persons participants"))
_COUNTED = frozenset(
    _words(
        "dose doses drip drips injection injections shot shots cycle cycles round rounds "
        "treatment treatments day week month year"
    )
)
_REPEATING = frozenset(_words("cycle cycles interval intervals apart schedule"))
_POINTING = frozenset(_words("the all these those"))
_NOT_A_TIME = frozenset(_words("life lives living activities activity routine things tasks"))
_MORE_STARTS = frozenset(_words("or more full whole extra consecutive straight additional and ("))
_MORE = re.compile(
    r"or (?:more|fewer|less|so)|more|full|whole|extra|consecutive|straight|additional|and a half|\( \w+ \)"
)


class _Reader:
    """The tokens of a text, with questions about what is written at a place."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens

    def at(self, place: int) -> _Token:
        return self.tokens[place] if 0 <= place < len(self.tokens) else _NOTHING

    def word(self, place: int) -> str:
        return self.at(place).text

    def words(self, place: int, count: int) -> str:
        return " ".join(token.text for token in self.tokens[place : place + count])

    def is_number(self, place: int) -> bool:
        return self.at(place).kind == "number"

    def list_at(self, place: int) -> tuple[list[int], int]:
        """The places of numbers that are joined, as in "3, 6 and 12" and "2-4", and the place after them."""
        found = [place]
        end = place + 1
        while True:
            at = end + (self.word(end) == ",")
            at += self.word(at) in _JOINS or (at == end and self.word(at) == "-")
            at += self.word(at) == "." and self.word(at - 1) == "vs"
            if at == end or not self.is_number(at):
                return found, end
            found.append(at)
            end = at + 1

    def more_at(self, place: int) -> int:
        """The place after words such as "or more" and "full"."""
        for count in (3, 2, 1) if self.word(place) in _MORE_STARTS else ():
            if _MORE.fullmatch(self.words(place, count)):
                return place + count
        return place

    def period_at(self, place: int) -> tuple[Fraction, str, int] | None:
        """How often something is: "a day", "every 3 weeks", "-daily", with the place after it."""
        at = place + (self.word(place) == "-")
        if self.word(at) in _EACH:
            unit, factor = _UNITS[_EACH[self.word(at)]]
            return factor, unit, at + 1
        if self.word(at) not in _PER:
            return None
        at += 1 + (self.word(at) == "in" and self.word(at + 1) in ("a", "an"))
        number = Fraction(1)
        if self.is_number(at):
            number, at = self.at(at).value, at + 1 + (self.word(at + 1) == "-")
        if self.word(at) not in _LENGTHS:
            return None
        unit, factor = _UNITS[self.word(at)]
        return number * factor, unit, at + 1

    def out_of_at(self, place: int) -> tuple[Fraction, int] | None:
        """The whole of "37 out of every 100", with the place after it."""
        at = place + (self.word(place) in _PEOPLE)
        if self.word(at) not in ("out", "of", "in", "/"):
            return None
        for said in ("out of every", "out of", "of every", "in every", "of", "in", "/"):
            count = len(said.split())
            if self.words(at, count) == said and self.is_number(at + count):
                whole, after = self.at(at + count).value, at + count + 1
                after_dash = after + (self.word(after) == "-")
                if whole > 1 and self.word(after_dash) not in _UNITS and not _is_year(self.at(at + count)):
                    return whole, after
        return None


def _is_year(token: _Token) -> bool:
    return len(token.text) == 4 and token.text.isdigit() and token.text[:2] in ("19", "20")


def _read(tokens: list[_Token]) -> Iterator[Amount]:
    reader = _Reader(tokens)
    place = 0
    while place < len(tokens):
        if reader.is_number(place):
            found, after = _numbers(reader, place)
        elif reader.at(place).kind == "word" or reader.word(place) == "/":
            found, after = _said_in_words(reader, place)
        else:
            found, after = _in_a_name(reader.at(place)), place + 1
        yield from found
        place = after


def _in_a_name(token: _Token) -> list[Amount]:
    """A number after a hyphen in a name such as CPS-10, where it may say how much."""
    number = re.search(r"-([0-9]{2,})$", token.text) if token.kind == "name" else None
    if not number:
        return []
    value = Fraction(number[1])
    return [Amount(token.start, token.end, value, "", value, is_claim=False)]


def _numbers(reader: _Reader, place: int) -> tuple[list[Amount], int]:
    """What a number or a list of numbers says, with what comes after it."""
    places, end = reader.list_at(place)
    after = reader.word(end)
    is_date = reader.word(place - 1) in _MONTHS or (after in _MONTHS and len(places) == 1 and after != "may")
    if reader.word(place - 1) in _NUMBERED or is_date:
        return [], end
    for read in (_shares, _repeated, _measured):
        if found := read(reader, places, end):
            return found
    return [_bare(reader, at) for at in places if not _is_year(reader.at(at))], end


_Found = tuple[list[Amount], int] | None


def _shares(reader: _Reader, places: list[int], end: int) -> _Found:
    """Two thirds, 37 out of 100."""
    if reader.word(end) in _PARTS and len(places) == 1:
        value = reader.at(places[0]).value / _PARTS[reader.word(end)]
        return [_amount(reader, places[0], end + 1, value, "share")], end + 1
    if whole := reader.out_of_at(end) or reader.out_of_at(reader.more_at(end)):
        of, after = whole
        shares = [_amount(reader, at, after, reader.at(at).value / of, "share") for at in places]
        return [*shares, _amount(reader, after - 1, after, of, "", is_claim=False)], after
    return None


def _repeated(reader: _Reader, places: list[int], end: int) -> _Found:
    """Two or more times, 3 times a day, 3-weekly."""
    at = reader.more_at(end)
    if reader.word(at) in ("time", "times"):
        if period := reader.period_at(at + 1):
            length, unit, after = period
            often = [_often(reader, at, after, length / (reader.at(at).value or 1), unit) for at in places]
            return [*often, often[0]._replace(value=length, unit=f"per {unit}", is_claim=False)], after
        return [_bare(reader, at) for at in places], at + 1
    at += reader.word(at) == "-"
    if reader.word(at) in _EACH:
        unit, factor = _UNITS[_EACH[reader.word(at)]]
        return [_often(reader, place, at + 1, reader.at(place).value * factor, unit) for place in places], at + 1
    return None


def _measured(reader: _Reader, places: list[int], end: int) -> _Found:
    """A number with a unit after it, or in "day 8" before it."""
    at = reader.more_at(end)
    at += reader.word(at) == "-"
    known, after = _UNITS.get(reader.word(at)), at + 1
    if known is None and reader.word(places[0] - 1) in _LENGTHS:
        known, after = _UNITS[reader.word(places[0] - 1)], end
    if known is None:
        return None
    unit, factor = known
    found = []
    for place in places:
        number = reader.at(place).value
        if place == places[-1] and reader.words(end, 3) == "and a half":
            number += Fraction(1, 2)
        found.append(_amount(reader, place, after, number * factor, unit)._replace(number=number))
    if reader.word(after) in _REPEATING:
        often = [amount._replace(unit=f"every {unit}") for amount in found]
        found = [*often, *(amount._replace(is_claim=False) for amount in found)]
    if unit == "\u00b0F":
        found = [amount._replace(value=(amount.value - 32) * 5 / 9, unit="\u00b0C") for amount in found]
    return found, after


def _bare(reader: _Reader, place: int) -> Amount:
    """A number without a known unit. It is no claim where it only points at what was named: "one", "the two"."""
    before, after = reader.word(place - 1), reader.at(place + 1).kind
    points = before in _POINTING or (before == "in" and after in ("sign", "end"))
    is_claim = reader.word(place) != "one" and not (reader.word(place) in _NUMBERS and points)
    return _amount(reader, place, place + 1, reader.at(place).value, "", is_claim)


def _said_in_words(reader: _Reader, place: int) -> tuple[list[Amount], int]:
    """What words such as "twice", "every", "daily", "half" and "a week" say."""
    word = reader.word(place)
    if word in _TIMES:
        return _times(reader, place)
    if word in ("every", "each"):
        return _every(reader, place)
    if word in _EACH:
        unit, factor = _UNITS[_EACH[word]]
        if reader.word(place + 1) in _NOT_A_TIME:
            return [], place + 1
        return [_often(reader, place, place + 1, factor, unit)], place + 1
    if word in _PARTS or (word == "a" and reader.word(place + 1) in _PARTS and reader.word(place + 1) != "half"):
        return _part(reader, place)
    if word in _ORDINALS:
        return _ordinal(reader, place)
    if word in ("a", "an", "per", "next", "same", "single", "/") and reader.word(place + 1) in _LENGTHS:
        return _a_time(reader, place), place + 2
    if word in _OF_TWO:
        return [_amount(reader, place, place + 1, Fraction(2), "", is_claim=False)], place + 1
    if word == "median":
        return [_amount(reader, place, place + 1, Fraction(1, 2), "share", is_claim=False)], place + 1
    return [], place + 1


def _a_time(reader: _Reader, place: int) -> list[Amount]:
    """A time: "within a week". Or a rate: "4 g a day"."""
    unit, factor = _UNITS[reader.word(place + 1)]
    is_article = reader.word(place) in ("a", "an")
    is_time = is_article and reader.word(place - 1) in _AFTER_TIME
    is_rate = not is_time and (is_article or reader.word(place) == "per")
    counted = any(reader.is_number(place - back) for back in range(1, 4))
    time = _amount(reader, place, place + 2, factor, unit, is_claim=is_time)._replace(number=Fraction(1))
    return [time, time._replace(unit=f"per {unit}", is_claim=is_rate and counted)]


def _times(reader: _Reader, place: int) -> tuple[list[Amount], int]:
    """Once or twice in a period. Without a period, once is no number."""
    number, end = _TIMES[reader.word(place)], place + 1
    numbers = [number]
    if reader.word(end) in ("or", "to") and reader.word(end + 1) in _TIMES:
        numbers, end = [number, _TIMES[reader.word(end + 1)]], end + 2
    elif reader.words(end, 2) == "or more":
        end += 2
    if period := reader.period_at(end):
        length, unit, after = period
        often = [_often(reader, place, after, length / number, unit) for number in numbers]
        return [*often, often[0]._replace(value=length, unit=f"per {unit}", is_claim=False)], after
    return [_amount(reader, place, end, number, "", is_claim=number == 2) for number in numbers], end


def _every(reader: _Reader, place: int) -> tuple[list[Amount], int]:
    """Every day, every other day, every 3 to 4 weeks."""
    if reader.word(place + 1) == "other" and reader.word(place + 2) in _LENGTHS:
        unit, factor = _UNITS[reader.word(place + 2)]
        return [_often(reader, place, place + 3, 2 * factor, unit)], place + 3
    if reader.word(place + 1) in _LENGTHS:
        unit, factor = _UNITS[reader.word(place + 1)]
        return [_often(reader, place, place + 2, factor, unit)._replace(unit=f"each {unit}")], place + 2
    if reader.is_number(place + 1):
        places, end = reader.list_at(place + 1)
        end += reader.word(end) == "-"
        if reader.word(end) in _LENGTHS:
            unit, factor = _UNITS[reader.word(end)]
            return [_often(reader, at, end + 1, reader.at(at).value * factor, unit) for at in places], end + 1
    return [], place + 1


def _part(reader: _Reader, place: int) -> tuple[list[Amount], int]:
    """A half or a third of a whole or of a time; not a half-life, and not "the third dose"."""
    at = place + (reader.word(place) == "a")
    part = Fraction(1, _PARTS[reader.word(at)])
    if reader.word(at) != "half" and at == place:
        return _ordinal(reader, place)
    if reader.words(at + 1, 2) == "- life":
        return [], at + 3
    unit_at = at + 1 + (reader.word(at + 1) == "of")
    if reader.word(unit_at) in ("a", "an", "-") and reader.word(unit_at + 1) in _LENGTHS:
        unit, factor = _UNITS[reader.word(unit_at + 1)]
        return [_amount(reader, place, unit_at + 2, part * factor, unit)], unit_at + 2
    return [_amount(reader, place, at + 1, part, "share")], at + 1


def _ordinal(reader: _Reader, place: int) -> tuple[list[Amount], int]:
    if reader.word(place) not in _ORDINALS:
        return [], place + 1
    is_claim = reader.word(place + 1) in _COUNTED
    return [_amount(reader, place, place + 1, _ORDINALS[reader.word(place)], "", is_claim)], place + 1


def _often(reader: _Reader, first: int, end: int, length: Fraction, unit: str) -> Amount:
    return _amount(reader, first, end, length, f"every {unit}")


def _amount(reader: _Reader, first: int, end: int, value: Fraction, unit: str, is_claim: bool = True) -> Amount:
    number = reader.at(first).value if reader.is_number(first) else value
    return Amount(reader.at(first).start, reader.at(end - 1).end, value, unit, number, is_claim)
