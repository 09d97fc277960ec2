"""A rule: one function that yields located findings. Its docstring is the sentence that editors read.

Code, severity and the standard a rule comes from stand beside it, as data; the rules page of CONTRIBUTING is made
from both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from patientguide.core.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from patientguide.model.guide import Guide


class Finding(NamedTuple):
    """A place where a rule is not kept: what is wrong there, and what to write instead."""

    place: Place
    message: str
    advice: str


@dataclass(frozen=True)
class Rule:
    """A rule with its stable code, how grave it is, and where it comes from."""

    code: str
    severity: Severity
    standard: str
    find: Callable[["Guide"], Iterator[Finding]]
    each: bool = False
    """Whether what it finds in a text depends on that text and on what all texts share (`checks.shared`)."""

    @property
    def sentence(self) -> str:
        """The rule as editors read it: the first paragraph of the function's docstring, on one line."""
        return " ".join((self.find.__doc__ or "").split("\n\n")[0].split())

    def __call__(self, guide: "Guide") -> Iterator[Problem]:
        """Every place in the guide where the rule is not kept."""
        for finding in self.find(guide):
            yield Problem(finding.place, self.code, finding.message, finding.advice, self.severity)


_Find = Callable[["Guide"], Iterator[Finding]]


@dataclass(frozen=True)
class Subject:
    """Rules on one subject, under its title in CONTRIBUTING.md, in the order in which they are declared."""

    title: str
    rules: list[Rule] = field(default_factory=list)

    def error(self, code: str, standard: str, each: bool = False) -> Callable[[_Find], Rule]:
        """Declare a function as a rule that stops the build."""
        return partial(self._add, code, Severity.ERROR, standard, each)

    def warning(self, code: str, standard: str, each: bool = False) -> Callable[[_Find], Rule]:
        """Declare a function as a rule that is listed, stops nothing, and may be waived in place with a reason."""
        return partial(self._add, code, Severity.WARNING, standard, each)

    def _add(self, code: str, severity: Severity, standard: str, each: bool, find: _Find) -> Rule:
        self.rules.append(Rule(code, severity, standard, find, each))
        return self.rules[-1]
