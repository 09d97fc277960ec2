"""The service worker of a built site: which files a browser keeps, and what each must be."""

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

from patientguide.buildcache import bytes_hash
from patientguide.offline.archive import is_for_readers

URI = "sw.js"
_SCRIPT = Path(__file__).parent / URI
_FOR_PROGRAMS = ("data/", "reviews/", "reviews.ics", "feed.xml", "llms.txt")
_DIGITS = 32  # of SHA-256, in hex: far more than chance needs


def is_kept(path: str) -> bool:
    """Whether a browser keeps a file after a visit: what only programs read would cost readers their data volume."""
    return is_for_readers(path) and not path.startswith(_FOR_PROGRAMS)


def text(files: Mapping[str, str]) -> str:
    """The text of sw.js for the files of a site, by their paths, each with its SHA-256 in hex.

    Another site has another text, and so another copy. The list stands before the script.
    """
    marks = {path: hash_[:_DIGITS] for path, hash_ in sorted(files.items()) if is_kept(path)}
    build = sha256(json.dumps(marks).encode()).hexdigest()[:16]
    listed = json.dumps(marks, separators=(",", ":"), ensure_ascii=False)
    return f'const BUILD = "{build}";\nconst FILES = {listed};\n{_SCRIPT.read_text(encoding="utf-8")}'


def farewell() -> str:
    """The text of sw.js for a site without such a list: browsers drop the copy they have, so that none grows old."""
    return (_SCRIPT.parent / "farewell.js").read_text(encoding="utf-8")


def write(site: Path, known: Mapping[str, str], assets: Iterable[str] = ()) -> None:
    """Write the service worker over all files of a site; the SHA-256 of its pages are `known`.

    `assets` are published as they stand. The folder of a page with none of them holds that page alone: nobody looks.
    """
    above = {folder for uri in known for folder in PurePosixPath(uri).parents[1:]}
    above |= {folder for uri in assets for folder in PurePosixPath(uri).parents}
    alone = {PurePosixPath(uri).parent for uri in known} - above
    hashes = dict(known)
    for folder, below, names in os.walk(site):
        here = PurePosixPath(Path(folder).relative_to(site).as_posix())
        below[:] = [name for name in below if here / name not in alone]
        for uri in (str(here / name) for name in names):
            if uri not in known and is_kept(uri):
                hashes[uri] = bytes_hash((site / uri).read_bytes())
    (site / URI).write_text(text(hashes), encoding="utf-8")
