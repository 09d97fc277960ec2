"""Split Markdown files with front matter, and validate raw data into models."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from patientguide.core import yaml
from patientguide.core.cache import BuildCache
from patientguide.core.problems import MANY, Place, Problem, suggest
from patientguide.core.yaml import Path, YamlFile
from patientguide.model import roles
from patientguide.model.fields import meanings

# -- front matter: YAML between two lines of ---, before the text


@dataclass(frozen=True)
class Document:
    """The front matter of a file, its text, and the line on which the text starts."""

    facts: yaml.YamlFile
    body: str
    body_line: int


def read_front_matter(text: str, path: str, cache: BuildCache | None = None) -> tuple[Document | None, list[Problem]]:
    """Split the `text` of the file `path`. Problems: front-matter, and those of `yaml.read_yaml`."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, [
            Problem(
                Place(path),
                "front-matter",
                "The file does not start with its facts.",
                "Start the first line with ---, then name: value lines, then a line --- again.",
            )
        ]
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        return None, [
            Problem(
                Place(path),
                "front-matter",
                "The block at the top of the file is not closed.",
                "Put a line --- after it.",
            )
        ]
    facts, problems = yaml.read_yaml("\n".join(lines[1:end]) + "\n", path, first_line=2, cache=cache)
    if facts is None:
        return None, problems
    return Document(facts, "\n".join(lines[end + 1 :]), end + 2), problems


# -- validation: all errors at once, in plain words


Model = TypeVar("Model", bound=BaseModel)
Error = dict[str, Any]


def validate(kind: type[Model], file: YamlFile) -> tuple[Model | None, list[Problem]]:
    """The data of a file as the model `kind`, or None. Problems: missing, unknown-field, wrong-value."""
    fields = kind.model_fields
    if file.data is None and ("root" in fields or not any(field.is_required() for field in fields.values())):
        advice = "Write what belongs there, or remove the file."
        return None, [Problem(Place(file.path), "missing", "The file is empty.", advice)]
    try:
        return kind.model_validate({} if file.data is None else file.data), []
    except ValidationError as failure:
        errors = failure.errors(include_url=False, include_context=True)
        return None, [_problem(dict(error), kind, file) for error in errors[:MANY]]


def _problem(error: Error, kind: type[BaseModel], file: YamlFile) -> Problem:
    path = tuple(error["loc"])
    place = file.place(path)
    if error["type"] == "missing":
        return _missing(path, place, kind)
    if error["type"] == "extra_forbidden":
        names = _names(_model_at(kind, path[:-1]))
        return Problem(place, "unknown-field", f"'{path[-1]}' is not a field here.", suggest(str(path[-1]), names))
    names = [part for part in path if isinstance(part, str) and part != "[key]"]
    where = ".".join(names) or ("this entry" if path else "the whole file")
    describe = _SAID.get(error["type"])
    message, advice = (
        describe(error) if describe else (str(error["msg"]), "Compare it with the example in CONTRIBUTING.md.")
    )
    return Problem(place, "wrong-value", f"{where}: {message}.", advice)


def _missing(path: Path, place: Place, kind: type[BaseModel]) -> Problem:
    model = _model_at(kind, path[:-1])
    names = [name for name, field in model.model_fields.items() if path[-1] in (field.alias, name)]
    meaning = next((meanings(model).get(name, "") for name in names), "") or "See CONTRIBUTING.md."
    advice = meaning if meaning.startswith("Only `") else f"Add a line '{path[-1]}: ...'. {meaning}"
    return Problem(place, "missing", f"'{path[-1]}' is missing.", advice)


def _names(kind: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in kind.model_fields.items()]


def _model_at(kind: type[BaseModel], path: Path) -> type[BaseModel]:
    if "root" in kind.model_fields:
        kind = _model_in(kind.model_fields["root"].annotation) or kind
    for part in path:
        for name, field in kind.model_fields.items():
            if part in (field.alias, name):
                kind = _model_in(field.annotation) or kind
                break
        else:
            kind = _model_in(roles.type_of_further(kind)) or kind
    return kind


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _shape(what: str, example: str) -> Callable[[Error], tuple[str, str]]:
    return lambda error: (f"this must be {what}, not {_shown(error['input'])}", f"Write it like {example}")


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a set of lines"
    text = " ".join(str(value).split())
    return f"'{text if len(text) <= 40 else text[:40] + '...'}'"


def _pattern(error: Error) -> tuple[str, str]:
    pattern = error["ctx"]["pattern"]
    advice = next((text for start, text in _PATTERNS.items() if pattern.startswith(start)), f"It must match {pattern}")
    return f"{_shown(error['input'])} does not have the right form", advice


_PATTERNS = {
    "^[a-z0-9]+(": "Use small letters, digits and single hyphens, as in a file name.",
    "^[^<>{}`": "Use plain text: no citation, no line break, and none of < > { } [ ] and `.",
    "^[a-z]{2}(": "Write the code of a language, such as en or en-US.",
    r"^[a-z0-9-]+\.md": "Write the name of a page in docs/, such as index.md.",
    "^[0-9a-f]": "Only `patientguide sign` writes this: sign the entry again.",
    "^[a-z][a-z0-9]*(": "Use small letters, digits and single hyphens, and start with a letter.",
    "^[a-z][a-z0-9-]*(/": "Write the folder and the name of an entry, such as therapies/new-entry.",
    "^([a-z0-9-]+": "Write the name of a page in docs/, such as index.md, or a collection in capitals, such as PHASES.",
}

_SAID: dict[str, Callable[[Error], tuple[str, str]]] = {
    "string_type": _shape("text", '"some text" in double quotes.'),
    "int_type": _shape("a whole number", "3, without quotes."),
    "bool_type": _shape("true or false", "true, without quotes."),
    "list_type": _shape("a list", '["one", "two"], or one line with a hyphen for each.'),
    "dict_type": _shape("a set of name: value lines", "name: value, one a line and indented."),
    "model_type": _shape("a set of name: value lines", "name: value, one a line and indented."),
    "string_too_short": lambda _: ("this is empty", "Write a text, or remove the line."),
    "string_too_long": lambda error: (
        f"this has more than {error['ctx']['max_length']} characters",
        "Make it shorter, or move text to the body.",
    ),
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": lambda error: (
        f"{_shown(error['input'])} is too small",
        f"Write at least {error['ctx']['ge']}.",
    ),
    "less_than_equal": lambda error: (f"{_shown(error['input'])} is too large", f"Write at most {error['ctx']['le']}."),
    "too_short": lambda _: ("this list is empty", "Write at least one, or remove the line."),
    "literal_error": lambda error: (
        f"{_shown(error['input'])} is not one of the words allowed here",
        f"Write one of: {error['ctx']['expected']}.",
    ),
    "authored": lambda error: (error["ctx"]["message"], error["ctx"]["advice"]),
}
