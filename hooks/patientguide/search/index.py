"""The search index, as data and as the scripts that a browser loads."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from patientguide.checks.names import is_drawn
from patientguide.core import i18n
from patientguide.core.cache import BuildCache, digest
from patientguide.markup.tokens import without_marks
from patientguide.markup.words import is_word
from patientguide.model import frequency, registry, routes
from patientguide.model.entries import Dated, Entry, Faq, Medication, Outlined, Phase, Term
from patientguide.model.guide import NAME, Guide
from patientguide.model.settings import FacetValue, Settings, Weights
from patientguide.search.engine import ZERO, Reader, Unit
from patientguide.translations import checks

# -- the index as scripts, which load without a server too: one, or several for a large guide
#
# The first has all names and titles, and every word of the guide, so that none is taken for a misspelling: it is enough
# for a first search. The others have the words of texts. A browser loads all of them, whatever was typed, so that the
# server learns nothing about a search. Joined, they are the whole index.


URI = "search/search_index.js"
PART = "search/part_{}_{}.js"
MOST = 250_000
"""A longer index is split. This compresses to about 70 kB, which a slow phone (1.6 Mbit/s) loads in 0.4 s."""
_URL, _TEXT, _SECTIONS = 0, 4, 6
"""Indexes of fields of an `engine.Unit`. Text and sections come with a later script, which names their unit."""


def scripts(index: Mapping[str, Any], most: int = MOST) -> Mapping[str, str]:
    """The files for an index, by path.

    Their names contain a hash of the index, so that a browser never mixes two builds.
    """
    whole = _json(index)
    if len(whole) <= most:
        return {URI: f"var patientguideIndex={whole};\n"}
    mark, count = sha256(whole.encode()).hexdigest()[:8], ceil(len(whole) / most)
    uris = [PART.format(mark, number) for number in range(1, count + 1)]
    units = _cut([[unit[_URL], unit[_TEXT], unit[_SECTIONS]] for unit in index["units"]], count)
    steps = [" ".join(one) for one in _cut(index["steps"].split(" "), count)]
    first = {**index, "units": [_first(unit) for unit in index["units"]], "steps": "", "parts": uris}
    parts = [{"units": one, "steps": other} for one, other in zip(units, steps, strict=True)]
    return {
        URI: f"var patientguideIndex={_json(first)};\n",
        **{uri: f"patientguideIndex.parts[{n}]={_json(parts[n])};\n" for n, uri in enumerate(uris)},
    }


def _first(unit: Sequence[Any]) -> list[Any]:
    """A unit without the fields of later scripts."""
    shown = list(unit)
    shown[_TEXT], shown[_SECTIONS] = "", []
    return shown


def _cut(items: Sequence[Any], count: int) -> list[Sequence[Any]]:
    """Items in order, split into shares of similar length."""
    places = [len(items) * share // count for share in range(count + 1)]
    return [items[start:end] for start, end in pairwise(places)]


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


# -- the words of a unit


class UnitWords(NamedTuple):
    """The distinct names of a unit, and the stems and words that only its text has.

    Words are one string with spaces between, to save memory.
    """

    names: list[str]
    stems: str
    said: str


class UnitReader(NamedTuple):
    """Extracts the words of units, with a cache for unchanged ones."""

    reader: Reader
    cache: BuildCache
    settings: str

    def read(self, unit: Unit, text: str) -> UnitWords:
        """The words of a unit with this text."""
        made_of = digest(self.settings, unit, text)
        names, stems, words = self.cache.cached("search", unit.url, made_of, lambda: self._words(unit, text))
        return UnitWords(names, stems, words)

    def _words(self, unit: Unit, text: str) -> tuple[list[str], str, str]:
        only = list(_only_said(unit, text, self.reader))
        stems, words = (" ".join(words) for words in zip(*only, strict=True)) if only else ("", "")
        return _new(unit, self.reader), stems, words


def _new(unit: Unit, reader: Reader) -> list[str]:
    """The names of a unit that differ from its title and the names before."""
    known = {unit_key(unit.title, reader), unit_key(unit.title.partition(" (")[0], reader)}
    names = []
    for name in unit.names:
        if (stems := unit_key(name, reader)) and stems not in known:
            known.add(stems)
            names.append(name)
    return names


def _only_said(unit: Unit, text: str, reader: Reader) -> Iterator[tuple[str, str]]:
    """The stems and words of the text of a unit that are in no other field of it."""
    elsewhere = " ; ".join([unit.title, unit.note, unit.text, *(part for s in unit.sections for part in s[1:])])
    stems = {word.stem for word in reader.words(elsewhere)}
    for word in reader.words(text):
        if word.stem not in stems and not word.said.isdecimal():
            stems.add(word.stem)
            yield word.stem, word.said


def unit_key(text: str, reader: Reader) -> frozenset[str]:
    """A name normalized for comparisons."""
    return frozenset(word.stem for word in reader.words(text))


# -- the index: units with names and headings, and the words of their texts
#
# A unit is a page, a question or a glossary word. Results show whole sentences, so that no warning is cut into its
# opposite. Words come from the analysis of the checks, so that nothing is parsed twice.


_HELP = (registry.FAQ, registry.QUESTIONS, registry.A_TO_Z)
_SETTING = re.compile(r"x{8,}")
"""A placeholder, as blanked out by `Block.words`."""
_HEADING = re.compile(r"^#{2,3} +(\S.*)$", re.MULTILINE)


def files(guide: Guide, cache: BuildCache | None = None) -> Mapping[str, str]:
    """The index as scripts, by path."""
    return scripts(index(guide, cache))


def all_files(guide: Guide, cache: BuildCache | None = None) -> Mapping[str, str]:
    """The search files of all languages, by path."""
    found = dict(files(guide, cache))
    for translated in guide.editions:
        if translated.edition:
            own = files(translated, checks.apart(translated, cache or BuildCache()))
            found |= {translated.edition.root + name: text for name, text in own.items()}
    return found


def _kinds(settings: Settings) -> tuple[str, ...]:
    """The groups of hits, in the order of their numbers."""
    return ("pages", *settings.kinds.names, "words", "lists")


def index(guide: Guide, cache: BuildCache | None = None) -> dict[str, Any]:
    """The data for `engine.Engine`, as plain lists and strings. Results in `cache` are reused."""
    settings, weigh = guide.settings.search, partial(_weight, weights=guide.settings.search.weights)
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
        "kinds": [[_label(kind, guide.settings), weigh(kind) / 100] for kind in _kinds(guide.settings)],
        "units": [list(unit._replace(names=of.names)) for (unit, _), of in zip(found, words, strict=True)],
        **_postings(words),
        "help": list(_help(guide)),
    }


def _help(guide: Guide) -> Iterator[list[str]]:
    """The address and title of pages that may help if nothing was found."""
    safety = guide.safety_page
    yield [routes.address(routes.target_of(safety).uri)[1:], safety.front.title]
    for one in registry.collections(guide).values():
        if one in _HELP:
            yield [routes.address(one.uri)[1:], one.title(guide.settings)]


def _postings(found: Iterable[UnitWords]) -> dict[str, str]:
    """The words that are only in the text of units, and the postings of each.

    Both are one string with spaces between words. A posting is a character: the step from the previous number, counted
    from `engine.ZERO`.
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
    """Readers' words for a glossary word, by each of its forms: they are also names of a page with that title."""
    forms = ((form, term) for term in guide.terms for form in (term.term.partition(" (")[0], *term.forms))
    called = {unit_key(form, reader): _called(term) for form, term in forms}
    return lambda title: called.get(unit_key(title, reader), [])


