"""Drawings that are published as they stand: whoever opens one by its address lets it run, load and draw what it holds.

So what a drawing may hold is a list: shapes, text, gradients, and copies of shapes. SVG 2; SVG Integration; what other
elements can do is collected in "SVG security" of the W3C and in DOMPurify's lists.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = ("href", "{http://www.w3.org/1999/xlink}href")
_ELEMENTS = (
    "svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan "
    "linearGradient radialGradient stop clipPath"
)
_ATTRIBUTES = (
    "id class role version viewBox preserveAspectRatio width height x y x1 x2 y1 y2 cx cy r rx ry fx fy fr dx dy d "
    "points pathLength transform rotate textLength lengthAdjust offset gradientUnits gradientTransform spreadMethod "
    "clipPathUnits clip-path clip-rule fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap "
    "stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stop-color stop-opacity opacity color "
    "color-interpolation display visibility overflow paint-order vector-effect shape-rendering text-rendering "
    "font-family font-size font-style font-weight font-variant font-stretch text-anchor text-decoration "
    "dominant-baseline alignment-baseline baseline-shift letter-spacing word-spacing writing-mode direction "
    "aria-label aria-labelledby aria-describedby aria-hidden focusable lang "
    "{http://www.w3.org/XML/1998/namespace}space {http://www.w3.org/XML/1998/namespace}lang"
)
_KNOWN_ELEMENTS, _KNOWN_ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())
_PAINTED = frozenset({"fill", "stroke", "clip-path"})
_POINTER = re.compile(r"url\(\s*(['\"]?)#([\w.:-]+)\1\s*\)(?:\s+[\w#.-]+)?")
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_FUNCTIONS = re.compile(r"(?:rgba?|hsla?|matrix|translate|scale|rotate|skewX|skewY)\s*\(")
# A document type could define entities, an instruction could name a style sheet, and another encoding hide either.
_NOT_PLAIN = re.compile(r"<!(?!--)|<\?(?!xml\s)|<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_DEEPEST = 60
_MOST_DRAWN = 20_000
"""How many elements a browser may have to draw, with each copy of one."""


def fault(data: bytes) -> str | None:
    """Why a file is no plain drawing in UTF-8, in a few words; None if it is one."""
    try:
        text = data.decode("utf-8-sig")
        if _NOT_PLAIN.search(text):
            return "it has a document type, an instruction or another encoding"
        root = ElementTree.fromstring(text)  # noqa: S314
    except (ValueError, ElementTree.ParseError):
        return "it is no SVG in UTF-8"
    if root.tag != f"{_SVG}svg":
        return "it is no SVG in UTF-8"
    return next(_foreign(root), None) or _too_much(root)


def _foreign(root: Element) -> Iterator[str]:
    """Elements, attributes and values that are not on the lists, and what is nested too deep."""
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        name = element.tag.removeprefix(_SVG)
        if name == element.tag or name not in _KNOWN_ELEMENTS:
            yield f"it holds an element <{_short(name)}>"
        if depth > _DEEPEST:
            yield f"it holds elements more than {_DEEPEST} deep"
        for attribute, value in element.attrib.items():
            if attribute in _HREF:
                if name not in {"use", *_GRADIENTS} or not re.fullmatch(r"#[\w.:-]+", value):
                    yield "it holds an address"
            elif attribute not in _KNOWN_ATTRIBUTES:
                yield f"it holds an attribute '{_short(attribute)}'"
            elif not _is_plain(attribute, value):
                yield f"it holds '{value[:40]}' in the attribute '{attribute}'"
        waiting += [(child, depth + 1) for child in element]


def _is_plain(attribute: str, value: str) -> bool:
    if attribute.startswith("aria-") or attribute in ("id", "class"):
        return True
    if attribute in _PAINTED and _POINTER.fullmatch(value.strip()):
        return True
    return "(" not in _FUNCTIONS.sub("", value) and not re.search(r"\\|://|@|&", value)


def _too_much(root: Element) -> str | None:
    """Copies of copies, which double with each step, and more copies than a browser draws in a moment."""
    targets = {id_: element for element in root.iter() if (id_ := element.get("id"))}
    pointed: Counter[str] = Counter(to for element in root.iter() for to in _pointers(element) if to in targets)
    for target in pointed:
        further = [to for inner in targets[target].iter() for to in _pointers(inner) if to in targets]
        if not all(_is_last(targets[to], targets) for to in further):
            return "it holds copies of copies"
    drawn = sum(1 for _ in root.iter())
    drawn += sum(times * sum(1 for _ in targets[to].iter()) for to, times in pointed.items())
    return f"it has more than {_MOST_DRAWN:,} parts to draw" if drawn > _MOST_DRAWN else None


def _is_last(target: Element, targets: Mapping[str, Element]) -> bool:
    """Whether what a copy points to is a gradient, which may take its colors from one other and no more."""
    further = [targets[to] for to in _pointers(target) if to in targets]
    return _name(target) in _GRADIENTS and all(_name(one) in _GRADIENTS and not [*_pointers(one)] for one in further)


def _pointers(element: Element) -> Iterator[str]:
    """The ids that an element points to."""
    for attribute, value in element.attrib.items():
        if attribute in _HREF:
            yield value.removeprefix("#")
        elif attribute in _PAINTED and (found := _POINTER.fullmatch(value.strip())):
            yield found[2]


def _name(element: Element) -> str:
    return element.tag.removeprefix(_SVG)


def _short(name: str) -> str:
    """A name as it is written, without the address of its namespace."""
    return name.rpartition("}")[2][:40]
