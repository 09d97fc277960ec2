"""The list of pages of a guide, which is all that an engine needs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from patientguide.core import i18n
from patientguide.core.problems import Problem
from patientguide.model import registry, routes
from patientguide.model.entries import Dated, Entry, Medication
from patientguide.model.guide import Guide, full_title
from patientguide.model.kinds import Kind
from patientguide.model.registry import Collection, PageType
from patientguide.pages import reader_tools
from patientguide.pages.compose import Composer
from patientguide.pages.lists import (
    LONG,
    effects_page,
    entries_by_letter,
    facet_overview,
    facet_page,
    letters,
    news_page,
    of_words,
)
from patientguide.pages.page import Draft, Page
from patientguide.review import signoff, status
from patientguide.review.status import Age
from patientguide.sources import nlm, watch

SIGNS = ("path.css", "signs.css", "path.js", "signs.js")
"""The styles and scripts of a page with warning signs."""
SETTINGS_FILE, GLOSSARY_FILE = "content/guide.yml", "content/glossary.yml"


def build(guide: Guide, problems: Sequence[Problem], site_url: str = "") -> list[Page]:
    """Every page of the guide, composed. `problems` are the warnings of the checks."""
    composer = Composer(guide, tuple(problems), site_url)
    pages = [composer.compose(draft) for draft in drafts(guide)]
    sources = composer.compose(references(guide, [(page.uri, page.title, page.cites) for page in pages]))
    translated = (Composer(edition, (), site_url) for edition in guide.editions)
    others = [own.compose(draft) for own in translated for draft in drafts(own.guide)]
    return [*pages, sources, *others]


def drafts(guide: Guide) -> Iterator[Draft]:
    """The drafts of all pages except the list of sources, which needs the citations of all others."""
    root = guide.edition.root if guide.edition else ""
    return (replace(draft, uri=root + draft.uri) for draft in _drafts(guide))


def _drafts(guide: Guide) -> Iterator[Draft]:
    for page in guide.pages:
        is_safety = bool(page.front.signs) and page.path == guide.safety_page.path
        draft = _entry(guide, page, registry.HAND_WRITTEN, {"guide_name": routes.anchor(guide.settings.title)})
        yield replace(draft, assets=SIGNS) if is_safety else draft
    for entry in guide.outlined:
        kind = guide.settings.kinds.of(entry.kind)
        yield _entry(guide, entry, registry.ENTRY, {"kind": kind, "outline": kind.outline})
    lists = registry.collections(guide)
    for name, one in lists.items():
        if name != registry.REFERENCES.name:
            yield _DRAFTS.get(name, partial(_of_kind, of=one))(guide)
    for facet in guide.settings.facets if registry.FACETS.name in lists else ():
        for value in facet.values:
            yield facet_page(guide, value)
    for pair in guide.facet_pairs if registry.FACETS.name in lists else ():
        yield facet_page(guide, *pair)


def _names(entries: Iterable[Entry[Dated]]) -> tuple[str, ...]:
    """The names of entries in sign-offs."""
    return tuple(entry.name for entry in entries)


def _entry(guide: Guide, entry: Entry[Any], type_: PageType, values: dict[str, Any]) -> Draft:
    return Draft(
        uri=routes.target_of(entry).uri,
        title=full_title(entry),
        description=entry.front.summary,
        type=type_,
        source=entry.path,
        edits=entry.path,
        ages=status.ages(guide, [entry]),
        texts=_names([entry]),
        values={"entry": entry, "front": entry.front, **values},
    )


def _list(guide: Guide, of: Collection, **values: Any) -> Draft:
    kind: Kind = guide.settings.kinds.of(of.kind)
    entries = guide.entries_of(of.kind)
    by_topic = {topic: [e for e in entries if getattr(e.front, "topic", "") == topic] for topic in kind.topics}
    return Draft(
        uri=of.uri,
        title=kind.title,
        description=kind.intro,
        type=of.type,
        source=SETTINGS_FILE,
        ages=status.ages(guide, entries),
        texts=(signoff.SETTINGS, *_names(entries)),
        values={
            "kind": kind,
            "entries": entries,
            "topics": {topic: found for topic, found in by_topic.items() if found},
            **values,
        },
    )


SHORTEST_FILTERED = 12
"""The shortest list that readers can filter by name. A shorter one is seen at a glance."""


def _of_kind(guide: Guide, of: Collection) -> Draft:
    draft = _list(guide, of, with_pathway=of is registry.PHASES, shortest_filtered=SHORTEST_FILTERED)
    if of is registry.MEDICATIONS and len(guide.medications) <= LONG:
        draft = replace(draft, values={**draft.values, "topics": _by_treatment(guide)})
    return replace(draft, assets=("filter.js",)) if len(guide.entries_of(of.kind)) >= SHORTEST_FILTERED else draft


def _by_treatment(guide: Guide) -> dict[str, list[Entry[Medication]]]:
    """Medicines under the title of the treatment that each names first; under none if all are of one treatment."""
    homes = {medicine.name: next(iter(medicine.front.therapies), "") for medicine in guide.medications}
    groups = {
        therapy.front.title: [medicine for medicine in guide.medications if homes[medicine.name] == therapy.id]
        for therapy in guide.therapies
    }
    found = {title: medicines for title, medicines in groups.items() if medicines}
    return found if len(found) > 1 and sum(map(len, found.values())) == len(homes) else {}


def _faq(guide: Guide) -> Draft:
    return _list(guide, registry.FAQ, is_long=len(guide.faqs) > LONG)


def _questions(guide: Guide) -> Draft:
    groups = [(kind, asking) for kind, all_ in guide.kinds if (asking := [e for e in all_ if e.front.questions])]
    return Draft(
        uri=registry.QUESTIONS.uri,
        title=registry.QUESTIONS.title(guide.settings),
        description="Questions to take to an appointment.",
        type=registry.QUESTIONS.type,
        source=SETTINGS_FILE,
        ages=status.ages(guide, [entry for _, entries in groups for entry in entries]),
        texts=_names(entry for _, entries in groups for entry in entries),
        values={"groups": groups},
    )


def _glossary(guide: Guide) -> Draft:
    return Draft(
        uri=registry.GLOSSARY.uri,
        title=registry.GLOSSARY.title(guide.settings),
        description=i18n.catalog(guide.settings.language)("Hard words in plain words, from A to Z."),
        type=registry.GLOSSARY.type,
        source=GLOSSARY_FILE,
        edits=GLOSSARY_FILE,
        ages=_glossary_age(guide),
        texts=(signoff.GLOSSARY,),
        values={
            "letters": of_words(guide.terms),
            "term_names": {term.id: term.term for term in guide.terms},
        },
    )


def _a_to_z(guide: Guide) -> Draft:
    return Draft(
        uri=registry.A_TO_Z.uri,
        title=registry.A_TO_Z.title(guide.settings),
        description="Every medicine, brand name, side effect and hard word, with the page about it.",
        type=registry.A_TO_Z.type,
        source=SETTINGS_FILE,
        ages=[*status.ages(guide, guide.entries), *_glossary_age(guide)],
        texts=(*_names(guide.entries), *([signoff.GLOSSARY] if guide.glossary else [])),
        values={"letters": letters(guide), "relative": partial(routes.relative, page=registry.A_TO_Z.uri)},
    )


def _glossary_age(guide: Guide) -> list[Age]:
    glossary, months = guide.glossary, guide.settings.review_months.pages
    return [Age(glossary.changed, glossary.evidence_checked, months)] if glossary else []


def references(guide: Guide, pages: Iterable[tuple[str, str, Sequence[str]]]) -> Draft:
    """The draft of the list of sources, from the path, title and sources of every other page."""
    cited_by: dict[str, list[dict[str, str]]] = defaultdict(list)
    for uri, title, cites in pages:
        link = routes.relative(routes.Target(uri), registry.REFERENCES.uri)
        for key in cites:
            cited_by[key].append({"title": title, "link": link})
    for edition in guide.editions:
        # A translation that is out of date may cite sources that its source no longer cites.
        home = routes.Target(f"{edition.settings.language}/index.md")
        for key in edition.cited:
            link = routes.relative(home, registry.REFERENCES.uri)
            cited_by.setdefault(key, [{"title": edition.settings.title, "link": link}])
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for key, reference in guide.references.items():
        if key not in cited_by:
            continue
        by_kind[reference.custom.evidence].append((key, reference))
    for found in by_kind.values():
        found.sort(key=lambda pair: nlm.format_reference(pair[1]).casefold())
    by_letter = {
        kind: entries_by_letter((nlm.format_reference(p[1]), p) for p in found) for kind, found in by_kind.items()
    }
    return Draft(
        uri=registry.REFERENCES.uri,
        title=registry.REFERENCES.title(guide.settings),
        description="Every source this guide cites, with what kind of evidence it is.",
        type=registry.REFERENCES.type,
        source="content/references",
        ages=[*status.ages(guide, guide.entries), *_glossary_age(guide)],
        texts=(signoff.SETTINGS, *_names(guide.entries), *([signoff.GLOSSARY] if guide.glossary else [])),
        values={
            "kinds": [kind for kind in guide.settings.evidence if kind.id in by_kind],
            "by_kind": by_letter,
            "cited_by": cited_by,
            "format_reference": nlm.format_reference,
            "evidence_line": partial(status.evidence_line, guide),
            "watch_lines": watch.lines(guide),
            "nobody_asked": None if guide.watch else watch.NOBODY,
        },
    )


_DRAFTS: Mapping[str, Callable[[Guide], Draft]] = {
    registry.FAQ.name: _faq,
    registry.FACETS.name: facet_overview,
    registry.QUESTIONS.name: _questions,
    registry.PATH.name: reader_tools.my_path,
    registry.APPOINTMENT.name: reader_tools.appointment,
    registry.GLOSSARY.name: _glossary,
    registry.A_TO_Z.name: _a_to_z,
    registry.EFFECTS.name: effects_page,
    registry.CHANGES.name: news_page,
}