def _entries(guide: Guide, by_form: Callable[[str], list[str]]) -> Iterator[tuple[Unit, str]]:
    """Each entry with the words of its text."""
    kinds = _kinds(guide.settings)
    for entry in (*guide.pages, *guide.outlined, *guide.faqs):
        text = _SETTING.sub(" ", guide.texts[entry.path].words)
        target = routes.target_of(entry)
        url = routes.address(target.uri)[1:] + (f"#{target.anchor}" if target.anchor else "")
        sections = [] if entry.kind == "faqs" else list(_sections(entry, guide))
        kind = kinds.index(entry.kind)
        names = [*_names(entry), *by_form(entry.front.title)]
        yield Unit(url, entry.front.title, kind, _note(entry), _lead(entry, guide), names, sections), text


def _lead(entry: Entry[Dated], guide: Guide) -> str:
    """The text shown for an entry: its summary, or the whole first paragraph of an answer."""
    text = guide.texts[entry.path].lead if isinstance(entry.front, Faq) else getattr(entry.front, "summary", "")
    numbers = {
        id_: frequency.short(number, i18n.catalog(guide.settings.language))
        for id_, number in guide.numbers.get(entry.path, {}).items()
    }
    return without_marks(text, guide.settings.local, numbers)


def _note(entry: Entry[Dated]) -> str:
    """The text that distinguishes medicines: generic name, type, brand names."""
    front = entry.front
    if not isinstance(front, Medication):
        return ""
    brands = ", ".join(dict.fromkeys(brand.partition(" (")[0] for brand in front.brands))
    return ". ".join(filter(None, [front.generic, front.class_, brands]))


