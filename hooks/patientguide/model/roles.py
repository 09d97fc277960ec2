"""Roles of fields: `Annotated` metadata that checks, sign-off and translation read.

A role is declared once, beside the type of a field. A text field without a role is an error at import, so that no text
can escape the content rules because somebody forgot to list it.
"""

from collections.abc import Iterator, Mapping
from enum import Flag, auto
from functools import cache
from inspect import get_annotations
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

Path = tuple[str | int, ...]


class Role(Flag):
    """The role of a field. A text has exactly one of the first six; the others may be added to any field."""

    NONE = 0
    FACT = auto()
    """Text for readers that states facts, which need a source."""
    LABEL = auto()
    """Text for readers that states no fact. Rules on wording apply."""
    NAME = auto()
    """A name or explanation of a part of the guide itself. It is translated, but no content rule applies."""
    PRINTED = auto()
    """Words of others, shown as printed. A translation may change them, but need not."""
    HIDDEN = auto()
    """Words that readers never see."""
    CODE = auto()
    """No words: ids, dates, addresses. They are the same in every language."""
    OWN = auto()
    """Each language has its own value, or none, whatever the source has."""
    UNSIGNED = auto()
    """Not covered by a review: it may change without a new sign-off."""
    MARKDOWN = auto()
    """Text with citations, links and bold words. Other text is shown literally."""
    CLERICAL = auto()
    """Order, dates and authors: if only these change, a translation stays up to date."""


TEXT = Role.FACT | Role.LABEL | Role.NAME | Role.PRINTED | Role.HIDDEN | Role.CODE
"""Every text must have one of these."""
SHOWN = Role.FACT | Role.LABEL | Role.NAME
"""Words for readers, which a translation must have."""


MAIN = "main-message"
"""The name of the page part with the message at its top."""
WHOLE = "whole"
"""Stands for a whole text, where other names are its parts and headings."""


class DrawnIn(NamedTuple):
    """The page parts that show a field: `MAIN`, `WHOLE`, or names of `settings.PARTS`.

    If the field changed in the source, a translation shows such a part from the source.
    """

    parts: frozenset[str]


def drawn_in(*parts: str) -> DrawnIn:
    """The metadata for a field that these page parts show."""
    return DrawnIn(frozenset(parts))


class _Shape(NamedTuple):
    """The roles of a type, and the types inside it."""

    role: Role
    types: tuple[Any, ...]


def _shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> _Shape:
    """A type without `Annotated`, unions and None, with the roles beside them."""
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
    """The shape of each field of a model, by its name in files."""
    return MappingProxyType(
        {
            field.alias or name: _shape(field.annotation, tuple(field.metadata))
            for name, field in model.model_fields.items()
        }
    )


@cache
def type_of_further(model: type[BaseModel]) -> Any | None:
    """The type of the further fields of a model, whose names a guide chooses, or None."""
    return _inside(get_annotations(model).get("__pydantic_extra__"))


@cache
def of_fields(model: type[BaseModel]) -> Mapping[str, Role]:
    """The roles of the fields of a model, by their names in files."""
    return MappingProxyType({name: _everywhere(shape) for name, shape in _fields(model).items()})


def _everywhere(shape: _Shape) -> Role:
    role = shape.role
    for kind in shape.types:
        if kind in (int, bool) or get_origin(kind) is Literal:
            role |= Role.CODE
        elif (inside := _inside(kind)) is not None:
            role |= _everywhere(_shape(inside))
    return role


def without(model: type[BaseModel], data: Mapping[str, Any], role: Role) -> dict[str, Any]:
    """Raw data of a model without the fields that have a role, at any depth."""
    fields, found = _fields(model), {}
    for name, value in data.items():
        if name not in fields or not role & of_fields(model)[name]:
            rows = next(_models(fields[name]), None) if name in fields else None
            found[name] = _rows_without(rows, value, role) if rows else value
    return found


def _rows_without(model: type[BaseModel], value: Any, role: Role) -> Any:
    if isinstance(value, list):
        return [_rows_without(model, row, role) for row in value]
    return without(model, value, role) if isinstance(value, dict) else value


def named(model: type[BaseModel], role: Role) -> frozenset[str]:
    """The fields of a model with a role, by their names in files."""
    return frozenset(name for name, found in of_fields(model).items() if role & found)


@cache
def at(model: type[BaseModel], path: Path) -> Role:
    """The role of the text at a path of valid raw data; `NONE` if the model has no such path."""
    shape = _Shape(Role.NONE, (model,))
    for step in path:
        shape = _next(shape, step)
    return shape.role


@cache
def _next(shape: _Shape, step: str | int) -> _Shape:
    """The types and role one step down. Cached, because the rows of a list are asked for one by one."""
    for kind in shape.types:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = _fields(kind)
            if "root" in kind.model_fields:
                return _next(fields["root"], step)
            if isinstance(step, str) and step in fields:
                return fields[step]
            if (others := type_of_further(kind)) is not None:
                return _shape(others)
        elif (inside := _inside(kind)) is not None:
            found = _shape(inside)
            return _Shape(shape.role | found.role, found.types)
    return _Shape(Role.NONE, ())


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model of the rows or the record at a path, or None."""
    shape = _Shape(Role.NONE, (model,))
    for step in path:
        shape = _next(shape, step)
    return next(_models(shape), None)


@cache
def models(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """A model and all models inside it, each once."""
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
    """The fields that each page part shows, in the order of the model."""
    found: dict[str, list[str]] = {}
    for name, field in model.model_fields.items():
        for item in field.metadata:
            for part in sorted(item.parts) if isinstance(item, DrawnIn) else ():
                found.setdefault(part, []).append(field.alias or name)
    return MappingProxyType({part: tuple(names) for part, names in found.items()})


@cache
def has_words(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model with words for readers, or with rows that have such words."""
    found = set(named(model, SHOWN))
    for name, shape in _fields(model).items():
        if any(has_words(inner) for inner in _models(shape)):
            found.add(name)
    return frozenset(found)


def require(model: type[BaseModel]) -> None:
    """Refuse a model with a text field without a role. Raises TypeError."""
    for name, shape in _fields(model).items():
        for role in _texts(shape):
            if not role & TEXT:
                raise TypeError(f"{model.__name__}.{name} holds text. Say what it is for: Annotated[..., Role.FACT].")


def require_parts(model: type[BaseModel]) -> None:
    """Refuse a page model with facts that no page part shows. Raises TypeError.

    Otherwise a translation would keep showing such a text after its source changed.
    """
    drawn = {name for names in parts(model).values() for name in names}
    for name, shape in _fields(model).items():
        facts = Role.FACT & _everywhere(shape) or any(named(rows, Role.FACT) for rows in _models(shape))
        if facts and not Role.OWN & _everywhere(shape) and name not in drawn:
            raise TypeError(f"{model.__name__}.{name} states facts. Say in which part: roles.drawn_in(...).")


def _texts(shape: _Shape) -> Iterator[Role]:
    """The roles of every text in a field."""
    for kind in shape.types:
        if kind is str:
            yield shape.role
        elif get_origin(kind) is Literal:
            continue
        elif (inside := _inside(kind)) is not None:
            found = _shape(inside)
            yield from _texts(_Shape(shape.role | found.role, found.types))
