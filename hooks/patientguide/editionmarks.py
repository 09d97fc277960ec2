"""What a translated file says of its source: read from it, and held against the source as that is now."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from patientguide import parse
from patientguide.edition import Fit
from patientguide.problems import Place, Problem, Severity
from patientguide.roles import WHOLE
from patientguide.translation import FIELD, Mark
from patientguide.yamlfile import YamlFile


def taken(file: YamlFile) -> tuple[dict[str, Any], Mark | None, list[Problem]]:
    """The data of a file without what it says of its source, and this. Problems: damaged-hash."""
    data = dict(file.data) if isinstance(file.data, dict) else {}
    if FIELD not in data:
        return data, None, []
    mark, problems = parse.model(Mark, replace(file).knowing(data=data.pop(FIELD)))
    advice = command(file.path)
    wrong = [replace(p, place=file.place((FIELD,)), code="damaged-hash", advice=advice) for p in problems]
    return data, mark or Mark(), wrong


def held(mark: Mark | None, now: Mark) -> Fit:
    """How a translation made of a source with the hashes `mark` fits it as it is `now`."""
    gone = frozenset(name for name, hash_ in now.safety.items() if mark is None or mark.safety.get(name) != hash_)
    return Fit(mark is not None and mark.source != now.source, gone)


def said(file: YamlFile, mark: Mark | None, fit: Fit, name: str, rows: Collection[str] = ()) -> Iterator[Problem]:
    """Problems: missing-hash; stale-safety when parts of a text gave way, and stale when others changed, or `rows`."""
    advice = command(file.path)
    if mark is None:
        message = "This translation does not say which source text it was made of."
        yield Problem(Place(file.path), "missing-hash", message, advice)
    elif gone := fit.given_way:
        what = "text" if WHOLE in gone else f"({', '.join(sorted(gone))})"
        message = f"The safety text of '{name}' has changed: readers see the source's {what}."
        yield Problem(file.place((FIELD,)), "stale-safety", message, f"Translate it anew. {advice}", Severity.WARNING)
    elif fit.stale:
        of = f" ({', '.join(sorted(rows))})" if rows else ""
        told = "" if name == "guide" else ": readers are told so"
        message = f"The source text of '{name}' has changed{of}{told}."
        yield Problem(file.place((FIELD,)), "stale", message, f"Translate it anew. {advice}", Severity.WARNING)


def command(path: str) -> str:
    """The advice that ends every finding here."""
    return f"When it is right, run: patientguide translated {path.removeprefix('content/').rpartition('.')[0]}"
