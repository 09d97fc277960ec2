"""Compare a translation with its source: each paragraph must have the same citations, links and numbers.

These checks depend on no language. English rules on wording apply to English only.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from patientguide.checks import runner
from patientguide.core.cache import BuildCache, digest
from patientguide.core.problems import Place, Problem, Severity
from patientguide.core.yaml import YamlFile, strings
from patientguide.markup.tokens import Section, citation_keys, cut, sections, tokens, without_marks
from patientguide.markup.words import count_words
from patientguide.model import roles
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide
from patientguide.model.roles import WHOLE, Role

RULES = ("no-source", "long-sentence", "avoid-word", "local-number", "long-quotation", "to-do")
"""Rules that apply in any language, or with the words in a language's own guide.yml."""
_A_SENTENCE = 4
_BRACKETS = re.compile(r"\([^()]*\)")
_DIGITS = re.compile(r"\d+")
_NAMES = {"link": "target", "local": "name", "number": "number_name", "figure": "figure_name", "part": "part_name"}
_SAID = {"cite": "cites", "link": "links to", "local": "uses", "number": "uses", "figure": "shows", "part": "shows"}
"""The kinds of tokens that a text must share with its source, as verbs for messages."""


@dataclass(frozen=True)
class Piece:
    """A paragraph, item or field: its place and its text."""

    place: Place
    text: str


def check_translation(
    edition: Guide, cache: BuildCache, of_source: Iterable[Problem] = ()
) -> tuple[Guide, list[Problem]]:
    """Check a translated guide. Returns it with the analysis of its texts, and all problems.

    Where the source text is shown instead, its problems are those `of_source`, and not reported twice.
    """
    translation = edition.edition
    if translation is None:
        return edition, []
    guide, found = runner.run_checks(edition, apart(edition, cache))
    codes = {code for check in runner.CHECKS for code in check.codes} - {"empty-part"} | set(RULES)
    own = f"content/{translation.root}"
    problems = [problem for problem in found if problem.code in codes and problem.place.path.startswith(own)]
    gave_way = {entry.path for entry in edition.entries if translation.fit(entry.name).given_way}
    known = {(problem.code, problem.message) for problem in of_source} if gave_way else set()
    problems = [p for p in problems if p.place.path not in gave_way or (p.code, p.message) not in known]
    settings, names = edition.records["content/guide.yml"].digest, _other_names(edition)
    for entry in edition.entries:
        fit = translation.fit(entry.name)
        if entry.path.startswith(own) and not fit.stale:
            source = translation.source.by_name[entry.name]
            key = digest(settings, names, entry.digest, source.digest, sorted(fit.given_way))
            problems += _kept(cache, entry.path, key, partial(_held, entry, source, fit.given_way, names))
    if edition.glossary:
        file, source_file = edition.records["content/glossary.yml"], translation.source.records["content/glossary.yml"]
        fresh = {row["id"] for row in file.data["terms"] if not translation.fit(f"glossary#{row['id']}").stale}
        key = digest(names, file.digest, source_file.digest, sorted(fresh))
        problems += _kept(cache, file.path, key, partial(_words, file, source_file, fresh, names))
    return guide, problems


def _other_names(edition: Guide) -> dict[str, str]:
    """The names of medicines in the language of the source, in small letters, where the translation has another."""
    source = edition.edition.source if edition.edition else edition
    names = [
        [text.partition(" (")[0] for text in (source.by_name[one.name].front.title, one.front.title)]
        for one in edition.medications
    ]
    return {old.casefold(): new for old, new in names if old.casefold() != new.casefold()}


