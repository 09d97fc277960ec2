"""The words of a translation, laid over the data of its source: rules stay the source's, words are the translation's.

A row is the translation of the source's row with the same `id` or `value`, else of the one at the same place.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from patientguide import roles
from patientguide.roles import Role
from patientguide.yamlfile import Path


@dataclass
class Overlay:
    """Lays words over data of a `model`. `faults` are the paths, messages and advice of what does not fit there."""

    model: type[BaseModel]
    whole: bool = True
    """Whether every field with words must be there when the source has it."""
    faults: list[tuple[Path, str, str]] = field(default_factory=list)

    def laid(self, source: Any, words: Any, path: Path = ()) -> Any:
        """The data of the source with these words in it."""
        if isinstance(source, dict) and isinstance(words, dict):
            return self._lines(source, words, path)
        if isinstance(source, list) and isinstance(words, list) and any(isinstance(row, dict) for row in source):
            return self._rows(source, words, path)
        return words

    def _lines(self, source: dict[str, Any], words: dict[str, Any], path: Path) -> dict[str, Any]:
        found = dict(source)
        model = roles.model_at(self.model, path)
        role = roles.of_fields(model) if model else {}
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
