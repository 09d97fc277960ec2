"""YAML as editors mean it: plain data, the place of every value, and no surprises.

PyYAML's own loader turns `1:30` into 90, `012` into 10 and `no` into False, and keeps the last of two equal keys
without a word. Here such text is refused, with advice, and so are aliases and tags, which data files do not need.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import yaml

from patientguide import textfile, yamlplain, yamlwords
from patientguide.buildcache import BuildCache, bytes_hash
from patientguide.problems import MANY, Place, Problem

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 20

Key = str | int
Path = tuple[Key, ...]

_QUOTED = ('"', "'", "|", ">")
_STRAIGHT = 'Write straight quotes, as in "text", before and after it.'
# YAML ends lines at more signs than editors do; a place beyond the last line of an editor is put at its end.
_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class YamlFile:
    """The data of a file, and where each value stands in its text, which starts on line `first_line`."""

    path: str
    text: str = field(default="", repr=False)
    first_line: int = 1
    digest: str = ""
    """A hash of its text."""

    @cached_property
    def data(self) -> Any:
        """What it says, as plain data."""
        return self._read()[0]

    @cached_property
    def places(self) -> Mapping[Path, Place]:
        """The place of each value by its path of keys and list positions."""
        return self._read()[1]

    def _read(self) -> tuple[Any, Mapping[Path, Place]]:
        builder = _Builder(self.path, self.first_line, self.text)
        return builder.document(yaml.parse(self.text, Loader=yaml.CSafeLoader)), builder.places

    def knowing(self, **found: Any) -> Self:
        """The same, with its data or places as they were found already."""
        vars(self).update(found)
        return self

    def forget(self, *names: str) -> None:
        """Free what can be read again from its text: data and places of a thousand files fill some megabytes."""
        for name in names:
            vars(self).pop(name, None)

    def place(self, path: Path) -> Place:
        """Where the value stands, or the nearest thing around it that exists."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.path))


