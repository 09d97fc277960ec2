"""The command `patientguide`: the edge where problems are printed and exit codes given."""

import errno
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from patientguide import (
    build,
    cli_edit,
    cli_import,
    cli_init,
    cli_links,
    cli_offline,
    cli_review,
    cli_search,
    cli_serve,
    cli_site,
    cli_sources,
    cli_translate,
    editionpages,
    load,
    menu,
    oserrors,
    rulespage,
    safefile,
    schema,
    stage,
)
from patientguide import files as files_beside
from patientguide.load import read
from patientguide.options import as_of_option, content_option, format_option, guide_or_exit, in_project, show
from patientguide.problems import has_errors


class Edge(click.Group):
    """The last place where what the system refuses becomes a sentence. A fault of the program stays a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except OSError as error:
            said = oserrors.sentence(error)
            # What reads our output, such as `head`, may stop before its end: click ends quietly then.
            if said is None or error.errno == errno.EPIPE:
                raise
            raise click.ClickException(said) from None


@click.group(cls=Edge, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check a patient guide and turn it into pages."""


main.add_command(cli_init.init)
main.add_command(cli_edit.new)
main.add_command(cli_edit.sign)
main.add_command(cli_import.import_command)
main.add_command(cli_links.links)
main.add_command(cli_offline.offline)
main.add_command(cli_review.diff)
main.add_command(cli_review.overdue)
main.add_command(cli_search.search)
main.add_command(cli_serve.serve)
main.add_command(cli_site.replace_site)
main.add_command(cli_sources.sources)
main.add_command(cli_sources.cite)
main.add_command(cli_sources.trials)
main.add_command(cli_translate.translate)
main.add_command(cli_translate.translated_command)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@content_option
@as_of_option
@format_option
@click.option("--ready", is_flag=True, help="Fail as well while example texts are left, as before publishing.")
def check(files: tuple[Path, ...], content: Path, as_of: date, form: str, ready: bool) -> None:
    """Name every problem of the content, with its place and what to write instead.

    With FILES, only what is wrong in these files or folders. Exits with 0 when nothing stops the guide, 1 when
    something does, and 2 when it could not run.
    """
    _, problems = load(content, as_of)
    if files:
        names = [in_project(file, content) for file in files]
        problems = [p for p in problems if any(f"{p.place.path}/".startswith(f"{name}/") for name in names)]
    show(problems, form, content)
    stopped = has_errors(problems) or (ready and any(problem.code == "example" for problem in problems))
    sys.exit(1 if stopped else 0)


@main.command(name="stage")
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@content_option
@as_of_option
def stage_command(target: Path, content: Path, as_of: date) -> None:
    """Write the guide to DIR as plain Markdown with an mkdocs.yml, for any engine.

    A DIR that this command wrote before is replaced; any other must be empty or new.
    """
    guide, problems = guide_or_exit(content, as_of)
    try:
        root, site_url = content.resolve().parent, stage.address(content.resolve().parent)
        pages = build(guide, problems, site_url)
        beside = files_beside(guide, {page.uri: page.cites for page in pages}, site_url)
        told = editionpages.front_matter(guide, [page.uri for page in pages])
        project = stage.Project(
            guide.settings.title, guide.settings.language, pages, beside, guide.assets, menu(guide), told
        )
        stage.write(target.resolve(), root, project)
    except stage.StageError as error:
        raise click.UsageError(str(error)) from None


@main.command(name="schema")
@click.argument("kind", type=click.Choice(list(schema.KINDS)), required=False)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Write each to a file of this folder.")
@click.option("--content", type=click.Path(file_okay=False, path_type=Path), default="content", help="The guide.")
@as_of_option
def schema_command(kind: str | None, to: Path | None, content: Path, as_of: date) -> None:
    """Print the JSON Schema of one kind of file, for completion in an editor; without KIND, of all.

    Fields that name something of the guide list its names.
    """
    guide, _ = read(content, as_of)
    found = {name: schema.of(name, guide) for name in ([kind] if kind else schema.KINDS)}
    if to is None:
        click.echo(json.dumps(found[kind] if kind else found, indent=2, ensure_ascii=False))
        return
    to.mkdir(parents=True, exist_ok=True)
    for name, content_of in found.items():
        text = json.dumps(content_of, indent=2, ensure_ascii=False)
        safefile.replace(to / f"{name}.json", f"{text}\n")


@main.command()
def rules() -> None:
    """Print the rules as CONTRIBUTING.md shows them."""
    click.echo(rulespage.text(), nl=False)
