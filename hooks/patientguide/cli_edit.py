"""The commands that write: a new file of a kind, and a sign-off."""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import yaml

from patientguide import safefile, signoff, starting
from patientguide.fields import ID_PATTERN
from patientguide.guide import Guide
from patientguide.options import as_of_option, begin, content_option, guide_or_exit, show
from patientguide.people import Review
from patientguide.problems import Severity, suggest
from patientguide.rules.people import PEOPLE

HEAD = "# Who reviewed what. Only `patientguide sign` writes this file: a date changed by hand is refused.\n"


@click.command()
@click.argument("kind", type=click.Choice(list(starting.KINDS)))
@click.argument("id_", metavar="ID")
@content_option
@as_of_option
def new(kind: str, id_: str, content: Path, as_of: date) -> None:
    """Write a starting file: every field with what it means, as a draft that is not published yet.

    ID is the name of the file and the last part of its address: small letters, digits and hyphens.
    """
    if not re.fullmatch(ID_PATTERN, id_) or len(id_) > 80:
        raise click.BadParameter(f"'{id_}' must be small letters, digits and single hyphens, as in new-entry.")
    guide, _ = guide_or_exit(content, as_of)
    path = starting.path(kind, id_)
    file = content.parent / path if kind == "pages" else content / path.removeprefix("content/")
    begin(file, starting.text(kind, guide, as_of))
    click.echo(f"Wrote {file}. Fill in what says 'To do', then run: patientguide check {file}")


@click.command()
@click.argument("entry")
@click.option("--by", required=True, metavar="PERSON", help="Your id in people.yml.")
@content_option
@as_of_option
def sign(entry: str, by: str, content: Path, as_of: date) -> None:
    """Record that you reviewed ENTRY: its whole text against its sources.

    ENTRY is a name such as therapies/new-entry, or the path of a file. Any later edit of the text or its sources voids
    the record by itself.
    """
    guide, _ = guide_or_exit(content, as_of)
    person = next((person for person in guide.people if person.id == by), None)
    if person is None:
        raise click.BadParameter(f"There is no '{by}' in people.yml. {suggest(by, [p.id for p in guide.people])}")
    name = _name(entry, guide)
    review = signoff.sign(guide, name, person, as_of)
    reviews = (*(r for r in guide.reviews if (r.entry, r.by) != (review.entry, review.by)), review)
    signed = replace(guide, reviews=reviews, lookups={})
    if wrong := [p for rule in PEOPLE.rules for p in rule(signed) if p.severity is Severity.ERROR]:
        show(wrong, "text", content)
        sys.exit(1)
    safefile.replace(content / "reviews.yml", _written(reviews))
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
