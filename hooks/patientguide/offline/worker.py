"""The service worker of a built site: which files a browser keeps, and what each must be."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

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


def write(site: Path, known: Mapping[str, str]) -> None:
    """Write the service worker over all files of a site; the SHA-256 of some are `known`."""
    found = [Path(folder, name) for folder, _, names in os.walk(site) for name in names]
    files = {uri: file for file in found if is_kept(uri := file.relative_to(site).as_posix())}
    hashes = {uri: known.get(uri) or bytes_hash(file.read_bytes()) for uri, file in files.items()}
    (site / URI).write_text(text(hashes), encoding="utf-8")
