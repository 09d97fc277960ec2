"""Writes the gettext template of the interface, and into the catalog of each language what the template has new.

The template holds every English text that is marked for translation: with `_("...")`, `said("...")` or `mark("...")`
in the package, with `t["..."]` in `overrides/`, and the texts of `mkdocs.yml` that readers see.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes
from patientguide.build.defaults import read_engine_settings
from patientguide.core import dates, i18n
from patientguide.model.settings import STRENGTHS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hooks" / "patientguide"
TEMPLATE = i18n.FOLDER / "patientguide.pot"
_MARKS = {"_", "said", "_said", "mark"}
_JINJA = Environment(autoescape=True)
_HEAD = """\
# What the interface of Patient Guide says, in English. `make catalog` writes this file.
# A text in curly brackets, such as {day}, is filled in: a translation keeps it as it is.
#"""


def template(now: datetime) -> Catalog:
    """The template as the code is now; `now` is when, unless the texts are as they were."""
    catalog = Catalog(
        project="Patient Guide",
        version="main",
        msgid_bugs_address="",
        header_comment=_HEAD,
        creation_date=now,
        fuzzy=False,
    )
    for text, file in _texts():
        catalog.add(text, locations=[(file.relative_to(ROOT).as_posix(), 0)])
    if TEMPLATE.exists():
        old = read(TEMPLATE)
        if {message.id for message in old} == {message.id for message in catalog}:
            catalog.creation_date = old.creation_date
    return catalog


def read(file: Path) -> Catalog:
    """A template or a catalog."""
    with file.open("rb") as opened:
        return read_po(opened, abort_invalid=True)


def written(catalog: Catalog) -> bytes:
    """A template or a catalog as a file, with the files of each text but without lines: those change too often."""
    target = BytesIO()
    write_po(target, catalog, include_lineno=False)
    return target.getvalue()


def renewed(now: datetime) -> dict[Path, bytes]:
    """The template and the catalogs as they should be, by file. Nothing is translated by guesses."""
    texts = template(now)
    found = {TEMPLATE: written(texts)}
    for file in sorted(i18n.FOLDER.glob("*/LC_MESSAGES/*.po")):
        catalog = read(file)
        catalog.update(texts, no_fuzzy_matching=True)
        found[file] = written(catalog)
    return found


def _texts() -> Iterator[tuple[str, Path]]:
    for folder in (PACKAGE, ROOT / "overrides"):
        for file in sorted(folder.rglob("*")):
            if file.suffix == ".py":
                yield from ((text, file) for text in of_python(file.read_text("utf-8")))
            elif file.suffix in (".html", ".j2") and "newguide" not in file.parts:
                yield from ((text, file) for text in of_template(file.read_text("utf-8")))
    yield from ((text, PACKAGE / "model" / "settings.py") for text in STRENGTHS)
    file = ROOT / "mkdocs.yml"
    settings = read_engine_settings(file)
    yield settings["copyright"], file
    (toc,) = (one["toc"] for one in settings["markdown_extensions"] if isinstance(one, dict) and "toc" in one)
    yield toc["permalink_title"], file
    file = PACKAGE / "newguide" / "mkdocs.yml.j2"
    (line,) = (line for line in file.read_text("utf-8").splitlines() if line.startswith("copyright:"))
    yield yaml.safe_load(line)["copyright"], file


def of_python(code: str) -> Iterator[str]:
    """The texts that a Python module marks, those inside f-strings, too."""
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and call.args and _name(call.func) in _MARKS:
            text = call.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=called) if _name(called) == "catalog":
            return "said"
    return ""


def of_template(code: str) -> Iterator[str]:
    """The texts that a Jinja template marks."""
    for node in _JINJA.parse(code).find_all((nodes.Call, nodes.Getitem)):
        match node:
            case (
                nodes.Call(node=nodes.Name(name="_"), args=[text, *_])
                | nodes.Getitem(node=nodes.Name(name="t"), arg=text)
            ):
                yield from _chosen(text)


def _chosen(said: nodes.Expr) -> Iterator[str]:
    """A text, or each of those that one is chosen from."""
    match said:
        case nodes.Const(value=str(text)):
            yield text
        case nodes.Getitem(node=nodes.Dict(items=pairs)):
            for pair in pairs:
                yield from _chosen(pair.value)
        case nodes.CondExpr(expr1=one, expr2=other):
            yield from _chosen(one)
            if other:
                yield from _chosen(other)


if __name__ == "__main__":
    for path, data in renewed(datetime.combine(dates.today(), time(), UTC)).items():
        path.write_bytes(data)
