"""The guide without a network: the zip file and the service worker."""

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

# -- zip: it opens from a folder or a stick without a server, so every link names its file


_LINK = re.compile(r"(<(?:a|area)\b[^<>]*?\shref=)(\"[^\"]*\"|'[^']*'|[^\s<>\"']+)")
_LEFT_OUT = ("sitemap.xml", "sw.js", "robots.txt")
_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of every file, the first that zip supports, so that the same site gives the same zip."""


def is_for_readers(path: str) -> bool:
    """Whether a file of the site is useful without a server: not the site map, the service worker, or data twice."""
    return not (path in _LEFT_OUT or path.endswith(".gz") or re.match(r"data/[^/]+/", path))


def explicit(html: str) -> str:
    """The page with links to `folder/index.html` instead of `folder/`."""

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
    """A zip of the files of a built site, by path, in one `folder`."""
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


# -- service worker: which files a browser fetches in the background, with their hashes


URI = "sw.js"
MOST_BYTES = 950_000
"""The uncompressed size of all background requests. With the visited page, a first visit stays below 2 MB."""

_SCRIPT = Path(__file__).parent / URI
_FOR_PROGRAMS = ("data/", "reviews/", "reviews.ics", "feed.xml", "llms.txt")
_DIGITS = 32  # hex digits of SHA-256: enough against chance
_FRAME = (".css", ".js", ".woff2")


@dataclass(frozen=True)
class Plan:
    """The plan of a service worker.

    `files` are in order of importance, and as many are fetched as fit. `forms` are pages that readers fill in.
    """

    files: tuple[str, ...]
    forms: tuple[str, ...] = ()
    days: int = 30
    """The maximum age of a copy in days."""


def is_kept(path: str) -> bool:
    """Whether a browser keeps a file after a visit. Files for programs would waste readers' data volume."""
    return is_for_readers(path) and not path.startswith(_FOR_PROGRAMS)


def chosen(sizes: Iterable[tuple[str, int]], most: int = MOST_BYTES) -> list[str]:
    """The files that fit into `most` bytes, in order. One that is too large is skipped."""
    found = []
    for path, size in sizes:
        if size <= most:
            most -= size
            found.append(path)
    return found


def text(marks: Mapping[str, str], plan: Plan) -> str:
    """The text of sw.js for files, most important first, each with its SHA-256 in hex.

    It changes with every file, so that browsers fetch what changed.
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
    """The text of sw.js for a site without offline copies: browsers delete theirs."""
    return (_SCRIPT.parent / "farewell.js").read_text(encoding="utf-8")


def write_worker(site: Path, plan: Plan, known: Mapping[str, str]) -> None:
    """Write the service worker of a site, with the `known` SHA-256 of its pages. Scripts and styles come first."""
    frame = [path for folder in ("assets", "assets/fonts") for path in _files(site, folder) if _is_frame(path)]
    paths = [path for path in dict.fromkeys((*frame, *plan.files)) if is_kept(path) and (site / path).is_file()]
    fit = chosen((path, (site / path).stat().st_size) for path in paths)
    marks = {path: known.get(path) or bytes_hash((site / path).read_bytes()) for path in fit}
    (site / URI).write_text(text(marks, plan), encoding="utf-8")


def _files(site: Path, folder: str) -> list[str]:
    return sorted(file.relative_to(site).as_posix() for file in (site / folder).glob("*") if file.is_file())
