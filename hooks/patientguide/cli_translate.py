"""The commands for translations: a starting file in another language, and the mark of the text it was made of."""

import sys
from datetime import date
from pathlib import Path

import click

from patientguide import safefile, translated, words
from patientguide.guide import Guide
from patientguide.load import read
from patientguide.options import as_of_option, begin, content_option, show
from patientguide.problems import has_errors, suggest


@click.command()
@click.argument("language", type=click.Choice(words.LANGUAGES))
@click.argument("entry")
@content_option
@as_of_option
def translate(language: str, entry: str, content: Path, as_of: date) -> None:
    """Write a starting file for ENTRY in another LANGUAGE: the words of the source, as a draft.

    ENTRY is a name such as phases/surgery or pages/index, or guide or glossary.
    """
    source = _source(content, as_of)
    name = _known(entry.removesuffix(".md").removesuffix(".yml"), source)
    if language == source.settings.language:
        raise click.BadParameter(f"'{language}' is the language of this guide itself.")
    file = _file(content, language, name)
    begin(file, translated.starting(source, name))
    click.echo(f"Wrote {file}. Put its words into the language, then run: patientguide check {file}")


@click.command(name="translated")
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@content_option
@as_of_option
def translated_command(entries: tuple[str, ...], content: Path, as_of: date) -> None:
    """Record that each ENTRY is a translation of its source as that is now.

    ENTRY is a name such as es/phases/surgery, or the path of a file. Run it when you have read both: from then on,
    readers are told as soon as the source text changes.
    """
    source = _source(content, as_of)
    for entry in entries:
        language, _, rest = entry.replace(f"{content.as_posix()}/", "").removeprefix("content/").partition("/")
        name = _known(rest.removesuffix(".md").removesuffix(".yml"), source)
        file = _file(content, language, name)
        if language not in words.LANGUAGES or not file.is_file():
            raise click.BadParameter(f"There is no translation '{entry}'. Write one such as es/{name}.")
        text = file.read_text(encoding="utf-8")
        mark = translated.mark_of(source, name)
        safefile.replace(file, translated.marked(text, mark, is_entry="/" in name))
        click.echo(f"{file} is a translation of {name} as it is now.")


def _source(content: Path, as_of: date) -> Guide:
    """The guide in its own language, whatever is wrong with its translations."""
    guide, problems = read(content, as_of)
    own = [p for p in problems if p.place.path.split("/")[1:2] not in [[name] for name in words.LANGUAGES]]
    if guide is None or has_errors(own):
        show(own, "text", content)
        sys.exit(1)
    return guide


def _known(name: str, source: Guide) -> str:
    names = list(translated.names(source))
    if name not in names:
        raise click.BadParameter(f"There is no entry '{name}' in the source language. {suggest(name, names)}")
    return name


def _file(content: Path, language: str, name: str) -> Path:
    return content / language / f"{name}.{'md' if '/' in name else 'yml'}"
