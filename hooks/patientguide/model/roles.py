"""What each field of a model is for, as `Annotated` metadata that checks, sign-off and translation read.

A role is written beside the type of a field, once. A field that holds text and has no role is an error at import, so
that no text can escape the rules on content because somebody forgot to list it.
"""

from collections.abc import Iterator, Mapping
from enum import Flag, auto
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

Path = tuple[str | int, ...]


class Role(Flag):
    """What a field is for. A text has exactly one of the first six; the others may be added to any field."""

    NONE = 0
    FACT = auto()
    """Text for readers that states facts: each needs a source."""
    LABEL = auto()
    """Text for readers that states no fact by itself: rules on wording hold for it."""
    NAME = auto()
    """A name or explanation of something of the guide itself: translated, but no rule on content holds for it."""
    PRINTED = auto()
    """Words of others, shown as they are printed: a translation may change them, and need not."""
    HIDDEN = auto()
    """Words that readers never see."""
    CODE = auto()
    """No words: ids, dates, addresses. The source language says it for every language."""
    OWN = auto()
    """Each language has its own, or none, whatever the source has."""
    UNSIGNED = auto()
    """A review is not bound to it: it may change without a new sign-off."""
    MARKDOWN = auto()
    """Text with citations, links and bold words. Any other is shown as it is written."""
    CLERICAL = auto()
    """Order, dates and authors: when only these change, a translation still fits its source."""


TEXT = Role.FACT | Role.LABEL | Role.NAME | Role.PRINTED | Role.HIDDEN | Role.CODE
"""One of these must be said of every text."""
SHOWN = Role.FACT | Role.LABEL | Role.NAME
"""Words for readers, which a translation must have."""


MAIN = "main-message"
"""The part of a page that is the message at its top."""
WHOLE = "whole"
"""All of a text, where other names are its parts and headings."""


class DrawnIn(NamedTuple):
    """The parts of a page that a field is drawn in: `MAIN`, `WHOLE`, or names of `settings.PARTS`.

    In a translation such a part is shown as the source has it when the field changed there.
    """

    parts: frozenset[str]


def drawn_in(*parts: str) -> DrawnIn:
    """The metadata of a field that is drawn in these parts of a page."""
    return DrawnIn(frozenset(parts))


class _Shape(NamedTuple):
    """The roles of what a type holds, and the types that can be reached from it."""

    role: Role
    types: tuple[Any, ...]


def _shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> _Shape:
    """A type without `Annotated`, `| None` and other choices, with the roles that stand beside them."""
    role = Role.NONE
    for item in metadata:
        role |= item if isinstance(item, Role) else Role.NONE
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = _shape(arguments[0], arguments[1:])
        return _Shape(role | inner.role, inner.types)
    if origin in (Union, UnionType):
        inners = [_shape(choice) for choice in arguments if choice is not NoneType]
        for inner in inners:
            role |= inner.role
        return _Shape(role, tuple(kind for inner in inners for kind in inner.types))
    return _Shape(role, (annotation,))


def _inside(kind: Any) -> Any | None:
    """The type of the items of a list, or of the values of a dictionary."""
    origin, arguments = get_origin(kind), get_args(kind)
    return arguments[-1] if origin in (list, dict) else None


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, _Shape]:
    """The shape of each field of a model, by the name that editors write."""
    return MappingProxyType(
        {
            field.alias or name: _shape(field.annotation, tuple(field.metadata))
            for name, field in model.model_fields.items()
        }
    )


@cache
def of_fields(model: type[BaseModel]) -> Mapping[str, Role]:
    """The roles of the fields of a model, by the names that editors write."""
    return MappingProxyType({name: _everywhere(shape) for name, shape in _fields(model).items()})


def _everywhere(shape: _Shape) -> Role:
    role = shape.role
    for kind in shape.types:
        if kind in (int, bool) or get_origin(kind) is Literal:
            role |= Role.CODE
        elif (inside := _inside(kind)) is not None:
            role |= _everywhere(_shape(inside))
    return role


def named(model: type[BaseModel], role: Role) -> frozenset[str]:
    """The fields of a model that have a role, by the names that editors write."""
    return frozenset(name for name, found in of_fields(model).items() if role & found)


@cache
def at(model: type[BaseModel], path: Path) -> Role:
    """The role of the text at a path of raw data that the model accepted; `NONE` where the model has no such place."""
    shape = _Shape(Role.NONE, (model,))
    for step in path:
        shape = _next(shape, step)
    return shape.role


def _next(shape: _Shape, step: str | int) -> _Shape:
    for kind in shape.types:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = _fields(kind)
            if "root" in kind.model_fields:
                return _next(fields["root"], step)
            if isinstance(step, str) and step in fields:
                return fields[step]
        elif (inside := _inside(kind)) is not None:
            found = _shape(inside)
            return _Shape(shape.role | found.role, found.types)
    return _Shape(Role.NONE, ())


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the rows or of the record at a path; None where there is none."""
    shape = _Shape(Role.NONE, (model,))
    for step in path:
        shape = _next(shape, step)
    return next(_models(shape), None)


@cache
def models(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """A model and all that its fields hold, each once."""
    found = {model: None}
    for shape in _fields(model).values():
        for inner in _models(shape):
            found |= dict.fromkeys(models(inner))
    return tuple(found)


def _models(shape: _Shape) -> Iterator[type[BaseModel]]:
    for kind in shape.types:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _models(_fields(kind)["root"]) if "root" in kind.model_fields else [kind]
        elif (inside := _inside(kind)) is not None:
            yield from _models(_shape(inside))


@cache
def parts(model: type[BaseModel]) -> Mapping[str, tuple[str, ...]]:
    """The fields that each part of a page is drawn from, in the order of the model."""
    found: dict[str, list[str]] = {}
    for name, field in model.model_fields.items():
        for item in field.metadata:
            for part in sorted(item.parts) if isinstance(item, DrawnIn) else ():
                found.setdefault(part, []).append(field.alias or name)
    return MappingProxyType({part: tuple(names) for part, names in found.items()})


@cache
def has_words(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model that hold words for readers, or rows with such words."""
    found = set(named(model, SHOWN))
    for name, shape in _fields(model).items():
        if any(has_words(inner) for inner in _models(shape)):
            found.add(name)
    return frozenset(found)


def require(model: type[BaseModel]) -> None:
    """Refuse a model with a text field that does not say what it is for. Raises TypeError."""
    for name, shape in _fields(model).items():
        for role in _texts(shape):
            if not role & TEXT:
                raise TypeError(f"{model.__name__}.{name} holds text. Say what it is for: Annotated[..., Role.FACT].")


def require_parts(model: type[BaseModel]) -> None:
    """Refuse a model of a page with facts that no part of the page draws. Raises TypeError.

    Without it a translation would go on to show such a text after its source changed.
    """
    drawn = {name for names in parts(model).values() for name in names}
    for name, shape in _fields(model).items():
        facts = Role.FACT & _everywhere(shape) or any(named(rows, Role.FACT) for rows in _models(shape))
        if facts and not Role.OWN & _everywhere(shape) and name not in drawn:
            raise TypeError(f"{model.__name__}.{name} states facts. Say in which part: roles.drawn_in(...).")


def _texts(shape: _Shape) -> Iterator[Role]:
    """The roles of every text that a field can hold."""
    for kind in shape.types:
        if kind is str:
            yield shape.role
        elif get_origin(kind) is Literal:
            continue
        elif (inside := _inside(kind)) is not None:
            found = _shape(inside)
            yield from _texts(_Shape(shape.role | found.role, found.types))
