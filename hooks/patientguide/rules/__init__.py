"""Every content rule, by subject. Each is one function whose docstring is the sentence that editors read."""

from types import ModuleType

from patientguide.rule import Rule
from patientguide.rules import claims, completeness, medicines, numbers, people, reading, sources, watch, words

SUBJECTS: dict[str, ModuleType] = {
    "Sources": sources,
    "Source watch": watch,
    "Statements": claims,
    "Completeness": completeness,
    "Words": words,
    "Names of medicines": medicines,
    "Reading": reading,
    "Numbers": numbers,
    "People and reviews": people,
}


def of(module: ModuleType) -> list[Rule]:
    """The rules of a module, in the order they are written."""
    return [value for value in vars(module).values() if isinstance(value, Rule)]


RULES: tuple[Rule, ...] = tuple(rule for module in SUBJECTS.values() for rule in of(module))
