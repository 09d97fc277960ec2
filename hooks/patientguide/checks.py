"""What must hold before anything is shown: names, links, layout and outlines. Content rules stand in `rules`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from patientguide import check_layout, check_names, check_text, outline, rules
from patientguide.guide import Guide
from patientguide.problems import Problem, Severity


@dataclass(frozen=True)
class Check:
    """A check that yields errors, and the codes they may have."""

    find: Callable[[Guide], Iterator[Problem]]
    codes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The rule as editors read it: the function's docstring, on one line."""
        return " ".join((self.find.__doc__ or "").split())


_IN_TEXT = (
    "bad-citation citation-first unknown-citation broken-link link-words link-title picture unknown-local "
    "unknown-number figure-place unknown-part part-twice empty-part many-citations html hand-made-note stray-sign code"
)
_IN_LAYOUT = (
    "tab heading second-title citation-in-heading heading-in-answer line-of-signs box empty-box list quotation indent "
    "no-line-before-box no-line-before-list no-line-before-table table"
)
_IN_OUTLINE = "missing-section empty-section unknown-heading repeated-heading drawn-heading stray-text section-order"

CHECKS = tuple(
    Check(find, tuple(codes.split()))
    for find, codes in (
        (check_text.marks, _IN_TEXT),
        (check_layout.layout, _IN_LAYOUT),
        (outline.outlines, _IN_OUTLINE),
        (check_names.vocabulary, "unknown-name"),
        (check_names.relations, "unknown-name"),
        (check_names.menu, "unknown-name empty-list not-in-menu"),
        (check_names.settings, "unknown-name twice"),
        (check_names.search, "unknown-name twice"),
        (check_names.dates, "future-date"),
        (check_names.addresses, "duplicate-address"),
        (check_names.words, "duplicate-word form"),
    )
)


def run(guide: Guide) -> list[Problem]:
    """Every problem of every check and content rule."""
    return [problem for check in CHECKS for problem in check.find(guide)] + list(rules.run(guide))


def severities() -> dict[str, Severity]:
    """How grave each content rule is, by its code."""
    return {rule.code: rule.severity for rule in rules.RULES}
