"""The command that takes what editors have already: references, words and medicines from files of other programs."""

import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

import click

from patientguide import safefile
from patientguide.guide import Guide
from patientguide.importing import medicines, references, table, words
from patientguide.importing.rows import MAX_BYTES, Row, decoded
from patientguide.options import as_of_option, check_evidence, content_option, format_option, guide_as_it_is, show
from patientguide.problems import Problem, has_errors

Read = tuple[list[Row], list[Problem]]
Reader = Callable[[str, str], Read]
_FORMATS = {"[": "csljson", "{": "csljson", "TY  -": "ris", "@": "bibtex"}
"""How the text of each format of references starts, remarks apart, and the module that reads it."""
_SUFFIXES = {".json": "csljson", ".ris": "ris", ".bib": "bibtex"}


def _columns(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(table.columns())
        context.exit()


@click.command(name="import")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice(["references", *table.KINDS]), help="What FILE holds, if that is unclear."
)
@click.option("--evidence", metavar="KIND", help="What kind of evidence all these references are: one of guide.yml.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@format_option
@click.option("--columns", is_flag=True, is_eager=True, expose_value=False, callback=_columns, help="List the columns.")
@content_option
@as_of_option
def import_command(
    file: Path, kind: str | None, evidence: str | None, dry_run: bool, form: str, content: Path, as_of: date
) -> None:
    """Take references, words or medicines from FILE.

    References come from Zotero (CSL JSON), BibTeX or RIS; words of the glossary and medicines from a CSV table. Every
    row is written whole, or reported with its line and the reason. Nothing is replaced. Exits with 0 when every row
    was written, 1 when one was not, and 2 when it could not run.
    """
    # bibtexparser logs what its answer says anyway.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    text = _text(file)
    guide = guide_as_it_is(content, as_of)
    kind = kind or _kind(text, file)
    if evidence and kind != "references":
        raise click.BadParameter("--evidence is for references only.")
    check_evidence(guide, evidence)
    rows, problems = _rows(text, file, kind)
    if problems and not rows:
        show(problems, form)
        sys.exit(2)
    written = _made(kind, rows, guide, content, as_of, evidence)
    if not dry_run:
        _write(written, content)
    _summary(kind, rows, problems, form, dry_run)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be opened ({error.strerror}).") from None
    text, problems = decoded(data, file.as_posix())
    if problems:
        show(problems, "text")
        sys.exit(2)
    return text


def _format(text: str, file: Path) -> str | None:
    """The format of references by the first line that is no remark, or else by the name of the file."""
    start = next((line.strip() for line in text.split("\n") if line.strip() and not line.startswith("%")), "")
    return next((name for sign, name in _FORMATS.items() if start.startswith(sign)), _SUFFIXES.get(file.suffix))


def _kind(text: str, file: Path) -> str:
    if _format(text, file):
        return "references"
    if found := table.kind_of(text):
        return found
    raise click.UsageError(f"{file} is no list or table that is known; say what it is with --as, or see --columns.")


def _rows(text: str, file: Path, kind: str) -> Read:
    if kind != "references":
        return table.read(text, file.as_posix(), table.KINDS[kind])
    name = _format(text, file)
    if name is None:
        raise click.UsageError(f"{file} is neither CSL JSON, nor BibTeX, nor RIS.")
    # Loading what reads LaTeX takes a while: other commands, and other formats, do without.
    reader: Reader = import_module(f"patientguide.importing.{name}").read
    return reader(text, file.as_posix())


def _made(
    kind: str, rows: Sequence[Row], guide: Guide, content: Path, as_of: date, evidence: str | None
) -> dict[Path, tuple[str, Row | None]]:
    """The new text of each file; a row for each that is new."""
    if kind == "glossary":
        file = content / "glossary.yml"
        try:
            before = file.read_text(encoding="utf-8-sig") if file.exists() else ""
            after = words.text(rows, guide, before, as_of.isoformat())
        except (OSError, UnicodeDecodeError, words.CannotAddError) as error:
            raise click.UsageError(f"Nothing was written. {error}") from None
        return {} if all(row.is_refused for row in rows) else {file: (after, None)}
    suffix = ".yml" if kind == "references" else ".md"
    taken = {path.stem for path in (content / kind).glob(f"*{suffix}")}
    if kind == "references":
        texts = references.files(rows, references.Shelf(guide, taken, as_of.isoformat(), evidence))
    else:
        texts = medicines.files(rows, guide, taken, as_of)
    kept = [row for row in rows if not row.is_refused]
    return {
        content / kind / f"{name}{suffix}": (text, row) for (name, text), row in zip(texts.items(), kept, strict=True)
    }


def _write(written: dict[Path, tuple[str, Row | None]], content: Path) -> None:
    for file, (text, row) in written.items():
        try:
            if file.parent.is_symlink() or file.is_symlink():
                raise OSError(0, "its folder or itself is a link to another place")
            file.parent.mkdir(exist_ok=True)
            if row is None:
                safefile.replace(file, text)
            else:
                safefile.create(file, text)
        except OSError as error:
            if row is None:
                raise click.UsageError(f"{file} was left as it is ({error.strerror}).") from None
            name = os.path.relpath(file, content)
            row.refuse("import-file", f"{name} was not written ({error.strerror}).", "Look at that file.")


def _summary(kind: str, rows: Sequence[Row], problems: list[Problem], form: str, dry_run: bool) -> None:
    show([*problems, *(problem for row in rows for problem in row.problems)], form)
    to_stderr = form != "text"
    left_out: Counter[str] = sum((row.left_out for row in rows), Counter())
    if left_out:
        said = ", ".join(f"{name} ({count})" for name, count in sorted(left_out.items()))
        click.echo(f"Left out, because a source has no place for it: {said}.", err=to_stderr)
    refused = sum(row.is_refused for row in rows)
    noun = {"references": "references", "glossary": "words", "medications": "medicines"}[kind]
    would = "would be written" if dry_run else "written"
    click.echo(f"{len(rows) - refused} of {len(rows)} {noun} {would}, {refused} reported.", err=to_stderr)
    if kind == "references" and refused < len(rows):
        click.echo("Read each source, choose its kind of evidence, and write read: true.", err=to_stderr)
    sys.exit(1 if refused or has_errors(problems) else 0)
