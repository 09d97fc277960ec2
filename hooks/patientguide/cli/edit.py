"""Commands that write content: new files, sign-offs, translations and imports."""

import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

import click
import yaml

from patientguide.authoring import csv_table, references, scaffold
from patientguide.authoring.rows import MAX_BYTES, Row, decoded
from patientguide.checks.people import PEOPLE
from patientguide.cli.common import (
    as_of_option,
    begin_changes,
    check_evidence,
    content_option,
    format_option,
    guide_as_it_is,
    guide_or_exit,
    show_problems,
)
from patientguide.core import files, i18n
from patientguide.core.problems import Problem, Severity, has_errors, suggest
from patientguide.model.fields import ID_PATTERN
from patientguide.model.guide import Guide
from patientguide.model.records import Review
from patientguide.project import read_guide
from patientguide.review import signoff

# -- new files and sign-offs


HEAD = "# Who reviewed what. Only `patientguide sign` writes this file: a date changed by hand is refused.\n"


@click.command()
@click.argument("kind")
@click.argument("id_", metavar="ID")
@content_option
@as_of_option
def new(kind: str, id_: str, content: Path, as_of: date) -> None:
    """Write a starting file: a draft with every field explained.

    KIND is the folder of entries, such as therapies, or pages or references. ID is the name of the file and the last
    part of its address: small letters, digits and hyphens.
    """
    if not re.fullmatch(ID_PATTERN, id_) or len(id_) > 80:
        raise click.BadParameter(f"'{id_}' must be small letters, digits and single hyphens, as in new-entry.")
    guide, _ = guide_or_exit(content, as_of)
    if kind not in scaffold.kinds(guide):
        raise click.BadParameter(f"There is no kind '{kind}'. It is one of: {', '.join(scaffold.kinds(guide))}.")
    path = scaffold.entry_path(kind, id_)
    file = content.parent / path if kind == "pages" else content / path.removeprefix("content/")
    begin_changes(file, scaffold.entry_text(kind, guide, as_of))
    click.echo(f"Wrote {file}. Fill in what says 'To do', then run: patientguide check {file}")


@click.command()
@click.argument("entry")
@click.option("--by", required=True, metavar="PERSON", help="Your id in people.yml.")
@content_option
@as_of_option
def sign(entry: str, by: str, content: Path, as_of: date) -> None:
    """Record that you reviewed ENTRY.

    This means that you compared its whole text with its sources. ENTRY is a name such as therapies/new-entry, or the
    path of a file. Any later change of the text or its sources makes the record invalid.
    """
    guide, _ = guide_or_exit(content, as_of)
    person = next((person for person in guide.people if person.id == by), None)
    if person is None:
        raise click.BadParameter(f"There is no '{by}' in people.yml. {suggest(by, [p.id for p in guide.people])}")
    name = _name(entry, guide)
    review = signoff.sign(guide, name, person, as_of)
    reviews = (*(r for r in guide.reviews if (r.entry, r.by) != (review.entry, review.by)), review)
    signed = replace(guide, reviews=reviews)
    if wrong := [p for rule in PEOPLE.rules for p in rule(signed) if p.severity is Severity.ERROR]:
        show_problems(wrong, "text", content)
        sys.exit(1)
    files.write_file(content / "reviews.yml", _written(reviews))
    click.echo(f"{person.name} signed {name} on {review.on}. The next review is due in {review.until}.")


def _name(entry: str, guide: Guide) -> str:
    names = signoff.signable(guide)
    name = entry.removeprefix("content/").removeprefix("docs/").removesuffix(".md").removesuffix(".yml")
    name = f"pages/{name}" if f"pages/{name}" in names else name
    if name not in names:
        raise click.BadParameter(f"There is no entry '{entry}'. {suggest(name, names)}")
    return name


def _written(reviews: Iterable[Review]) -> str:
    records = [review.model_dump() for review in sorted(reviews, key=lambda review: (review.entry, review.by))]
    return HEAD + yaml.safe_dump(records, sort_keys=False, default_flow_style=False, default_style='"', width=10_000)


# -- translations: a starting file, and the fingerprint of its source


@click.command()
@click.argument("language", type=click.Choice(i18n.LANGUAGES))
@click.argument("entry")
@content_option
@as_of_option
def translate(language: str, entry: str, content: Path, as_of: date) -> None:
    """Write a draft of ENTRY in another LANGUAGE.

    It has the words of the source. ENTRY is a name such as phases/surgery or pages/index, or guide or glossary.
    """
    source = _source(content, as_of)
    name = _known(entry.removesuffix(".md").removesuffix(".yml"), source)
    if language == source.settings.language:
        raise click.BadParameter(f"'{language}' is the language of this guide itself.")
    file = _file(content, language, name)
    begin_changes(file, scaffold.translation_text(source, name))
    click.echo(f"Wrote {file}. Put its words into the language, then run: patientguide check {file}")


@click.command(name="translated")
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@content_option
@as_of_option
def translated_command(entries: tuple[str, ...], content: Path, as_of: date) -> None:
    """Record that ENTRY is a translation of its source.

    It is then tied to the current source text. ENTRY is a name such as es/phases/surgery, or the path of a file. Run it
    when you have read both: from then on, readers see a notice as soon as the source text changes.
    """
    source = _source(content, as_of)
    for entry in entries:
        language, _, rest = entry.replace(f"{content.as_posix()}/", "").removeprefix("content/").partition("/")
        name = _known(rest.removesuffix(".md").removesuffix(".yml"), source)
        file = _file(content, language, name)
        if language not in i18n.LANGUAGES or not file.is_file():
            raise click.BadParameter(f"There is no translation '{entry}'. Write one such as es/{name}.")
        text = file.read_text(encoding="utf-8")
        mark = scaffold.mark_of(source, name)
        files.write_file(file, scaffold.with_mark(text, mark, is_entry="/" in name))
        click.echo(f"{file} is a translation of {name} as it is now.")


