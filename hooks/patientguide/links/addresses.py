"""Every address outside of the site that its readers may follow, each once, with the places that name it.

A DOI is written `doi:10.1000/x`: it is checked at the handle service, not at the publisher's door.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from patientguide.core.problems import Place, Problem
from patientguide.core.yaml import YamlFile, strings
from patientguide.markup import tokens
from patientguide.model import identifiers, routes
from patientguide.model.guide import Guide

DOI = "doi:"

Places = Mapping[str, tuple[Place, ...]]
"""Addresses in the order of their first place, each with all its places."""


class Mention(NamedTuple):
    """An address and one place that names it."""

    address: str
    place: Place


def collect(guide: Guide) -> Places:
    """The addresses of the sources (URL, archived copy, passages, DOI) and of every link in a text of the guide.

    Landing pages of PubMed and of trial registers are made from numbers, and are checked as numbers elsewhere.
    """
    return _grouped([*_of_sources(guide), *_of_texts(guide)])


def listed(text: str, path: str) -> Places:
    """The addresses of a file that holds one on each line; empty lines and lines that start with # are left out."""
    lines = enumerate(text.split("\n"), 1)
    return _grouped(
        Mention(line.strip(), Place(path, number))
        for number, line in lines
        if line.strip() and not line.lstrip().startswith("#")
    )


def fault(address: str) -> tuple[str, str] | None:
    """What is wrong with an address that a guide may not have (not whole, secure or public), and the advice."""
    return None if address.startswith(DOI) else identifiers.address_fault(address)


def faults(places: Places) -> list[Problem]:
    """The addresses that a guide may not have, at each of their places. Problems: forbidden-address."""
    return [
        Problem(place, "forbidden-address", f"{wrong[0][:1].upper()}{wrong[0][1:]}.", wrong[1])
        for address, found in places.items()
        if (wrong := fault(address))
        for place in found
    ]


def _grouped(mentions: Iterable[Mention]) -> Places:
    found: dict[str, tuple[Place, ...]] = {}
    for mention in mentions:
        found[mention.address] = (*found.get(mention.address, ()), mention.place)
    return found


def _of_sources(guide: Guide) -> Iterator[Mention]:
    for key, reference in guide.references.items():
        file = guide.records[f"content/references/{key}.yml"]
        # A page that a person has found dead is not asked again: readers see its archived copy.
        if reference.URL and not (reference.custom.dead and reference.custom.archive_url):
            yield Mention(reference.URL, file.place(("URL",)))
        if reference.custom.archive_url:
            yield Mention(reference.custom.archive_url, file.place(("custom", "archive_url")))
        for number, passage in enumerate(reference.passages):
            if passage.url:
                yield Mention(passage.url, file.place(("passages", number, "url")))
        if reference.DOI:
            yield Mention(f"{DOI}{reference.DOI}", file.place(("DOI",)))


def _of_texts(guide: Guide) -> Iterator[Mention]:
    for entry in guide.entries:
        yield from _of_values(entry.facts)
        for at, address in _linked(entry.body):
            yield Mention(address, entry.body_place(at))
    for path, file in guide.records.items():
        if not path.startswith("content/references/"):
            yield from _of_values(file)


def _of_values(file: YamlFile) -> Iterator[Mention]:
    for path, text in strings(file.data):
        bare = text.strip()
        found = [(0, bare)] if re.fullmatch(r"https?://\S+", bare) else _linked(text)
        for _, address in found:
            yield Mention(address, file.place(path))


def _linked(text: str) -> Iterator[tuple[int, str]]:
    """The web addresses that links of a Markdown text lead to, with where each link starts."""
    for token in tokens.tokens(text):
        target = token.group("target").strip("<>") if token.kind == "link" else ""
        if routes.is_external(target) and target.lower().startswith(("http:", "https:", "//")):
            yield token.start, target
