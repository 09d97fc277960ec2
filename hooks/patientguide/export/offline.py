"""The guide without a network: a zip file, and the service worker."""

import io
import json
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit

from patientguide.core.cache import bytes_hash

# A built site as one zip that opens from a folder or a stick: every link names its file, as nobody serves folders.


_LINK = re.compile(r"(<(?:a|area)\b[^<>]*?\shref=)(\"[^\"]*\"|'[^']*'|[^\s<>\"']+)")
_LEFT_OUT = ("sitemap.xml", "sw.js", "robots.txt")
_DAY = (1980, 1, 1, 0, 0, 0)
"""The day of every file, so that one site always gives one zip; a zip knows none before."""


def is_for_readers(path: str) -> bool:
    """Whether a file of the site is of use without a server: no site map, no service worker, data only once."""
    return not (path in _LEFT_OUT or path.endswith(".gz") or re.match(r"data/[^/]+/", path))


def explicit(html: str) -> str:
    """The page with links to `folder/index.html` where they led to `folder/`."""

    def one(found: re.Match[str]) -> str:
        address = _file(unescape(found[2].strip("\"'")))
        return f'{found[1]}"{escape(address)}"'

    return _LINK.sub(one, html)


def _file(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return address
    if parts.path.endswith("/") or posixpath.basename(parts.path) in (".", ".."):
        return parts._replace(path=posixpath.join(parts.path, "index.html")).geturl()
    return address


def archive(files: Mapping[str, bytes], folder: str) -> bytes:
    """The files of a built site, by their paths, as a zip with all of them in one `folder`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for path, data in sorted(files.items()):
            if is_for_readers(path):
                ready = explicit(data.decode()).encode() if path.endswith(".html") else data
                about = zipfile.ZipInfo(f"{folder}/{path}", _DAY)
                about.external_attr = 0o644 << 16
                about.compress_type = zipfile.ZIP_DEFLATED
                zipped.writestr(about, ready)
    return packed.getvalue()


# The service worker of a built site: which files a browser fetches in the background, and what each must be.


URI = "sw.js"
MOST_BYTES = 1_700_000
"""Of all that is fetched in the background, uncompressed. The page that was visited comes on top, up to 2 MB."""

_SCRIPT = Path(__file__).parent / URI
_FOR_PROGRAMS = ("data/", "reviews/", "reviews.ics", "feed.xml", "llms.txt")
_DIGITS = 32  # of SHA-256, in hex: far more than chance needs
_FRAME = (".css", ".js", ".woff2")


@dataclass(frozen=True)
class Plan:
    """What a site wants of its worker.

    `files` come most important first, and as many are fetched as fit. `forms` are pages that readers fill in.
    """

    files: tuple[str, ...]
    forms: tuple[str, ...] = ()
    days: int = 30
    """The greatest age of a copy."""


def is_kept(path: str) -> bool:
    """Whether a browser keeps a file after a visit: what only programs read would cost readers their data volume."""
    return is_for_readers(path) and not path.startswith(_FOR_PROGRAMS)


def chosen(sizes: Iterable[tuple[str, int]], most: int = MOST_BYTES) -> list[str]:
    """The files that fit into `most` bytes, in their order; one that is too large leaves room for those after it."""
    found = []
    for path, size in sizes:
        if size <= most:
            most -= size
            found.append(path)
    return found


def text(marks: Mapping[str, str], plan: Plan) -> str:
    """The text of sw.js for files, most important first, each with its SHA-256 in hex.

    It changes with each of them, so that browsers fetch what changed.
    """
    files = {path: mark[:_DIGITS] for path, mark in marks.items()}
    frame = {path: mark for path, mark in sorted(files.items()) if _is_frame(path)}
    said = {"FILES": files, "SET": _mark(frame), "BUILD": _mark(files), "FORMS": plan.forms, "DAYS": plan.days}
    lines = [f"const {name} = {_json(value)};" for name, value in said.items()]
    return "\n".join([*lines, _SCRIPT.read_text(encoding="utf-8")])


def _is_frame(path: str) -> bool:
    return path.startswith("assets/") and path.endswith(_FRAME)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _mark(value: object) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()[:16]


def farewell() -> str:
    """The text of sw.js for a site without such a list: browsers drop the copy they have, so that none grows old."""
    return (_SCRIPT.parent / "farewell.js").read_text(encoding="utf-8")


def write_worker(site: Path, plan: Plan, known: Mapping[str, str]) -> None:
    """Write the service worker of a site; the SHA-256 of its pages are `known`. Its scripts and styles come first."""
    frame = [path for folder in ("assets", "assets/fonts") for path in _files(site, folder) if _is_frame(path)]
    paths = [path for path in dict.fromkeys((*frame, *plan.files)) if is_kept(path) and (site / path).is_file()]
    fit = chosen((path, (site / path).stat().st_size) for path in paths)
    marks = {path: known.get(path) or bytes_hash((site / path).read_bytes()) for path in fit}
    (site / URI).write_text(text(marks, plan), encoding="utf-8")


def _files(site: Path, folder: str) -> list[str]:
    return sorted(file.relative_to(site).as_posix() for file in (site / folder).glob("*") if file.is_file())
