"""Every check of a guide, in one list. A check yields located problems; its docstring is the rule in plain words."""

from collections.abc import Callable, Iterator

from patientguide import check_layout, check_names, check_text, outline, rules
from patientguide.guide import Guide
from patientguide.problems import Problem, Severity

CHECKS: tuple[Callable[[Guide], Iterator[Problem]], ...] = (
    check_text.marks,
    check_layout.layout,
    outline.outlines,
    check_names.vocabulary,
    check_names.relations,
    check_names.menu,
    check_names.settings,
    check_names.dates,
    check_names.addresses,
    check_names.words,
)


def run(guide: Guide) -> list[Problem]:
    """Every problem of every check and content rule."""
    return [problem for check in CHECKS for problem in check(guide)] + list(rules.run(guide))


def severities() -> dict[str, Severity]:
    """How grave each content rule is, by its code."""
    return {rule.code: rule.severity for rule in rules.RULES}
