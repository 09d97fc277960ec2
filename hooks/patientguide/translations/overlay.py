"""A translation merged over its source, part by part."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from patientguide.core.yaml import Path
from patientguide.markup.tokens import sections
from patientguide.model import roles
from patientguide.model.entries import Entry
from patientguide.model.guide import Fit
from patientguide.model.roles import WHOLE, Role
from patientguide.model.settings import Settings
from patientguide.translations.marks import steps

# -- merging: words come from the translation, everything else from the source
#
# A row translates the source's row with the same `id` or `value`, else the one at the same index.


@dataclass
class Overlay:
    """Merges words over data of a `model`. `faults` has the path, message and advice of all that does not fit."""

    model: type[BaseModel]
    whole: bool = True
    """Whether every field with words in the source must be translated."""
    faults: list[tuple[Path, str, str]] = field(default_factory=list)

    def laid(self, source: Any, words: Any, path: Path = ()) -> Any:
        """The data of the source with these words."""
        if isinstance(source, dict) and isinstance(words, dict):
            return self._lines(source, words, path)
        if isinstance(source, list) and isinstance(words, list) and any(isinstance(row, dict) for row in source):
            return self._rows(source, words, path)
        return words

    def _lines(self, source: dict[str, Any], words: dict[str, Any], path: Path) -> dict[str, Any]:
        model = roles.model_at(self.model, path)
        role = roles.of_fields(model) if model else {}
        # The fields of a whole text are the caller's to choose.
        found = {n: value for n, value in source.items() if not (path and role.get(n, Role.NONE) & Role.OWN)}
        needed = roles.has_words(model) if model and self.whole else frozenset()
        for name in source:
            if name in needed and name not in words and not role[name] & Role.OWN:
                self._refuse((*path, name), f"'{name}' is not in this language yet.", "Add it: the source text has it.")
        for name, value in words.items():
            here = (*path, name)
            if name in source and source[name] == value:
                continue
            own = role.get(name, Role.NONE) & Role.OWN
            if role.get(name, Role.NONE) & Role.CODE and not own:
                self._refuse(here, f"'{name}' holds no words.", "Take it out: the source text says it.")
            elif name not in source and not own:
                self._refuse(here, f"The source text has no '{name}' here.", "Take it out, or add it there first.")
            else:
                found[name] = self.laid(source.get(name), value, here) if name in source else value
        return found

    def _rows(self, source: list[Any], words: list[Any], path: Path) -> list[Any]:
        key = next((key for key in ("id", "value") if all(isinstance(r, dict) and key in r for r in source)), None)
        if key is None:
            if len(source) != len(words):
                message = f"There are {len(words)} rows here, and {len(source)} in the source text."
                self._refuse(path, message, "Write one for each row of the source, in its order.")
                return source
            return [self.laid(one, other, (*path, n)) for n, (one, other) in enumerate(zip(source, words, strict=True))]
        model = roles.model_at(self.model, path)
        has_words = model is not None and roles.has_words(model)
        places = {str(row.get(key)): n for n, row in enumerate(words) if isinstance(row, dict)}
        for name, n in places.items():
            if name not in [row[key] for row in source]:
                message = f"The source text has no '{name}' here."
                self._refuse((*path, n), message, "Take it out, or add it there first.")
        for row in source if self.whole and has_words else ():
            if row[key] not in places:
                self._refuse(path, f"'{row[key]}' is not in this language yet.", "Add it: the source text has it.")
        return [self.laid(r, words[places[r[key]]], (*path, places[r[key]])) if r[key] in places else r for r in source]

    def _refuse(self, path: Path, message: str, advice: str) -> None:
        self.faults.append((path, message, advice))


# -- a translated entry for readers: its words, or those of the source where a safety part is out of date


@dataclass(frozen=True)
class Shown:
    """A source entry, the settings of both languages, and whether the translation is up to date."""

    source: Entry[Any]
    settings: Settings
    translated: Settings
    fit: Fit


def settled_text(
    shown: Shown, data: dict[str, Any], body: str, laid: Overlay
) -> tuple[dict[str, Any], str, frozenset[str]]:
    """The fields and body of an entry, and the parts that are shown from the source.

    The parts have the names of the translation. Words of `data` that do not fit are recorded in `laid`.
    """
    source = dict(shown.source.facts.data)
    headings = _headings(shown)
    front: type[BaseModel] = type(shown.source.front)
    for name in roles.named(front, Role.OWN) - {"not_applicable"}:
        source.pop(name, None)
    if "topic" in source:
        topics = (settings.kinds.of(shown.source.kind).topics for settings in (shown.settings, shown.translated))
        source["topic"] = dict(zip(*topics, strict=True)).get(source["topic"], source["topic"])
    left_out = source.pop("not_applicable", {})
    if left_out:
        source["not_applicable"] = {headings.get(name, name): why for name, why in left_out.items()}
    gone = shown.fit.given_way
    drawn = roles.parts(front)
    fields = {name for part in gone for name in drawn.get(part, ())}
    given = {name: value for name, value in data.items() if name not in fields}
    merged = laid.laid({name: value for name, value in source.items() if name not in fields}, given)
    merged = {name: merged.get(name, value) for name, value in source.items()} | merged
    late = _shapes_that_changed(shown, laid)
    merged |= {name: source[name] for part in late for name in drawn[part] if name in source}
    if WHOLE in gone:
        return merged, shown.source.body, gone
    return merged, _body(shown, body, headings), frozenset(headings.get(name, name) for name in gone | late)


def _shapes_that_changed(shown: Shown, laid: Overlay) -> frozenset[str]:
    """The parts of a stale translation whose rows no longer match: they are shown from the source too."""
    if not shown.fit.stale:
        return frozenset()
    lost = {path[0] for path, _, _ in laid.faults if path}
    laid.faults = [fault for fault in laid.faults if fault[0] and fault[0][0] not in lost]
    front: type[BaseModel] = type(shown.source.front)
    drawn = roles.parts(front)
    return frozenset(part for part, fields in drawn.items() if part != WHOLE and lost & set(fields))


def _headings(shown: Shown) -> dict[str, str]:
    """The headings of the source's outline, with their translations."""
    pairs = zip(steps(shown.source, shown.settings), steps(shown.source, shown.translated), strict=False)
    return {one.heading: other.heading for one, other in pairs}


def _body(shown: Shown, body: str, headings: dict[str, str]) -> str:
    """The body of the translation, with the sections that are shown from the source."""
    written = {step.heading for step in steps(shown.source, shown.settings) if not step.part}
    gone = {headings.get(name, name): name for name in shown.fit.given_way & written}
    if not gone:
        return body
    texts = {section.heading: section.text for section in shown.source.sections}
    kept = [(s.heading, texts.get(gone[s.heading], "") if s.heading in gone else s.text) for s in sections(body, 1)]
    return "\n".join(f"## {heading}\n\n{text}\n" if heading else f"{text}\n" for heading, text in kept)
