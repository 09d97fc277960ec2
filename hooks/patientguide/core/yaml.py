"""A strict YAML reader that keeps the position of every value.

PyYAML's own loader turns `1:30` into 90, `012` into 10 and `no` into False, and silently keeps the last of two equal
keys. Here such text is refused, with advice, and so are aliases and tags, which data files do not need.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import yaml

from patientguide.core.cache import BuildCache, bytes_hash
from patientguide.core.problems import MANY, Place, Problem
from patientguide.core.text import first_hidden

# -- scalars without quotes: their value, or that they are ambiguous


_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)$")
_AMBIGUOUS = re.compile(
    r"""(?ix) (y|yes|n|no|on|off)$ | (true|false|null)$        # words that YAML versions read differently
      | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$          # 1:30 is read as 90
      | [-+]?0[0-9_]+$ | [-+]?0[xob][0-9a-f_]+$                # 012 is read as 10
      | [-+]?([0-9][0-9_]*)?\.[0-9_]*(e[-+]?[0-9]+)?$          # 1.10 is read as 1.1
      | [-+]?\.(inf|nan)$ | [-+][0-9]+$ | [0-9][0-9_]*_[0-9_]*$ | =$ | <<$"""
)
_OPEN, _CLOSE = (
    "\u201c\u201d\u201e\u201f\u00ab\u2039\u2018\u201a\u2033\u300c",
    "\u201d\u201c\u00bb\u203a\u2019\u2018\u2033\u300d",
)
QUOTED = re.compile(
    rf"[{_OPEN}\u00b4].*[{_CLOSE}\u00ab\u00b4]|[{_OPEN}][^{_OPEN}{_CLOSE}]*|[^{_OPEN}{_CLOSE}]+[\u201d\u201c]"
)
"""A value in quotes that YAML does not know, such as those of Word, or after a quote that was never closed."""
HALF_QUOTED = re.compile(rf"(?<=[:,\[-] )(\"[^\"{_CLOSE}]*[{_CLOSE}]|[{_OPEN}][^\"]*\"?)\s*[,\]]?\s*$")
"""The same with a straight quote at one end, or with a colon inside, which makes the file unreadable."""
_PLAIN_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WORDS_FOR_TRUTH = {"y", "yes", "n", "no", "on", "off", "true", "false"}


def plain_meaning(text: str) -> tuple[Any, str]:
    """The value of a scalar, and what to write instead if it is ambiguous."""
    if text in _PLAIN_WORDS:
        return _PLAIN_WORDS[text], ""
    if _INTEGER.match(text) and len(text) <= 9:
        return int(text), ""
    if not _AMBIGUOUS.match(text):
        return text, ""
    more = ", or true or false in small letters" if text.lower() in _WORDS_FOR_TRUTH else ""
    return text, f'Write "{text}" with double quotes if it is text{more}.'


# -- syntax errors of PyYAML in plain words, with advice


# Messages of PyYAML for the most frequent mistakes, each with a plain message and advice.
_SAID = {
    "mapping values are not allowed": (
        "A second colon on this line cannot be read.",
        "Put a text that has a colon in it between double quotes.",
    ),
    "could not find expected ':'": (
        "There is a name without a colon.",
        "Write a name, a colon and a space before the value. A text of several lines starts with >- and is indented.",
    ),
    "did not find expected key": (
        "This line does not fit the lines around it.",
        "Check the indent of this line and the quotes of the line before it.",
    ),
    "did not find expected ',' or": (
        "A list or {...} on one line is not closed.",
        "Put commas between its parts and a bracket at its end.",
    ),
    "found unexpected end of stream": (
        "A double quote that was opened is never closed.",
        "Close it at the end of the text.",
    ),
    "found character that cannot start": (
        "A text cannot start with this sign.",
        "Indent with spaces, not tabs, and put a text that starts with @, % or ` between double quotes.",
    ),
    "found unknown escape character": (
        "A backslash in double quotes means something else.",
        "In double quotes a backslash is written twice: \\\\.",
    ),
    "while parsing a block mapping": ("This line does not fit the lines around it.", "Check the indent of this line."),
}


def explain_error(error: yaml.MarkedYAMLError) -> tuple[str, str]:
    """The message and advice for a syntax error."""
    words = f"{error.problem or ''} {error.context or ''}"
    unknown = (f"This cannot be read: {error.problem}.", "Compare it with the example in CONTRIBUTING.md.")
    return next((plain for start, plain in _SAID.items() if start in words), unknown)


MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 20

Key = str | int
Path = tuple[Key, ...]

_QUOTED = ('"', "'", "|", ">")
_STRAIGHT = 'Write straight quotes, as in "text", before and after it.'
# YAML knows more line breaks than editors do. A position beyond an editor's last line becomes the end of that line.
_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class YamlFile:
    """The data of a file, and the position of each value in its text, which starts on line `first_line`."""

    path: str
    text: str = field(default="", repr=False)
    first_line: int = 1
    digest: str = ""
    """The hash of the text."""

    @cached_property
    def data(self) -> Any:
        """The parsed data."""
        return self._read()[0]

    @cached_property
    def places(self) -> Mapping[Path, Place]:
        """The position of each value, by its path of keys and list indexes."""
        return self._read()[1]

    def _read(self) -> tuple[Any, Mapping[Path, Place]]:
        builder = _Builder(self.path, self.first_line, self.text)
        return builder.document(yaml.parse(self.text, Loader=yaml.CSafeLoader)), builder.places

    def knowing(self, **found: Any) -> Self:
        """The same file with data or positions that are known already."""
        vars(self).update(found)
        return self

    def forget(self, *names: str) -> None:
        """Free data and positions, which can be parsed again: those of a thousand files take some megabytes."""
        for name in names:
            vars(self).pop(name, None)

    def place(self, path: Path) -> Place:
        """The place of the value at `path`, or of its nearest existing parent."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.path))


def strings(value: Any, unless: Callable[[Any], bool] = lambda _: False, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every string in parsed data with its path, except in parts for which `unless` is true."""
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


def read_yaml(
    text: str, path: str, first_line: int = 1, cache: BuildCache | None = None
) -> tuple[YamlFile | None, list[Problem]]:
    """Parse the YAML `text` of the file `path`, which starts on line `first_line` of that file.

    Returns the file, or None if the text is not YAML at all, and every problem. A text without problems is cached.
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
        # PyYAML counts bytes here.
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
    """Parsing stopped, because the rest could not be trusted."""


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
                self.refuse(event, "yaml-duplicate-key", f"'{key}' appears a second time.", "Keep one of the two.")
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
        if QUOTED.fullmatch(text):
            self.refuse(event, "yaml-quotes", "These quotes would be part of the text.", _STRAIGHT)
        value, advice = plain_meaning(text)
        if advice:
            self.refuse(event, "yaml-ambiguous", f"{text} can be read in more than one way.", advice)
        return value

    def seen(self, event: Any) -> None:
        """Refuse what only an escape in double quotes can bring in: a file's own text has been looked at before."""
        if event.style == '"' and "\\" in self.text and (sign := first_hidden(event.value)):
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
        if found := HALF_QUOTED.search(line):
            place = Place(builder.path, builder.first_line + number, found.start() + 1)
            return Problem(place, "yaml-quotes", "Curly quotes cannot hold a text together.", _STRAIGHT)
    mark = error.problem_mark or error.context_mark
    place = builder.spot(mark) if mark else Place(builder.path, builder.first_line)
    return Problem(place, "yaml-syntax", *explain_error(error))