def _names(entry: Entry[Dated]) -> list[str]:
    """The names that readers may use for an entry."""
    front = entry.front
    names = list(front.also_called)
    if isinstance(front, Medication):
        names += [front.generic, *(brand.partition(" (")[0] for brand in front.brands)]
    elif isinstance(front, Phase):
        names.append(front.short_title)
    return names


def _sections(entry: Entry[Dated], guide: Guide) -> Iterator[list[str]]:
    """The anchor and heading of each section, with the side effects in it."""
    kind = guide.settings.kinds.of(entry.kind)
    effects = [effect.effect for effect in entry.front.side_effects] if isinstance(entry.front, Outlined) else []
    written = [found.rstrip(" ") for found in _HEADING.findall(entry.body)]
    steps = [step for step in kind.outline if step.heading in written or is_drawn(step, entry, guide)] if kind else []
    shown = {step.heading: effects if step.part == "side-effects" else [] for step in steps}
    for heading in dict.fromkeys([*shown, *written]):
        yield [routes.anchor(heading), heading, *shown.get(heading, [])]


def _lists(guide: Guide) -> Iterator[tuple[Unit, str]]:
    names, kind = guide.settings.search.names, _kinds(guide.settings).index("lists")
    for name, one in registry.collections(guide).items():
        address, title = routes.address(one.uri)[1:], one.title(guide.settings)
        yield Unit(address, title, kind, "", "", names.get(name, []), []), ""


def _facets(guide: Guide) -> Iterator[tuple[Unit, str]]:
    for value in guide.facet_values.values() if registry.FACETS.name in registry.collections(guide) else ():
        yield _facet(value, guide.settings), ""


def _facet(value: FacetValue, settings: Settings) -> Unit:
    text = without_marks(value.meaning, settings.local)
    url = routes.address(routes.of_facet_value(value.id).uri)[1:]
    return Unit(url, value.label, _kinds(settings).index("lists"), "", text, [], [])


def _terms(guide: Guide) -> Iterator[tuple[Unit, str]]:
    url, kind = routes.address(registry.GLOSSARY.uri)[1:], _kinds(guide.settings).index("words")
    for term in guide.terms:
        text = without_marks(term.text, guide.settings.local)
        yield Unit(f"{url}#{term.id}", term.term, kind, "", text, _called(term), []), ""


def _called(term: Term) -> list[str]:
    return list(dict.fromkeys([*term.forms, *term.lay, *term.misspellings]))


def _label(kind: str, settings: Settings) -> str:
    """The label of a hit: its collection."""
    if kind == "words":
        return registry.GLOSSARY.title(settings)
    return settings.kinds.of(kind).title if kind in settings.kinds.names else ""


def _weight(kind: str, weights: Weights) -> int:
    return int(weights.of(kind) or weights.therapies)


def _medicines(guide: Guide) -> list[str]:
    """The words of the names of medicines, in their spelling.

    A part of a generic name such as "bound" is an ordinary word.
    """
    titles = {word for medicine in guide.medications for word in NAME.findall(medicine.front.title.casefold())}
    spelt = guide.medicine_names.items()
    return sorted(name for word, name in spelt if word in titles or not is_word(word))
