"""The words of a translation, laid over the data of its source: rules stay the source's, words are the translation's.

A row is the translation of the source's row with the same `id` or `value`, else of the one at the same place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from patientguide.yamlfile import Path

OWN = ("also_called", "waivers", "draft", "advice", "not_applicable")
"""Fields that a translation may have though its source has none."""
FORMS = ("forms", "lay", "misspellings")
"""How a word of the glossary stands in running text, and is searched for: each language has its own, or none."""
RULES = frozenset(
    (
        *("order", "changed", "evidence_checked", "facets", "authors", "safety", "topic", "therapies", "phases"),
        *("act", "n", "to", "of", "source", "see"),
    )
)
"""Fields of a text that hold no words: the source says them for every language."""
SETTINGS_RULES = frozenset(
    (
        *("admonition", "strength", "decides", "max_years", "review_months", "names_source", "safety_page", "local"),
        *("language", "items", "part", "answers", "least", "number", "left_out", "advice", "safety"),
    )
)
"""The same of guide.yml."""


@dataclass
class Overlay:
    """Lays words over data. `faults` are the paths, messages and advice of what does not fit there."""

    faults: list[tuple[Path, str, str]] = field(default_factory=list)
    own: Iterable[str] = OWN
    rules: frozenset[str] = RULES
    words: frozenset[str] = frozenset()
    """Fields that must be there when the source has them."""

    def laid(self, source: Any, words: Any, path: Path = ()) -> Any:
        """The data of the source with these words in it."""
        if isinstance(source, dict) and isinstance(words, dict):
            return self._lines(source, words, path)
        if isinstance(source, list) and isinstance(words, list) and any(isinstance(row, dict) for row in source):
            return self._rows(source, words, path)
        return words

    def _lines(self, source: dict[str, Any], words: dict[str, Any], path: Path) -> dict[str, Any]:
        found = dict(source)
        for name in source:
            if name in self.words and name not in words:
                self._refuse((*path, name), f"'{name}' is not in this language yet.", "Add it: the source text has it.")
        for name, value in words.items():
            here = (*path, name)
            if name in source and source[name] == value:
                continue
            if name in self.rules:
                self._refuse(here, f"'{name}' holds no words.", "Take it out: the source text says it.")
            elif name not in source and name not in self.own:
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
        places = {str(row.get(key)): n for n, row in enumerate(words) if isinstance(row, dict)}
        for name, n in places.items():
            if name not in [row[key] for row in source]:
                message = f"The source text has no '{name}' here."
                self._refuse((*path, n), message, "Take it out, or add it there first.")
        for row in source if self.words else ():
            if row[key] not in places:
                self._refuse(path, f"'{row[key]}' is not in this language yet.", "Add it: the source text has it.")
        return [self.laid(r, words[places[r[key]]], (*path, places[r[key]])) if r[key] in places else r for r in source]

    def _refuse(self, path: Path, message: str, advice: str) -> None:
        self.faults.append((path, message, advice))
