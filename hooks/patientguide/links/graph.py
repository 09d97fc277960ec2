"""A built site as a graph of links, and the faults in it."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from patientguide.core.problems import Place, Problem, suggest
from patientguide.links import html
from patientguide.links.html import HtmlPage, Use
from patientguide.links.indexes import is_index, read_index
from patientguide.model import identifiers

# Larger than any page that a phone should load, and small enough to parse.
MAX_BYTES = 20_000_000
NOT_FOUND = "404.html"
"""The page that a server shows for every missing address, at any depth, so its links start at the root."""

# Browsers drop these anywhere in an address, so `java<tab>script:` is a script to them.
_DROPPED = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):|//")


class Spot(NamedTuple):
    """The target of an address in the site: the path from its root ("" is the home page) and the id on that page."""

    path: str
    anchor: str


@dataclass(frozen=True)
class Site:
    """Every file of a built site by path, its pages, the addresses in its indexes, and unreadable files.

    `address` is the address of the site with a slash at the end, or "" if the site does not say.
    """

    files: frozenset[str]
    pages: Mapping[str, HtmlPage]
    indexes: Mapping[str, tuple[Use, ...]]
    unread: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def address(self) -> str:
        """The canonical address of the home page."""
        home = self.pages.get("index.html")
        found = next((use.value for use in home.uses if use.by == "link canonical"), "") if home else ""
        return found if found.endswith("/") else ""

    @cached_property
    def root(self) -> str:
        """The path of the address: / or, for a project's site, for example /guide/."""
        return urlsplit(self.address).path or "/"

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder with files, by path."""
        return frozenset(posixpath.dirname(path) for path in self.files)

    def lead(self, path: str, address: str) -> Spot | None:
        """The target in the site of an address in the file `path`; None if it leads out of the site."""
        inside = self.inside(address)
        if inside is None or is_absolute(inside):
            return None
        where, _, anchor = inside.partition("#")
        where = unquote(where.partition("?")[0])
        anchor = unquote(anchor.partition(":~:")[0])
        if not where:
            return Spot(path, anchor)
        folder = "" if where.startswith("/") else posixpath.dirname(path)
        if "//" in where.rstrip("/") or where.endswith("//"):
            # Servers do not treat two slashes as one.
            return Spot(where, anchor)
        joined = posixpath.normpath(posixpath.join("./", folder, where.lstrip("/") or "."))
        if joined == ".." or joined.startswith("../"):
            return None
        slash = "/" if where.endswith(("/", "/.", "/..")) or where in (".", "..") else ""
        return Spot("" if joined == "." else joined + slash, anchor)

    def inside(self, address: str) -> str | None:
        """An address that is absolute within this site, or starts at its root, as one that starts at /.

        Others are returned unchanged; None if it starts at the root of the host, but the site does not.
        """
        if self.address and self._spelled(address).startswith(self.address):
            return "/" + self._spelled(address).removeprefix(self.address)
        if address.startswith("/") and not address.startswith("//"):
            return "/" + address.removeprefix(self.root) if address.startswith(self.root) else None
        return address

    def is_own_host(self, address: str) -> bool:
        """Whether an address has the host of this site."""
        host = urlsplit(self.address).netloc
        return bool(host) and self._spelled(address).startswith(f"https://{host}/")

    def _spelled(self, address: str) -> str:
        """An address with scheme and host in lower case, as browsers normalize them."""
        head, sign, rest = address.partition("://")
        host, slash, path = rest.partition("/")
        return f"{head.lower()}{sign}{host.lower()}{slash}{path}" if sign else address


def clean(address: str) -> str:
    """An address as a browser reads it."""
    return _DROPPED.sub("", address)


def is_absolute(address: str) -> bool:
    """Whether it has a scheme or a host."""
    return bool(_SCHEME.match(address))


def read_site(folder: Path) -> Site:
    """Read the site in a folder. Unreadable files are in `unread`, with the reason."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    pages: dict[str, HtmlPage] = {}
    indexes: dict[str, tuple[Use, ...]] = {}
    unread: dict[str, str] = {}
    for name, file in files.items():
        if not (name.endswith((".html", ".htm")) or is_index(name)):
            continue
        try:
            text = _text(file)
            if is_index(name):
                indexes[name] = read_index(name, text)
            else:
                pages[name] = html.read_page(text)
        except (ValueError, AssertionError, RecursionError) as error:
            unread[name] = str(error)
        except OSError as error:
            unread[name] = f"It cannot be opened: {error.strerror}."
    return Site(frozenset(files), pages, indexes, unread)


