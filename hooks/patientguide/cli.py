"""The command `patientguide`: the edge where problems are printed and exit codes given."""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from patientguide import build, clock, load, menu, report, schema, stage
from patientguide.guide import Guide
from patientguide.problems import Problem, has_errors, worst_first

CONTENT = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check a patient guide and turn it into pages."""


def _as_of(_: click.Context, __: click.Parameter, value: str | None) -> date:
    if value is None:
        try:
            return clock.today()
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a day; write it like 2026-11-21.") from None


content_option = click.option("--content", type=CONTENT, default="content", help="The folder of the guide.")
as_of_option = click.option("--as-of", callback=_as_of, metavar="DATE", help="Reckon as if it were this day.")


@main.command()
@content_option
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(report.FORMATS)),
    default="text",
    help="How to print problems.",
)
def check(content: Path, as_of: date, form: str) -> None:
    """Name every problem of the content, with its place and what to write instead.

    Exits with 0 when there are no errors, 1 when there are, and 2 when it could not run.
    """
    _, problems = load(content, as_of)
    _print(problems, form, content)
    sys.exit(1 if has_errors(problems) else 0)


@main.command(name="stage")
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@content_option
@as_of_option
def stage_command(target: Path, content: Path, as_of: date) -> None:
    """Write the guide to DIR as plain Markdown with an mkdocs.yml, for any engine.

    A DIR that this command wrote before is replaced; any other must be empty or new.
    """
    guide = _guide_or_exit(content, as_of)
    try:
        stage.write(
            target.resolve(), content.resolve().parent, guide.settings.title, build(guide), guide.assets, menu(guide)
        )
    except (OSError, stage.StageError) as error:
        raise click.UsageError(str(error)) from None


@main.command(name="schema")
@click.argument("kind", type=click.Choice(list(schema.KINDS)), required=False)
def schema_command(kind: str | None) -> None:
    """Print the JSON Schema of one kind of file, for completion in an editor; without KIND, of all."""
    found = schema.of(kind) if kind else {name: schema.of(name) for name in schema.KINDS}
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _guide_or_exit(content: Path, as_of: date) -> Guide:
    guide, problems = load(content, as_of)
    if guide is None:
        _print(problems, "text", content)
        sys.exit(1)
    return guide


def _print(problems: list[Problem], form: str, content: Path) -> None:
    ordered = [_from_here(problem, content) for problem in worst_first(problems)]
    if ordered or form == "json":
        click.echo(report.FORMATS[form](ordered))
    if form != "json":
        click.echo(report.count(ordered), err=form == "github")


def _from_here(problem: Problem, content: Path) -> Problem:
    """The problem with its path as it is reached from the working directory."""
    folder, _, rest = problem.place.path.partition("/")
    path = content / rest if folder == "content" else content.parent / problem.place.path
    return replace(problem, place=problem.place._replace(path=path.as_posix()))
