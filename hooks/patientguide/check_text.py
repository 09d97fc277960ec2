"""What stands in texts: citations, links and local settings must name something that exists, and nothing is raw."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from patientguide import citations, links, prose, routes
from patientguide.guide import Guide
from patientguide.problems import Place, Problem, Severity, suggest
from patientguide.yamlfile import Path

PAGE_PARTS = ("pathway", "trials")
"""What a hand-written page may ask for with {part:NAME}."""


def texts(guide: Guide) -> Iterator[tuple[str, str, Callable[[int], Place]]]:
    """Every text an editor wrote, with its file and a way to find the place of a character in it."""
    files = [entry.facts for entry in guide.entries] + list(guide.records.values())
    for file in files:
        for path, text in _strings(file.data, ()):
            place = file.place(path)
            yield file.path, text, lambda _, place=place: place  # type: ignore[misc]
    for entry in guide.entries:
        yield entry.path, entry.body, entry.body_place


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, (*path, number))


@dataclass(frozen=True)
class _Context:
    """Where a token stands, and what it may refer to."""

    guide: Guide
    path: str
    is_page: bool
    table: Mapping[str, routes.Target]


class Fault(NamedTuple):
    """What is wrong with a token, and how many characters into it."""

    code: str
    message: str
    advice: str
    offset: int = 0


def marks(guide: Guide) -> Iterator[Problem]:
    """Citations, links and {local:...} must name something that exists; HTML and template signs are not allowed."""
    table = routes.sources(guide)
    pages = {entry.path for entry in guide.pages}
    for path, text, place in texts(guide):
        context = _Context(guide, path, path in pages, table)
        for token in prose.tokens(text):
            for fault in _FAULTS.get(token.kind, _none)(token, context):
                yield Problem(place(token.start + fault.offset), fault.code, fault.message, fault.advice)


def _none(_: prose.Token, __: _Context) -> Iterator[Fault]:
    yield from ()


def _cite(token: prose.Token, context: _Context) -> Iterator[Fault]:
    group = citations.read(token.text)
    if group is None:
        yield Fault("bad-citation", f"'{token.text}' is not a citation.", "Write [@key], [@one; @two] or [@key, p. 4].")
    for citation in group or []:
        if citation.key not in context.guide.references:
            message = f"There is no source '{citation.key}' in content/references/."
            yield Fault("unknown-citation", message, suggest(citation.key, context.guide.references))


def _link(token: prose.Token, context: _Context) -> Iterator[Fault]:
    if wrong := links.fault(token.group("target"), context.path, context.table):
        yield Fault("broken-link", *wrong)


def _local(token: prose.Token, context: _Context) -> Iterator[Fault]:
    known = context.guide.settings.local
    if token.group("name") not in known:
        yield Fault("unknown-local", f"'{token.text}' is not a local setting.", suggest(token.group("name"), known))


def _part(token: prose.Token, context: _Context) -> Iterator[Fault]:
    if not context.is_page or token.group("part_name") not in PAGE_PARTS:
        known = ", ".join(f"{{part:{name}}}" for name in PAGE_PARTS)
        yield Fault("unknown-part", f"'{token.text}' cannot stand here.", f"Parts belong into pages of docs/: {known}.")


def _html(token: prose.Token, _: _Context) -> Iterator[Fault]:
    yield Fault("html", f"'{token.text[:40]}' is HTML.", "Write plain Markdown, and 'less than' in words.")


def _footnote(token: prose.Token, _: _Context) -> Iterator[Fault]:
    yield Fault("hand-made-note", f"'{token.text}' is a note made by hand.", "Cite a source instead: [@key].")


def _plain(token: prose.Token, _: _Context) -> Iterator[Fault]:
    for sign in ("{", "]("):
        if (offset := token.text.find(sign)) >= 0:
            advice = "Remove it. Links are [words](file.md), settings {local:name}."
            yield Fault("stray-sign", f"'{sign}' would be shown as it stands.", advice, offset)


_FAULTS: Mapping[str, Callable[[prose.Token, _Context], Iterator[Fault]]] = {
    "cite": _cite,
    "link": _link,
    "local": _local,
    "part": _part,
    "tag": _html,
    "svg": _html,
    "footnote": _footnote,
    "plain": _plain,
}


def headings(guide: Guide) -> Iterator[Problem]:
    """A heading carries no citation, and a page has no second main title."""
    for entry in guide.entries:
        for number, line in enumerate(entry.body.split("\n")):
            place = Place(entry.path, entry.body_line + number)
            if line.startswith("#") and entry.kind == "faqs":
                message = "An answer has no headings."
                yield Problem(place, "heading-in-answer", message, "Write paragraphs, or several questions.")
            elif line.startswith("# "):
                yield Problem(place, "second-title", "A page has one title.", "Start the line with ## instead.")
            elif line.startswith("#") and "[@" in line:
                place = Place(entry.path, entry.body_line + number, line.index("[@") + 1)
                yield Problem(
                    place,
                    "citation-in-heading",
                    "A heading carries no citation.",
                    "Move it to the text below.",
                )


def unused_sources(guide: Guide) -> Iterator[Problem]:
    """Every source in content/references/ should be cited somewhere."""
    used = {guide.settings.names_source}
    for _, text, _ in texts(guide):
        if "@" in text:
            used.update(citations.keys(text))
    for key in guide.references:
        if key not in used:
            yield Problem(
                Place(f"content/references/{key}.yml"),
                "unused-source",
                f"Nothing cites '{key}'.",
                "Cite it, or delete the file.",
                Severity.WARNING,
            )