def strings(value: Any, unless: Callable[[Any], bool] = lambda _: False, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in data that was read, with its path; a part is left out when `unless` says so of it."""
    if unless(value):
        return
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, unless, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from strings(item, unless, (*path, number))


def read(
    text: str, path: str, first_line: int = 1, cache: BuildCache | None = None
) -> tuple[YamlFile | None, list[Problem]]:
    """Read YAML `text` of the file `path`, whose first line is line `first_line` of that file.

    Answers the data and every refusal; None when the text is no YAML at all. A text without any is not read again
    while `cache` knows it.
    Problems: yaml-size, yaml-syntax, yaml-alias, yaml-tag, yaml-depth, yaml-duplicate-key, yaml-ambiguous, yaml-key,
    yaml-quotes.
    """
    key = bytes_hash(text.encode(errors="surrogatepass"))
    if cache and (known := cache.get("yaml", path, key)):
        return YamlFile(path, text, first_line, key).knowing(data=known[0]), []
    if len(text) > MAX_CHARACTERS:
        message = f"The file has more than {MAX_CHARACTERS:,} characters."
        return None, [Problem(Place(path, first_line), "yaml-size", message, "Split it into smaller files.")]
    builder = _Builder(path, first_line, text)
    try:
        data = builder.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except _RefusedError:
        return None, builder.problems
    except yaml.MarkedYAMLError as error:
        found = _syntax_problem(error, builder)
        return None, [*(problem for problem in builder.problems if problem.place != found.place), found]
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        # The reader counts bytes.
        before = (
            text[: error.start]
            if isinstance(error, UnicodeEncodeError)
            else text.encode()[: error.position].decode(errors="ignore")
        )
        place = Place(path, first_line + before.count("\n"), len(before) - before.rfind("\n"))
        advice = "Delete it and type the text again."
        return None, [Problem(place, "yaml-syntax", "There is a character here that cannot be shown.", advice)]
    if cache and not builder.problems:
        cache.put("yaml", path, key, [data])
    return YamlFile(path, text, first_line, key).knowing(data=data, places=builder.places), builder.problems


class _RefusedError(Exception):
    """Reading stopped: what follows could not be trusted."""


class _Builder:
    def __init__(self, path: str, first_line: int, text: str) -> None:
        self.lines = [*_LINE_END.split(text), ""]
        self.path, self.text = path, text
        self.first_line = first_line
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def document(self, events: Iterator[Any]) -> Any:
        data = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(event, "yaml-syntax", "A second document starts here.", "Remove the line ---.")
                    raise _RefusedError
            elif isinstance(event, yaml.NodeEvent):
                data = self.value(event, events, ())
        return data

    def value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        self.places.setdefault(path, self.at(event))
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.refuse(
                event,
                "yaml-alias",
                f"'{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}' is an alias.",
                "Write the text out, or put it between double quotes if you mean the sign itself.",
            )
            raise _RefusedError
        if event.tag is not None:
            self.refuse(event, "yaml-tag", f"'{event.tag}' is a tag.", "Put the text between double quotes.")
            raise _RefusedError
        if len(path) >= MAX_DEPTH:
            self.refuse(event, "yaml-depth", "This is nested too deeply.", "Use fewer levels.")
            raise _RefusedError
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        return self.mapping(events, path)

    def sequence(self, events: Iterator[Any], path: Path) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(event, events, (*path, len(items))))
        return items

    def mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse(event, "yaml-key", "A name must be a single word here.", "Write name: value.")
                raise _RefusedError
            if event.anchor or event.tag:
                self.refuse(
                    event, "yaml-tag", f"'{event.tag or event.anchor}' is no part of a name.", "Write name: value."
                )
                raise _RefusedError
            key = event.value
            self.seen(event)
            if key in items:
                self.refuse(event, "yaml-duplicate-key", f"'{key}' stands here a second time.", "Keep one of the two.")
            place = self.at(event)
            items[key] = self.value(next(events), events, (*path, key))
            if items[key] is None:
                self.places[(*path, key)] = place
        return items

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style in _QUOTED:
            self.seen(event)
            return text
        end = event.end_mark
        if " " in text and self.lines[end.line][end.column :].lstrip().startswith("#"):
            advice = "Put the text between double quotes, or the remark on a line of its own."
            self.refuse(event, "yaml-comment", "What follows # here is a remark and would be lost.", advice)
        if yamlplain.QUOTED.fullmatch(text):
            self.refuse(event, "yaml-quotes", "These quotes would be part of the text.", _STRAIGHT)
        value, advice = yamlplain.meaning(text)
        if advice:
            self.refuse(event, "yaml-ambiguous", f"{text} can be read in more than one way.", advice)
        return value

    def seen(self, event: Any) -> None:
        """Refuse what only an escape in double quotes can bring in: a file's own text has been looked at before."""
        if event.style == '"' and "\\" in self.text and (sign := textfile.hidden(event.value)):
            if chr(int(sign[2:], 16)) in self.text:
                return
            advice = "Delete the escape and type the text again."
            self.refuse(event, "hidden-character", f"There is a hidden character here ({sign}).", advice)

    def at(self, event: Any) -> Place:
        return self.spot(event.start_mark)

    def spot(self, mark: Any) -> Place:
        last = len(self.lines) - 2
        line, column = (mark.line, mark.column) if mark.line <= last else (last, len(self.lines[last]))
        return Place(self.path, self.first_line + line, column + 1)

    def refuse(self, event: Any, code: str, message: str, advice: str) -> None:
        self.problems.append(Problem(self.at(event), code, message, advice))
        if len(self.problems) >= MANY:
            raise _RefusedError


def _syntax_problem(error: yaml.MarkedYAMLError, builder: _Builder) -> Problem:
    for number, line in enumerate(builder.lines):
        if found := yamlplain.HALF_QUOTED.search(line):
            place = Place(builder.path, builder.first_line + number, found.start() + 1)
            return Problem(place, "yaml-quotes", "Curly quotes cannot hold a text together.", _STRAIGHT)
    mark = error.problem_mark or error.context_mark
    place = builder.spot(mark) if mark else Place(builder.path, builder.first_line)
    return Problem(place, "yaml-syntax", *yamlwords.said(error))
