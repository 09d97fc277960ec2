"""The search index, as data and as the scripts that a browser loads."""

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import accumulate, pairwise
from math import ceil
from typing import Any, NamedTuple, TypeAlias

from patientguide.checks.names import is_drawn
from patientguide.content import blocks
from patientguide.core import i18n
from patientguide.core.cache import BuildCache, digest
from patientguide.markup.tokens import ITEM_SIGNS, without_marks
from patientguide.markup.words import is_word, sentences
from patientguide.model import frequency, registry, routes
from patientguide.model.entries import Dated, Entry, Faq, Medication, Outlined, Page, Phase, Term
from patientguide.model.guide import NAME, Guide
from patientguide.model.roles import parts
from patientguide.model.settings import Facet, FacetValue, Settings, Weights
from patientguide.search import ordinary
from patientguide.search.engine import ZERO, Reader, Unit
from patientguide.translations import checks

# -- the index as scripts, which load without a server too: one, or several for a large guide
#
# The first is enough for a first search: it has all names and titles, and every word of the guide, so that none is
# taken for a misspelling. The others have the sentences and, of a large guide, what finds a page by its text. A
# browser loads all of them, whatever was typed, so that the server learns nothing about a search. Joined, they are the
# whole index.


URI = "search/search_index.js"
PART = "search/part_{}_{}.js"
MOST = 250_000
"""A longer index is split. This compresses to about 70 kB, which a slow phone (1.6 Mbit/s) loads in 0.4 s."""
_URL, _TEXT, _SECTIONS, _PASSAGES = (Unit._fields.index(name) for name in ("url", "text", "sections", "passages"))
"""Fields that a later script may have, which names their unit."""


def scripts(index: Mapping[str, Any], most: int = MOST) -> Mapping[str, str]:
    """The files for an index, by path.

    Their names contain a hash of the index, so that a browser never mixes two builds.
    """
    whole = _json(index)
    if len(whole) <= most:
        return {URI: f"var patientguideIndex={whole};\n"}
    first = {**index, "units": [_without(unit, _PASSAGES) for unit in index["units"]]}
    later = [[unit[_URL], "", [], unit[_PASSAGES]] for unit in index["units"]]
    steps: Sequence[str] = []
    if len(_json(first)) > most:
        first |= {"units": [_without(unit, _TEXT, _SECTIONS, _PASSAGES) for unit in index["units"]], "steps": ""}
        later = [[unit[at] for at in (_URL, _TEXT, _SECTIONS, _PASSAGES)] for unit in index["units"]]
        steps = index["steps"].split(" ")
    mark, count = sha256(whole.encode()).hexdigest()[:8], ceil(len(_json([later, steps])) / most)
    uris = [PART.format(mark, number) for number in range(1, count + 1)]
    shares = zip(_cut(later, count), _cut(steps, count), strict=True)
    parts = [{"units": units, "steps": " ".join(own)} for units, own in shares]
    return {
        URI: f"var patientguideIndex={_json({**first, 'parts': uris})};\n",
        **{uri: f"patientguideIndex.parts[{n}]={_json(parts[n])};\n" for n, uri in enumerate(uris)},
    }


def _without(unit: Sequence[Any], *fields: int) -> list[Any]:
    """A unit without the fields of later scripts."""
    return [type(value)() if at in fields else value for at, value in enumerate(unit)]


def _cut(items: Sequence[Any], count: int) -> list[Sequence[Any]]:
    """Items in order, split into shares of similar size."""
    ends = list(accumulate((len(_json(item)) for item in items), initial=0))
    places = [bisect_left(ends, ends[-1] * share / count) for share in range(count + 1)]
    return [items[start:end] for start, end in pairwise(places)]


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


# -- the words of a unit


class UnitWords(NamedTuple):
    """The distinct names of a unit, the stems and words that only its text has, and its sentences.

    Words are one string with spaces between, to save memory. A sentence has the number of its section, or -1.
    """

    names: list[str]
    stems: str
    said: str
    passages: list[list[Any]]


class UnitReader(NamedTuple):
    """Extracts the words of units, with a cache for unchanged ones."""

    reader: Reader
    cache: BuildCache
    settings: str

    def read(self, unit: Unit, text: str, sentences: Callable[[], list[list[Any]]]) -> UnitWords:
        """The words of a unit with this text."""
        made_of = digest(self.settings, unit, text)
        return UnitWords(*self.cache.cached("search", unit.url, made_of, lambda: self._words(unit, text, sentences())))

    def _words(self, unit: Unit, text: str, sentences: list[list[Any]]) -> tuple[list[str], str, str, list[list[Any]]]:
        only = list(_only_said(unit, text, self.reader))
        stems, words = (" ".join(words) for words in zip(*only, strict=True)) if only else ("", "")
        return _new(unit, self.reader), stems, words, sentences


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
    return ("pages", *settings.kinds.names, "words", "lists", "about")


