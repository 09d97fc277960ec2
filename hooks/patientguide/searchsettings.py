"""What stands in guide.yml under `search`: the words that readers type, for search alone."""

from typing import Annotated

from pydantic import Field

from patientguide.fields import Authored, Words
from patientguide.roles import Role

Percent = Annotated[int, Field(ge=1, le=1000)]


class Weights(Authored):
    """How much a hit of each kind counts in a search, out of 100."""

    pages: Percent = 100
    """Hand-written pages."""
    phases: Percent = 100
    """Treatment phases."""
    therapies: Percent = 100
    """Treatments."""
    medications: Percent = 100
    """Medicines. They always come first for their own names."""
    faqs: Percent = 100
    """Common questions."""
    words: Percent = 100
    """Words of the glossary."""
    lists: Percent = 100
    """Lists of pages, such as all medicines, and the pages of facets."""


class Search(Authored):
    """What search knows of readers' words. None of it is shown."""

    ignore: Annotated[list[Words], Role.HIDDEN] = []
    """Words that do not say what is looked for, such as how, my and the."""
    same: Annotated[list[Annotated[list[Words], Field(min_length=2)]], Role.HIDDEN] = []
    """Groups of words and phrases that readers use for one thing. The first is one that stands in the pages."""
    names: Annotated[dict[str, list[Words]], Role.HIDDEN] = {}
    """What readers call a list, by its name in the menu, such as GLOSSARY."""
    others: Annotated[list[Words], Role.HIDDEN] = []
    """Medicines that this guide does not hold: none is taken for a misspelt name of one that it holds."""
    weights: Weights = Weights()
    """How much a hit of each kind counts."""
