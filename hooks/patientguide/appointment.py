"""What the sheets for an appointment are made of: questions, medicines, side effects by how soon to act, and numbers.

A number that is not known is said to be missing: nothing else may stand where somebody in need looks for it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from patientguide import dates, fitting
from patientguide.citations import keys
from patientguide.csl import Reference
from patientguide.entry import Entry
from patientguide.frequency import short
from patientguide.guide import Guide, brand_names
from patientguide.prose import tokens, without_marks

_LEAST_DIGITS = 2
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MARKUP = re.compile(r"[<>&@\[\]{}()*_`^~|#!]")


class AlertNumber(NamedTuple):
    """A line of the alert card: whom to call, and the number, empty when it is not known."""

    label: str
    number: str


def alert_lines(guide: Guide) -> list[AlertNumber]:
    """The lines of the alert card."""
    local = guide.settings.local
    return [AlertNumber(line.label, _phone(local.get(line.number or "", ""))) for line in guide.settings.alert_card]


def _phone(text: str) -> str:
    """The text if it can be dialed: "ask us" or a dash is no number."""
    return text if len(re.findall(r"\d", text)) >= _LEAST_DIGITS else ""


def urgencies(guide: Guide) -> dict[str, str]:
    """How soon to act, in plain words with local numbers, by name."""
    return {urgency.id: without_marks(urgency.label, guide.settings.local) for urgency in guide.settings.urgency}


def data(guide: Guide) -> str:
    """All that readers can choose from, as JSON that may stand in a page."""
    entries = [_entry(guide, entry) for entry in (*guide.treatments, *guide.faqs)]
    cited = {key for entry in entries for effect in entry["effects"] for key in effect["cites"]}
    sources = {key: _short(guide.references[key]) for key in sorted(cited)}
    text = json.dumps({"entries": entries, "sources": sources}, ensure_ascii=False, separators=(",", ":"))
    return _STRING.sub(_spelled_out, text)


def _spelled_out(string: re.Match[str]) -> str:
    """A string of JSON in which no sign can end the script that holds it, or be read as Markdown or a citation."""
    return _MARKUP.sub(lambda sign: f"\\u{ord(sign[0]):04x}", string[0])


def _entry(guide: Guide, entry: Entry[Any]) -> dict[str, Any]:
    front = entry.front
    return {
        "kind": entry.kind,
        "id": entry.id,
        "title": front.title,
        "brands": brand_names(entry),
        "said": getattr(front, "pronunciation", None) or "",
        "fit": fitting.of(guide, entry),
        "questions": front.questions,
        "effects": list(_effects(guide, entry)) if entry.kind in ("phases", "medications") else [],
    }


def _effects(guide: Guide, entry: Entry[Any]) -> Iterator[dict[str, Any]]:
    """Side effects, and before them the signs that cannot wait at all, which hold limits such as a temperature."""
    first = guide.settings.urgency[0].id if guide.settings.urgency else ""
    rows = [(call.act, "", call.text) for call in entry.front.call if call.act == first]
    rows += [(effect.act, effect.effect, effect.text) for effect in entry.front.side_effects]
    numbers = {id_: short(number) for id_, number in guide.numbers[entry.path].items()}
    for act, name, text in rows:
        cites = [key for token in tokens(text) if token.kind == "cite" for key in keys(token.text)]
        yield {
            "act": act,
            "effect": name,
            "text": without_marks(text, guide.settings.local, numbers),
            "cites": list(dict.fromkeys(cites)),
        }


def _short(reference: Reference) -> str:
    """A source on one line of a sheet: who, what, when, and whether anybody here has read it."""
    names = [author.literal or author.family or "" for author in reference.author[:1]]
    who = next(filter(None, [*names, reference.publisher or ""]), "")
    dated = dates.in_words(reference.issued) if reference.issued else "no date"
    read = "" if reference.custom.read else "Not yet read by us."
    return " ".join(filter(None, [f"{who}." if who else "", f"{reference.title.rstrip('.')}, {dated}.", read]))
