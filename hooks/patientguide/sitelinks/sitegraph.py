"""A built site as a graph: its files, its pages with their ids, and what each points to."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from patientguide.sitelinks import htmlpage, siteindexes
from patientguide.sitelinks.htmlpage import HtmlPage, Use

# Larger than any page that a phone should load, and small enough for a parser.
MAX_BYTES = 20_000_000
NOT_FOUND = "404.html"
"""The page that a server shows for every missing address, from any depth: only its links start at the root."""

# Browsers drop these wherever they stand in an address, so `java<tab>script:` is a script to them.
_DROPPED = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):|//")


class Spot(NamedTuple):
    """Where an address of the site leads: the path from its root ("" is the home page) and the id on that page."""

    path: str
    anchor: str


@dataclass(frozen=True)
class Site:
    """Every file of a built site by its path, its pages, what its indexes use, and which files could not be read.

    `address` is where the site will stand, with a slash at the end; "" when the site does not say.
    """

    files: frozenset[str]
    pages: Mapping[str, HtmlPage]
    indexes: Mapping[str, tuple[Use, ...]]
    unread: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def address(self) -> str:
        """The address that the home page gives as its own (rel=canonical)."""
        home = self.pages.get("index.html")
        found = next((use.value for use in home.uses if use.by == "link canonical"), "") if home else ""
        return found if found.endswith("/") else ""

    @cached_property
    def root(self) -> str:
        """The part of the address after the host: / or, for a project's site, such as /guide/."""
        return urlsplit(self.address).path or "/"

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, by its path."""
        return frozenset(posixpath.dirname(path) for path in self.files)

    def lead(self, path: str, address: str) -> Spot | None:
        """Where an address that stands in the file `path` leads in the site; None when it leads out of it."""
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
            # No server takes two slashes for one.
            return Spot(where, anchor)
        joined = posixpath.normpath(posixpath.join("./", folder, where.lstrip("/") or "."))
        if joined == ".." or joined.startswith("../"):
            return None
        slash = "/" if where.endswith(("/", "/.", "/..")) or where in (".", "..") else ""
        return Spot("" if joined == "." else joined + slash, anchor)

    def inside(self, address: str) -> str | None:
        """An address that names this site in full, or starts at its root, as one that starts at /.

        Others come back as they are; None when it starts at the root of the host, and the site does not stand there.
        """
        if self.address and self._spelled(address).startswith(self.address):
            return "/" + self._spelled(address).removeprefix(self.address)
        if address.startswith("/") and not address.startswith("//"):
            return "/" + address.removeprefix(self.root) if address.startswith(self.root) else None
        return address

    def is_own_host(self, address: str) -> bool:
        """Whether an address names the host of this site."""
        host = urlsplit(self.address).netloc
        return bool(host) and self._spelled(address).startswith(f"https://{host}/")

    def _spelled(self, address: str) -> str:
        """An address with scheme and host in small letters, as browsers take them."""
        head, sign, rest = address.partition("://")
        host, slash, path = rest.partition("/")
        return f"{head.lower()}{sign}{host.lower()}{slash}{path}" if sign else address


def clean(address: str) -> str:
    """An address as a browser reads it."""
    return _DROPPED.sub("", address)


def is_absolute(address: str) -> bool:
    """Whether it names a scheme or a host."""
    return bool(_SCHEME.match(address))


def read(folder: Path) -> Site:
    """The site in a folder. What cannot be read is named in `unread`, with the reason."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    pages: dict[str, HtmlPage] = {}
    indexes: dict[str, tuple[Use, ...]] = {}
    unread: dict[str, str] = {}
    for name, file in files.items():
        if not (name.endswith((".html", ".htm")) or siteindexes.is_index(name)):
            continue
        try:
            text = _text(file)
            if siteindexes.is_index(name):
                indexes[name] = siteindexes.read(name, text)
            else:
                pages[name] = htmlpage.read(text)
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
