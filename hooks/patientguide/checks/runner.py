"""Run all checks and rules, and make the table of rules for CONTRIBUTING.md."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from patientguide.checks import layout
from patientguide.checks.claims import CLAIMS, NUMBERS
from patientguide.checks.completeness import COMPLETENESS
from patientguide.checks.language import GLOSSARY, MEDICINES, READING, WORDS
from patientguide.checks.names import (
    addresses,
    dates,
    menu,
    notes,
    outlines,
    relations,
    search,
    settings,
    vocabulary,
    words,
)
from patientguide.checks.passages import PASSAGES
from patientguide.checks.people import PEOPLE
from patientguide.checks.rule import Rule
from patientguide.checks.sources import SOURCES, WATCH
from patientguide.checks.text import marks
from patientguide.content import readability
from patientguide.core.cache import BuildCache, digest
from patientguide.core.problems import Place, Problem, Severity, suggest
from patientguide.model import routes
from patientguide.model.guide import Guide, TextFacts
from patientguide.model.reference import Reference

SUBJECTS = (SOURCES, WATCH, CLAIMS, PASSAGES, COMPLETENESS, WORDS, MEDICINES, READING, NUMBERS, PEOPLE)
"""The subjects in the order of CONTRIBUTING.md."""
RULES: tuple[Rule, ...] = tuple(rule for subject in SUBJECTS for rule in subject.rules)


def refused(guide: Guide) -> Iterator[Problem]:
    """Each code under `refuse` in guide.yml is that of a warning."""
    warnings = [rule.code for rule in RULES if rule.severity is Severity.WARNING]
    for number, code in enumerate(guide.settings.refuse):
        if code not in warnings:
            place = guide.records["content/guide.yml"].place(("refuse", number))
            yield Problem(place, "unknown-name", f"There is no warning '{code}'.", suggest(code, warnings))


# -- structural checks: names, links, layout and outlines


@dataclass(frozen=True)
class Check:
    """A check that yields errors, and the codes they may have."""

    find: Callable[[Guide], Iterator[Problem]]
    codes: tuple[str, ...]
    each: bool = False
    """As in `Rule`."""

    @property
    def sentence(self) -> str:
        """The rule as editors read it: the function's docstring, on one line."""
        return " ".join((self.find.__doc__ or "").split())


_IN_TEXT = (
    "bad-citation citation-first unknown-citation unknown-passage broken-link link-words link-title "
    "picture picture-words "
    "unknown-local unknown-number figure-place unknown-part part-twice empty-part many-citations html hand-made-note "
    "stray-sign bare-address emphasis code"
)
_IN_LAYOUT = (
    "tab heading second-title citation-in-heading heading-in-answer line-of-signs box empty-box list quotation indent "
    "no-line-before-box no-line-before-list no-line-before-table table"
)
_IN_OUTLINE = (
    "missing-section empty-section unknown-heading repeated-heading drawn-heading stray-text section-order not-shown"
)

CHECKS = tuple(
    Check(find, tuple(codes.split()), each=find in (marks, layout.layout, outlines))
    for find, codes in (
        (marks, _IN_TEXT),
        (layout.layout, _IN_LAYOUT),
        (outlines, _IN_OUTLINE),
        (vocabulary, "unknown-name missing"),
        (relations, "unknown-name"),
        (menu, "unknown-name empty-list not-in-menu"),
        (settings, "unknown-name twice"),
        (search, "unknown-name twice hidden-name"),
        (dates, "future-date"),
        (addresses, "duplicate-address"),
        (words, "duplicate-word form"),
        (notes, "twice unknown-name"),
        (refused, "unknown-name"),
    )
)


Found = tuple[int, int, str, str, str, str]
"""Line, column, code, message, advice and severity of a problem."""
_TARGET = re.compile(r"\]\(((?:[^()\s]|\([^()\s]*\))*)")
_KEY = re.compile(r"@([A-Za-z0-9][\w:.-]*)")
_AT_ONCE = 50
"""The number of texts to analyze together: the words and sentences of a large guide take too much memory."""


def run_checks(guide: Guide, cache: BuildCache) -> tuple[Guide, list[Problem]]:
    """Run every check and rule. Returns the guide with the analysis of its texts, and all problems.

    Texts that are in the `cache` are not analyzed again.
    """
    common = digest(shared(guide))
    keys = {path: digest(common, hash_, named(guide, path)) for path, hash_ in guide.looked_at.items()}
    known = {path: cache.get("texts", path, key) for path, key in keys.items()}
    new = [path for path, kept in known.items() if kept is None]
    for start in range(0, len(new), _AT_ONCE):
        for path, found in _read(replace(guide, focus=frozenset(new[start : start + _AT_ONCE]))).items():
            known[path] = found
            # Not cached with errors: their advice depends on other files, and they are fixed soon.
            if not any(severity == Severity.ERROR for *_, severity in found[1]):
                cache.put("texts", path, keys[path], found)
            if entry := guide.by_path.get(path):
                entry.forget()
    guide = replace(guide, texts={path: TextFacts(**kept[0]) for path, kept in known.items() if kept})
    problems = [finding_problem(path, *found) for path, kept in known.items() if kept for found in kept[1]]
    return guide, problems + list(chain.from_iterable(find(guide) for find in _FINDERS[False]))