def _source(content: Path, as_of: date) -> Guide:
    """The guide in its own language, despite errors in translations."""
    guide, problems = read_guide(content, as_of)
    own = [p for p in problems if p.place.path.split("/")[1:2] not in [[name] for name in i18n.LANGUAGES]]
    if guide is None or has_errors(own):
        show_problems(own, "text", content)
        sys.exit(1)
    return guide


def _known(name: str, source: Guide) -> str:
    names = list(scaffold.translation_paths(source))
    if name not in names:
        raise click.BadParameter(f"There is no entry '{name}' in the source language. {suggest(name, names)}")
    return name


def _file(content: Path, language: str, name: str) -> Path:
    return content / language / f"{name}.{'md' if '/' in name else 'yml'}"


# -- import: references, words and medicines from other programs


Read = tuple[list[Row], list[Problem]]
Reader = Callable[[str, str], Read]
_FORMATS = {"[": "csl_json", "{": "csl_json", "TY  -": "ris", "@": "bibtex"}
"""The start of each format of references, after comments, and the module that reads it."""
_SUFFIXES = {".json": "csl_json", ".ris": "ris", ".bib": "bibtex"}


def _columns(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(csv_table.columns())
        context.exit()


@click.command(name="import")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice(["references", *csv_table.KINDS]), help="What FILE holds, if that is unclear."
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
    """Import references, words or medicines from FILE.

    References come from Zotero (CSL JSON), BibTeX or RIS; words of the glossary and medicines from a CSV table. Every
    row is written whole, or reported with its line and the reason. Nothing is replaced. Exits with 0 if every row was
    written, 1 if one was not, and 2 if it could not run.
    """
    # bibtexparser also logs what its result contains.
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
        show_problems(problems, form)
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
        show_problems(problems, "text")
        sys.exit(2)
    return text


def _format(text: str, file: Path) -> str | None:
    """The format of references by the first line that is not a comment, or else by the name of the file."""
    start = next((line.strip() for line in text.split("\n") if line.strip() and not line.startswith("%")), "")
    return next((name for sign, name in _FORMATS.items() if start.startswith(sign)), _SUFFIXES.get(file.suffix))


def _kind(text: str, file: Path) -> str:
    if _format(text, file):
        return "references"
    if found := csv_table.kind_of(text):
        return found
    raise click.UsageError(f"{file} is no list or table that is known; say what it is with --as, or see --columns.")


def _rows(text: str, file: Path, kind: str) -> Read:
    if kind != "references":
        return csv_table.read(text, file.as_posix(), csv_table.KINDS[kind])
    name = _format(text, file)
    if name is None:
        raise click.UsageError(f"{file} is neither CSL JSON, nor BibTeX, nor RIS.")
    # Loading the LaTeX reader takes a while, and only this format needs it.
    reader: Reader = import_module(f"patientguide.authoring.{name}").read
    return reader(text, file.as_posix())


def _made(
    kind: str, rows: Sequence[Row], guide: Guide, content: Path, as_of: date, evidence: str | None
) -> dict[Path, tuple[str, Row | None]]:
    """The new text of each file, and its row if it is new."""
    if kind == "glossary":
        file = content / "glossary.yml"
        try:
            before = file.read_text(encoding="utf-8-sig") if file.exists() else ""
            after = csv_table.glossary_text(rows, guide, before, as_of.isoformat())
        except (OSError, UnicodeDecodeError, csv_table.CannotAddError) as error:
            raise click.UsageError(f"Nothing was written. {error}") from None
        return {} if all(row.is_refused for row in rows) else {file: (after, None)}
    suffix = ".yml" if kind == "references" else ".md"
    taken = {path.stem for path in (content / kind).glob(f"*{suffix}")}
    if kind == "references":
        texts = references.files(rows, references.KnownSources(guide, taken, as_of.isoformat(), evidence))
    else:
        texts = csv_table.medicine_files(rows, guide, taken, as_of)
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
                files.write_file(file, text)
            else:
                files.create_file(file, text)
        except OSError as error:
            if row is None:
                raise click.UsageError(f"{file} was left as it is ({error.strerror}).") from None
            name = os.path.relpath(file, content)
            row.refuse("import-file", f"{name} was not written ({error.strerror}).", "Look at that file.")


def _summary(kind: str, rows: Sequence[Row], problems: list[Problem], form: str, dry_run: bool) -> None:
    show_problems([*problems, *(problem for row in rows for problem in row.problems)], form)
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
        click.echo(
            "Choose the kind of evidence of each source, read it, and put the words that you rest on under passages:.",
            err=to_stderr,
        )
    sys.exit(1 if refused or has_errors(problems) else 0)


# The command that brings files of an earlier version up to date.


_READ = re.compile(
    r"^ +read: *(?:true|false) *(?:#.*)?\n|, *read: *(?:true|false)\b|\bread: *(?:true|false) *, *", re.MULTILINE
)


@click.command()
@content_option
def migrate(content: Path) -> None:
    """Bring sources of an earlier version up to date: `read:` goes, since only passages say what somebody read.

    Nothing is guessed: a statement waits for a check until it cites words of its source.
    """
    changed = 0
    for file in sorted((content / "references").glob("*.yml")):
        text = file.read_text(encoding="utf-8")
        if (new := _READ.sub("", text)) != text:
            files.write_file(file, new)
            changed += 1
    click.echo(f"{changed} files were changed.")
