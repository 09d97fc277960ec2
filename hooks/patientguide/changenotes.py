"""What changes.yml holds: what changed in the guide, day by day, in words for readers."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, RootModel

from patientguide.fields import Authored, Date, Id, Plain, refuse
from patientguide.roles import Role


def _is_day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise refuse(f"'{text}' is not a day", "Write a day like 2018-05-11.")
    return text


class ChangeNote(Authored):
    """Something that changed, for people who have read the guide before."""

    id: Id
    """The last part of its address. Never change it: readers' programs know the note by it."""
    date: Annotated[Date, AfterValidator(_is_day)]
    """The day of the change."""
    text: Annotated[Plain, Role.FACT]
    """What changed, in a sentence or two of plain words. No fact that needs a source."""
    about: Annotated[list[Annotated[str, Field(max_length=120)]], Role.CODE] = []
    """The entries it tells of, as therapies/surgery. Leave it out for the whole guide."""


class ChangeNotes(RootModel[list[ChangeNote]]):
    """changes.yml."""
