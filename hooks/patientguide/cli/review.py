"""Commands for reviewers: `diff` writes the review pack, `evidence` shows statements beside passages, `overdue`."""

import sys
import tempfile
from datetime import date
from pathlib import Path

import click

from patientguide.changes import compare
from patientguide.changes.compare import Changes, Side
from patientguide.changes.report import html, markdown
from patientguide.cli.common import as_of_option, content_option, show_problems
from patientguide.core import files, git
from patientguide.core.cache import bytes_hash
from patientguide.core.problems import suggest
from patientguide.model.settings import Settings
from patientguide.project import read_guide
from patientguide.review import evidence
from patientguide.review.status import overdue_problems, overdue_report


@click.command()
@click.argument("base", metavar="BASE")
@click.option(
    "--to",
    "target",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default="build/review",
    show_default=True,
    help="Where to write.",
)
@content_option
@as_of_option
def diff(base: str, target: Path, content: Path, as_of: date) -> None:
    """Write a review pack of the changes against BASE.

    It compares the working tree with BASE, which is a git revision, such as origin/main, or a folder with another
    checkout. The pack in DIR is for people who approve the change.

    Exits with 0 if all is well, 1 if there are errors or a section became too hard to read, and 2 if it could not run.
    """
    root = content.resolve().parent
    if any(target.resolve().is_relative_to(root / name) for name in (content.resolve().name, git.DOCS)):
        raise click.UsageError(f"{target} is a part of the guide itself; name another folder.")
    try:
        with git.unpacked(base, content) as other:
            found, name = _compare(other.content, content, as_of), other.name
        for file, text in (("index.html", html), ("summary.md", markdown)):
            _write(target, file, text(found, name, as_of))
    except git.BaseError as error:
        raise click.UsageError(str(error)) from None
    click.echo("\n".join([*found.headlines, f"The review pack is {target / 'index.html'}, in short summary.md."]))
    sys.exit(1 if found.failed else 0)


def _compare(old: Path, new: Path, today: date) -> Changes:
    """The changes between two content folders. If only one guide.yml is readable, it is used for both."""
    before, after = _side(old, today), _side(new, today)
    if before.guide is None and after.guide is not None:
        before = _side(old, today, after.guide.settings)
    elif after.guide is None and before.guide is not None:
        after = _side(new, today, before.guide.settings)
    return compare.compare(before, after)


def _side(content: Path, today: date, settings: Settings | None = None) -> Side:
    guide, problems = read_guide(content, today, settings)
    docs = content.resolve().parent / git.DOCS
    names = guide.assets if guide else ()
    hashes = {f"docs/{name}": bytes_hash((docs / name).read_bytes()) for name in names}
    return Side(guide, problems, hashes, borrowed=guide is not None and settings is not None)


def _write(folder: Path, name: str, text: str) -> None:
    """Write a file atomically; an existing file or link is replaced, never written through."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        file = Path(made) / name
        file.write_text(text, encoding="utf-8")
        file.replace(folder / name)


@click.command()
@content_option
@as_of_option
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the list to a Markdown file as well."
)
def overdue(content: Path, as_of: date, report: Path | None) -> None:
    """List what is overdue: waivers, reviews, sources and texts.

    Time alone causes these warnings. Exits with 0 whatever is due, and with 2 if it could not run.
    """
    guide, problems = read_guide(content, as_of)
    if guide is None:
        show_problems(problems, "text", content)
        sys.exit(2)
    found = overdue_problems(problems)
    show_problems(found, "text", content)
    if report:
        try:
            report.parent.mkdir(parents=True, exist_ok=True)
            files.write_file(report, overdue_report(found, as_of))
        except OSError as error:
            raise click.UsageError(f"{report} could not be written: {error.strerror}.") from None


@click.command("evidence")
@click.argument("name", metavar="ENTRY")
@content_option
@as_of_option
@click.option("--waiting", is_flag=True, help="Only statements that wait for a check, or whose passage changed.")
def evidence_command(name: str, content: Path, as_of: date, waiting: bool) -> None:
    """Print each statement of ENTRY with the words of the sources that it rests on.

    Those whose words changed in the source, as `patientguide sources --passages` found, come first. For a medicine, the
    warnings of its labels follow, each with the lines that tell it, or the reason why it is left out.

    ENTRY is the name of a text, such as faqs/first-question, or the path of its file.
    """
    guide, problems = read_guide(content, as_of)
    if guide is None:
        show_problems(problems, "text", content)
        sys.exit(2)
    paths = {**{entry.name: entry.path for entry in guide.entries}, "glossary": "content/glossary.yml"}
    path = paths.get(name) or next((path for path in paths.values() if name.endswith(path)), None)
    if path is None:
        raise click.UsageError(f"There is no text '{name}'. {suggest(name, paths)}")
    found = evidence.evidence_of(guide, path)
    click.echo(evidence.as_text(found, waiting), nl=False)
    if not waiting:
        click.echo(evidence.labels_as_text(guide, path, found), nl=False)
