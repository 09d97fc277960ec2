"""The command `patientguide`: the edge where problems are printed and exit codes are set."""

import errno
import json
import os
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from patientguide.authoring import scaffold
from patientguide.build import prepare, stage
from patientguide.checks import runner
from patientguide.cli import edit, links, review, sources
from patientguide.cli.common import (
    as_of_option,
    content_option,
    format_option,
    guide_or_exit,
    in_project,
    show_problems,
)
from patientguide.content import json_schema
from patientguide.core.files import SiteError, os_error_text, other_files, swap_site, write_file, write_folder
from patientguide.core.problems import has_errors
from patientguide.export import booklet, chromium
from patientguide.export.feeds import files as files_beside
from patientguide.export.offline import archive
from patientguide.model import routes
from patientguide.model.fields import Language, Words
from patientguide.model.guide import EXAMPLE
from patientguide.pages.drafts import build
from patientguide.pages.navigation import menu
from patientguide.project import load, read_guide
from patientguide.search import index
from patientguide.search.engine import Answer, Engine, Hit

# -- serve, for those without make


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Where on this computer.")
def serve(port: int) -> None:
    """Show a live preview of the guide. It reloads when you save a file. Control-C ends it."""
    if not Path("mkdocs.yml").is_file():
        raise click.UsageError("There is no mkdocs.yml here. Go to the folder of the guide first.")
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    try:
        done = subprocess.run(command, env={"NO_MKDOCS_2_WARNING": "1", **os.environ}, check=False)  # noqa: S603
    except KeyboardInterrupt:
        return
    sys.exit(done.returncode)


# -- offline


