"""Fingerprints of the source text that a translation was made of, and whether it still fits."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import StringConstraints

from patientguide.content import documents
from patientguide.core import cache
from patientguide.core.problems import Place, Problem, Severity
from patientguide.core.yaml import YamlFile, strings
from patientguide.model import roles
from patientguide.model.entries import Dated, Entry, Glossary
from patientguide.model.fields import Authored, Id
from patientguide.model.guide import Fit
from patientguide.model.kinds import Step
from patientguide.model.roles import MAIN, WHOLE, Role
from patientguide.model.settings import Settings

# -- fingerprints: hashes of a source text, of the whole and of each safety part
#
# A hash covers the words and citations that readers see, and urgencies; not dates, nor the content of sources.


FIELD = "translation"
"""The field of a translated file that only `patientguide translated` writes."""
URGENT = ("when-to-call", "side-effects")
"""Parts that show urgencies in the words of guide.yml."""
URGENCY = "urgency"
_ADDED_LATER = frozenset({"names", "cycle", "leads", "signs"})
"""Fields that count only where they are filled in: adding such a field to the program makes no translation stale."""
_LENGTH = 16

Hash = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{_LENGTH}}}$"), Role.CODE]


class Mark(Authored):
    """The fingerprint of the source in a translated file. Only `patientguide translated` writes it."""

    source: Hash | None = None
    """Only `patientguide translated` writes the hash of the source text."""
    safety: dict[str, Hash] = {}
    """The same for each part that says when to act."""
    words: dict[Id, Hash] = {}
    """The same for each word of a glossary."""


def mark_of_entry(entry: Entry[Dated], settings: Settings) -> Mark:
    """The current fingerprint of a source entry."""
    data = roles.without(type(entry.front), entry.facts.data, Role.UNSIGNED | Role.CLERICAL)
    return Mark(source=_hash([data, entry.body.strip()]), safety=_safety(entry, data, settings))


def mark_of_settings(data: Mapping[str, Any]) -> Mark:
    """The current fingerprint of guide.yml: of its words, and of those for urgencies."""
    said = [text for path, text in strings(data) if roles.at(Settings, path) & roles.SHOWN]
    return Mark(source=_hash(said), safety={URGENCY: _hash(data[URGENCY])})


def mark_of_glossary(glossary: Glossary) -> Mark:
    """The current fingerprint of a glossary: a hash for every word and its meaning."""
    return Mark(words={term.id: _hash([term.term, term.text]) for term in glossary.terms})


def is_all_safety(entry: Entry[Dated], settings: Settings) -> bool:
    """Whether the whole entry says when to act."""
    return entry.front.safety or (entry.kind == "pages" and f"{entry.id}.md" == settings.safety_page)


def steps(entry: Entry[Dated], settings: Settings) -> list[Step]:
    """The outline of an entry's kind."""
    kind = settings.kinds.of(entry.kind)
    return kind.outline if kind else []


def named(step: Step) -> str:
    """The name of a page part: the kind of a generated part, the heading of a written one."""
    return step.part or step.heading


def _safety(entry: Entry[Dated], data: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    fields = roles.parts(type(entry.front))
    if is_all_safety(entry, settings):
        drawn = [data.get(name) for name in fields.get(WHOLE, ()) if name in data or name not in _ADDED_LATER]
        return {WHOLE: _hash([drawn, entry.body.strip()])}
    texts = {section.heading: section.text for section in entry.sections}
    found = {}
    for step in steps(entry, settings):
        if step.safety:
            found[MAIN] = _hash([data.get(name) for name in fields.get(MAIN, ())])
            names = [name for name in fields.get(step.part or "", ()) if name in data or name not in _ADDED_LATER]
            drawn = [data.get(name) for name in names]
            found[named(step)] = _hash([drawn, texts.get(step.heading, "")])
    return found


def _hash(value: Any) -> str:
    return cache.data_hash(value)[:_LENGTH]


# -- comparing the fingerprint in a translated file with the source


def take_mark(file: YamlFile) -> tuple[dict[str, Any], Mark | None, list[Problem]]:
    """The data of a file without its fingerprint, and the fingerprint. Problems: damaged-hash."""
    data = dict(file.data) if isinstance(file.data, dict) else {}
    if FIELD not in data:
        return data, None, []
    mark, problems = documents.validate(Mark, replace(file).knowing(data=data.pop(FIELD)))
    advice = command(file.path)
    wrong = [replace(p, place=file.place((FIELD,)), code="damaged-hash", advice=advice) for p in problems]
    return data, mark or Mark(), wrong


def fit_of(mark: Mark | None, now: Mark) -> Fit:
    """Whether a translation with the fingerprint `mark` is up to date with the source's, `now`."""
    gone = frozenset(name for name, hash_ in now.safety.items() if mark is None or mark.safety.get(name) != hash_)
    return Fit(mark is not None and mark.source != now.source, gone)


def mark_problems(
    file: YamlFile, mark: Mark | None, fit: Fit, name: str, rows: Collection[str] = ()
) -> Iterator[Problem]:
    """Problems: missing-hash; stale-safety if source parts are shown; stale if other parts changed, or `rows`."""
    advice = command(file.path)
    if mark is None:
        message = "This translation does not say which source text it was made of."
        yield Problem(Place(file.path), "missing-hash", message, advice)
    elif gone := fit.given_way:
        what = "text" if WHOLE in gone else f"({', '.join(sorted(gone))})"
        message = f"The safety text of '{name}' has changed: readers see the source's {what}."
        yield Problem(file.place((FIELD,)), "stale-safety", message, f"Translate it again. {advice}", Severity.WARNING)
    elif fit.stale:
        of = f" ({', '.join(sorted(rows))})" if rows else ""
        notice = "" if name == "guide" else ": readers see a notice"
        message = f"The source text of '{name}' has changed{of}{notice}."
        yield Problem(file.place((FIELD,)), "stale", message, f"Translate it again. {advice}", Severity.WARNING)


def command(path: str) -> str:
    """The last sentence of each advice here."""
    return f"When it is right, run: patientguide translated {path.removeprefix('content/').rpartition('.')[0]}"
