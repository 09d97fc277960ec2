"""Names that entries use for each other and for the vocabulary of guide.yml: each must exist, once."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from patientguide import routes
from patientguide.guide import Entry, Guide
from patientguide.models import Call, Dated, SideEffect, Treatment
from patientguide.problems import Place, Problem, suggest
from patientguide.yamlfile import Path, YamlFile


def vocabulary(guide: Guide) -> Iterator[Problem]:
    """Facets, urgencies, topics and kinds of evidence must be ones that guide.yml lists."""
    for entry in guide.entries:
        yield from _facets(entry, guide)
        if isinstance(entry.front, Treatment):
            yield from _urgencies(entry.facts, entry.front, guide)
    for faq in guide.faqs:
        yield from _known(faq.facts, ("topic",), faq.front.topic, guide.settings.kinds.faqs.topics, "topic")
    for key, reference in guide.references.items():
        file = guide.records[f"content/references/{key}.yml"]
        yield from _known(file, ("custom", "evidence"), reference.custom.evidence, guide.evidence, "kind of evidence")


def _facets(entry: Entry[Dated], guide: Guide) -> Iterator[Problem]:
    facets = {facet.id: [value.id for value in facet.values] for facet in guide.settings.facets}
    for facet, values in entry.front.facets.items():
        yield from _known(entry.facts, ("facets", facet), facet, facets, "facet")
        for number, value in enumerate(values):
            yield from _known(entry.facts, ("facets", facet, number), value, facets.get(facet, [value]), "value")


def _urgencies(file: YamlFile, front: Treatment, guide: Guide) -> Iterator[Problem]:
    known = [urgency.id for urgency in guide.settings.urgency]
    fields: dict[str, Sequence[SideEffect | Call]] = {"side_effects": front.side_effects, "call": front.call}
    for field, items in fields.items():
        for number, item in enumerate(items):
            yield from _known(file, (field, number, "act"), item.act, known, "urgency")


def relations(guide: Guide) -> Iterator[Problem]:
    """An entry names other entries, words and sources by names that exist."""
    homes = {"therapies": [e.id for e in guide.therapies], "phases": [e.id for e in guide.phases]}
    for medicine in guide.medications:
        for field, ids in homes.items():
            for number, name in enumerate(getattr(medicine.front, field)):
                yield from _known(medicine.facts, (field, number), name, ids, f"file in {field}/")
    for phase in guide.phases:
        for number, branch in enumerate(phase.front.branches):
            yield from _known(phase.facts, ("branches", number, "value"), branch.value, guide.facet_values, "value")
    terms = {term.id for term in guide.terms}
    for index, term in enumerate(guide.authored_terms):
        for number, name in enumerate(term.see):
            yield from _known(guide.records["content/glossary.yml"], (index, "see", number), name, terms, "word")
    pages = [f"{page.id}.md" for page in guide.pages]
    path = ("safety_page",)
    yield from _known(guide.records["content/guide.yml"], path, guide.settings.safety_page, pages, "page")
    source = guide.settings.names_source
    yield from _known(guide.records["content/guide.yml"], ("names_source",), source, guide.references, "source")


def menu(guide: Guide) -> Iterator[Problem]:
    """The menu names pages that exist, and every hand-written page stands in it once."""
    file = guide.records["content/guide.yml"]
    pages = {f"{entry.id}.md" for entry in guide.pages}
    lists = routes.collections(guide)
    listed: Counter[str] = Counter()
    for number, group in enumerate(guide.settings.navigation):
        for position, item in enumerate(group.items):
            path = ("navigation", number, "items", position)
            if item in routes.COLLECTIONS and item not in lists:
                message = f"The list {item} has no entries yet."
                yield Problem(file.place(path), "empty-list", message, "Remove it from the menu, or add an entry.")
            else:
                yield from _known(file, path, item, pages | set(lists), "page")
            listed[item] += 1
    places = {f"{entry.id}.md": Place(entry.path) for entry in guide.pages}
    places |= {name: file.place(("navigation",)) for name in lists}
    for name, place in places.items():
        if listed[name] != 1:
            message = f"The menu in content/guide.yml has {name} {listed[name]} times."
            yield Problem(place, "not-in-menu", message, f"Add {name} under navigation, once.")


def addresses(guide: Guide) -> Iterator[Problem]:
    """No two files may want the same address."""
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
    """No two words of the glossary may have the same id or form."""
    seen: dict[str, str] = {}
    for index, term in enumerate(guide.authored_terms):
        for name in dict.fromkeys([f"#{term.id}", *(form.casefold() for form in term.forms)]):
            if name in seen:
                yield Problem(
                    guide.records["content/glossary.yml"].place((index,)),
                    "duplicate-word",
                    f"'{name.lstrip('#')}' stands at '{term.id}' and at '{seen[name]}'.",
                    "Keep it at one of the two.",
                )
            seen.setdefault(name, term.id)


def _known(file: YamlFile, path: Path, word: str, known: Collection[str], what: str) -> Iterator[Problem]:
    if word not in known:
        yield Problem(
            file.place(path), "unknown-name", f"There is no {what} '{word}' in this guide.", suggest(word, known)
        )
