"""What guide.yml says of texts: their limits, and the words that content rules look for."""

from typing import Annotated

from pydantic import Field

from patientguide.fields import Authored, Plain, Words
from patientguide.roles import Role


class Limits(Authored):
    """Limits of the text. What goes beyond is listed as a warning."""

    sentence_words: Annotated[int, Field(ge=1)] = 20
    """Words in a sentence."""
    reading_grade: Annotated[int, Field(ge=1)] = 8
    """Reading grade of a section."""
    boxes: Annotated[int, Field(ge=0)] = 2
    """Boxes that an editor puts on a page."""
    warnings: Annotated[int, Field(ge=0)] = 2
    """Warnings that a page shows, in all the texts that stand on it."""
    quoted_words: Annotated[int, Field(ge=0)] = 8
    """Words in a row taken from a source whose license does not allow more."""
    passive_percent: Annotated[int, Field(ge=0, le=100)] = 40
    """Sentences of a section, out of 100, that do not say who does something."""


class Avoid(Authored):
    """Words to avoid, and what to write instead."""

    words: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """The words or phrases, in every form that is meant."""
    instead: Annotated[Plain, Role.HIDDEN]
    """What to write instead."""
    allow: Annotated[list[Words], Role.HIDDEN] = []
    """Phrases with these words that mean something else, such as heart attack."""


class Skin(Authored):
    """Signs on the skin, which must be described for every skin tone."""

    signs: Annotated[list[Words], Role.HIDDEN]
    """Words that name a color of light skin."""
    not_signs: Annotated[list[Words], Role.HIDDEN] = []
    """Phrases with these words that mean something else."""
    tones: Annotated[list[Words], Role.HIDDEN]
    """Words of which one must stand in the same section."""


class Passive(Authored):
    """How a sentence looks that does not say who does something."""

    helpers: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """The words before: is, are ..."""
    endings: Annotated[Annotated[list[Words], Field(min_length=1)], Role.HIDDEN]
    """How the word after them ends: ed, en ..."""
