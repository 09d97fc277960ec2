"""What can be found in a guide, as data for `searchrank`: parts with their names and headings, and the words of texts.

A part is a page, a question or a word of the glossary. Only whole sentences are shown of it, so that no warning is
cut into its opposite. The words are those that the checks have read already; nothing is parsed a second time.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from patientguide import editioncheck, frequency, outline, registry, routes, searchfiles, syllables, unitwords
from patientguide import words as interface
from patientguide.buildcache import BuildCache, digest
from patientguide.entry import Entry
from patientguide.guide import NAME, Guide
from patientguide.models import Dated, Faq, Medication, Phase, Term, Treatment
from patientguide.prose import without_marks
from patientguide.searchrank import ZERO, Unit
from patientguide.searchwords import Reader
from patientguide.settings import FacetValue, Settings
from patientguide.unitwords import UnitReader, UnitWords

KINDS = ("pages", "phases", "therapies", "medications", "faqs", "words", "lists")
_HELP = (registry.FAQ, registry.QUESTIONS, registry.A_TO_Z)
_SETTING = re.compile(r"x{8,}")
"""How `Block.words` blanks out a local setting or a number."""
_HEADING = re.compile(r"^#{2,3} +(\S.*)$", re.MULTILINE)


def files(guide: Guide, cache: BuildCache | None = None) -> Mapping[str, str]:
    """Files beside the pages, by their path: the index as scripts."""
    return searchfiles.scripts(index(guide, cache))


def all_files(guide: Guide, cache: BuildCache | None = None) -> Mapping[str, str]:
    """Search files of a guide in every language, by their path."""
    found = dict(files(guide, cache))
    for translated in guide.editions:
        if translated.edition:
            own = files(translated, editioncheck.apart(translated, cache or BuildCache()))
            found |= {translated.edition.root + name: text for name, text in own.items()}
    return found


def index(guide: Guide, cache: BuildCache | None = None) -> dict[str, Any]:
    """Everything that `searchrank.Engine` asks for, as plain lists and words. What `cache` knows is not read again."""
    settings = guide.settings.search
    english = guide.settings.language.startswith("en")
    reader = Reader(settings.ignore, settings.same, english)
    found = [*_entries(guide, _by_form(guide, reader)), *_lists(guide), *_facets(guide), *_terms(guide)]
    read = UnitReader(reader, cache or BuildCache(), digest(settings.ignore, settings.same, english)).read
    words = [read(unit, text) for unit, text in found]
    return {
        "english": english,
        "ignore": settings.ignore,
        "same": settings.same,
        "others": settings.others,
        "medicines": _medicines(guide),
        "kinds": [[_label(kind, guide.settings), getattr(settings.weights, kind) / 100] for kind in KINDS],
        "units": [list(unit._replace(names=of.names)) for (unit, _), of in zip(found, words, strict=True)],
        **_postings(words),
        "help": list(_help(guide)),
    }


def _help(guide: Guide) -> Iterator[list[str]]:
    """Address and title of the pages that may help when nothing was found."""
    safety = guide.safety_page
    yield [routes.address(routes.of(safety).uri)[1:], safety.front.title]
    for one in registry.collections(guide).values():
        if one in _HELP:
            yield [routes.address(one.uri)[1:], one.title(guide.settings)]


def _postings(found: Iterable[UnitWords]) -> dict[str, str]:
    """The words that stand in the text of a unit and in no other field of it, and the numbers of these units.

    Words and numbers are each one string with a space between two words. A number is a sign: the step from the one
    before, counted from `searchrank.ZERO`.
    """
    units: dict[str, list[int]] = defaultdict(list)
    said: dict[str, str] = {}
    for number, words in enumerate(found):
        for stem, word in zip(words.stems.split(), words.said.split(), strict=True):
            said.setdefault(stem, word)
            units[stem].append(number)
    stems = sorted(units, key=lambda stem: said[stem])
    steps = ("".join(chr(ZERO + b - a) for a, b in pairwise([0, *units[stem]])) for stem in stems)
    return {"words": " ".join(said[stem] for stem in stems), "steps": " ".join(steps)}


def _by_form(guide: Guide, reader: Reader) -> Callable[[str], list[str]]:
    """What readers type for a word of the glossary, by any of its forms: a page of that name is called so, too."""
    forms = ((form, term) for term in guide.terms for form in (term.term.partition(" (")[0], *term.forms))
    called = {unitwords.key(form, reader): _called(term) for form, term in forms}
    return lambda title: called.get(unitwords.key(title, reader), [])


def _entries(guide: Guide, by_form: Callable[[str], list[str]]) -> Iterator[tuple[Unit, str]]:
    """Each Markdown file with the words of its text."""
    for entry in (*guide.pages, *guide.treatments, *guide.faqs):
        text = _SETTING.sub(" ", guide.texts[entry.path].words)
        target = routes.of(entry)
        url = routes.address(target.uri)[1:] + (f"#{target.anchor}" if target.anchor else "")
        sections = [] if entry.kind == "faqs" else list(_sections(entry, guide))
        kind = KINDS.index(entry.kind)
        names = [*_names(entry), *by_form(entry.front.title)]
        yield Unit(url, entry.front.title, kind, _note(entry), _lead(entry, guide), names, sections), text


def _lead(entry: Entry[Dated], guide: Guide) -> str:
    """What is shown of an entry: its summary, or the first paragraph of an answer, whole."""
    text = guide.texts[entry.path].lead if isinstance(entry.front, Faq) else getattr(entry.front, "summary", "")
    numbers = {
        id_: frequency.short(number, interface.of(guide.settings.language))
        for id_, number in guide.numbers.get(entry.path, {}).items()
    }
    return without_marks(text, guide.settings.local, numbers)


def _note(entry: Entry[Dated]) -> str:
    """What tells medicines apart: the full name, the type, the brand names."""
    front = entry.front
    if not isinstance(front, Medication):
        return ""
    brands = ", ".join(dict.fromkeys(brand.partition(" (")[0] for brand in front.brands))
    return ". ".join(filter(None, [front.generic, front.class_, brands]))


def _names(entry: Entry[Dated]) -> list[str]:
    """What readers may call an entry."""
    front = entry.front
    names = list(front.also_called)
    if isinstance(front, Medication):
        names += [front.generic, *(brand.partition(" (")[0] for brand in front.brands)]
    elif isinstance(front, Phase):
        names.append(front.short_title)
    return names


def _sections(entry: Entry[Dated], guide: Guide) -> Iterator[list[str]]:
    """The anchor and heading of each section, and the side effects that it lists."""
    kind = getattr(guide.settings.kinds, entry.kind, None)
    effects = [effect.effect for effect in entry.front.side_effects] if isinstance(entry.front, Treatment) else []
    written = [found.rstrip(" ") for found in _HEADING.findall(entry.body)]
    steps = (
        [step for step in kind.outline if step.heading in written or outline.is_drawn(step, entry, guide)]
        if kind
        else []
    )
    shown = {step.heading: effects if step.part == "side-effects" else [] for step in steps}
    for heading in dict.fromkeys([*shown, *written]):
        yield [routes.anchor(heading), heading, *shown.get(heading, [])]


def _lists(guide: Guide) -> Iterator[tuple[Unit, str]]:
    names = guide.settings.search.names
    for name, one in registry.collections(guide).items():
        address, title = routes.address(one.uri)[1:], one.title(guide.settings)
        yield Unit(address, title, KINDS.index("lists"), "", "", names.get(name, []), []), ""


def _facets(guide: Guide) -> Iterator[tuple[Unit, str]]:
    for value in guide.facet_values.values() if registry.FACETS.name in registry.collections(guide) else ():
        yield _facet(value, guide.settings), ""


def _facet(value: FacetValue, settings: Settings) -> Unit:
    text = without_marks(value.meaning, settings.local)
    url = routes.address(routes.of_facet_value(value.id).uri)[1:]
    return Unit(url, value.label, KINDS.index("lists"), "", text, [], [])


def _terms(guide: Guide) -> Iterator[tuple[Unit, str]]:
    url = routes.address(registry.GLOSSARY.uri)[1:]
    for term in guide.terms:
        text = without_marks(term.text, guide.settings.local)
        yield Unit(f"{url}#{term.id}", term.term, KINDS.index("words"), "", text, _called(term), []), ""


def _called(term: Term) -> list[str]:
    return list(dict.fromkeys([*term.forms, *term.lay, *term.misspellings]))


def _label(kind: str, settings: Settings) -> str:
    """What is said of a hit: the list it stands in."""
    if kind == "words":
        return registry.GLOSSARY.title(settings)
    return getattr(settings.kinds, kind).title if kind in ("phases", "therapies", "medications", "faqs") else ""


def _medicines(guide: Guide) -> list[str]:
    """The words of which names of medicines are made, as they are spelt.

    A part of a full name such as "bound" is an ordinary word, and no medicine.
    """
    titles = {word for medicine in guide.medications for word in NAME.findall(medicine.front.title.casefold())}
    spelt = guide.medicine_names.items()
    return sorted(name for word, name in spelt if word in titles or not syllables.is_word(word))
