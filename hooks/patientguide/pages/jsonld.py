"""JSON-LD of a page, in the vocabulary of schema.org.

It says no more than the page: a review is here only while it is valid. Browsers never run it. Sources: schema.org
(health and medical types), JSON-LD 1.1, section 7 (embedding in HTML).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patientguide.model import registry, routes
from patientguide.model.entries import Entry, Faq, Medication, Therapy
from patientguide.model.guide import Guide, brand_names, once_per_guide
from patientguide.model.records import Person
from patientguide.model.reference import Reference
from patientguide.pages.page import Draft
from patientguide.pages.text import Texts, address, plain
from patientguide.review import status
from patientguide.review.signoff import PageReview, State
from patientguide.review.status import Status

Node = dict[str, Any]

_MEDICAL = "MedicalWebPage"
_SOURCES: Mapping[str, str] = {
    "article-journal": "ScholarlyArticle",
    "webpage": "WebPage",
    "report": "Report",
    "book": "Book",
    "chapter": "Chapter",
}
"""The schema.org type of a source, by its CSL type."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def json_ld(
    guide: Guide,
    draft: Draft,
    description: str,
    state: Status,
    review: PageReview,
    cites: Sequence[str],
    site_url: str = "",
) -> str:
    """The JSON-LD of a page, escaped for a script element.

    Addresses start with `site_url`. Without one they are relative to the page, which is their base.
    """
    node = _page(guide, draft, description, state, review, _addresses(draft.uri, site_url))
    whole = _ENCODER.encode({"@context": "https://schema.org", **node})
    if cites:
        whole = f'{whole[:-1]},"citation":[{",".join(_source(guide, key) for key in cites)}]}}'
    # No text can close the script element, or start a comment in it.
    return whole.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _addresses(page: str, site_url: str) -> Callable[[str], str]:
    """The absolute address of a page or file, or the path to it from `page`."""
    root = site_url or "../" * routes.address(page).count("/", 1) or "./"
    return lambda uri: root + address(routes.Target(uri)).removeprefix("./")


def _page(
    guide: Guide, draft: Draft, description: str, state: Status, review: PageReview, to: Callable[[str], str]
) -> Node:
    settings, entry = guide.settings, draft.values.get("entry")
    about_project = getattr(entry.front, "about_project", False) if entry else False
    root = guide.edition.root if guide.edition else ""
    node: Node = {
        "@type": "WebPage" if about_project else _one_or_more(draft.type.schema_type),
        "url": to(draft.uri),
        "name": draft.title,
        "description": description,
        "inLanguage": settings.language,
        "isPartOf": {"@type": "WebSite", "name": settings.title, "url": to(f"{root}index.md")},
        "audience": {"@type": "Audience", "audienceType": settings.audience},
        "creativeWorkStatus": status.review_notice(review, settings.language),
        "dateModified": state.changed,
        "breadcrumb": _breadcrumb(guide, draft, root, to),
    }
    if guide.edition:
        language = guide.edition.source.settings.language
        source = {"url": to(draft.uri.removeprefix(root)), "inLanguage": language}
        node["translationOfWork"] = {"@type": "WebPage", **source}
    elif entry:
        data = {"encodingFormat": "application/json", "contentUrl": to(routes.data_uri(entry))}
        node["encoding"] = {"@type": "MediaObject", **data}
    node |= {"license": settings.license} if settings.license else {}
    node |= {"about": {"@type": "MedicalCondition", "name": settings.condition}} if node["@type"] != "WebPage" else {}
    node |= _of_people(guide, entry, review)
    if subject := _faqs(guide, draft) or (_subject(guide, entry) if entry else None):
        node["mainEntity"] = subject
    return node


def _of_people(guide: Guide, entry: Entry[Any] | None, review: PageReview) -> Node:
    """The authors, if people wrote it, and the reviewers, while their review is valid. A machine is not an author."""
    people = {person.id: person for person in guide.people}
    authors = [people[id_] for id_ in entry.front.authors if id_ in people] if entry else []
    said: Node = {"author": [{"@type": "Person", "name": person.name} for person in authors]} if authors else {}
    if review.state is State.VALID and review.people:
        said |= {"lastReviewed": review.on, "reviewedBy": [_person(person) for person in review.people]}
    return said


def _person(person: Person) -> Node:
    named = {"@type": "Person", "name": person.name, "jobTitle": person.role}
    return {**named, "sameAs": f"https://orcid.org/{person.ORCID}"} if person.ORCID else named


def _subject(guide: Guide, entry: Entry[Any]) -> Node | None:
    """The subject of an entry, for kinds with a type in schema.org."""
    front = entry.front
    if isinstance(front, Therapy):
        return {"@type": "MedicalTherapy", "name": front.title}
    if not isinstance(front, Medication):
        return None
    drug: Node = {"@type": "Drug", "name": front.title, "nonProprietaryName": front.generic}
    drug |= {"proprietaryName": brands} if (brands := brand_names(entry)) else {}
    drug["drugClass"] = {"@type": "DrugClass", "name": front.class_}
    if front.boxed_warning:
        drug["warning"] = plain(guide, entry, front.boxed_warning)
    return drug


def _one_or_more(types: tuple[str, ...]) -> str | list[str]:
    return types[0] if len(types) == 1 else list(types)


def _faqs(guide: Guide, draft: Draft) -> list[Node]:
    if draft.type is not registry.FAQ.type:
        return []
    faqs: list[Entry[Faq]] = [faq for found in draft.values["topics"].values() for faq in found]
    return [
        {
            "@type": "Question",
            "name": faq.front.title,
            "acceptedAnswer": {"@type": "Answer", "text": plain(guide, faq, Texts(guide, faq.path).shown(faq.body))},
        }
        for faq in faqs
    ]


def _breadcrumb(guide: Guide, draft: Draft, root: str, to: Callable[[str], str]) -> Node:
    """The breadcrumb from the home page in the folder `root`, through the list of an entry."""
    above = f"{draft.uri.rpartition('/')[0]}/index.md"
    steps = [(f"{root}index.md", guide.settings.title)]
    if "/" in draft.uri.removeprefix(root):
        steps += [
            (root + one.uri, one.title(guide.settings))
            for one in registry.known(guide.settings).values()
            if root + one.uri == above
        ]
    steps += [(draft.uri, draft.title)]
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": {"@id": to(uri)}}
        for number, (uri, name) in enumerate(dict(steps).items(), 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


@once_per_guide
def _source(guide: Guide, key: str) -> str:
    """A source as JSON. Cached, since many pages cite it."""
    return _ENCODER.encode(_cited(guide.references[key]))


def _cited(reference: Reference) -> Node:
    gone = reference.custom.dead and reference.custom.archive_url
    where = gone or (f"https://doi.org/{reference.DOI}" if reference.DOI else reference.URL)
    node: Node = {"@type": _SOURCES[reference.type], "name": reference.title}
    node |= {"url": where} if where else {}
    return node | ({"datePublished": reference.issued} if reference.issued else {})