def _kept(cache: BuildCache, path: str, key: str, find: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """Problems of one file, cached until it or its source changes."""
    known = cache.cached("held", path, key, lambda: [runner.finding_data(problem) for problem in find()])
    return [runner.finding_problem(path, *found) for found in known]


class _Apart(BuildCache):
    """A cache view for the texts of one language, since names are the same in each."""

    def __init__(self, cache: BuildCache, prefix: str) -> None:
        super().__init__()
        self._cache, self._prefix = cache, prefix

    def get(self, kind: str, name: str, key: str) -> object | None:
        return self._cache.get(kind, self._prefix + name, key)

    def put(self, kind: str, name: str, key: str, value: object) -> None:
        self._cache.put(kind, self._prefix + name, key, value)


def apart(edition: Guide, cache: BuildCache) -> BuildCache:
    """The cache for the texts of a translated guide."""
    return _Apart(cache, edition.edition.root) if edition.edition else cache


def _held(
    entry: Entry[Dated], source: Entry[Dated], given_way: Collection[str], names: Mapping[str, str]
) -> Iterator[Problem]:
    if WHOLE in given_way:
        return
    shown_as_source = {name for part in given_way for name in roles.parts(type(source.front)).get(part, ())}
    for path, text in strings(source.facts.data):
        if not roles.at(type(source.front), path) & Role.HIDDEN and path[0] not in shown_as_source:
            piece = Piece(Place(entry.path), _at(entry.facts, path))
            is_prose = Role.FACT in roles.at(type(source.front), path)
            for problem in chain(_same(text, piece), _named_as_in_source(piece, names) if is_prose else ()):
                yield replace(problem, place=entry.facts.place(path))
    own, others = sections(entry.body, entry.body_line), sections(source.body, source.body_line)
    if len(own) != len(others):
        message = f"There are {len(own)} sections here, and {len(others)} in the source text."
        yield Problem(Place(entry.path, entry.body_line), "translation", message, "Translate each, in the same order.")
        return
    for one, other in zip(own, others, strict=True):
        if one.heading in given_way:
            continue
        texts = _pieces(one, entry.path), _pieces(other, source.path)
        if len(texts[0]) != len(texts[1]):
            where = f"Under '{one.heading}' there" if one.heading else "There"
            message = f"{where} are {len(texts[0])} paragraphs and items, and {len(texts[1])} in the source text."
            advice = "Translate each paragraph and item, one by one and in the same order."
            yield Problem(Place(entry.path, one.line), "translation", message, advice)
            continue
        for piece, origin in zip(*texts, strict=True):
            yield from _same(origin.text, piece)
            yield from _named_as_in_source(piece, names)


def _words(file: YamlFile, source: YamlFile, ids: Collection[str], names: Mapping[str, str]) -> Iterator[Problem]:
    meanings = {row["id"]: row["text"] for row in source.data["terms"]}
    for number, row in enumerate(file.data["terms"]):
        if row["id"] in ids:
            piece = Piece(file.place(("terms", number, "text")), row["text"])
            yield from _same(meanings[row["id"]], piece)
            yield from _named_as_in_source(piece, names)


def _at(file: YamlFile, path: Sequence[str | int]) -> str:
    """The text at a path of data, or an empty string, such as for a translated heading or topic."""
    value = file.data
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return value if isinstance(value, str) else ""


def _pieces(section: Section, path: str) -> list[Piece]:
    text = section.text
    found = [(start, end) for kind, start, end in cut(text) if kind not in ("rule", "heading")]
    return [Piece(Place(path, section.text_line + text.count("\n", 0, start)), text[start:end]) for start, end in found]


def _untranslated(piece: Piece) -> Iterator[Problem]:
    """Refuse a text that is identical to the source. Names and a few words may be the same in two languages."""
    if count_words(without_marks(piece.text, _Unnamed(), _Unnamed())) >= _A_SENTENCE:
        advice = "Translate it, or keep draft: true at the top of the file until it is done."
        yield Problem(piece.place, "not-translated", "This text is that of the source.", advice, Severity.WARNING)


def _named_as_in_source(piece: Piece, names: Mapping[str, str]) -> Iterator[Problem]:
    """Medicines that are called as in the source, though the translation has a name for them. Brackets may say both."""
    shown = _BRACKETS.sub(" ", without_marks(piece.text, _Unnamed(), _Unnamed()))
    for name, own in names.items() if names and piece.text else ():
        if found := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", shown, re.IGNORECASE):
            message = f"'{found[0]}' is the name in the language of the source. Here it is called '{own}'."
            advice = "Write its name in this language. The other name may follow once, in brackets."
            yield Problem(piece.place, "source-name", message, advice, Severity.WARNING)


class _Unnamed(dict[str, str]):
    """A mapping that replaces every placeholder by nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _same(source: str, piece: Piece) -> Iterator[Problem]:
    """Differences between a translated piece and its source that can be found in any language."""
    if source == piece.text:
        yield from _untranslated(piece)
    if not piece.text or source == piece.text:
        return
    for kind, what in _SAID.items():
        here, there = _named(piece.text, kind), _named(source, kind)
        if kind == "link" and here != there:
            here = _with_source_pictures(here, piece.place.path)
        if here != there:
            more = [f"the source does not have {_list(here - there)}"] if here - there else []
            less = [f"{_list(there - here)} is missing"] if there - here else []
            message = f"This {what} other things than the source text: {'; '.join(more + less)}."
            advice = f"Write the same here as in the source text: {_list(there) or 'none'}."
            yield Problem(piece.place, "translation", message, advice)
    here, there = Counter(_digits(piece.text)), Counter(_digits(source))
    if here != there:
        message = (
            f"The numbers differ: {_list(here - there) or 'none'} here, {_list(there - here) or 'none'} in the source."
        )
        yield Problem(piece.place, "numbers-differ", message, "Write the same numbers in figures.", Severity.WARNING)


def _named(text: str, kind: str) -> Counter[str]:
    found: set[str] = set()
    for token in tokens(text):
        if token.kind == kind == "cite":
            found.update(citation_keys(token.text))
        elif token.kind == kind:
            found.add(token.group(_NAMES[kind]))
    return Counter(found)


def _with_source_pictures(names: Counter[str], path: str) -> Counter[str]:
    """The names, with a translated picture such as port-es.svg counted as that of the source."""
    language = path.removeprefix("content/").partition("/")[0]
    own = re.compile(rf"-{re.escape(language)}(\.(?:svg|png|jpe?g|webp))$")
    return Counter({own.sub(r"\1", name): count for name, count in names.items()})


def _digits(text: str) -> list[str]:
    shown = "".join(t.group("text") if t.kind == "link" else t.text if t.kind == "plain" else " " for t in tokens(text))
    return _DIGITS.findall(shown)


def _list(names: Counter[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))
