"""Brand names of a medicine beside its own name."""

from patientguide.entry import Entry
from patientguide.guide import brand_names
from patientguide.models import Dated
from patientguide.prose import escape


def listed(entry: Entry[Dated]) -> str:
    """The brand names of a medicine, without what is added to them; empty for anything else."""
    return ", ".join(brand_names(entry))


def in_brackets(entry: Entry[Dated]) -> str:
    """The same in brackets, as Markdown."""
    names = listed(entry)
    return f" ({escape(names)})" if names else ""
