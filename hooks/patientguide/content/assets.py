"""Files in docs/ that are published unchanged: styles, pictures, scripts. None may hide active content."""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from patientguide.core.files import HEAD, PICTURES, SUFFIXES, file_kind_fault
from patientguide.core.problems import Place, Problem
from patientguide.core.text import without_accents
from patientguide.model.settings import FileLimits, size_in_words

# -- SVG: active content when opened directly, so only shapes, text, gradients and copies of shapes are allowed
#
# SVG 2; SVG Integration. The risks of other elements are collected in "SVG security" of the W3C and in DOMPurify.


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
# A DTD could define entities, a processing instruction could name a style sheet, another encoding could hide both.
_NOT_PLAIN = re.compile(r"<!(?!--)|<\?(?!xml\s)|<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_DEEPEST = 60
_MOST_DRAWN = 20_000
"""The most elements that a browser may have to draw, copies included."""


def svg_fault(data: bytes) -> str | None:
    """Why a file is not a plain SVG in UTF-8, in a few words, or None."""
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
    """Elements, attributes and values that are not allowed, and nesting that is too deep."""
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
    """Copies of copies, which grow exponentially, and more copies than a browser draws in a moment."""
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
    """Whether the target of a copy is a gradient, which may take its colors from one other only."""
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
    """A name without its namespace."""
    return name.rpartition("}")[2][:40]


# -- files in docs/


_SCRIPTS = "docs/assets"
"""The only folder for scripts and styles. Deeper ones could replace files of the theme, as in assets/javascripts/."""
_GOOD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST = 200  # of a path; the folder of a site, a copy or a web server comes before it
_PICTURE = "Save it with fewer pixels (1,600 across fill a screen), or as JPEG or WebP of medium quality."
_OTHER = "Save it in a smaller form (for a PDF: export it for the screen), or link to where it is published."

Fault = tuple[str, str, str]


def inside(folder: Path, path: str) -> tuple[list[Path], list[Problem]]:
    """The sorted content of a folder, named `path` in problems. Problems: not-a-file."""
    try:
        return sorted(folder.iterdir()), []
    except OSError as error:
        advice = "Ask the administrator of this computer for the right to read it."
        message = f"The folder cannot be opened: {error.strerror}."
        return [], [Problem(Place(path), "not-a-file", message, advice)]


def good_name(path: str) -> str:
    """A valid path for a picture: names with lower-case letters, digits and single hyphens."""
    return "/".join(name if name == ".." or _GOOD.fullmatch(name) else _renamed(name) for name in path.split("/"))


def _renamed(name: str) -> str:
    file = PurePath(name.casefold())
    return "-".join(re.findall("[a-z0-9]+", without_accents(file.stem))) + file.suffix


def find(root: Path, limits: FileLimits) -> tuple[frozenset[str], list[Problem]]:
    """The files in docs/ that are published unchanged, by path.

    Problems: not-a-file, file-name, file-size, file-kind, picture, unknown-file.
    """
    found: dict[str, int] = {}
    problems: list[Problem] = []
    waiting = [] if (root / "docs").is_symlink() else [root / "docs"]
    while waiting:
        folder = waiting.pop()
        files, unread = inside(folder, folder.relative_to(root).as_posix())
        problems += unread
        for file in files:
            path = file.relative_to(root).as_posix()
            mode, size = _state(file)
            if file.name.startswith(".") or (file.suffix == ".md" and folder == root / "docs" and stat.S_ISREG(mode)):
                continue
            if stat.S_ISDIR(mode):
                waiting.append(file)
            elif fault := _fault(file, path, mode, size, limits):
                problems.append(Problem(Place(path), *fault))
            else:
                found[file.relative_to(root / "docs").as_posix()] = size
    return frozenset(found), problems + _together(found, limits)


def _state(file: Path) -> tuple[int, int]:
    """Mode and size of a file, not of a link's target; no mode if they cannot be read."""
    try:
        state = file.lstat()
    except (OSError, ValueError):
        return 0, 0
    return state.st_mode, state.st_size


def _together(sizes: dict[str, int], limits: FileLimits) -> list[Problem]:
    """A problem at the largest file if all files together are too large."""
    total = sum(sizes.values())
    if total <= limits.total * 1000:
        return []
    largest = max(sizes, key=lambda name: (sizes[name], name))
    message = (
        f"The files of docs/ have {size_in_words(total)} together, more than {size_in_words(limits.total * 1000)}. "
        f"This is the largest, with {size_in_words(sizes[largest])}."
    )
    advice = "Make files smaller, remove what no page shows, or raise file_limits in guide.yml."
    return [Problem(Place(f"docs/{largest}"), "file-size", message, advice)]


def _fault(file: Path, path: str, mode: int, size: int, limits: FileLimits) -> Fault | None:
    """Code, message and advice if a file cannot be published, or None."""
    suffix = file.suffix.lower()
    if not stat.S_ISREG(mode):
        return "not-a-file", "This is not an ordinary file.", "Put the file itself here."
    if path != "docs/CNAME" and suffix not in SUFFIXES:
        advice = f"Pages are directly in docs/ and end with .md. Others may end with {', '.join(SUFFIXES)}."
        return "unknown-file", "This file would be published without any check.", advice
    if suffix in (".css", ".js") and path.rpartition("/")[0] != _SCRIPTS:
        return "unknown-file", "A script or style cannot be here.", f"They belong directly in {_SCRIPTS}/."
    is_picture = suffix in PICTURES
    if is_picture and (good := good_name(path)) != path:
        return "file-name", f"'{file.name}' cannot be the name of a picture.", f"Rename it: {good}"
    if not all(_NAME.fullmatch(part) for part in path.split("/")):
        advice = "Rename it: letters from a to z, digits, hyphens, points and underscores."
        return "file-name", "An address cannot show this name as it is.", advice
    if len(path) > _LONGEST:
        return "file-name", f"Its path has more than {_LONGEST} letters.", "Give the file or its folders shorter names."
    most = (limits.picture if is_picture else limits.other) * 1000
    if size > most:
        message = (
            f"The {'picture' if is_picture else 'file'} has {size_in_words(size)}, more than {size_in_words(most)}."
        )
        advice = f"{_PICTURE if is_picture else _OTHER} The limit is file_limits in guide.yml."
        return "file-size", message, advice
    return _content_fault(file, suffix, most)


def _content_fault(file: Path, suffix: str, most: int) -> Fault | None:
    try:
        # Do not follow a link that replaced the file meanwhile, and do not wait for a pipe.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(file, flags), "rb") as opened:  # noqa: PTH123
            data = opened.read(most if suffix == ".svg" else HEAD)
    except OSError as error:
        advice = "Ask the administrator of this computer for the right to read it."
        return "not-a-file", f"The file cannot be opened: {error.strerror}.", advice
    if suffix == ".svg":
        advice = "Export it as plain SVG, with attributes instead of styles; or as PNG."
        why = svg_fault(data)
        return ("picture", f"This picture is no plain drawing: {why}.", advice) if why else None
    wrong = file_kind_fault(suffix, data)
    return ("file-kind", *wrong) if wrong else None