def index(guide: Guide, cache: BuildCache | None = None) -> dict[str, Any]:
    """The data for `engine.Engine`, as plain lists and strings. Results in `cache` are reused."""
    settings, weigh = guide.settings.search, partial(_weight, weights=guide.settings.search.weights)
    english = guide.settings.language.startswith("en")
    reader = Reader(settings.ignore, settings.same, english)
    found = [*_entries(guide, _by_form(guide, reader)), *_lists(guide), *_facets(guide), *_terms(guide)]
    cache = cache or BuildCache()
    read = UnitReader(reader, cache, digest(settings.ignore, settings.same, english, guide.settings.local)).read
    words = [read(unit, text, partial(_sentences, entry, unit, guide)) for unit, text, entry in found]
    units = [
        unit._replace(names=of.names, facets=list(unit.facets), passages=of.passages)
        for (unit, _, _), of in zip(found, words, strict=True)
    ]
    data = {
        "english": english,
        "ignore": settings.ignore,
        "same": settings.same,
        "others": settings.others,
        "languages": settings.languages,
        "medicines": _medicines(guide),
        "kinds": [[_label(kind, guide.settings), weigh(kind) / 100] for kind in _kinds(guide.settings)],
        "about": _kinds(guide.settings).index("about"),
        "facets": [
            [value.id, value.label, facet.id, settings.facets.get(value.id, [])] for facet, value in _values(guide)
        ],
        "ask": settings.ask.model_dump() if settings.ask else None,
        "urgent": _urgent(guide),
        "units": [list(unit) for unit in units],
        **_postings(words),
        "help": list(_help(guide)),
        "call": _call(guide),
    }
    return data | {"ordinary": ordinary.packed(ordinary.words(data, guide.settings.language, reader, cache))}


def _values(guide: Guide) -> list[tuple[Facet, FacetValue]]:
    return [(facet, value) for facet in guide.settings.facets for value in facet.values]


def _urgent(guide: Guide) -> dict[str, Any]:
    """What must not wait. Each sign has the anchors of its section on the safety page, its name and its words."""
    within: dict[str, list[str]] = {}
    section, urgent = "", guide.settings.search.urgent
    listed = guide.safety_page.front.signs
    within.update({sign.act: [sign.act] for sign in listed})
    for marks, heading in re.findall(r"^(#{2,3}) +(\S.*?) *$", guide.safety_page.body, re.MULTILINE):
        section = heading if marks == "##" else section
        within.setdefault(section, []).append(routes.anchor(heading))
    return {
        "temperatures": [[float(one.least), float(one.most), one.alone] for one in urgent.temperatures],
        "degrees": urgent.degrees,
        "signs": [
            *([[sign.id], without_marks(sign.sign, guide.settings.local), sign.words] for sign in listed),
            *([within.get(sign.section, []), sign.sign, sign.words] for sign in urgent.signs),
        ],
    }


def _call(guide: Guide) -> str:
    """Whom to call about what the guide does not cover: the first sentence of `support`."""
    text = without_marks(guide.settings.support or "", guide.settings.local)
    return next((found.text for found in sentences(text, guide.settings.language)), "")


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


Found: TypeAlias = tuple[Unit, str, Entry[Dated] | None]
"""A unit, the words of its text, and its entry if it has one."""


def _entries(guide: Guide, by_form: Callable[[str], list[str]]) -> Iterator[Found]:
    """Each entry with the words of its text."""
    kinds, values = _kinds(guide.settings), _values(guide)
    for entry in (*guide.pages, *guide.outlined, *guide.faqs):
        text = _SETTING.sub(" ", guide.texts[entry.path].words)
        target = routes.target_of(entry)
        url = routes.address(target.uri)[1:] + (f"#{target.anchor}" if target.anchor else "")
        sections = [] if entry.kind == "faqs" else list(_sections(entry, guide))
        kind = kinds.index("about" if getattr(entry.front, "about_project", False) else entry.kind)
        names = [*_names(entry), *by_form(entry.front.title)]
        facets = [n for n, (facet, value) in enumerate(values) if value.id in entry.front.facets.get(facet.id, ())]
        unit = Unit(url, entry.front.title, kind, _note(entry), _lead(entry, guide), names, sections, facets)
        yield unit, text, entry


