"""The kinds of entry of a guide: four that every guide has, and any further ones that guide.yml adds under `kinds`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from patientguide.core import i18n
from patientguide.model.fields import Authored, Id, Months, Plain, Prose, Words, refuse
from patientguide.model.roles import Role

_TAKEN = (
    *("pages", "references", "glossary", "guide", "trials", "people", "reviews", "watch", "changes", "data", "assets"),
    *("facets", "faq", "questions", "path", "appointment", "az", "effects", "words", "lists", "search"),
    *i18n.LANGUAGES,
)
"""Names of other folders, files, lists and groups of hits."""


def _is_free(name: str) -> str:
    if name in _TAKEN:
        raise refuse(f"'{name}' is the name of something else in every guide", "Choose another name for this kind.")
    return name


KindName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40), AfterValidator(_is_free), Role.CODE
]
"""The name of a further kind: that of its folder and of its addresses and, in capitals, of its list in the menu."""


class ByKind(Authored):
    """A value for each kind. Those of further kinds are extra fields."""

    model_config = ConfigDict(extra="allow")

    @property
    def further(self) -> Mapping[str, Any]:
        """The values of further kinds, in the order of guide.yml."""
        return self.__pydantic_extra__ or {}

    def of(self, kind: str) -> Any:
        """The value of a kind, or None. A further kind may have the name of a method, so this is not `getattr`."""
        return getattr(self, kind) if kind in type(self).model_fields else self.further.get(kind)


PARTS = Literal["summary-list", "branches", "medicines", "side-effects", "when-to-call", "questions"]


class Step(Authored):
    """One heading of a kind's outline."""

    heading: Annotated[Words, Role.LABEL]
    """The heading, word for word."""
    part: PARTS | None = None
    """What is made from the fields at the top of the entry; without it, an editor writes the section."""
    advice: bool = False
    """True when the section holds links or suggestions, not facts that need a source."""
    answers: list[Id] = []
    """Topics it answers: names listed under `required`."""
    optional: bool = False
    """True when an entry may go without it, and say nothing instead."""
    safety: bool = False
    """True when it says when to act: it replaces a translation that is out of date."""
    least: Annotated[int, Field(ge=0)] = 0
    """The least number of items in such a part, such as three questions."""


class Kind(Authored):
    """A folder of entries."""

    title: Annotated[Words, Role.LABEL]
    """The name of the collection."""
    intro: Annotated[Prose, Role.LABEL]
    """A sentence or two at the top of its list. No fact that needs a source."""
    note: Annotated[Prose | None, Role.LABEL] = None
    """A sentence under the main message of each entry, such as whom it is not for. No fact that needs a source."""
    outline: list[Step] = []
    """Its headings in page order."""
    topics: Annotated[list[Words], Role.LABEL] = []
    """Groups of its list, in order."""
    left_out: Annotated[dict[Id, Plain], Role.HIDDEN | Role.CODE] = {}
    """Topics listed under `required` that its pages need not answer, each with the reason."""
    treatment: bool = True
    """False if its pages are not about a treatment, so that they need not answer what is listed under `required`."""
    in_order: bool = True
    """For phases: false if they repeat, so that a reader may need any of them next."""


class Kinds(ByKind):
    """The collections, by the folder of their entries."""

    __pydantic_extra__: dict[KindName, Kind]

    phases: Kind
    """Treatment phases."""
    therapies: Kind
    """Treatments."""
    medications: Kind
    """Medicines."""
    faqs: Kind
    """Common questions."""

    @property
    def names(self) -> tuple[str, ...]:
        """All kinds, in reading order."""
        *first, last = type(self).model_fields
        return (*first, *self.further, last)


class ReviewMonths(ByKind):
    """How long evidence stays fresh, in months, by kind of page. Further kinds have those of pages if not named."""

    __pydantic_extra__: dict[KindName, Months]

    phases: Months
    """For treatment phases."""
    therapies: Months
    """For treatments."""
    medications: Months
    """For medicines."""
    faqs: Months
    """For common questions."""
    pages: Months
    """For hand-written pages."""
