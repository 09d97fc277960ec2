"""The search index as scripts, which open without a server, too: one, or for a large guide several.

The first has all names and titles, and every word of the guide, so that none is taken for a mistake: it answers a first
search. The parts have what is said in texts. A browser loads all of them, whatever was typed, so that what a reader
looks for never shows in what is asked of the server. Whole, they are the index as it was.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from math import ceil
from typing import Any

URI = "search/search_index.js"
PART = "search/part_{}_{}.js"
MOST = 250_000
"""A longer index is split. So much packs into about 70 kB, which a slow phone line (1.6 Mbit/s) carries in 0.4 s."""
_URL, _TEXT, _SECTIONS = 0, 4, 6
"""Fields of a `searchrank.Unit`: text and sections wait for a part, which says whose they are."""


def scripts(index: Mapping[str, Any], most: int = MOST) -> Mapping[str, str]:
    """The files for an index that `searchindex` made, by their path.

    The names of parts carry the mark of the index: a browser never joins parts of two builds.
    """
    whole = _json(index)
    if len(whole) <= most:
        return {URI: f"var patientguideIndex={whole};\n"}
    mark, count = sha256(whole.encode()).hexdigest()[:8], ceil(len(whole) / most)
    uris = [PART.format(mark, number) for number in range(1, count + 1)]
    units = _cut([[unit[_URL], unit[_TEXT], unit[_SECTIONS]] for unit in index["units"]], count)
    steps = [" ".join(one) for one in _cut(index["steps"].split(" "), count)]
    first = {**index, "units": [_first(unit) for unit in index["units"]], "steps": "", "parts": uris}
    parts = [{"units": one, "steps": other} for one, other in zip(units, steps, strict=True)]
    return {
        URI: f"var patientguideIndex={_json(first)};\n",
        **{uri: f"patientguideIndex.parts[{n}]={_json(parts[n])};\n" for n, uri in enumerate(uris)},
    }


def _first(unit: Sequence[Any]) -> list[Any]:
    """A unit without what waits."""
    shown = list(unit)
    shown[_TEXT], shown[_SECTIONS] = "", []
    return shown


def _cut(items: Sequence[Any], count: int) -> list[Sequence[Any]]:
    """Items in order, in so many shares of about one length."""
    places = [len(items) * share // count for share in range(count + 1)]
    return [items[start:end] for start, end in pairwise(places)]


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
