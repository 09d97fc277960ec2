"""Rules: functions that yield findings. The docstring of each is the sentence that editors read.

Code, severity and standard are declared beside it. The table of rules in CONTRIBUTING.md is made from both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from patientguide.core.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from patientguide.model.guide import Guide


class Finding(NamedTuple):
    """A place where a rule is broken: what is wrong there, and what to write instead."""

    place: Place
    message: str
    advice: str


@dataclass(frozen=True)
class Rule:
    """A rule with its stable code, its severity and the standard it comes from."""

    code: str
    severity: Severity
    standard: str
    find: Callable[["Guide"], Iterator[Finding]]
    each: bool = False
    """Whether findings in a text depend only on that text and on what all texts share (`runner.shared`)."""

    @property
    def sentence(self) -> str:
        """The rule as editors read it: the first paragraph of the function's docstring, on one line."""
        return " ".join((self.find.__doc__ or "").split("\n\n")[0].split())

    def __call__(self, guide: "Guide") -> Iterator[Problem]:
        """Every place in the guide where the rule is broken. What guide.yml lists under `refuse` is an error."""
        severity = Severity.ERROR if self.code in guide.settings.refuse else self.severity
        for finding in self.find(guide):
            yield Problem(finding.place, self.code, finding.message, finding.advice, severity)


_Find = Callable[["Guide"], Iterator[Finding]]


@dataclass(frozen=True)
class Subject:
    """Rules on one subject, in the order in which they are declared. The title is shown in CONTRIBUTING.md."""

    title: str
    rules: list[Rule] = field(default_factory=list)

    def error(self, code: str, standard: str, each: bool = False) -> Callable[[_Find], _Find]:
        """Declare a function as a rule that stops the build."""
        return partial(self._add, code, Severity.ERROR, standard, each)

    def warning(self, code: str, standard: str, each: bool = False) -> Callable[[_Find], _Find]:
        """Declare a function as a rule that stops nothing and can be waived."""
        return partial(self._add, code, Severity.WARNING, standard, each)

    def _add(self, code: str, severity: Severity, standard: str, each: bool, find: _Find) -> _Find:
        self.rules.append(Rule(code, severity, standard, find, each))
        return find
