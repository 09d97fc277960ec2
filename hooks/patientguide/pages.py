"""The list of pages of a guide, in menu order. This is all an engine needs to know."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from patientguide import nlm, routes
from patientguide.compose import Composer, Draft, Page
from patientguide.guide import Entry, Guide, applies
from patientguide.models import Dated, Medication
from patientguide.prose import without_marks
from patientguide.settings import Kind

SETTINGS_FILE = "content/guide.yml"
GLOSSARY_FILE = "content/glossary.yml"


def build(guide: Guide) -> list[Page]:
    """Every page of the guide, composed. The guide must have passed `checks`."""
    composer = Composer(guide)
    pages = [composer.compose(draft) for draft in drafts(guide)]
    return [*pages, composer.compose(_references(guide, pages, composer))]


def drafts(guide: Guide) -> Iterator[Draft]:
    """What every page but the list of sources is made of: that list needs to know who cites what."""
    for page in guide.pages:
        yield _draft_of(page, "page.md.j2", {})
    for entry in guide.treatments:
        kind = getattr(guide.settings.kinds, entry.kind)
        texts = {section.heading: section.text for section in entry.sections}
        values = {"kind": kind, "outline": kind.outline, "texts": texts, "settings_file": SETTINGS_FILE}
        yield _draft_of(entry, "entry.md.j2", values)
    lists = routes.collections(guide)
    for name, draft in _LISTS.items():
        if name in lists:
            yield draft(guide)
    yield from _facet_pages(guide)


def _draft_of(entry: Entry[Any], template: str, values: dict[str, Any]) -> Draft:
    return Draft(
        uri=routes.of(entry).uri,
        title=entry.front.title,
        template=template,
        source=entry.path,
        values={"entry": entry, "front": entry.front, **values},
        entries=[entry],
        description=without_marks(entry.front.summary),
    )


def _collection(kind: Kind, uri: str, entries: Sequence[Entry[Dated]], **values: Any) -> Draft:
    values = {"kind": kind, "entries": entries, "settings_file": SETTINGS_FILE, "with_pathway": False, **values}
    return Draft(uri, kind.title, "collection.md.j2", SETTINGS_FILE, values, entries, without_marks(kind.intro))


def _phases(guide: Guide) -> Draft:
    return _collection(guide.settings.kinds.phases, routes.PHASES, guide.phases, with_pathway=True)


def _therapies(guide: Guide) -> Draft:
    return _collection(guide.settings.kinds.therapies, routes.THERAPIES, guide.therapies)


def _medications(guide: Guide) -> Draft:
    return _collection(guide.settings.kinds.medications, routes.MEDICATIONS, guide.medications)


def _faq(guide: Guide) -> Draft:
    kind = guide.settings.kinds.faqs
    values = {"kind": kind, "faqs": guide.faqs, "settings_file": SETTINGS_FILE}
    return Draft(routes.FAQ, kind.title, "faq.md.j2", SETTINGS_FILE, values, guide.faqs, without_marks(kind.intro))


def _facets(guide: Guide) -> Draft:
    label = next((group.label for group in guide.settings.navigation if "FACETS" in group.items), "What fits you")
    values = {"label": label, "settings_file": SETTINGS_FILE}
    return Draft(routes.FACETS, label, "facets.md.j2", SETTINGS_FILE, values, guide.entries)


def _facet_pages(guide: Guide) -> Iterator[Draft]:
    for facet in guide.settings.facets:
        for value in facet.values:

            def chosen(entries: Any, facet: str = facet.id, value: str = value.id) -> list[Entry[Dated]]:
                return [entry for entry in entries if applies(entry, facet, value)]

            values = {
                "value": value,
                "settings_file": SETTINGS_FILE,
                "phases": chosen(guide.phases),
                "therapies": chosen(guide.therapies),
                "medicines_of": partial(_medicines_for, guide, facet.id, value.id),
                "faqs": [faq for faq in guide.faqs if value.id in faq.front.facets.get(facet.id, [])],
            }
            entries = chosen(guide.entries)
            uri = routes.of_facet_value(value.id).uri
            yield Draft(uri, value.label, "facet.md.j2", SETTINGS_FILE, values, entries, without_marks(value.meaning))


def _medicines_for(guide: Guide, facet: str, value: str, therapy: Entry[Dated]) -> list[Entry[Medication]]:
    return [medicine for medicine in guide.medicines_of(therapy) if applies(medicine, facet, value)]


def _questions(guide: Guide) -> Draft:
    groups = []
    for name, kind in guide.settings.kinds:
        if entries := [entry for entry in getattr(guide, name) if entry.front.questions]:
            groups.append((kind, entries))
    title = "Questions to ask your team"
    return Draft(
        routes.QUESTIONS,
        title,
        "questions.md.j2",
        SETTINGS_FILE,
        {"groups": groups},
        [entry for _, entries in groups for entry in entries],
        "Questions to take to an appointment.",
        explains=False,
    )


def _glossary(guide: Guide) -> Draft:
    names = {term.id: term.term for term in guide.terms}
    letters = list(dict.fromkeys(term.term[0].upper() for term in guide.terms))
    values = {"terms": guide.terms, "letters": letters, "term_names": names, "glossary_file": GLOSSARY_FILE}
    return Draft(
        routes.GLOSSARY,
        "Words explained",
        "glossary.md.j2",
        GLOSSARY_FILE,
        values,
        guide.pages,
        "Hard words in plain words, from A to Z.",
        explains=False,
    )


def _references(guide: Guide, pages: list[Page], composer: Composer) -> Draft:
    cited_by: dict[str, list[dict[str, str]]] = defaultdict(list)
    for page in pages:
        link = routes.relative(routes.Target(page.uri), routes.REFERENCES)
        for key in page.cites:
            cited_by[key].append({"title": page.title, "link": link})
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for key, reference in guide.references.items():
        by_kind[reference.custom.evidence].append((key, reference))
    for found in by_kind.values():
        found.sort(key=lambda pair: nlm.format_reference(pair[1]).casefold())
    values = {
        "kinds": [evidence for evidence in guide.settings.evidence if evidence.id in by_kind],
        "by_kind": by_kind,
        "cited_by": cited_by,
        "format_reference": nlm.format_reference,
        "evidence_line": composer.evidence_line,
    }
    return Draft(
        routes.REFERENCES,
        "Sources",
        "references.md.j2",
        "content/references",
        values,
        guide.pages,
        "Every source this guide cites, with what kind of evidence it is.",
        explains=False,
    )


_LISTS: Mapping[str, Callable[[Guide], Draft]] = {
    "PHASES": _phases,
    "THERAPIES": _therapies,
    "MEDICATIONS": _medications,
    "FAQ": _faq,
    "FACETS": _facets,
    "QUESTIONS": _questions,
    "GLOSSARY": _glossary,
}
