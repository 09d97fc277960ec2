"""A guide in another language: what it was translated from, and how well each text still fits its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patientguide.guide import Guide


@dataclass(frozen=True)
class Fit:
    """How a text fits its source: `stale` when the source changed since, `given_way` the parts shown as it has them."""

    stale: bool = False
    given_way: frozenset[str] = frozenset()


_GOOD = Fit()


@dataclass(frozen=True)
class Edition:
    """What a translated guide knows of its source. `fits` is by entry, `glossary#` and a word's id, or `guide`."""

    language: str
    source: "Guide"
    fits: Mapping[str, Fit]

    @property
    def root(self) -> str:
        """The folder of its pages."""
        return folder(self.language)

    def fit(self, name: str) -> Fit:
        """How a text fits its source."""
        return self.fits.get(name, _GOOD)


def folder(language: str) -> str:
    """The folder of the pages in a language, as `es/`."""
    return f"{language}/"
