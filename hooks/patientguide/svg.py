"""Drawings that are published as they stand: whoever opens one by its address lets it run what it holds."""

import re
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWING = re.compile(
    r"svg|g|defs|symbol|use|title|desc|metadata|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|"
    r"linearGradient|radialGradient|stop|clipPath|mask|pattern|marker"
)
_MAX_BYTES = 500_000
# A document type could define entities, an instruction could name a style sheet, and another encoding hide either.
_NOT_PLAIN = re.compile(r"<!(?!--)|<\?(?!xml\s)|<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_HREF = re.compile(r"(\{.*\})?href$")


def is_plain(data: bytes) -> bool:
    """Whether a file is a drawing in UTF-8 without scripts, styles, links, entities or parts from elsewhere."""
    try:
        text = data.decode("utf-8-sig")
        if len(data) > _MAX_BYTES or _NOT_PLAIN.search(text):
            return False
        elements = list(ElementTree.fromstring(text).iter())  # noqa: S314
    except (ValueError, ElementTree.ParseError):
        return False
    return all(_is_still(element) for element in elements)


def _is_still(element: ElementTree.Element) -> bool:
    tag = element.tag.removeprefix(_SVG)
    return (
        tag != element.tag
        and bool(_DRAWING.fullmatch(tag))
        and not any(
            name.lower().startswith("on")
            or (_HREF.match(name) and not value.startswith("#"))
            or re.search(r"url\(\s*['\"]?\s*(?!#)", value)
            or "\\" in value
            for name, value in element.attrib.items()
        )
    )
