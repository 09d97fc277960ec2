"""Brand names of a medicine beside its own name."""

from patientguide.entry import Entry
from patientguide.guide import brand_names
from patientguide.models import Dated
from patientguide.prose import escape


def in_brackets(entry: Entry[Dated]) -> str:
    """The brand names of a medicine in brackets, without what is added to them; empty for anything else."""
    names = brand_names(entry)
    return f" ({escape(', '.join(names))})" if names else ""
