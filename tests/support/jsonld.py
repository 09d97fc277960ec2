"""JSON-LD of a page held against the vocabulary of schema.org, as far as tests/schemaorg.yml has it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup, Tag

from support.project import ROOT

VOCABULARY: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "schemaorg.yml").read_text())
TYPES: dict[str, list[str]] = VOCABULARY["types"]
PROPERTIES: dict[str, dict[str, list[str]]] = VOCABULARY["properties"]
TEXTS = {
    "Text": r"(?s).+",
    "URL": r"(https://|\.\.?/)\S*",
    "Date": r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
    "Integer": "",
}


def of(html: Path) -> dict[str, Any]:
    """The JSON-LD of a page; there must be one."""
    head = html.read_text().partition("</head>")[0]
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)
    found: dict[str, Any] = json.loads(script)
    return found


def kinds(node: dict[str, Any]) -> set[str]:
    """Its types and all above them."""
    named = node["@type"]
    todo = [named] if isinstance(named, str) else list(named)
    found: set[str] = set()
    while todo:
        name = todo.pop()
        found.add(name)
        todo += TYPES.get(name, [])
    return found


def faults(node: dict[str, Any], where: str = "page") -> Iterator[str]:
    """What the vocabulary does not have: types, properties, properties on the wrong type, wrong values."""
    if set(node) == {"@id"}:
        return
    known = kinds(node)
    yield from (f"{where}: no type {name}" for name in known - TYPES.keys())
    for name, value in node.items():
        if name.startswith("@"):
            continue
        place = f"{where}.{name}"
        about = PROPERTIES.get(name)
        if about is None:
            yield f"{place}: no such property"
        elif not known & set(about["stands_on"]):
            yield f"{place}: not on {sorted(known)}"
        else:
            for one in value if isinstance(value, list) else [value]:
                yield from _value(one, about["takes"], place)


def _value(value: Any, takes: list[str], place: str) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) != {"@id"} and not kinds(value) & set(takes):
            yield f"{place}: takes no {value['@type']}"
        yield from faults(value, place)
    elif isinstance(value, int):
        if "Integer" not in takes:
            yield f"{place}: takes no number"
    elif not any(re.fullmatch(TEXTS[kind], value) for kind in takes if kind in TEXTS):
        yield f"{place}: takes no {value!r}"


def article_of(page: Path) -> Tag:
    """What a page says, without its menu, links to its own headings, and scripts."""
    html = page.read_text()
    start, end = html.index("<article"), html.index("</article>")
    found = BeautifulSoup(html[start:end], "html.parser")
    for extra in found.select(".headerlink, script"):
        extra.decompose()
    return found
