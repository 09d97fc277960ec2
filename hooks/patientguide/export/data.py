"""The JSON export of a guide."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from patientguide.checks.names import is_drawn
from patientguide.markup.tokens import citation_keys, tokens
from patientguide.model import registry, roles, routes
from patientguide.model.entries import Entry, Medication, Outlined, Phase, SideEffect, Term, WarningSign
from patientguide.model.guide import Guide, once_per_guide
from patientguide.model.reference import Reference
from patientguide.model.roles import Role
from patientguide.pages.text import Texts, address
from patientguide.review import signoff, status
from patientguide.review.signoff import PageReview
from patientguide.review.status import Status

# -- records as plain data, with the names of templates/guide.schema.json
#
# They have exactly what a page says about its review, its dates and its sources.


Record = dict[str, Any]


@once_per_guide
def review_and_status(guide: Guide, name: str) -> tuple[PageReview, Status]:
    """The review and dates on the page of the entry with this name."""
    review = signoff.page_review(guide, (name,))
    return review, status.status_of(status.ages(guide, [guide.by_name[name]]), review.until, guide.today)


def entry_record(guide: Guide, one: Entry[Any], cites: Sequence[str], site_url: str) -> Record:
    """An entry; `cites` are the keys of the sources on its page, in the order of their notes."""
    texts, front, where = Texts(guide, one.path), one.front, address(routes.target_of(one))
    review, state = review_and_status(guide, one.name)
    found: Record = {"kind": one.kind, "id": one.id, "title": front.title, "address": where}
    found |= {"url": site_url + where.removeprefix("./")} if site_url else {}
    for name in ("summary", "main_message"):
        if text := getattr(front, name, ""):
            found[name] = texts.shown(text)
    found |= _treatment(guide, one, texts) if isinstance(front, Outlined) else {}
    if getattr(front, "signs", ()):
        found["signs"] = [_sign(guide, sign, texts) for sign in front.signs]
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


def _sign(guide: Guide, sign: WarningSign, texts: Texts) -> Record:
    soon = next(urgency.label for urgency in guide.settings.urgency if urgency.id == sign.act)
    how_soon = Texts(guide, "content/guide.yml").shown(soon)
    found = {"id": sign.id, "act": sign.act, "how_soon": how_soon, "sign": texts.shown(sign.sign)}
    medicines = [medicine.name for medicine in guide.medicines_by_sign.get(sign.id, ())]
    return {**found, "text": texts.shown(sign.text), "medicines": medicines, "for_medicines": sign.for_medicines}


def _treatment(guide: Guide, one: Entry[Any], texts: Texts) -> Record:
    """The common fields of entries with an outline."""
    front, shown = one.front, texts.shown
    acts = Texts(guide, "content/guide.yml").shown
    soon = {urgency.id: acts(urgency.label) for urgency in guide.settings.urgency}
    found: Record = {"medicine": _medicine(front, shown)} if isinstance(front, Medication) else {}
    if isinstance(front, Phase):
        found["everyone"] = shown(front.everyone)
        found["branches"] = [{"value": branch.value, "text": shown(branch.text)} for branch in front.branches]
    found["at_a_glance"] = [{"label": fact.label, "text": shown(fact.text)} for fact in front.at_a_glance]
    found["side_effects"] = [
        {"effect": effect.effect, "act": effect.act, "how_soon": soon[effect.act]}
        | {name: shown(text) for name in sorted(roles.named(SideEffect, Role.FACT)) if (text := getattr(effect, name))}
        for effect in front.side_effects
    ]
    found["call"] = [{"act": call.act, "how_soon": soon[call.act], "text": shown(call.text)} for call in front.call]
    related = guide.homes_of(one) if isinstance(front, Medication) else guide.medicines_of(one)
    return found | {"related": [other.name for other in related]}


def _medicine(front: Medication, shown: Any) -> Record:
    found: Record = {"generic": front.generic, "brands": front.brands, "class": front.class_}
    found |= {"pronunciation": front.pronunciation} if front.pronunciation else {}
    for name in ("names", "given", "test", "boxed_warning"):
        if text := getattr(front, name):
            found[name] = shown(text)
    return found | ({"cycle": front.cycle.model_dump()} if front.cycle else {})


def _sections(guide: Guide, one: Entry[Any], texts: Texts) -> Iterator[Record]:
    """The headings of its page in order. A section made from other fields has the name of its part."""
    kind = guide.settings.kinds.of(one.kind)
    written = {section.heading: section.text for section in one.sections}
    if kind is None or not kind.outline:
        yield from ({"heading": heading, "text": texts.shown(text)} for heading, text in written.items())
        return
    left_out = getattr(one.front, "not_applicable", {})
    for step in kind.outline:
        if text := written.get(step.heading) or left_out.get(step.heading):
            yield {"heading": step.heading, "text": texts.shown(text)}
        elif is_drawn(step, one, guide):
            yield {"heading": step.heading, "part": step.part}


def _review(review: PageReview) -> Record:
    found: Record = {"state": review.state.value, "notice": status.review_notice(review), "drafted": review.drafted}
    if review.people:
        found |= {"on": review.on, "reviewers": [{"name": one.name, "role": one.role} for one in review.people]}
    return found


def source_record(guide: Guide, key: str, reference: Reference) -> Record:
    """A source: its CSL item as written, and its kind of evidence."""
    raw = guide.records[f"content/references/{key}.yml"].data
    custom, kind = reference.custom, guide.evidence[reference.custom.evidence]
    found = {"id": key, **{name: value for name, value in raw.items() if name != "custom"}}
    found |= {"evidence": kind.id, "evidence_label": kind.label, "strength": kind.strength}
    found |= {"trial": custom.nct} if custom.nct else {}
    found |= {"dead": custom.dead, "archive_url": custom.archive_url} if custom.dead else {}
    return found | ({} if custom.title_confirmed else {"title_confirmed": False})


def term_record(guide: Guide, one: Term) -> Record:
    """A word of the glossary."""
    where, shown = address(routes.Target(registry.GLOSSARY.uri, one.id)), Texts(guide, "content/glossary.yml").shown
    return {"id": one.id, "term": one.term, "address": where, "text": shown(one.text), "see": one.see}


def guide_facts(guide: Guide, site_url: str) -> Record:
    """The facts about the guide, for every file."""
    settings = guide.settings
    found: Record = {
        "title": settings.title,
        "condition": settings.condition,
        "audience": settings.audience,
        "region": settings.region,
        "language": settings.language,
        "notice": status.guide_notice(guide),
        "as_of": guide.today.isoformat(),
        "when_to_call": address(routes.target_of(guide.safety_page)),
    }
    found |= {"license": settings.license} if settings.license else {}
    return found | ({"url": site_url} if site_url else {})


def vocabulary(guide: Guide) -> Record:
    """The vocabulary that entries refer to by id: facets and urgencies."""
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


# -- files: data/guide.json has the whole guide, data/KIND/ID.json one entry, both by data/guide.schema.json
#
# The version of the schema is raised when programs that read older files would fail.


GUIDE = f"{routes.DATA}/guide.json"
SCHEMA = f"{routes.DATA}/guide.schema.json"
VERSION = 2
BETWEEN = ",\n"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SCHEMA_FILE = Path(__file__).parent.parent / "templates" / "guide.schema.json"

Cites = Mapping[str, Sequence[str]]
"""The sources of each page, by its Markdown path, in the order of their notes."""


@dataclass(frozen=True)
class DataFiles:
    """The files of a guide, in pieces to save memory."""

    guide: Guide
    cites: Cites
    site_url: str = ""

    @cached_property
    def facts(self) -> str:
        """The facts about the guide, which are in every file."""
        return _json(guide_facts(self.guide, self.site_url))

    def entry(self, one: Entry[Any]) -> str:
        """An entry, without the rest of its file."""
        return _json(entry_record(self.guide, one, self._cited(one), self.site_url))

    def before(self, uri: str) -> str:
        """The start of a file. `root` is the base of its addresses, relative to the file."""
        up = "../" * uri.count("/")
        head = {"schema": f"{self.site_url or up}{SCHEMA}", "version": VERSION, "root": self.site_url or up}
        return f'{_json(head)[:-1]},\n"guide":{self.facts},\n"entries":[\n'

    def after(self, one: Entry[Any] | None = None) -> str:
        """The end of the file of an entry or, without one, of the file of the whole guide."""
        keys = dict.fromkeys([key for keys in self.cites.values() for key in keys]) if one is None else self._cited(one)
        sources = BETWEEN.join(self._sources[key] for key in keys)
        more = "" if one else "".join(f",\n{_json(name)}:{_json(value)}" for name, value in self._more().items())
        return f'\n],\n"references":[\n{sources}\n]{more}}}\n'

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        return {key: _json(source_record(self.guide, key, one)) for key, one in self.guide.references.items()}

    def _more(self) -> Mapping[str, Any]:
        terms = [term_record(self.guide, term) for term in self.guide.terms]
        return {**vocabulary(self.guide), "glossary": terms}

    def _cited(self, entry: Entry[Any]) -> Sequence[str]:
        """The sources of an entry. Answers share a page, so the text of an answer says which are its own."""
        if entry.kind != "faqs":
            return self.cites.get(routes.target_of(entry).uri, ())
        text = Texts(self.guide, entry.path).shown(entry.body)
        keys = [key for token in tokens(text) if token.kind == "cite" for key in citation_keys(token.text)]
        return list(dict.fromkeys(keys))


def data_files(guide: Guide, cites: Cites, site_url: str = "") -> Iterator[tuple[str, str]]:
    """Every data file, by path."""
    data = DataFiles(guide, cites, site_url)
    entries = []
    for entry in guide.entries:
        uri = routes.data_uri(entry)
        entries.append(data.entry(entry))
        yield uri, data.before(uri) + entries[-1] + data.after(entry)
    yield GUIDE, data.before(GUIDE) + BETWEEN.join(entries) + data.after()
    yield SCHEMA, schema_text(guide)


def data_uris(guide: Guide) -> Iterator[str]:
    """The paths of all files."""
    yield from (GUIDE, SCHEMA, *map(routes.data_uri, guide.entries))


def schema_text(guide: Guide) -> str:
    """The text of the schema, with the further kinds of the guide."""
    text = _SCHEMA_FILE.read_text(encoding="utf-8")
    if not guide.settings.kinds.further:
        return text
    schema = json.loads(text)
    schema["$defs"]["entry"]["properties"]["kind"]["enum"] = [*guide.settings.kinds.names, "pages"]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _json(value: Any) -> str:
    return _ENCODER.encode(value)
