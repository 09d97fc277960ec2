"""The search index of a guide of any size, with words as rich as those of the real guide: its own, and new ones.

The pages of `corpus.py` are made of a few hundred words, which pack into nearly nothing. Here each entry speaks mostly
of one subject of the real guide, partly of anything in it, and of some things that no other entry names.
"""

from itertools import product
from random import Random
from typing import Any

from patientguide.content.blocks import blocks
from patientguide.model.guide import Guide
from patientguide.search.engine import ZERO, Reader
from patientguide.search.index import index

SYLLABLES = ["".join(sounds) for sounds in product("bdfgklmnprstvz", "aeiou", ["", "n", "r", "l"])]
OWN = 4
"""New words in each entry: in real collections of texts, new ones never cease (Heaps' law)."""


def grown(guide: Guide, count: int, seed: str = "") -> dict[str, Any]:
    """The index of `guide` with so many more medicines, each as long as one of its own."""
    rng = Random(f"{count} {seed}")
    data = index(guide)
    reader = Reader(data["ignore"], data["same"], data["english"])
    pages = {f"medications/{medicine.id}/" for medicine in guide.medications}
    models = [unit for unit in data["units"] if unit[0] in pages]
    texts = {entry.id: [] for entry in guide.entries}  # type: dict[str, list[str]]
    for block in blocks(guide):
        texts.setdefault(block.path.rpartition("/")[2].removesuffix(".md"), []).extend(
            word.said for word in reader.words(block.words) if not word.said.isdecimal()
        )
    everything = [word for words in texts.values() for word in words]
    postings: dict[str, list[int]] = {}
    at = 0
    units = list(data["units"])
    for word, steps in zip(data["words"].split(" "), data["steps"].split(" "), strict=True):
        numbers, at = [], 0
        for step in steps:
            at += ord(step) - ZERO
            numbers.append(at)
        postings[word] = numbers
    for number in range(len(units), len(units) + count):
        model = rng.choice(models)
        topic = texts[model[0].split("/")[1]]
        own = ["".join(rng.choices(SYLLABLES, k=3)) for _ in range(OWN)]

        def said(size: int, topic: list[str] = topic) -> list[str]:
            return [rng.choice(topic if rng.random() < 0.6 else everything) for _ in range(size)]

        names = ["".join(rng.choices(SYLLABLES, k=3)) for _ in model[5]]
        title, note = own[0].capitalize(), f"{own[0]}. {' '.join(said(3))}. {names[0] if names else ''}"
        summary = " ".join([*said(len(model[4].split())), own[1]]) + "."
        sections = [[*section[:2], *(" ".join(said(len(s.split()))) for s in section[2:])] for section in model[6]]
        unit = [f"medications/{own[0]}/", title, model[2], note, summary, names, sections, model[7], []]
        units.append(unit)
        field = " ; ".join([title, note, summary, *(part for s in sections for part in s[1:])])
        known = {word.stem for word in reader.words(field)}
        for word in [*said(len(topic)), *own[2:]]:
            stem = next((found.stem for found in reader.words(word)), "")
            if stem and stem not in known:
                known.add(stem)
                postings.setdefault(word, []).append(number)
    words = sorted(postings)
    steps = ["".join(chr(ZERO + b - a) for a, b in zip([0, *p], p, strict=False)) for p in map(postings.get, words)]
    return {**data, "units": units, "words": " ".join(words), "steps": " ".join(steps)}
