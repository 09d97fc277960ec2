"""Names of medicines: a letter too many can be another medicine."""

import re
from collections.abc import Iterator
from functools import cache

from patientguide import syllables
from patientguide.blocks import blocks
from patientguide.check_names import medicine_names
from patientguide.entry import Entry
from patientguide.guide import NAME, Guide
from patientguide.models import Medication
from patientguide.rule import Finding, Subject
from patientguide.wordlists import near

MEDICINES = Subject("Names of medicines")

GLOSSARY = "content/glossary.yml"
_WORD = re.compile(r"[^\W_]+")


@MEDICINES.error("medicine-name", "ISMP: look-alike names; this project's own finding in its first source", each=True)
def spelling(guide: Guide) -> Iterator[Finding]:
    """The name of a medicine is spelt as on its page: a word one or two letters away from it is refused."""
    if GLOSSARY in guide.unread:
        return  # it says which words are spelt right though they resemble a name
    names = guide.medicine_names
    spelt = list(names)
    ordinary = _ordinary(guide)

    @cache
    def meant(word: str) -> str | None:
        name = None if word in ordinary else near(word, spelt)
        return None if name is None or syllables.is_word(word) else names[name]

    for medicine in guide.medications:
        named = {word.casefold() for word in NAME.findall(medicine.front.generic)}
        for word in NAME.findall(medicine.front.title.partition(" (")[0]):
            if (key := word.casefold()) not in named | _allowed(guide) and (other := near(key, named)):
                place = medicine.facts.place(("title",))
                message = f"The title says '{word}', and generic says '{other}'."
                yield Finding(place, message, "Correct one of the two, or add the word to known_words in guide.yml.")
    for block in blocks(guide):
        for found in NAME.finditer(block.words):
            if name := meant(found[0].casefold()):
                message = f"'{found[0]}' is not the name of a medicine of this guide."
                advice = f"Did you mean '{name}'? If it is right, add it to known_words in guide.yml."
                yield Finding(block.place(found.start()), message, advice)


@MEDICINES.error("medicine-twice", "ISMP: look-alike names; each medicine has one page")
def twice(guide: Guide) -> Iterator[Finding]:
    """A name or brand belongs to one medicine: no two pages have the same."""
    first: dict[str, Entry[Medication]] = {}
    for medicine in guide.medications:
        shared: dict[str, str] = {}
        for name in medicine_names(medicine.front):
            other = first.setdefault(name.casefold(), medicine)
            if other is not medicine:
                shared.setdefault(other.path, name)
        for path, name in shared.items():
            place = medicine.facts.place(("brands" if name in "; ".join(medicine.front.brands) else "generic",))
            message = f"'{name}' is a name in {path}, too."
            yield Finding(place, message, "Correct the name, or keep one page for the medicine.")


def _ordinary(guide: Guide) -> set[str]:
    """Words that are spelt right though they resemble a name: those of the glossary and of known_words."""
    texts = (form for term in guide.terms for form in (term.term, *term.forms))
    return (
        set(guide.medicine_names)
        | _allowed(guide)
        | {word.casefold() for text in texts for word in _WORD.findall(text)}
    )


def _allowed(guide: Guide) -> set[str]:
    return {word.casefold() for text in guide.settings.known_words for word in _WORD.findall(text)}