def _read(guide: Guide) -> Mapping[str, tuple[dict[str, Any], list[Found]]]:
    """The facts of each text to analyze, and the findings of the checks."""
    findings: dict[str, list[Found]] = {path: [] for path in guide.looked_at}
    for found in chain.from_iterable(find(guide) for find in _FINDERS[True]):
        if found.place.path in findings:
            findings[found.place.path].append(finding_data(found))
    return {path: (facts, findings[path]) for path, facts in readability.text_facts(guide).items()}


def shared(guide: Guide) -> list[Any]:
    """Everything besides a text itself that findings in any text depend on, as plain data."""
    medicines = [[m.front.title, m.front.generic, *m.front.brands] for m in guide.medications]
    words = [[term.term, *term.forms] for term in guide.terms]
    unread = GLOSSARY in guide.unread
    return [guide.today.isoformat(), guide.records["content/guide.yml"].digest, words, unread, medicines]


def named(guide: Guide, path: str) -> list[Any]:
    """What a text names and its findings depend on: the targets of its links, and its sources."""
    record, entry = guide.records.get(path), guide.by_path.get(path)
    text = record.text if record else entry.facts.text + entry.body if entry else ""
    table = routes.link_targets(guide)
    counted = [key for number in entry.front.numbers for key in number.keys] if entry else []
    sources = {key: guide.references.get(key) for key in sorted({*_KEY.findall(text), *counted})}
    return [
        [routes.resolve_link(target, path, table) for target in sorted(set(_TARGET.findall(text)))],
        {key: r and [r.title, r.custom.evidence, r.custom.quote_words, _words(r)] for key, r in sources.items()},
    ]


def _words(reference: Reference) -> list[list[str]]:
    return [[p.id, p.read_in, p.exact, p.where, p.derived or ""] for p in reference.passages]


def finding_data(found: Problem) -> Found:
    """A problem as plain data, without the path of its file."""
    _, line, col = found.place
    return line, col, found.code, found.message, found.advice, found.severity.value


def finding_problem(path: str, line: int, col: int, code: str, message: str, advice: str, severity: str) -> Problem:
    """The problem of a file from the data of `finding_data`."""
    return Problem(Place(path, line, col), code, message, advice, Severity(severity))


_FINDERS: Mapping[bool, list[Callable[[Guide], Iterator[Problem]]]] = {
    each: [
        *(check.find for check in CHECKS if check.each is each),
        *(rule for rule in RULES if rule.each is each),
    ]
    for each in (True, False)
}
"""Every check and rule: those for each text alone, and the others."""


def severities() -> dict[str, Severity]:
    """The severity of each content rule, by code."""
    return {rule.code: rule.severity for rule in RULES}


# -- the table of rules in CONTRIBUTING.md


FORM = {
    "encoding, file-size, not-a-file, hidden-character, conflict": "A file is an ordinary UTF-8 text of at most "
    "200 kB, without hidden characters and conflict markers.",
    "file-name, unknown-file": "A file is in the right folder, and its name has only small letters, digits and "
    "hyphens. So does the name of a picture.",
    "file-kind, picture": "A file in docs/ is of the type that its name says, and an SVG holds only shapes and text.",
    "front-matter": "A Markdown file starts with its fields, between two lines of ---.",
    "yaml-syntax, yaml-size, yaml-depth, yaml-key, yaml-tag, yaml-alias, yaml-duplicate-key, yaml-ambiguous, "
    "yaml-comment, yaml-quotes": "Fields are plain names and values; a value that could be read in two ways is in "
    "double quotes.",
    "missing, unknown-field, wrong-value": "Every field is known, no required field is missing, and each has the right "
    "kind of value.",
    "tracked-build": "Git tracks no file in build/: only builds write there.",
    "draft": "A draft is listed and not published.",
    "waiver-unknown, waiver-too-long": "A warning can be accepted for at most a year, with a reason and an end date.",
    "waiver-ended, waiver-unused": "What a waiver covers is corrected by its end date, and then the waiver is removed.",
}
"""The checks while files are read, by code."""


def rules_table() -> str:
    """The table as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "An **error** stops the build. A **warning** is listed; you can accept it with a reason and an end date."
    yield "What `guide.yml` lists under `refuse` stops the build of that guide, too."
    for subject in SUBJECTS:
        yield from ("", f"### {subject.title}", "", "| rule | | code | comes from |", "|---|---|---|---|")
        for rule in subject.rules:
            yield f"| {rule.sentence} | {rule.severity} | `{rule.code}` | {rule.standard} |"
    yield from ("", "### How it is written", "")
    yield "All of these are errors, except `draft`, `waiver-ended` and `waiver-unused`."
    yield from ("", "| rule | code |", "|---|---|")
    for check in CHECKS:
        codes = ", ".join(f"`{code}`" for code in check.codes)
        yield f"| {check.sentence} | {codes} |"
    for form, sentence in FORM.items():
        yield f"| {sentence} | {', '.join(f'`{code}`' for code in form.split(', '))} |"
