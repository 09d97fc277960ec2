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
from patientguide.model.roles import MAIN, WHOLE, Role
from patientguide.model.settings import Settings, Step

# What a translation is bound to: hashes of the source text it was made of, whole and by safety part.
#
# A hash covers the words and citations that readers see, and how soon each sign asks to act; not the days on which a
# text was changed or its sources looked at, nor what a citation says of its source.


FIELD = "translation"
"""The field of a translated file that only `patientguide translated` writes."""
URGENT = ("when-to-call", "side-effects")
"""Parts that show how soon to act, in the words of guide.yml."""
URGENCY = "urgency"
_LENGTH = 16

Hash = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{_LENGTH}}}$"), Role.CODE]


class Mark(Authored):
    """What a translated file says of its source. Only `patientguide translated` writes it."""

    source: Hash | None = None
    """Only `patientguide translated` writes the hash of the source text."""
    safety: dict[str, Hash] = {}
    """The same for each part that tells when to act."""
    words: dict[Id, Hash] = {}
    """The same for each word of a glossary."""


def mark_of_entry(entry: Entry[Dated], settings: Settings) -> Mark:
    """The hashes of an entry of the source as it is now."""
    unseen = roles.named(type(entry.front), Role.UNSIGNED | Role.CLERICAL)
    data = {name: value for name, value in entry.facts.data.items() if name not in unseen}
    return Mark(source=_hash([data, entry.body.strip()]), safety=_safety(entry, settings))


def mark_of_settings(data: Mapping[str, Any]) -> Mark:
    """The hashes of guide.yml: of its words, and of those for how soon to act."""
    said = [text for path, text in strings(data) if roles.at(Settings, path) & roles.SHOWN]
    return Mark(source=_hash(said), safety={URGENCY: _hash(data[URGENCY])})


def mark_of_glossary(glossary: Glossary) -> Mark:
    """The hash of every word of a glossary and its meaning."""
    return Mark(words={term.id: _hash([term.term, term.text]) for term in glossary.terms})


def is_all_safety(entry: Entry[Dated], settings: Settings) -> bool:
    """Whether all of an entry tells when to act."""
    return entry.front.safety or (entry.kind == "pages" and f"{entry.id}.md" == settings.safety_page)


def steps(entry: Entry[Dated], settings: Settings) -> list[Step]:
    """The outline of an entry's kind."""
    kind = getattr(settings.kinds, entry.kind, None)
    return kind.outline if kind else []


def named(step: Step) -> str:
    """What a part of a page is called here: a drawn one by its kind, a written one by its heading."""
    return step.part or step.heading


def _safety(entry: Entry[Dated], settings: Settings) -> dict[str, str]:
    data, fields = entry.facts.data, roles.parts(type(entry.front))
    if is_all_safety(entry, settings):
        return {WHOLE: _hash([[data.get(name) for name in fields.get(WHOLE, ())], entry.body.strip()])}
    texts = {section.heading: section.text for section in entry.sections}
    found = {}
    for step in steps(entry, settings):
        if step.safety:
            found[MAIN] = _hash([data.get(name) for name in fields.get(MAIN, ())])
            drawn = [data.get(name) for name in fields.get(step.part or "", ())]
            found[named(step)] = _hash([drawn, texts.get(step.heading, "")])
    return found


def _hash(value: Any) -> str:
    return cache.data_hash(value)[:_LENGTH]


# What a translated file says of its source: read from it, and held against the source as that is now.


def take_mark(file: YamlFile) -> tuple[dict[str, Any], Mark | None, list[Problem]]:
    """The data of a file without what it says of its source, and this. Problems: damaged-hash."""
    data = dict(file.data) if isinstance(file.data, dict) else {}
    if FIELD not in data:
        return data, None, []
    mark, problems = documents.validate(Mark, replace(file).knowing(data=data.pop(FIELD)))
    advice = command(file.path)
    wrong = [replace(p, place=file.place((FIELD,)), code="damaged-hash", advice=advice) for p in problems]
    return data, mark or Mark(), wrong


def fit_of(mark: Mark | None, now: Mark) -> Fit:
    """How a translation made of a source with the hashes `mark` fits it as it is `now`."""
    gone = frozenset(name for name, hash_ in now.safety.items() if mark is None or mark.safety.get(name) != hash_)
    return Fit(mark is not None and mark.source != now.source, gone)


def mark_problems(
    file: YamlFile, mark: Mark | None, fit: Fit, name: str, rows: Collection[str] = ()
) -> Iterator[Problem]:
    """Problems: missing-hash; stale-safety when parts of a text gave way, and stale when others changed, or `rows`."""
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
        told = "" if name == "guide" else ": readers see a notice"
        message = f"The source text of '{name}' has changed{of}{told}."
        yield Problem(file.place((FIELD,)), "stale", message, f"Translate it again. {advice}", Severity.WARNING)


def command(path: str) -> str:
    """The advice that ends every finding here."""
    return f"When it is right, run: patientguide translated {path.removeprefix('content/').rpartition('.')[0]}"
