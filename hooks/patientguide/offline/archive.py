"""A built site as one zip that opens from a folder or a stick: every link names its file, as nobody serves folders."""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import urlsplit

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
