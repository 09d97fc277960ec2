"""What stands in guide.yml on words of one language: words to avoid, and how a text is told to be right."""

from typing import Annotated

from pydantic import Field

from patientguide.fields import Authored, Plain, Words


class Avoid(Authored):
    """Words to avoid, and what to write instead."""

    words: Annotated[list[Words], Field(min_length=1)]
    """The words or phrases, in every form that is meant."""
    instead: Plain
    """What to write instead."""


class Skin(Authored):
    """Signs on the skin, which must be described for every skin tone."""

    signs: list[Words]
    """Words that name a color of light skin."""
    not_signs: list[Words] = []
    """Phrases with these words that mean something else."""
    tones: list[Words]
    """Words of which one must stand in the same section."""


class Passive(Authored):
    """How a sentence looks that does not say who does something."""

    helpers: Annotated[list[Words], Field(min_length=1)]
    """The words before: is, are ..."""
    endings: Annotated[list[Words], Field(min_length=1)]
    """How the word after them ends: ed, en ..."""
