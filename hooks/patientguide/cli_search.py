"""The command `patientguide search`: what a reader would find, and why."""

import json
import sys
from datetime import date
from pathlib import Path

import click

from patientguide import searchindex
from patientguide.options import as_of_option, content_option, guide_or_exit
from patientguide.searchrank import Answer, Engine, Hit


@click.command()
@click.argument("query", nargs=-1, required=True, metavar="WORDS...")
@content_option
@as_of_option
@click.option(
    "--format", "form", type=click.Choice(["json", "text"]), default="text", help="How to print what is found."
)
def search(query: tuple[str, ...], content: Path, as_of: date, form: str) -> None:
    """Show what readers find who type WORDS: rank, score, page, section, and the words that each was found by.

    Exits with 0 when something is found, 1 when nothing is or the guide has errors, and 2 when it could not run.
    """
    guide, _ = guide_or_exit(content, as_of)
    answer = Engine(searchindex.index(guide)).find(" ".join(query))
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
            "words": hit.words,
        }
        for rank, hit in _ranked(answer)
    ]
    found = {"meant": answer.meant, "unknown": answer.unknown, "hits": hits}
    return json.dumps(found, indent=2, ensure_ascii=False)
