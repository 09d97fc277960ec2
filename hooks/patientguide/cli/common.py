"""Options and steps that several commands share."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from patientguide.core import dates, files, http
from patientguide.core.http import SERVICES, AddressError
from patientguide.core.problems import FORMATS, Place, Problem, count, suggest, worst_first
from patientguide.model.guide import Guide
from patientguide.project import load, read_guide


def _as_of(_: click.Context, __: click.Parameter, value: str | None) -> date:
    if value is None:
        try:
            return dates.today()
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a day; write it like 2026-11-21.") from None


content_option = click.option(
    "--content",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="content",
    help="The folder of the guide.",
)
as_of_option = click.option("--as-of", callback=_as_of, metavar="DATE", help="Reckon as if it were this day.")
format_option = click.option(
    "--format", "form", type=click.Choice(sorted(FORMATS)), default="text", help="How to print problems."
)


def guide_or_exit(content: Path, as_of: date) -> tuple[Guide, list[Problem]]:
    """The guide and its warnings. If it has errors, print them and exit with 1."""
    guide, problems = load(content, as_of)
    if guide is None:
        show_problems(problems, "text", content)
        sys.exit(1)
    return guide, problems


def guide_as_it_is(content: Path, as_of: date, *needed: str) -> Guide:
    """Load the guide despite errors; exit with 2 if a `needed` file is unreadable."""
    guide, problems = read_guide(content, as_of)
    wrong = [p for p in problems if p.place.path in (guide.unread & {*needed} if guide else {"content/guide.yml"})]
    if guide is None or wrong:
        show_problems(wrong, "text", content)
        sys.exit(2)
    return guide


def check_evidence(guide: Guide, kind: str | None) -> None:
    """Raise BadParameter if the guide has no such kind of evidence."""
    if kind and kind not in guide.evidence:
        raise click.BadParameter(f"There is no kind of evidence '{kind}'. {suggest(kind, guide.evidence)}")


def begin_changes(file: Path, text: str) -> None:
    """Write a new file, and its folder. Raises BadParameter if it exists."""
    if file.exists() or file.is_symlink():
        raise click.BadParameter(f"{file} is there already.")
    file.parent.mkdir(parents=True, exist_ok=True)
    files.create_file(file, text)


def show_problems(problems: Sequence[Problem], form: str, content: Path | None = None) -> None:
    """Print problems, worst first, and their count. `content` is the folder of their guide."""
    ordered = worst_first(problems)
    if content:
        ordered = [replace(problem, place=from_here(problem.place, content)) for problem in ordered]
    if ordered or form == "json":
        click.echo(FORMATS[form](ordered))
    if form != "json":
        click.echo(count(ordered), err=form == "github")


def from_here(place: Place, content: Path) -> Place:
    """The place with its path relative to the working directory."""
    folder, _, rest = place.path.partition("/")
    path = content / rest if folder == "content" else content.parent / place.path
    return place._replace(path=path.as_posix())


def in_project(file: Path, content: Path) -> str:
    """A path from the command line as in problems: relative to the project's root, which contains `content`."""
    try:
        name = file.resolve().relative_to(content.resolve().parent)
    except ValueError:
        raise click.BadParameter(f"'{file}' is not a file of this guide.") from None
    inside = name.parts[0] == content.resolve().name
    return Path("content", *name.parts[1:]).as_posix() if inside else name.as_posix()


# -- commands that use the network: the contact, and addresses in place of those of the services


def _contact(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return http.contact(value)
    except AddressError as error:
        raise click.BadParameter(str(error)) from None


def _bases(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Mapping[str, str]:
    named = dict(text.partition("=")[::2] for text in values)
    if unknown := set(named) - set(SERVICES):
        raise click.BadParameter(f"There is no service '{min(unknown)}'. There are: {', '.join(SERVICES)}.")
    try:
        return http.service_bases(named, os.environ)
    except AddressError as error:
        raise click.UsageError(str(error)) from None


contact_option = click.option(
    "--contact",
    envvar=http.CONTACT,
    callback=_contact,
    metavar="EMAIL",
    help=f"Whom hosts may write to; else {http.CONTACT}.",
)
base_option = click.option(
    "--base",
    "bases",
    multiple=True,
    callback=_bases,
    metavar="SERVICE=ADDRESS",
    help=f"Ask this address instead: one of {', '.join(SERVICES)}, an equals sign and the address.",
)