def _text(file: Path) -> str:
    if file.stat().st_size > MAX_BYTES:
        raise ValueError(f"It has more than {MAX_BYTES:,} bytes.")
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"Byte {error.start + 1} is not UTF-8 text.") from None


# -- faults: every code with its message and advice in one table


FAULTS = {
    "missing-page": ("There is no page '{0}'.", "Correct the address, or add the page."),
    "missing-file": ("There is no file '{0}'.", "Correct the address, or put the file there."),
    "missing-entry": ("'{0}' is listed here, but is not a page of this site.", "Take it out, or add the page."),
    "missing-anchor": ("There is no spot '{0}' on the page.", "Link to a heading that is there."),
    "missing-id": ("Nothing on this page has the id '{0}'.", "Name an id of this page."),
    "duplicate-id": ("The id '{0}' is used on this page before.", "Give each its own id."),
    "bad-id": ("The id '{0}' holds a space: no link can name it.", "Write a hyphen instead."),
    "redirect-link": ("'{0}' is a folder: a server answers with a redirect.", "End the address with a slash."),
    "root-link": ("'{0}' starts at the root of the host.", "Write it from this page: a site may be in a folder."),
    "index-link": ("'{0}' names the file index.html.", "Write the folder, with a slash at the end."),
    "source-link": ("'{0}' is a source file, not a page.", "Link to the page that is made from it."),
    "outside-site": ("'{0}' leads out of the site.", "Write an address inside of the site."),
    "empty-link": ("This address is empty.", "Write where it leads, or take it out."),
    "nameless-link": ("The link to '{0}' has no words.", "Give it words, or a label for screen readers."),
    "nested-link": ("The link to '{0}' does not end before the next one starts.", "Close it after its words."),
    "depth-link": ("'{0}' depends on where this page is shown, and it is shown everywhere.", "Start it at the root."),
    "other-address": ("This page says that its address is '{0}'.", "Give it its own address."),
    "unsafe-scheme": ("'{0}' is not an address that a page may use.", "Write https:, mailto: or tel:."),
    "unsafe-address": ("{0}.", "{1}"),
    "remote-file": ("'{0}' would be loaded from another host, or tell it who reads.", "Keep it in the site."),
    "raw-text": ("'{0}' is left as text.", "Correct the link, note or name that it belongs to in the source."),
    "refresh": ("The page redirects its reader.", "Link there, and let the reader choose."),
    "base": ("A base element turns every link of the page.", "Take it out."),
    "cut-page": ("The file ends in the middle of the page.", "Build the site again."),
    "unreadable": ("This file cannot be checked. {0}", "Build the site again."),
}

_SCHEMES = {"mailto": re.compile(r"^[^@?]+(@|%40)[^@?]+"), "tel": re.compile(r"^[+*#]?[0-9]")}
_SENT = {"form action", "button formaction", "input formaction"}
_PICTURES = ("img ", "source ", "image ", "url()", "use ")


