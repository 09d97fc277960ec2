"""Files of a built site that list its addresses for programs: site map, feeds, search index, manifest, styles.

Each reader takes the text of a file and returns its uses. It raises ValueError, with a sentence, if it is invalid.
"""

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from typing import Any
from xml.parsers import expat

from patientguide.links import html
from patientguide.links.html import Use

# Where XML formats have addresses: in the text of an element, or in an attribute.
_IN_TEXT = {"loc", "link", "image:loc", "guid", "url"}
_IN_ATTRIBUTE = {"link": "href", "atom:link": "href", "enclosure": "url", "content": "src", "xhtml:link": "href"}

_LINK = re.compile(r"\]\(([^()\s]+)\)")


def _xml(text: str) -> Iterator[Use]:
    """A site map, or a feed in Atom or RSS."""
    found: list[Use] = []
    inside: list[str] = []
    reader = expat.ParserCreate()
    at, is_address = (1, 1), True

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal at
        nonlocal is_address
        # The id of an RSS entry need not be an address; it says so if it is not.
        is_address = attributes.get("isPermaLink", "true") == "true"
        inside[:], at = [], (reader.CurrentLineNumber, reader.CurrentColumnNumber + 1)
        if value := attributes.get(_IN_ATTRIBUTE.get(name, "")):
            # A license is outside of the site.
            kind = "link" if attributes.get("rel") == "license" else "entry"
            found.append(Use(kind, name, value, *at))

    def end(name: str) -> None:
        value = "".join(inside).strip()
        inside.clear()
        if name in _IN_TEXT and value and is_address:
            found.append(Use("entry", name, value, *at))

    reader.StartElementHandler, reader.EndElementHandler = start, end
    reader.CharacterDataHandler = inside.append
    try:
        reader.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise ValueError(f"It is not well-formed XML: {error}.") from None
    yield from found


def _search(text: str) -> Iterator[Use]:
    """The search index, a script with one value; its addresses start at the root of the site."""
    data = _json(text.partition("=")[2].rstrip().removesuffix(";"))
    for url, _, _, _, _, _, sections, *_ in data["units"]:
        line, col = _find(json.dumps(url), text)
        for where in (url, *(f"{url}#{section[0]}" for section in sections)):
            yield Use("entry", "search", f"../{where}", line, col)
    for url, _ in data["help"]:
        yield Use("entry", "search", f"../{url}", *_find(json.dumps(url), text))
    for uri in data.get("parts", []):
        yield Use("file", "search", f"../{uri}", *_find(json.dumps(uri), text))


def _search_part(text: str) -> Iterator[Use]:
    """A part of a long search index: anchors on pages in the index."""
    for url, _, sections, *_ in _json(text.partition("=")[2].rstrip().removesuffix(";"))["units"]:
        for anchor, *_ in sections:
            yield Use("entry", "search", f"../{url}#{anchor}", *_find(json.dumps(url), text))


def _manifest(text: str) -> Iterator[Use]:
    """A web app manifest."""
    data = _json(text)
    files = [icon["src"] for part in ("icons", "screenshots") for icon in data.get(part, [])]
    files += [icon["src"] for shortcut in data.get("shortcuts", []) for icon in shortcut.get("icons", [])]
    pages = [data[name] for name in ("start_url", "scope") if name in data]
    pages += [shortcut["url"] for shortcut in data.get("shortcuts", [])]
    for kind, values in (("file", files), ("entry", pages)):
        for value in values:
            yield Use(kind, "manifest", value, *_find(json.dumps(value), text))


def _styles(text: str) -> Iterator[Use]:
    """A style sheet: what it loads."""
    for value, start in html.urls(text):
        yield Use("file", "url()", value, *_at(start, text))


def _json_feed(text: str) -> Iterator[Use]:
    """A feed in JSON Feed."""
    data = _json(text)
    for value in [data[name] for name in ("home_page_url", "feed_url") if name in data] + [
        item["url"] for item in data["items"] if "url" in item
    ]:
        yield Use("entry", "url", value, *_find(json.dumps(value), text))


def _data(text: str) -> Iterator[Use]:
    """The JSON export: the pages of entries and words, and links in their texts."""
    data = _json(text)
    if "$defs" in data:
        return
    root = data["root"]
    yield Use("file", "schema", data["schema"], *_find(json.dumps(data["schema"]), text))
    for entry in [*data["entries"], *data.get("glossary", [])]:
        line, col = _find(json.dumps(entry["address"]), text)
        yield Use("entry", "address", f"{root}{entry['address'].removeprefix('./')}", line, col)
    for found in _LINK.finditer(text):
        if not found[1].startswith(("https:", "http:", "mailto:", "tel:")):
            yield Use("entry", "link", f"{root}{found[1].removeprefix('./')}", *_at(found.start(1), text))


def _calendar(text: str) -> Iterator[Use]:
    """A calendar: the addresses of its events, on lines that may be folded."""
    for found in re.finditer(r"^URL:(.*)$", text.replace("\r\n ", "").replace("\r", ""), re.MULTILINE):
        yield Use("entry", "URL", found[1], *_find(found[1][:60], text))


def _markdown(text: str) -> Iterator[Use]:
    """llms.txt: links as Markdown."""
    for found in _LINK.finditer(text):
        yield Use("entry", "link", found[1], *_at(found.start(1), text))


def _robots(text: str) -> Iterator[Use]:
    """robots.txt: the address of the site map."""
    for found in re.finditer(r"^sitemap:[ \t]*(\S+)", text, re.IGNORECASE | re.MULTILINE):
        yield Use("entry", "Sitemap", found[1], *_at(found.start(1), text))


# The first pattern that fits holds: an entry whose name holds 'feed' is no feed.
_READERS: dict[str, Callable[[str], Iterator[Use]]] = {
    "data/*.json": _data,
    "*sitemap*.xml": _xml,
    "*feed*.xml": _xml,
    "*feed*.json": _json_feed,
    "*atom.xml": _xml,
    "*rss.xml": _xml,
    "*.atom": _xml,
    "*.rss": _xml,
    "search/search_index.js": _search,
    "search/part_*.js": _search_part,
    "*.webmanifest": _manifest,
    "*manifest.json": _manifest,
    "*.css": _styles,
    "*.ics": _calendar,
    "llms.txt": _markdown,
    "robots.txt": _robots,
}


def is_index(path: str) -> bool:
    """Whether a file of the site lists addresses."""
    return any(fnmatch(path, pattern) for pattern in _READERS)


def read_index(path: str, text: str) -> tuple[Use, ...]:
    """The uses in the file at `path` in the site. Raises ValueError, with a sentence, if it is invalid."""
    reader = next(reader for pattern, reader in _READERS.items() if fnmatch(path, pattern))
    try:
        return tuple(reader(text))
    except (KeyError, TypeError, AttributeError, IndexError):
        raise ValueError("It has not the form that such a file has.") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"It is not JSON: {error}.") from None


def _find(words: str, text: str) -> tuple[int, int]:
    return _at(max(text.find(words), 0), text)


def _at(offset: int, text: str) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
