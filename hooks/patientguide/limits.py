"""Limits of the text of a guide: how long, how hard, how many."""

from typing import Annotated

from pydantic import Field

from patientguide.fields import Authored


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
