"""What a build depends on besides the guide: this program's own files, and the versions of the packages it uses."""

import json
import re
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from patientguide.buildcache import bytes_hash, digest

_NAME = re.compile(r"[\w.-]+")
_FOLDER = Path(__file__).parent


def current() -> str:
    """A hash that differs when anything differs that makes pages of texts."""
    adapters = [bytes_hash(file.read_bytes()) for file in sorted(_FOLDER.parent.glob("mkdocs_adapter.py"))]
    return digest(sys.version, files_hash(_FOLDER), adapters, [[name, _version(name)] for name in _packages()])


def files_hash(*folders: Path) -> str:
    """The hash of the names and contents of all files in folders, but for what Python compiled."""
    whole = sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            data = file.read_bytes()
            whole.update(f"{file.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


def settings_hash(text: str, settings: Mapping[str, Any], *more: Any) -> str:
    """The hash of a file of settings: its text, and what they are, as some are taken from elsewhere.

    What is no plain data, such as a function, is named in the text, and comes with a package.
    """
    plain = json.dumps([settings, *more], default=lambda v: {**v} if isinstance(v, Mapping) else "", sort_keys=True)
    return digest(text, plain)


def _packages() -> list[str]:
    try:
        wanted = requires("patientguide") or []
    except PackageNotFoundError:  # run from its folder, without being installed
        return []
    return sorted({found[0] for requirement in wanted if (found := _NAME.match(requirement))})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
