"""Checks of names that files use for each other, of sections, and of the navigation."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from patientguide.content.blocks import CHANGES
from patientguide.core.dates import is_to_come
from patientguide.core.problems import Place, Problem, suggest
from patientguide.core.yaml import Path, YamlFile
from patientguide.model import registry, routes
from patientguide.model.entries import Dated, Entry, Medication, Outlined, Page
from patientguide.model.guide import Guide
from patientguide.model.kinds import Kind, Step
from patientguide.review import signoff

# -- names


_DRAWN = ("summary-list", "side-effects", "when-to-call", "questions")
_OWN_PARTS = {"phases": (*_DRAWN, "branches", "medicines"), "therapies": (*_DRAWN, "medicines"), "faqs": ()}
"""The parts that the fields of a kind can fill, if they are not those of most."""


def vocabulary(guide: Guide) -> Iterator[Problem]:
    """Facets, urgencies, topics and kinds of evidence must be ones that guide.yml lists."""
    for entry in guide.entries:
        yield from _facets(entry, guide)
        if isinstance(entry.front, Outlined | Page):
            yield from _urgencies(entry, guide)
    for entry in guide.entries:
        if kind := guide.settings.kinds.of(entry.kind):
            yield from _topic(entry, kind)
    for key, reference in guide.references.items():
        file = guide.records[f"content/references/{key}.yml"]
        yield from _known(file, ("custom", "evidence"), reference.custom.evidence, guide.evidence, "kind of evidence")


def _topic(entry: Entry[Dated], kind: Kind) -> Iterator[Problem]:
    topic = getattr(entry.front, "topic", None)
    if topic is not None:
        yield from _known(entry.facts, ("topic",), topic, kind.topics, "topic")
    elif kind.topics and "topic" in type(entry.front).model_fields:
        advice = f"Add a line 'topic: ...' with one of: {', '.join(kind.topics)}."
        yield Problem(Place(entry.path), "missing", "'topic' is missing.", advice)


def _facets(entry: Entry[Dated], guide: Guide) -> Iterator[Problem]:
    facets = {facet.id: [value.id for value in facet.values] for facet in guide.settings.facets}
    for facet, values in entry.front.facets.items():
        yield from _known(entry.facts, ("facets", facet), facet, facets, "facet")
        for number, value in enumerate(values):
            yield from _known(entry.facts, ("facets", facet, number), value, facets.get(facet, [value]), "value")


def _urgencies(entry: Entry[Any], guide: Guide) -> Iterator[Problem]:
    known = [urgency.id for urgency in guide.settings.urgency]
    for field, name in (("side_effects", "act"), ("call", "act"), ("leads", "id"), ("signs", "act")):
        for number, item in enumerate(getattr(entry.front, field, ())):
            yield from _known(entry.facts, (field, number, name), getattr(item, name), known, "urgency")


def relations(guide: Guide) -> Iterator[Problem]:
    """An entry names other entries, words and sources by names that exist."""
    yield from _of_medicines(guide)
    for phase in guide.phases:
        for number, branch in enumerate(phase.front.branches):
            yield from _known(phase.facts, ("branches", number, "value"), branch.value, guide.facet_values, "value")
    terms = [term.id for term in guide.terms]
    for index, term in enumerate(guide.glossary.terms if guide.glossary else ()):
        for number, name in enumerate(term.see):
            yield from _known(
                guide.records["content/glossary.yml"], ("terms", index, "see", number), name, terms, "word"
            )
    yield from _of_settings(guide)
    for number, facet in enumerate(guide.settings.facets):
        for at, value in enumerate(facet.values):
            for place, name in enumerate(value.excludes):
                where = ("facets", number, "values", at, "excludes", place)
                yield from _known(guide.records["content/guide.yml"], where, name, guide.facet_values, "value")
    yield from _of_signs(guide)


def _of_signs(guide: Guide) -> Iterator[Problem]:
    """Warning signs are on the page that says when to call, each once, and rows under call name those there."""
    signs = guide.warning_signs
    whole = guide.edition.source if guide.edition else guide
    for page in guide.pages:
        ids = [sign.id for sign in page.front.signs]
        for number, id_ in enumerate(ids):
            place = page.facts.place(("signs", number, "id"))
            if f"{page.id}.md" != guide.settings.safety_page:
                advice = f"Move it to {guide.settings.safety_page}."
                yield Problem(place, "not-shown", "Only the page that says when to call shows signs.", advice)
            elif id_ in ids[:number]:
                yield Problem(place, "twice", f"'{id_}' appears twice.", "Keep one of the two.")
            elif signs[id_].for_medicines and id_ not in whole.medicines_by_sign and not guide.unread:
                message = f"No medicine names '{id_}', so readers who tick theirs would never see it."
                yield Problem(place, "not-shown", message, "Name it under call, or take out for_medicines.")
    for entry in guide.outlined if signs or not guide.unread else ():
        for number, row in enumerate(entry.front.call):
            for position, id_ in enumerate(row.signs):
                yield from _known(entry.facts, ("call", number, "signs", position), id_, signs, "warning sign")


def _of_medicines(guide: Guide) -> Iterator[Problem]:
    """A medicine names its treatments and phases, and has a source for its own names."""
    source = guide.edition.source if guide.edition else guide
    homes = {field: _ids(source, field) for field in ("therapies", "phases")}
    for medicine in guide.medications:
        if not guide.settings.names_source:
            yield from _names_without_source(medicine)
        for field, ids in homes.items():
            for number, name in enumerate(getattr(medicine.front, field)):
                yield from _known(medicine.facts, (field, number), name, ids, f"file in {field}/")


def _names_without_source(medicine: Entry[Medication]) -> Iterator[Problem]:
    """Names and a pronunciation that nothing in a guide without `names_source` bears out."""
    if not medicine.front.names:
        advice = "Add a line 'names: ...': what it is and its brand names, with a passage that says so."
        yield Problem(Place(medicine.path), "missing", "'names' is missing.", advice)
    if medicine.front.pronunciation:
        place = medicine.facts.place(("pronunciation",))
        advice = "Say it under names, with its passage, or give names_source in guide.yml."
        yield Problem(place, "missing", "Nothing says where 'pronunciation' comes from.", advice)


def _of_settings(guide: Guide) -> Iterator[Problem]:
    settings, file = guide.settings, guide.records["content/guide.yml"]
    yield from _known(
        file, ("safety_page",), settings.safety_page, [f"{id_}.md" for id_ in _ids(guide, "pages")], "page"
    )
    for number, line in enumerate(settings.alert_card):
        if line.number:
            where = ("alert_card", number, "number")
            yield from _known(file, where, line.number, settings.local, "local setting")
        if line.act:
            acts = [urgency.id for urgency in settings.urgency]
            yield from _known(file, ("alert_card", number, "act"), line.act, acts, "urgency")
    for number, phone in enumerate(settings.phones):
        yield from _known(file, ("phones", number, "id"), phone.id, settings.local, "local setting")
    if settings.names_source:
        yield from _known(file, ("names_source",), settings.names_source, _ids(guide, "references"), "source")


def _ids(guide: Guide, kind: str) -> list[str]:
    """The names of all files of a kind, even of unreadable ones."""
    folder = "docs" if kind == "pages" else f"content/{kind}"
    entries = [entry.id for entry in guide.entries if entry.kind == kind]
    keys = list(guide.references) if kind == "references" else []
    return entries + keys + [PurePath(path).stem for path in guide.unread if path.startswith(f"{folder}/")]


def menu(guide: Guide) -> Iterator[Problem]:
    """The menu names only pages that exist, and every hand-written page once."""
    file = guide.records["content/guide.yml"]
    pages = {f"{id_}.md" for id_ in _ids(guide, "pages")}
    lists, known = registry.collections(guide), registry.known(guide.settings)
    listed: Counter[str] = Counter()
    for number, group in enumerate(guide.settings.navigation):
        for position, item in enumerate(group.items):
            path = ("navigation", number, "items", position)
            if item in known and item not in lists and guide.unread:
                pass
            elif item in known and item not in lists:
                message = f"The list {item} has no entries yet."
                yield Problem(file.place(path), "empty-list", message, "Remove it from the menu, or add an entry.")
            else:
                yield from _known(file, path, item, pages | set(lists), "page")
            listed[item] += 1
    places = {f"{entry.id}.md": Place(entry.path) for entry in guide.pages}
    places |= {name: file.place(("navigation",)) for name in lists}
    for name, place in places.items():
        if listed[name] != 1:
            message = (
                f"{name} is in the menu {listed[name]} times." if listed[name] else f"{name} is not in the menu yet."
            )
            yield Problem(place, "not-in-menu", message, f"Name {name} once under navigation in content/guide.yml.")


def settings(guide: Guide) -> Iterator[Problem]:
    """In guide.yml no list has a name twice, each kind has only parts with fields, and values are for kinds there."""
    file, rules = guide.records["content/guide.yml"], guide.settings
    lists: dict[Path, list[str]] = {
        ("evidence",): [evidence.id for evidence in rules.evidence],
        ("urgency",): [urgency.id for urgency in rules.urgency],
        ("facets",): [facet.id for facet in rules.facets],
    }
    by_kind: dict[Path, Mapping[str, Any]] = {
        ("review_months",): rules.review_months.further,
        ("search", "weights"): rules.search.weights.further,
    }
    for path, values in by_kind.items():
        for name in values:
            yield from _known(file, (*path, name), name, rules.kinds.names, "kind")
    for name, kind in rules.kinds:
        lists["kinds", name, "topics"] = kind.topics
        lists["kinds", name, "outline"] = [step.heading for step in kind.outline]
        for number, step in enumerate(kind.outline):
            if step.part:
                where = ("kinds", name, "outline", number, "part")
                yield from _known(file, where, step.part, _OWN_PARTS.get(name, _DRAWN), f"part for {name} called")
    for path, names in lists.items():
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Problem(file.place((*path, number)), "twice", f"'{name}' appears twice.", "Keep one of the two.")


def search(guide: Guide) -> Iterator[Problem]:
    """A word for search is in one list, once. Collections named there exist, and no medicine of the guide is hidden."""
    file, words = guide.records["content/guide.yml"], guide.settings.search
    for name in words.names:
        yield from _known(file, ("search", "names", name), name, registry.known(guide.settings), "list")
    places: list[tuple[Path, list[str]]] = [(("search", "same", n), group) for n, group in enumerate(words.same)]
    for paths in (places, [(("search", "ignore"), words.ignore)], [(("search", "others"), words.others)]):
        seen: set[str] = set()
        for path, texts in paths:
            for number, text in enumerate(texts):
                if text.casefold() in seen:
                    place = file.place((*path, number))
                    yield Problem(place, "twice", f"'{text}' appears twice.", "Keep one of the two.")
                seen.add(text.casefold())
    own = {name.casefold(): m.path for m in guide.medications for name in medicine_names(m.front)}
    for field in ("others", "ignore"):
        for number, text in enumerate(getattr(words, field)):
            if page := own.get(text.casefold()):
                message = f"'{text}' has a page, {page}, and nobody who types it would find that."
                yield Problem(
                    file.place(("search", field, number)), "hidden-name", message, "Take it out of this list."
                )


def medicine_names(medicine: Medication) -> Iterator[str]:
    """The names of a medicine: title, generic name and brands, without additions in brackets."""
    for name in (medicine.title, medicine.generic, *medicine.brands):
        yield name.partition(" (")[0].strip()


def dates(guide: Guide) -> Iterator[Problem]:
    """Dates are not in the future."""
    for entry in guide.entries:
        for field in ("changed", "evidence_checked"):
            yield from _to_come(entry.facts, (field,), getattr(entry.front, field), guide)
    if guide.glossary:
        for field in ("changed", "evidence_checked"):
            file = guide.records["content/glossary.yml"]
            yield from _to_come(file, (field,), getattr(guide.glossary, field), guide)
    if guide.trials.checked:
        yield from _to_come(guide.records["content/trials.yml"], ("checked",), guide.trials.checked, guide)
    if news := guide.records.get(CHANGES):
        for number, note in enumerate(guide.changes):
            yield from _to_come(news, (number, "date"), note.date, guide)


def _to_come(file: YamlFile, path: Path, day: str, guide: Guide) -> Iterator[Problem]:
    if is_to_come(day, guide.today):
        yield Problem(file.place(path), "future-date", f"{day} is in the future.", "Write the day it was really done.")


def addresses(guide: Guide) -> Iterator[Problem]:
    """No two files have the same address."""
    taken: dict[str, str] = {}
    for address, source in routes.claims(guide):
        if address in taken:
            yield Problem(
                Place(source),
                "duplicate-address",
                f"{address} is already the address of {taken[address]}.",
                "Rename one of the two.",
            )
        taken.setdefault(address, source)


def words(guide: Guide) -> Iterator[Problem]:
    """No two words of the glossary have the same id or form."""
    seen: dict[str, str] = {}
    for index, term in enumerate(guide.glossary.terms if guide.glossary else ()):
        if not term.term[0].isalnum():
            place = guide.records["content/glossary.yml"].place(("terms", index, "term"))
            message = f"'{term.term}' does not start with a letter."
            yield Problem(place, "form", message, "Start with a letter or digit.")
        for number, form in enumerate(term.forms):
            if not form[0].isalnum():
                place = guide.records["content/glossary.yml"].place(("terms", index, "forms", number))
                yield Problem(place, "form", f"'{form}' does not start with a letter.", "Start with a letter or digit.")
        for name in dict.fromkeys([f"#{term.id}", *(form.casefold() for form in term.forms)]):
            if name in seen:
                yield Problem(
                    guide.records["content/glossary.yml"].place(("terms", index)),
                    "duplicate-word",
                    f"'{name.lstrip('#')}' is in the glossary twice: at '{seen[name]}' and at '{term.id}'.",
                    "Keep one of the two.",
                )
            seen.setdefault(name, term.id)


def _known(file: YamlFile, path: Path, word: str, known: Collection[str], what: str) -> Iterator[Problem]:
    if word not in known:
        yield Problem(
            file.place(path), "unknown-name", f"There is no {what} '{word}' in this guide.", suggest(word, known)
        )


def notes(guide: Guide) -> Iterator[Problem]:
    """A note about a change has an id of its own, and names only entries that exist."""
    file = guide.records.get(CHANGES)
    if file is None:
        return
    ids = Counter(note.id for note in guide.changes)
    known = [entry.name for entry in guide.entries]
    for number, note in enumerate(guide.changes):
        if ids[note.id] > 1 or note.id.startswith("review-"):
            message = f"'{note.id}' appears twice." if ids[note.id] > 1 else "'review-' begins the ids of reviews."
            yield Problem(file.place((number, "id")), "twice", message, "Give each note an id of its own.")
        for position, name in enumerate(note.about):
            if name not in guide.by_name and not signoff.is_unread(guide, name):
                message = f"There is no entry '{name}' in this guide."
                place = file.place((number, "about", position))
                yield Problem(place, "unknown-name", message, _meant_entry(name, known))


def _meant_entry(name: str, known: Collection[str]) -> str:
    """Advice that names the entries whose file has this name, or else the nearest one."""
    whole = [entry for entry in known if entry.partition("/")[2] == name.casefold()]
    return f"Write {' or '.join(whole)}." if whole else suggest(name, known)


# -- sections compared with the outline in guide.yml


def outlines(guide: Guide) -> Iterator[Problem]:
    """An entry has the sections that guide.yml lists for its kind, in that order, none empty, and no fact besides."""
    for entry in guide.entries_looked_at:
        kind = guide.settings.kinds.of(entry.kind)
        if kind and kind.outline:
            yield from _against(entry, kind.outline)
            yield from _not_drawn(entry, kind)
        elif not entry.body.strip():
            yield Problem(Place(entry.path, entry.body_line), "empty-section", "There is no text.", "Write it.")


def _against(entry: Entry[Dated], steps: Sequence[Step]) -> Iterator[Problem]:
    """Require every heading of the outline, once, in order, with text, and no other."""
    wanted = [step.heading for step in steps if step.part is None]
    drawn = {step.heading for step in steps if step.part}
    sections = entry.sections
    have = [section.heading for section in sections]
    for section in sections:
        place = Place(entry.path, section.line)
        if not section.heading:
            yield Problem(
                place,
                "stray-text",
                "There is text before the first heading.",
                f"Move it under a heading: {', '.join(wanted) or 'none is written by hand'}.",
            )
        elif section.heading in drawn:
            yield Problem(
                place,
                "drawn-heading",
                f"'{section.heading}' is drawn from the facts at the top.",
                "Remove the heading here and put the facts at the top of the file.",
            )
        elif section.heading not in wanted:
            yield Problem(
                place,
                "unknown-heading",
                f"'{section.heading}' is not a heading of this kind.",
                suggest(section.heading, set(wanted) - set(have)),
            )
        elif have.count(section.heading) > 1 and have.index(section.heading) != sections.index(section):
            yield Problem(
                place,
                "repeated-heading",
                f"'{section.heading}' appears a second time.",
                "Keep one of the two.",
            )
        elif not section.text:
            yield Problem(
                place,
                "empty-section",
                f"There is no text under '{section.heading}'.",
                "Write it. If nothing is known, say so.",
            )
    left_out = {*getattr(entry.front, "not_applicable", {}), *(step.heading for step in steps if step.optional)}
    for heading in wanted:
        if heading not in have and heading not in left_out:
            yield Problem(
                Place(entry.path, entry.body_line),
                "missing-section",
                f"The section '{heading}' is missing.",
                f"Add the line '## {heading}' and text under it, or say under not_applicable why it does not apply.",
            )
    known = [heading for heading in have if heading in wanted]
    if len(set(known)) == len(known) and known != [heading for heading in wanted if heading in known]:
        yield Problem(
            Place(entry.path, entry.body_line),
            "section-order",
            "The sections are not in the usual order.",
            "Put them in this order: " + "; ".join(wanted) + ".",
        )


def _not_drawn(entry: Entry[Dated], kind: Kind) -> Iterator[Problem]:
    """Refuse facts at the top of a file that no heading of its kind shows."""
    for field, part in undrawn_fields(kind).items():
        if getattr(entry.front, field, None):
            message = f"No heading of this kind shows '{field}', so readers would never see it."
            advice = f"Move it to another field, or give the kind a heading with part: {part} in content/guide.yml."
            yield Problem(entry.facts.place((field,)), "not-shown", message, advice)


def undrawn_fields(kind: Kind) -> Mapping[str, str]:
    """The fields that no heading of a kind shows, with the part that would. Questions have a page of their own, too."""
    there = {step.part for step in kind.outline} | {"questions", "branches"}
    return {field: part for part, field in PART_FIELDS.items() if part not in there} if kind.outline else {}


PART_FIELDS = {
    "branches": "branches",
    "questions": "questions",
    "side-effects": "side_effects",
    "summary-list": "at_a_glance",
    "when-to-call": "call",
}
"""The fields for parts of a page that may be empty."""


def is_drawn(step: Step, entry: Entry[Dated], guide: Guide) -> bool:
    """Whether a page has a section that nobody wrote: there are fields for it, or a reason why not."""
    if step.heading in getattr(entry.front, "not_applicable", {}):
        return True
    # What everybody has is drawn where no branch is.
    return step.part == "branches" or has_rows(step, entry, guide)


def has_rows(step: Step, entry: Entry[Any], guide: Guide) -> bool:
    """Whether the fields of an entry, or its medicines, fill a part of its page."""
    if step.part == "medicines":
        return bool(guide.medicines_of(entry))
    if step.part == "summary-list" and isinstance(entry.front, Medication):
        return True
    return bool(getattr(entry.front, PART_FIELDS.get(step.part or "", ""), None))
