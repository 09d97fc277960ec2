"""How much of the work that has no natural end a run does: all of it, or with `--quick` a part."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

SHARE = 5
quick = False
"""Set by conftest.py before any test is loaded."""

T = TypeVar("T")


def part(full: T, small: T) -> T:
    """One of two sizes; a test that asks is marked `sampled`, so that a later run does the rest."""
    return small if quick else full


def tries(number: int) -> Callable[[Any], Any]:
    """The same random texts on every run: as many as said, or a fifth with `--quick`."""
    limits = settings(
        max_examples=part(number, max(10, number // SHARE)),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    return lambda test: pytest.mark.sampled(limits(test))