def site_faults(site: Site) -> list[Problem]:
    """Every problem of a site, in the order of its files. Paths are relative to the site."""
    problems = [_problem(path, "unreadable", 1, 1, why) for path, why in site.unread.items()]
    if not site.pages:
        problems.append(_problem("index.html", "missing-page", 1, 1, "index.html"))
    for path, page in site.pages.items():
        problems += [_problem(path, flaw.code, flaw.line, flaw.col, flaw.about) for flaw in page.flaws]
        for use in page.uses:
            problems += _of_use(site, path, use)
    for path, uses in site.indexes.items():
        for use in uses:
            problems += _of_use(site, path, use)
    return problems


def _problem(path: str, code: str, line: int, col: int, *about: str) -> Problem:
    message, advice = FAULTS[code]
    return Problem(Place(path, line, col), code, message.format(*about), advice.format(*about))


def _of_use(site: Site, path: str, use: Use) -> Iterator[Problem]:
    code, *about = _fault(site, path, use)
    if not code:
        return
    found = _problem(path, code, use.line, use.col, *about)
    if code == "missing-anchor" and (spot := site.lead(path, clean(use.value))):
        near = suggest(spot.anchor, site.pages[_file(spot.path)].ids)
        found = Problem(found.place, code, found.message, near if near.startswith("Did") else found.advice)
    yield found


def _fault(site: Site, path: str, use: Use) -> tuple[str, ...]:
    """The code of a fault and its subject; an empty code if there is none."""
    if use.kind == "id":
        return ("", "") if use.value in site.pages[path].ids else ("missing-id", use.value)
    address = clean(use.value)
    if not address or address == "#":
        return ("empty-link",)
    inside = site.inside(address)
    if inside is not None and is_absolute(inside):
        return ("outside-site", address) if site.is_own_host(address) else _outside(use, address)
    if path == NOT_FOUND and inside == address and not address.startswith(("/", "#", "?")):
        return "depth-link", address
    if address.startswith("/") and path != NOT_FOUND:
        return "root-link", address
    spot = site.lead(path, address)
    if spot is None:
        return "outside-site", address
    return _inside(site, path, use, address, spot)


def _outside(use: Use, address: str) -> tuple[str, ...]:
    scheme = address.partition(":")[0].lower()
    if scheme == "data" and use.by.startswith(_PICTURES):
        return ("",)
    if scheme in _SCHEMES and use.kind == "link":
        whom = address.partition(":")[2].strip("/ ")
        if not whom:
            return ("empty-link",)
        return ("",) if _SCHEMES[scheme].search(whom) else ("unsafe-address", "Nobody is reached there", "Correct it.")
    if scheme not in ("http", "https") and not address.startswith("//"):
        return "unsafe-scheme", address
    if use.kind == "entry":
        return "missing-entry", address
    if wrong := identifiers.address_fault(address):
        return "unsafe-address", wrong[0][:1].upper() + wrong[0][1:], wrong[1]
    return ("remote-file", address) if use.kind == "file" or use.by in _SENT else ("",)


def _inside(site: Site, path: str, use: Use, address: str, spot: Spot) -> tuple[str, ...]:
    name = posixpath.basename(spot.path)
    file = _file(spot.path)
    if "//" in spot.path:
        return "missing-page", address
    if use.by == "link canonical" and file in site.files and file != path:
        return "other-address", address
    if name == "index.html" and use.value.partition("#")[0]:
        return "index-link", address
    if name.endswith(".md") and use.kind != "file":
        return "source-link", address
    if file in site.files:
        known = site.pages.get(file)
        if spot.anchor and known and spot.anchor not in known.ids and spot.anchor != "top":
            return "missing-anchor", spot.anchor
        return ("",)
    if f"{spot.path}/index.html" in site.files:
        return "redirect-link", address
    if use.kind == "entry":
        return "missing-entry", address
    is_file = use.kind == "file" or ("." in name and not name.endswith((".html", ".htm")))
    return "missing-file" if is_file else "missing-page", address


def _file(path: str) -> str:
    """The file that a server sends for an address."""
    return f"{path}index.html" if not path or path.endswith("/") else path