@click.command()
@click.argument("site", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write.")
def offline(site: Path, to: Path) -> None:
    """Pack a built SITE as one zip. It opens without a server or a network."""
    if not (site / "index.html").is_file():
        raise click.UsageError(f"'{site}' is not a built site: run make site first.")
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        write_file(to, [archive(files, to.stem)])
    except OSError as error:
        raise click.UsageError(f"'{to}' was left as it is: it could not be written ({error.strerror}).") from None
    click.echo(f"Wrote {to}: unpack it and open {to.stem}/index.html.")


# -- booklet


@click.command("booklet")
@click.argument("site", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write.")
@click.option("--language", help="A translation, such as es. Without it, the guide itself.")
@click.option("--sheet", type=click.Choice(booklet.SHEETS), default=booklet.SHEETS[0], show_default=True, help="Paper.")
@content_option
@as_of_option
def booklet_command(site: Path, to: Path, language: str | None, sheet: str, content: Path, as_of: date) -> None:
    """Print a built SITE as one PDF, with contents, page numbers and sources. It needs Chromium."""
    guide, _ = guide_or_exit(content, as_of)
    editions = {one.settings.language: one for one in (guide, *guide.editions)}
    if language and language not in editions:
        raise click.UsageError(f"The guide is not in '{language}'. It is in: {', '.join(editions)}.")
    browser = chromium.find()
    if browser is None:
        raise click.UsageError("No browser that prints was found. Install Chromium, for instance: apt install chromium")
    edition = editions[language or guide.settings.language]
    found = booklet.chapters(edition)
    missing = [one.file for one in found if not (site / one.file).is_file()]
    if missing:
        raise click.UsageError(f"'{site}' is not the built site of this guide: it has no {missing[0]}. Run make site.")
    pages = [(one, (site / one.file).read_text(encoding="utf-8")) for one in found]
    draft = booklet.Booklet(edition, pages, f"{site.resolve().as_uri()}/", sheet)
    try:
        first = booklet.printed(chromium.to_pdf(browser, draft.html()))
        pdf = chromium.to_pdf(browser, draft.html(first.numbers))
        to.parent.mkdir(parents=True, exist_ok=True)
        write_file(to, [booklet.dated(pdf, draft.changed)])
    except chromium.PrintError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"'{to}' was left as it is: it could not be written ({error.strerror}).") from None
    click.echo(f"Wrote {to}: {first.sheets} pages of {sheet} paper.")


# -- replace-site, the last step of `make site`


@click.command(name="replace-site", hidden=True)
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("site", type=click.Path(path_type=Path))
def replace_site(new: Path, site: Path) -> None:
    """Replace SITE by the built site NEW, so that either the old or the new one is there completely."""
    try:
        left = swap_site(new, site)
    except SiteError as error:
        raise click.ClickException(str(error)) from None
    if left:
        click.echo(f"The new site is in place. Parts of the last one could not be removed: {left}", err=True)


# -- search


@click.command()
@click.argument("query", nargs=-1, required=True, metavar="WORDS...")
@content_option
@as_of_option
@click.option(
    "--format", "form", type=click.Choice(["json", "text"]), default="text", help="How to print what is found."
)
def search(query: tuple[str, ...], content: Path, as_of: date, form: str) -> None:
    """Show what readers find who search for WORDS.

    Prints rank, score, page, section and the matching words. Exits with 0 if something is found, 1 if nothing is or the
    guide has errors, and 2 if it could not run.
    """
    guide, _ = guide_or_exit(content, as_of)
    answer = Engine(index.index(guide)).find(" ".join(query))
    click.echo(_as_json(answer) if form == "json" else _as_text(answer))
    sys.exit(0 if answer.hits else 1)


def _as_text(answer: Answer) -> str:
    lines = [f"Showing results for: {answer.meant}"] if answer.meant else []
    lines += [f"{rank:2}. {hit.score:6.2f}  {_where(hit)}  [{', '.join(hit.words)}]" for rank, hit in _ranked(answer)]
    if not answer.hits:
        lines.append("Nothing is found.")
    if answer.unknown:
        words = ", ".join(answer.unknown)
        lines.append(
            f"Words that mean nothing here: {words}. Add them to also_called, lay or search.same if they should."
        )
    return "\n".join(lines)


def _where(hit: Hit) -> str:
    section = f" > {hit.section[1]}" if hit.section else ""
    return f"/{hit.unit.url}  {hit.unit.title}{section}"


def _ranked(answer: Answer) -> list[tuple[int, Hit]]:
    return list(enumerate(answer.hits, start=1))


def _as_json(answer: Answer) -> str:
    hits = [
        {
            "rank": rank,
            "score": hit.score,
            "page": f"/{hit.unit.url}",
            "title": hit.unit.title,
            "section": hit.section[1] if hit.section else None,
            "text": hit.text,
            "urgent": hit.urgent,
            "words": hit.words,
        }
        for rank, hit in _ranked(answer)
    ]
    found = {"meant": answer.meant, "unknown": answer.unknown, "near": answer.near, "asks": answer.asks, "hits": hits}
    return json.dumps(found, indent=2, ensure_ascii=False)


# -- init


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
    return scaffold.requirement(installed.version, installed.read_text("direct_url.json"))


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--condition", required=True, callback=_words, help='As you would write it in a sentence: "hay fever".')
@click.option("--title", callback=_words, help="The name of the guide.")
@click.option("--region", default=f"{EXAMPLE}: a region", callback=_words, help="Where its facts hold.")
@click.option("--language", default="en", show_default=True, callback=_language, help="The code of its language.")
@as_of_option
def init(target: Path, condition: str, title: str | None, region: str, language: str, as_of: date) -> None:
    """Start a new guide in DIR.

    It has settings, an example of each kind, pages and workflows. It builds and passes `check` at once. Every page says
    that it is not ready until the last example text is gone. DIR must be new or empty; nothing is ever replaced.
    """
    name = title or _valid(Words, scaffold.title(condition), _TEXT)
    begun = scaffold.guide_files(scaffold.NewGuide(name, condition, region, language, _requirement()), as_of)
    if other_files(target, begun):
        raise click.BadParameter(f"{target} holds other files. Name a new folder.", param_hint="DIR")
    try:
        write_folder(target, begun)
    except OSError as error:
        raise click.ClickException(f"{target} was not written: {os_error_text(error) or error}") from None
    click.echo(f"Wrote {len(begun)} files to {target}. Next: cd {target} && make serve")


# -- patientguide


class Edge(click.Group):
    """The command group. Errors of the system become a sentence here; bugs stay a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(context)
        except OSError as error:
            said = os_error_text(error)
            # A reader of our output, such as `head`, may stop early: then click exits quietly.
            if said is None or error.errno == errno.EPIPE:
                raise
            raise click.ClickException(said) from None


@click.group(cls=Edge, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check a patient guide and turn it into pages."""


main.add_command(init)
main.add_command(edit.new)
main.add_command(edit.sign)
main.add_command(edit.import_command)
main.add_command(edit.migrate)
main.add_command(links.links)
main.add_command(offline)
main.add_command(booklet_command)
main.add_command(review.diff)
main.add_command(review.overdue)
main.add_command(review.evidence_command)
main.add_command(search)
main.add_command(serve)
main.add_command(replace_site)
main.add_command(sources.sources)
main.add_command(sources.cite)
main.add_command(sources.trials)
main.add_command(edit.translate)
main.add_command(edit.translated_command)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@content_option
@as_of_option
@format_option
@click.option("--ready", is_flag=True, help="Fail as well while example texts are left, as before publishing.")
def check(files: tuple[Path, ...], content: Path, as_of: date, form: str, ready: bool) -> None:
    """Report every problem of the content.

    Each has a place and advice. With FILES, only problems in these files or folders. Exits with 0 if there are no
    errors, 1 if there are, and 2 if it could not run.
    """
    _, problems = load(content, as_of)
    if files:
        names = [in_project(file, content) for file in files]
        problems = [p for p in problems if any(f"{p.place.path}/".startswith(f"{name}/") for name in names)]
    show_problems(problems, form, content)
    stopped = has_errors(problems) or (ready and any(problem.code == "example" for problem in problems))
    sys.exit(1 if stopped else 0)


@main.command(name="stage")
@click.argument("target", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@content_option
@as_of_option
def stage_command(target: Path, content: Path, as_of: date) -> None:
    """Write the guide to DIR as plain Markdown, for any engine.

    DIR gets an mkdocs.yml. A DIR that this command wrote before is replaced; any other must be empty or new.
    """
    guide, problems = guide_or_exit(content, as_of)
    try:
        root, site_url = content.resolve().parent, stage.address(content.resolve().parent)
        pages = build(guide, problems, site_url)
        beside = files_beside(guide, {page.uri: page.cites for page in pages}, site_url)
        front_matter = prepare.front_matter(guide, {page.uri: page.title for page in pages})
        project = stage.Project(
            *(guide.settings.title, guide.settings.language, pages, beside, guide.assets, menu(guide), front_matter),
            routes.address(guide.settings.safety_page)[1:],
        )
        stage.write(target.resolve(), root, project)
    except stage.StageError as error:
        raise click.UsageError(str(error)) from None


@main.command(name="schema")
@click.argument("kind", required=False)
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Write each to a file of this folder.")
@click.option("--content", type=click.Path(file_okay=False, path_type=Path), default="content", help="The guide.")
@as_of_option
def schema_command(kind: str | None, to: Path | None, content: Path, as_of: date) -> None:
    """Print the JSON Schema of one KIND of file, or of all.

    It is for completion in an editor: fields that refer to parts of the guide list their names.
    """
    guide, _ = read_guide(content, as_of)
    kinds = json_schema.models(guide)
    if kind and kind not in kinds:
        raise click.BadParameter(f"There is no kind '{kind}'. It is one of: {', '.join(kinds)}.")
    found = {name: json_schema.json_schema(name, guide) for name in ([kind] if kind else kinds)}
    if to is None:
        click.echo(json.dumps(found[kind] if kind else found, indent=2, ensure_ascii=False))
        return
    to.mkdir(parents=True, exist_ok=True)
    for name, content_of in found.items():
        text = json.dumps(content_of, indent=2, ensure_ascii=False)
        write_file(to / f"{name}.json", f"{text}\n")


@main.command()
def rules() -> None:
    """Print the rules as CONTRIBUTING.md shows them."""
    click.echo(runner.rules_table(), nl=False)
