"""The command that begins a guide for another condition."""

from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from patientguide import newfolder, newguide, oserrors
from patientguide.fields import Language, Words
from patientguide.guide import EXAMPLE
from patientguide.options import as_of_option

_TEXT = "at most 100 characters on one line, and none of < > { } [ ] and `"


def _words(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return value if value is None else _valid(Words, value.strip(), _TEXT)


def _language(_: click.Context, __: click.Parameter, value: str) -> str:
    return _valid(Language, value, "a code such as en, de or pt-BR")


def _valid(kind: Any, value: str, wanted: str) -> str:
    try:
        answer: str = TypeAdapter(kind).validate_python(value)
    except ValidationError:
        raise click.BadParameter(f"'{value}' must be {wanted}.") from None
    return answer


def _requirement() -> str:
    try:
        installed = distribution("patientguide")
    except PackageNotFoundError:  # run from its folder, without being installed
        return "patientguide"
    return newguide.requirement(installed.version, installed.read_text("direct_url.json"))


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--condition", required=True, callback=_words, help='As it stands in a sentence: "hay fever".')
@click.option("--title", callback=_words, help="The name of the guide.")
@click.option("--region", default=f"{EXAMPLE}: a region", callback=_words, help="Where its facts hold.")
@click.option("--language", default="en", show_default=True, callback=_language, help="The code of its language.")
@as_of_option
def init(target: Path, condition: str, title: str | None, region: str, language: str, as_of: date) -> None:
    """Begin a guide in DIR: settings, one example of each kind, pages, workflows, and how to go on.

    It builds and passes `check` at once. Every page says that it is not ready until the last example text is gone.
    DIR must be new or empty; nothing is ever replaced.
    """
    name = title or _valid(Words, newguide.title(condition), _TEXT)
    begun = newguide.files(newguide.NewGuide(name, condition, region, language, _requirement()), as_of)
    if newfolder.others(target, begun):
        raise click.BadParameter(f"{target} holds other files. Name a new folder.", param_hint="DIR")
    try:
        newfolder.write(target, begun)
    except OSError as error:
        raise click.ClickException(f"{target} was not written: {oserrors.sentence(error) or error}") from None
    click.echo(f"Wrote {len(begun)} files to {target}. Next: cd {target} && make serve")
