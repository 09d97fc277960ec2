"""What a translation is bound to: hashes of the source text it was made of, whole and by safety part.

A hash covers the words and citations that readers see, and how soon each sign asks to act; not the days on which a
text was changed or its sources looked at, nor what a citation says of its source.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints

from patientguide import datahash, roles
from patientguide.entry import Entry
from patientguide.fields import Authored, Id
from patientguide.models import Dated, Glossary
from patientguide.roles import MAIN, WHOLE, Role
from patientguide.settings import Settings, Step
from patientguide.yamlfile import strings

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
    return datahash.of(value)[:_LENGTH]