def _sentences(entry: Entry[Dated] | None, unit: Unit, guide: Guide) -> list[list[Any]]:
    """The sentences of an entry, each with the number of the section that shows it."""
    if entry is None:
        return []
    fill = partial(without_marks, local=guide.settings.local, numbers=_numbers(entry, guide))
    kind = guide.settings.kinds.of(entry.kind)
    steps = kind.outline if kind else []
    drawn = {name: step.heading for step in steps if step.part for name in parts(type(entry.front)).get(step.part, ())}
    numbers = {section[1]: number for number, section in enumerate(unit.sections)}
    signs = _sign_sections(entry, unit)
    found: dict[str, int] = {}
    heading, label = "", ("", ())  # type: str, tuple[str, Sequence[str | int]]
    for block in blocks.of_entry(entry, guide):
        if block.kind in ("heading", "names", "title"):
            heading = block.text.strip("# ") if block.kind == "heading" else heading
            continue
        if block.advice:
            continue  # links to other pages
        marker = ITEM_SIGNS.match(block.text)
        text = " ".join(fill(block.text[marker.end() if marker else 0 :]).replace("|", " ; ").split()).strip(" ;")
        if block.kind == "label" and len(block.at) > 2:
            if block.at[-1] != "group":
                label = text, block.at[:-1]  # such as the name of a side effect, which comes before its text
            continue
        if label[0] and block.at[:-1] == label[1]:
            text, label = f"{label[0]}: {text}", ("", ())
        where = numbers.get(drawn.get(block.heading, "") if block.field_place else heading, -1)
        where = signs.get(block.at[:2], where)
        if len(block.at) != 1 or block.kind != "label":
            for sentence in sentences(text, guide.settings.language):
                found.setdefault(sentence.text, where)
    return [[where, text] for text, where in found.items()]


def _sign_sections(entry: Entry[Any], unit: Unit) -> dict[tuple[str | int, ...], int]:
    """The numbers of the sections of warning signs, by the place of a sign in the file."""
    numbers = {section[0]: number for number, section in enumerate(unit.sections)}
    signs = entry.front.signs if isinstance(entry.front, Page) else []
    return {("signs", place): numbers.get(sign.id, -1) for place, sign in enumerate(signs)}


def _lead(entry: Entry[Dated], guide: Guide) -> str:
    """The text shown for an entry: its summary, or the whole first paragraph of an answer."""
    text = guide.texts[entry.path].lead if isinstance(entry.front, Faq) else getattr(entry.front, "summary", "")
    return without_marks(text, guide.settings.local, _numbers(entry, guide))


def _numbers(entry: Entry[Dated], guide: Guide) -> dict[str, str]:
    catalog = i18n.catalog(guide.settings.language)
    return {id_: frequency.short(number, catalog) for id_, number in guide.numbers.get(entry.path, {}).items()}


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
    if entry.path == guide.safety_page.path:
        yield from _of_signs(guide)
    for heading in dict.fromkeys([*shown, *written]):
        yield [routes.anchor(heading), heading, *shown.get(heading, [])]


def _of_signs(guide: Guide) -> Iterator[list[str]]:
    """A section for each urgency of warning signs, and for each sign."""
    signs = guide.safety_page.front.signs
    for urgency in guide.settings.urgency:
        own = [sign for sign in signs if sign.act == urgency.id]
        named = [(urgency.id, urgency.label), *((sign.id, sign.sign) for sign in own)] if own else []
        yield from ([id_, without_marks(text, guide.settings.local).rstrip(".:")] for id_, text in named)


def _lists(guide: Guide) -> Iterator[Found]:
    names, kind = guide.settings.search.names, _kinds(guide.settings).index("lists")
    for name, one in registry.collections(guide).items():
        address, title = routes.address(one.uri)[1:], one.title(guide.settings)
        yield Unit(address, title, kind, "", "", names.get(name, []), []), "", None


def _facets(guide: Guide) -> Iterator[Found]:
    kind = _kinds(guide.settings).index("lists")
    numbers = {value.id: number for number, (_, value) in enumerate(_values(guide))}
    pages = [*((value,) for _, value in _values(guide)), *guide.facet_pairs]
    for values in pages if registry.FACETS.name in registry.collections(guide) else ():
        title = ", ".join(value.label for value in values)
        text = without_marks(values[0].meaning, guide.settings.local) if len(values) == 1 else ""
        url = routes.address(routes.of_facet_values(*(value.id for value in values)).uri)[1:]
        yield Unit(url, title, kind, "", text, [], [], [numbers[value.id] for value in values]), "", None


def _terms(guide: Guide) -> Iterator[Found]:
    url, kind = routes.address(registry.GLOSSARY.uri)[1:], _kinds(guide.settings).index("words")
    for term in guide.terms:
        text = without_marks(term.text, guide.settings.local)
        yield Unit(f"{url}#{term.id}", term.term, kind, "", text, _called(term), []), "", None


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
