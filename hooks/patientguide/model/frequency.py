"""A frequency: stored once as data, shown in words, in both framings, as a table and as a picture.

CDC Clear Communication Index, items 15 to 17: numbers people can use, explained, without calculations. Primer on
presenting risks (BMC Med Inform Decis Mak 2013;13 Suppl 2:S7): the same denominator throughout, and both gain and
loss.
"""

from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from patientguide.core import i18n
from patientguide.core.i18n import Words as Said
from patientguide.model.fields import Authored, Id, Words, refuse
from patientguide.model.roles import Role

_ENGLISH = i18n.catalog(i18n.SOURCE)
RADIUS = 7
STEP = 18


Cited = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(#[a-z0-9]+([.-][a-z0-9]+)*)?$", max_length=130)]


class Number(Authored):
    """A frequency. `{number:ID}` shows it in a sentence, `{figure:ID}` on a line of its own as a picture."""

    id: Id
    """Its name on this page."""
    n: Annotated[int, Field(ge=0)]
    """How many."""
    to: int | None = None
    """The higher end, when sources give a range."""
    of: Annotated[int, Field(ge=10, le=1000)]
    """Out of how many: 100 if possible, and the same for all numbers of a page."""
    group: Annotated[Words, Role.LABEL]
    """Of whom, as 'people with ...'."""
    what: Annotated[Words, Role.LABEL]
    """What happened to them, as 'lived 5 years'."""
    otherwise: Annotated[Words, Role.LABEL]
    """The other side, for the rest of the group, as 'died sooner'."""
    over: Annotated[Words, Role.LABEL]
    """In what time or when, as 'in 5 years' or 'when it was found'."""
    fold: Annotated[Words | None, Role.LABEL] = None
    """What opens its picture, if some readers would rather not see it, as 'How many people were alive after 2 years'.

    `folded` in guide.yml folds the pictures of all numbers with some words."""
    source: Annotated[list[Annotated[Cited, Role.CODE]], Field(min_length=1)]
    """The sources, each by its key or as key#passage."""

    @property
    def keys(self) -> list[str]:
        """The keys of its sources."""
        return [text.partition("#")[0] for text in self.source]

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        if (self.to if self.to is not None else self.n) > self.of or (self.to is not None and self.to <= self.n):
            raise refuse(
                "'n', 'to' and 'of' do not fit together", "'n' is less than 'to', and neither is more than 'of'."
            )
        return self


def short(number: Number, said: Said = _ENGLISH) -> str:
    """The frequency in a sentence: `37 out of 100`, `1 to 6 out of 100`."""
    return f"{count(number, said)} {said('out of')} {number.of}"


def count(number: Number, said: Said = _ENGLISH) -> str:
    """The count: `37`, or `1 to 6` for a range."""
    return _range(number.n, number.to, said)


def title(number: Number, said: Said = _ENGLISH) -> str:
    """The alternative text of the picture."""
    shown = f"{short(number, said)} {number.group} {number.what} {number.over}"
    return f"{shown}; {rest(number, said)} {number.otherwise}"


def cites(number: Number) -> str:
    """The sources as a citation."""
    return f"[{'; '.join(f'@{key}' for key in number.source)}]"


def phrases(number: Number, said: Said = _ENGLISH) -> str:
    """The statements of a figure, one phrase on each line: the group, the count, the time, and the other side."""
    sides = f"{number.over} {cites(number)}.", f"{rest(number, said)} {number.otherwise} {cites(number)}."
    return "\n".join((f"{number.of} {number.group}", f"{count(number, said)} {number.what}", *sides))


def rest(number: Number, said: Said = _ENGLISH) -> str:
    """The count of the others: `63`, or `94 to 99` for a range."""
    if number.to is None:
        return str(number.of - number.n)
    return _range(number.of - number.to, number.of - number.n, said)


def _range(low: int, high: int | None, said: Said) -> str:
    return str(low) if high is None else f"{low} {said('to')} {high}"


class Dot(NamedTuple):
    """One person of the picture: `is` counted, `may` be (within a range), or `not`."""

    x: int
    y: int
    state: str


class Picture(NamedTuple):
    """An icon array and its size in drawing units."""

    width: int
    height: int
    dots: tuple[Dot, ...]


def draw(number: Number) -> Picture:
    """Dots in rows of ten, or of 25 when there are more than 100. States differ in shape, not in color alone."""
    across = 10 if number.of <= 100 else 25
    high = number.to if number.to is not None else number.n
    dots = tuple(
        Dot(
            STEP // 2 + STEP * (place % across),
            STEP // 2 + STEP * (place // across),
            "is" if place < number.n else "may" if place < high else "not",
        )
        for place in range(number.of)
    )
    return Picture(across * STEP, -(-number.of // across) * STEP, dots)
