"""What a service answered: what it knows, that it does not know it, or why there is no usable answer.

The last two are different things: `Missing` means that the service was asked and has no such record; after a `Fault`
nothing is known, and nothing that was known before may be forgotten.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError


@dataclass(frozen=True)
class Missing:
    """The service was asked and does not know it."""


@dataclass(frozen=True)
class Fault:
    """Why there is no usable answer, in a sentence for people."""

    reason: str


@dataclass(frozen=True)
class Reply:
    """What came back over the network: a status of 200, 400 or 404, a text, and the address that was asked."""

    status: int
    text: str
    url: str

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, such as the sign-in page of a network, and no data."""
        return self.text.lstrip()[:1] == "<"


Model = TypeVar("Model", bound=BaseModel)


def data(text: str) -> Any:
    """JSON as data, or the Fault of a text that is none."""
    if text.lstrip()[:1] == "<":
        return Fault("It sent a web page instead of data.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return Fault("Its answer is cut short or is no JSON.")


def shaped(kind: type[Model], value: Any) -> Model | Fault:
    """The data as a model, or the Fault that names the first field that does not fit."""
    if isinstance(value, Fault):
        return value
    try:
        return kind.model_validate(value)
    except ValidationError as failure:
        where = ".".join(str(part) for part in failure.errors(include_url=False)[0]["loc"]) or "the whole answer"
        return Fault(f"Its answer has another shape than expected, at {where}.")


def inside(value: Any, *path: str) -> Any:
    """What stands at a path of names, or a Fault."""
    for name in path:
        if isinstance(value, Fault):
            return value
        if not isinstance(value, dict) or name not in value:
            return Fault(f"Its answer has no '{name}'.")
        value = value[name]
    return value


def each(kind: type[Model], values: Any) -> Iterator[Model | Fault]:
    """The items of a list, each as a model or a Fault of its own."""
    for value in values if isinstance(values, list) else ():
        yield shaped(kind, value)
