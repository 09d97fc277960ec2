"""JSON Schema of each kind of file, from the models themselves."""

from typing import Any

from pydantic import BaseModel

from patientguide.csl import Reference
from patientguide.models import Faq, Glossary, Medication, Page, Phase, Therapy, Trials
from patientguide.settings import Settings

KINDS: dict[str, type[BaseModel]] = {
    "guide": Settings,
    "phases": Phase,
    "therapies": Therapy,
    "medications": Medication,
    "faqs": Faq,
    "pages": Page,
    "references": Reference,
    "glossary": Glossary,
    "trials": Trials,
}
"""What each file or folder of content holds."""


def of(kind: str) -> dict[str, Any]:
    """The schema of one kind; field descriptions are the sentences that editors read."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **KINDS[kind].model_json_schema(),
    }
