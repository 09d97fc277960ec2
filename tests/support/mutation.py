"""Mutants of a module: its syntax tree with one small fault, each of a kind that people make."""

import ast
import copy
import re
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, NamedTuple, TypeGuard

Place = tuple[str, int | None]
"""A field of a syntax node, and the place in it when it is a list."""

_OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_OTHER_CALL = {"min": "max", "max": "min", "any": "all", "all": "any"}
_OTHER_ROLE = {
    "FACT": "LABEL",
    "LABEL": "NAME",
    "NAME": "HIDDEN",
    "PRINTED": "HIDDEN",
    "HIDDEN": "LABEL",
    "CODE": "NAME",
    "OWN": "NONE",
    "UNSIGNED": "NONE",
    "CLERICAL": "NONE",
}
"""What a role of a field is taken for by mistake."""
_KEY = re.compile(r"[\w./:@-]+")
"""Strings that a program compares; sentences for people are held by the reports that tests quote."""
_SHOWN = 70


class Mutant(NamedTuple):
    """One fault: where it is, what was written there, and what is written now."""

    line: int
    lines: tuple[int, ...]
    """All lines of the statement or expression: a test that runs one of them may notice."""
    before: str
    after: str
    code: CodeType

    @property
    def name(self) -> str:
        """The fault in words, without the line, which changes with every edit above it."""
        return f"{self.before} -> {self.after}"


class _Site(NamedTuple):
    """A place in the tree, by its path from the root, and what stands there instead."""

    path: tuple[Place, ...]
    node: ast.AST
    other: ast.AST


def mutants(source: str, path: str) -> list[Mutant]:
    """Every mutant of a module that compiles to something else, in the order of its lines."""
    tree = ast.parse(source)
    original = ast.dump(tree)
    found = []
    for site in _sites(tree, (), False):
        changed = copy.deepcopy(tree)
        _put(changed, site.path, ast.copy_location(site.other, site.node))
        ast.fix_missing_locations(changed)
        if ast.dump(changed) != original:
            lines = _lines(site.node)
            code = compile(changed, path, "exec", dont_inherit=True)
            found.append(Mutant(lines[0], tuple(lines), _said(site.node), _said(site.other), code))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.name))


def _lines(node: Any) -> range:
    if isinstance(node, ast.comprehension):
        return range(node.target.lineno, (node.ifs or [node.iter])[-1].end_lineno + 1)
    return range(node.lineno, node.end_lineno + 1)


def _said(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _put(tree: ast.AST, path: tuple[Place, ...], new: ast.AST) -> None:
    node: Any = tree
    for name, at in path[:-1]:
        node = getattr(node, name) if at is None else getattr(node, name)[at]
    name, at = path[-1]
    if at is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[at] = new


def _sites(node: ast.AST, path: tuple[Place, ...], is_type: bool) -> Iterator[_Site]:
    """The faults of a node and of all in it. In the type of a field only roles, parts and limits are of interest."""
    if not is_type or _is_metadata(node) or isinstance(node, ast.Call):
        for make in _KINDS:
            yield from (_Site(path, node, other) for other in make(node))
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "returns", "type_comment", "ctx") or isinstance(node, ast.arg):
            continue
        types = name == "annotation" or (is_type and not isinstance(node, ast.Call))
        if isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, ast.AST) and not _is_left_alone(node, name, at, item):
                    yield from _sites(item, (*path, (name, at)), types)
        elif isinstance(value, ast.AST) and not _is_left_alone(node, name, None, value):
            yield from _sites(value, (*path, (name, None)), types)


def _is_metadata(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_metadata(node.left) and _is_metadata(node.right)
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role"


def _is_left_alone(parent: ast.AST, name: str, at: int | None, node: ast.AST) -> bool:
    """Docstrings, messages, imports, and names that only tools for types read."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Raise | ast.Assert):
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    called = parent.func if isinstance(parent, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in ("TypeVar", "NewType", "cast") and name == "args" and at == 0


def _compared(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            for other in _OPPOSITE[type(operator)]:
                yield ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)


def _combined(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for at in range(len(node.values)):
            rest = node.values[:at] + node.values[at + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _denied(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(
        node.test, ast.Compare | ast.UnaryOp | ast.BoolOp
    ):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    if isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, node.ifs[1:], node.is_async)


def _counted(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, int | float):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        elif isinstance(value, str) and _KEY.fullmatch(value):
            yield ast.Constant(f"{value}x")
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
        yield node.left
        if not isinstance(node.op, ast.Sub):
            yield node.right


def _left_out(node: ast.AST) -> Iterator[ast.AST]:
    if _is_list_of_names(node):
        for at in range(len(node.elts)):
            changed = copy.copy(node)
            changed.elts = node.elts[:at] + node.elts[at + 1 :]
            yield changed
    if isinstance(node, ast.Dict):
        for at in range(len(node.keys)):
            yield ast.Dict(node.keys[:at] + node.keys[at + 1 :], node.values[:at] + node.values[at + 1 :])
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called == "drawn_in":
            for at in range(len(node.args)):
                yield ast.Call(node.func, node.args[:at] + node.args[at + 1 :], node.keywords)


def _is_list_of_names(node: ast.AST) -> TypeGuard[ast.List | ast.Set | ast.Tuple]:
    return (
        isinstance(node, ast.List | ast.Set | ast.Tuple)
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        and len(node.elts) > 1
        and all(isinstance(item, ast.Constant | ast.Attribute) for item in node.elts)
    )


def _said_otherwise(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OTHER_CALL:
        yield ast.Call(ast.Name(_OTHER_CALL[node.func.id], ast.Load()), node.args, node.keywords)
    if isinstance(node, ast.Attribute) and _is_metadata(node) and node.attr in _OTHER_ROLE:
        yield ast.Attribute(node.value, _OTHER_ROLE[node.attr], ast.Load())
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Severity":
        yield ast.Attribute(node.value, "WARNING" if node.attr == "ERROR" else "ERROR", ast.Load())


def _not_done(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    if isinstance(node, ast.Yield | ast.YieldFrom):
        yield ast.YieldFrom(ast.Tuple([], ast.Load()))
    if isinstance(node, ast.Break):
        yield ast.Continue()
    if isinstance(node, ast.Continue):
        yield ast.Break()
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield ast.Pass()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


_KINDS: tuple[Callable[[ast.AST], Iterator[ast.AST]], ...] = (
    _compared,
    _combined,
    _denied,
    _counted,
    _left_out,
    _said_otherwise,
    _not_done,
)
