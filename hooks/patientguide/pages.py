"""The list of pages of a guide. This is all an engine needs to know."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from patientguide import atoz, evidence, facetpages, news, nlm, personal, routes, signoff, status, words
from patientguide.compose import Composer
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Dated
from patientguide.page import Draft, Page
from patientguide.problems import Problem
from patientguide.settings import Kind
from patientguide.sourcewatch import sourcelines
from patientguide.status import Age

SETTINGS_FILE, GLOSSARY_FILE = "content/guide.yml", "content/glossary.yml"


def build(guide: Guide, problems: Sequence[Problem], site_url: str = "") -> list[Page]:
    """Every page of the guide, composed, with the `problems` that `checks` found, which are no errors."""
    composer = Composer(guide, tuple(problems), site_url)
    pages = [composer.compose(draft) for draft in drafts(guide)]
    sources = composer.compose(references(guide, [(page.uri, page.title, page.cites) for page in pages]))
    translated = (Composer(edition, (), site_url) for edition in guide.editions)
    others = [own.compose(draft) for own in translated for draft in drafts(own.guide)]
    return [*pages, sources, *others]


def drafts(guide: Guide) -> Iterator[Draft]:
    """What every page but the list of sources is made of: that list needs to know who cites what."""
    root = guide.edition.root if guide.edition else ""
    return (replace(draft, uri=root + draft.uri) for draft in _drafts(guide))


def _drafts(guide: Guide) -> Iterator[Draft]:
    for page in guide.pages:
        yield _entry(guide, page, "page.md.j2", {})
    for entry in guide.treatments:
        kind = getattr(guide.settings.kinds, entry.kind)
        yield _entry(guide, entry, "entry.md.j2", {"kind": kind, "outline": kind.outline})
    lists = routes.collections(guide)
    for name, draft in _LISTS.items():
        if name in lists:
            yield draft(guide)
    for facet in guide.settings.facets if "FACETS" in lists else ():
        for value in facet.values:
            yield facetpages.of_value(guide, facet, value)


def _names(entries: Iterable[Entry[Dated]]) -> list[str]:
    """The names under which entries are signed."""
    return [entry.name for entry in entries]


def _entry(guide: Guide, entry: Entry[Any], template: str, values: dict[str, Any]) -> Draft:
    return Draft(
        uri=routes.of(entry).uri,
        title=entry.front.title,
        description=entry.front.summary,
        template=template,
        source=entry.path,
        edits=entry.path,
        ages=status.ages(guide, [entry]),
        texts=_names([entry]),
        values={"entry": entry, "front": entry.front, **values},
    )


def _list(guide: Guide, name: str, template: str, entries: Sequence[Entry[Dated]], **values: Any) -> Draft:
    kind: Kind = getattr(guide.settings.kinds, name.lower())
    return Draft(
        uri=routes.COLLECTIONS["FAQ" if name == "FAQS" else name],
        title=kind.title,
        description=kind.intro,
        template=template,
        source=SETTINGS_FILE,
        ages=status.ages(guide, entries),
        texts=[signoff.SETTINGS, *_names(entries)],
        values={"kind": kind, "entries": entries, **values},
    )


def _phases(guide: Guide) -> Draft:
    return _list(guide, "PHASES", "collection.md.j2", guide.phases, with_pathway=True)


def _therapies(guide: Guide) -> Draft:
    return _list(guide, "THERAPIES", "collection.md.j2", guide.therapies, with_pathway=False)


def _medications(guide: Guide) -> Draft:
    return _list(guide, "MEDICATIONS", "collection.md.j2", guide.medications, with_pathway=False)


def _faq(guide: Guide) -> Draft:
    chosen = {
        topic: [faq for faq in guide.faqs if faq.front.topic == topic] for topic in guide.settings.kinds.faqs.topics
    }
    topics = {topic: faqs for topic, faqs in chosen.items() if faqs}
    return _list(guide, "FAQS", "faq.md.j2", guide.faqs, topics=topics, is_long=len(guide.faqs) > atoz.LONG)


def _questions(guide: Guide) -> Draft:
    kinds = guide.settings.kinds
    pairs: list[tuple[Kind, Sequence[Entry[Any]]]] = [
        (kinds.phases, guide.phases),
        (kinds.therapies, guide.therapies),
        (kinds.medications, guide.medications),
        (kinds.faqs, guide.faqs),
    ]
    groups = [(kind, asking) for kind, all_ in pairs if (asking := [e for e in all_ if e.front.questions])]
    return Draft(
        uri=routes.QUESTIONS,
        title=routes.titles(guide.settings)["QUESTIONS"],
        description="Questions to take to an appointment.",
        template="questions.md.j2",
        source=SETTINGS_FILE,
        ages=status.ages(guide, [entry for _, entries in groups for entry in entries]),
        texts=_names(entry for _, entries in groups for entry in entries),
        values={"groups": groups},
        explains=False,
    )


def _glossary(guide: Guide) -> Draft:
    return Draft(
        uri=routes.GLOSSARY,
        title=routes.titles(guide.settings)["GLOSSARY"],
        description=words.of(guide.settings.language)("Hard words in plain words, from A to Z."),
        template="glossary.md.j2",
        source=GLOSSARY_FILE,
        edits=GLOSSARY_FILE,
        ages=_glossary_age(guide),
        texts=[signoff.GLOSSARY],
        values={
            "letters": atoz.of_words(guide.terms),
            "term_names": {term.id: term.term for term in guide.terms},
        },
        explains=False,
    )


def _a_to_z(guide: Guide) -> Draft:
    return Draft(
        uri=routes.A_TO_Z,
        title=routes.titles(guide.settings)["AZ"],
        description="Every medicine, brand name, side effect and hard word, with the page that tells of it.",
        template="a-z.md.j2",
        source=SETTINGS_FILE,
        ages=[*status.ages(guide, guide.entries), *_glossary_age(guide)],
        texts=[*_names(guide.entries), *([signoff.GLOSSARY] if guide.glossary else [])],
        values={"letters": atoz.letters(guide), "relative": partial(routes.relative, page=routes.A_TO_Z)},
        explains=False,
    )


def _glossary_age(guide: Guide) -> list[Age]:
    glossary, months = guide.glossary, guide.settings.review_months.pages
    return [Age(glossary.changed, glossary.evidence_checked, months)] if glossary else []


def references(guide: Guide, pages: Iterable[tuple[str, str, Sequence[str]]]) -> Draft:
    """The list of sources, from the path, title and sources of every other page."""
    cited_by: dict[str, list[dict[str, str]]] = defaultdict(list)
    for uri, title, cites in pages:
        link = routes.relative(routes.Target(uri), routes.REFERENCES)
        for key in cites:
            cited_by[key].append({"title": title, "link": link})
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for key, reference in guide.references.items():
        if key not in cited_by:
            continue
        by_kind[reference.custom.evidence].append((key, reference))
    for found in by_kind.values():
        found.sort(key=lambda pair: nlm.format_reference(pair[1]).casefold())
    by_letter = {
        kind: atoz.by_letter((nlm.format_reference(p[1]), p) for p in found) for kind, found in by_kind.items()
    }
    return Draft(
        uri=routes.REFERENCES,
        title=routes.titles(guide.settings)["REFERENCES"],
        description="Every source this guide cites, with what kind of evidence it is.",
        template="references.md.j2",
        source="content/references",
        ages=[*status.ages(guide, guide.entries), *_glossary_age(guide)],
        texts=[signoff.SETTINGS, *_names(guide.entries), *([signoff.GLOSSARY] if guide.glossary else [])],
        values={
            "kinds": [kind for kind in guide.settings.evidence if kind.id in by_kind],
            "by_kind": by_letter,
            "cited_by": cited_by,
            "format_reference": nlm.format_reference,
            "evidence_line": partial(evidence.line, guide),
            "watch_lines": sourcelines.lines(guide),
            "nobody_asked": None if guide.watch else sourcelines.NOBODY,
        },
        explains=False,
    )


_LISTS: Mapping[str, Callable[[Guide], Draft]] = {
    "PHASES": _phases,
    "THERAPIES": _therapies,
    "MEDICATIONS": _medications,
    "FAQ": _faq,
    "FACETS": facetpages.overview,
    "QUESTIONS": _questions,
    "PATH": personal.path,
    "APPOINTMENT": personal.appointment,
    "GLOSSARY": _glossary,
    "AZ": _a_to_z,
    "CHANGES": news.draft,
}
