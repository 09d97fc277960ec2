"""An entry, a source, a word or the guide itself as plain data, with the names that templates/guide.schema.json gives.

Whatever a page says of its review, its dates and its sources stands here as well, and nothing that it does not say.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from patientguide import notice, outline, registry, routes, signoff, status
from patientguide.csl import Reference
from patientguide.datatext import Texts, address
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.models import Medication, Phase, Term, Treatment
from patientguide.signoff import PageReview
from patientguide.status import Status

Record = dict[str, Any]


def standing(guide: Guide, one: Entry[Any]) -> tuple[PageReview, Status]:
    """What the page of an entry says of its review and its dates."""
    known: dict[str, tuple[PageReview, Status]] = guide.lookups.setdefault("standing", {})
    if one.name not in known:
        review = signoff.page_review(guide, [one.name])
        known[one.name] = review, status.of(status.ages(guide, [one]), review.until, guide.today)
    return known[one.name]


def entry(guide: Guide, one: Entry[Any], cites: Sequence[str], site_url: str) -> Record:
    """An entry whose page shows the sources `cites`, by their keys, in the order of their notes."""
    texts, front, where = Texts(guide, one.path), one.front, address(routes.of(one))
    review, state = standing(guide, one)
    found: Record = {"kind": one.kind, "id": one.id, "title": front.title, "address": where}
    found |= {"url": site_url + where.removeprefix("./")} if site_url else {}
    for name in ("summary", "main_message"):
        if text := getattr(front, name, ""):
            found[name] = texts.shown(text)
    found |= _treatment(guide, one, texts) if isinstance(front, Treatment) else {}
    found["sections"] = list(_sections(guide, one, texts))
    found |= {"questions": front.questions} if getattr(front, "questions", None) else {}
    found |= {"numbers": [number.model_dump(exclude_none=True) for number in front.numbers]} if front.numbers else {}
    return found | {
        "facets": front.facets,
        "sources": list(cites),
        "review": _review(review),
        "changed": state.changed,
        "evidence_checked": state.evidence_checked,
        "review_due": state.review_due,
    }


def _treatment(guide: Guide, one: Entry[Any], texts: Texts) -> Record:
    """What phases, therapies and medicines have at the top of their files."""
    front, shown = one.front, texts.shown
    acts = Texts(guide, "content/guide.yml").shown
    soon = {urgency.id: acts(urgency.label) for urgency in guide.settings.urgency}
    found: Record = {"medicine": _medicine(front, shown)} if isinstance(front, Medication) else {}
    if isinstance(front, Phase):
        found["everyone"] = shown(front.everyone)
        found["branches"] = [{"value": branch.value, "text": shown(branch.text)} for branch in front.branches]
    found["at_a_glance"] = [{"label": fact.label, "text": shown(fact.text)} for fact in front.at_a_glance]
    found["side_effects"] = [
        {"effect": effect.effect, "act": effect.act, "how_soon": soon[effect.act], "text": shown(effect.text)}
        for effect in front.side_effects
    ]
    found["call"] = [{"act": call.act, "how_soon": soon[call.act], "text": shown(call.text)} for call in front.call]
    related = guide.homes_of(one) if isinstance(front, Medication) else guide.medicines_of(one)
    return found | {"related": [other.name for other in related]}


def _medicine(front: Medication, shown: Any) -> Record:
    found: Record = {"generic": front.generic, "brands": front.brands, "class": front.class_}
    found |= {"pronunciation": front.pronunciation} if front.pronunciation else {}
    for name in ("given", "test", "boxed_warning"):
        if text := getattr(front, name):
            found[name] = shown(text)
    return found


def _sections(guide: Guide, one: Entry[Any], texts: Texts) -> Iterator[Record]:
    """The headings of its page in order. A section that is drawn from other fields says which part it is."""
    kind = getattr(guide.settings.kinds, one.kind, None)
    written = {section.heading: section.text for section in one.sections}
    if kind is None or not kind.outline:
        yield from ({"heading": heading, "text": texts.shown(text)} for heading, text in written.items())
        return
    left_out = getattr(one.front, "not_applicable", {})
    for step in kind.outline:
        if text := written.get(step.heading) or left_out.get(step.heading):
            yield {"heading": step.heading, "text": texts.shown(text)}
        elif outline.is_drawn(step, one, guide):
            yield {"heading": step.heading, "part": step.part}


def _review(review: PageReview) -> Record:
    found: Record = {"state": review.state.value, "notice": notice.of(review), "drafted": review.drafted}
    if review.people:
        found |= {"on": review.on, "reviewers": [{"name": one.name, "role": one.role} for one in review.people]}
    return found


def source(guide: Guide, key: str, reference: Reference) -> Record:
    """A source: its CSL item as it was written, and what kind of evidence it is."""
    raw = guide.records[f"content/references/{key}.yml"].data
    custom, kind = reference.custom, guide.evidence[reference.custom.evidence]
    found = {"id": key, **{name: value for name, value in raw.items() if name != "custom"}}
    found |= {"evidence": kind.id, "evidence_label": kind.label, "strength": kind.strength, "read": custom.read}
    found |= {"trial": custom.nct} if custom.nct else {}
    found |= {"dead": custom.dead, "archive_url": custom.archive_url} if custom.dead else {}
    return found | ({} if custom.title_confirmed else {"title_confirmed": False})


def term(guide: Guide, one: Term) -> Record:
    """A word of the glossary."""
    where, shown = address(routes.Target(registry.GLOSSARY.uri, one.id)), Texts(guide, "content/glossary.yml").shown
    return {"id": one.id, "term": one.term, "address": where, "text": shown(one.text), "see": one.see}


def guide_facts(guide: Guide, site_url: str) -> Record:
    """What the guide is, for every file."""
    settings = guide.settings
    found: Record = {
        "title": settings.title,
        "condition": settings.condition,
        "audience": settings.audience,
        "region": settings.region,
        "language": settings.language,
        "notice": notice.of_guide(guide),
        "as_of": guide.today.isoformat(),
        "when_to_call": address(routes.of(guide.safety_page)),
    }
    found |= {"license": settings.license} if settings.license else {}
    return found | ({"url": site_url} if site_url else {})


def vocabulary(guide: Guide) -> Record:
    """The words that entries name by their ids: whom they are for, how soon to act."""
    shown = Texts(guide, "content/guide.yml").shown
    return {
        "facets": [
            {
                "id": facet.id,
                "label": facet.label,
                "values": [{"id": v.id, "label": v.label, "meaning": shown(v.meaning)} for v in facet.values],
            }
            for facet in guide.settings.facets
        ],
        "urgencies": [{"id": one.id, "label": shown(one.label)} for one in guide.settings.urgency],
        "evidence": [
            {"id": one.id, "label": one.label, "strength": one.strength, "meaning": one.meaning}
            for one in guide.settings.evidence
        ],
    }
