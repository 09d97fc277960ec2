"""What each field of a model is for: the sentence under it in the source, which editors read in messages and schemas.

Pydantic reads these sentences as well (`use_attribute_docstrings`), but for every model in every run, needed or not.
"""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """The sentences of the fields of a model that have one, by their names."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and not kind.__module__.startswith("pydantic."):
            written = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
            lines = [line for node in written if isinstance(node, ast.ClassDef) for line in node.body]
            for field, after in pairwise(lines):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    found |= _sentence(field.target.id, after)
    return found


def _sentence(name: str, node: ast.stmt) -> dict[str, str]:
    value = node.value if isinstance(node, ast.Expr) else None
    text = value.value if isinstance(value, ast.Constant) else None
    return {name: inspect.cleandoc(text)} if isinstance(text, str) else {}
