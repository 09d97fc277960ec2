"""The build cache: results of earlier builds, by a hash of all their inputs, never by time stamps.

There is one JSON file for each kind of result, sealed with an HMAC under a key of this user. A file that is damaged,
truncated, from elsewhere, or written by another version of this program or its dependencies is ignored.
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path

from patientguide.core import files

# -- the hash that reviews are bound to: of plain data, whatever the order of its fields


def data_hash(value: Any) -> str:
    """The SHA-256 of data, in hex. Reviews are bound to it, so it must never change."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# -- the key that seals the caches of this user; a cache from a checkout or another computer has a different one
#
# It is in the cache folder of the user, never in a project.


_SIZE = 32


def cache_key() -> bytes:
    """The key of this user. Where none can be stored, it is valid for this run only."""
    file = user_cache_path("patientguide") / "key"
    new = secrets.token_bytes(_SIZE)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:  # noqa: PTH123
            made.write(new)
    except FileExistsError:
        pass
    except OSError:
        return new
    try:
        found = file.read_bytes()
    except OSError:
        return new
    return found if len(found) == _SIZE else new


_TEXTS = "files"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Made = TypeVar("Made")
Items = dict[str, tuple[str, Any]]


def bytes_hash(data: bytes) -> str:
    """The SHA-256 of bytes, in hex."""
    return sha256(data).hexdigest()


def digest(*parts: Any) -> str:
    """The hash of plain data, the same in every process."""
    return bytes_hash(_ENCODER.encode(parts).encode())


@dataclass
class BuildCache:
    """Results by kind and name. `version` is that of the program; without a folder nothing outlives the process.

    Only files sealed with the same `secret` are read: a plain hash could be forged by anyone who can write the folder.
    `again` says that this process will build again, and should remember results.
    """

    folder: Path | None = None
    version: str = ""
    again: bool = False
    secret: bytes = b""
    _old: dict[str, Items] = field(default_factory=dict)
    _new: dict[str, Items] = field(default_factory=dict)
    _texts: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)
    _made: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)

    def get(self, kind: str, name: str, key: str) -> Any | None:
        """The result whose inputs have the hash `key`, or None."""
        kept = self._new.get(kind, {}).get(name) or self._read(kind).get(name)
        if kept is None or kept[0] != key:
            return None
        self._new.setdefault(kind, {})[name] = kept
        return kept[1]

    def put(self, kind: str, name: str, key: str, value: Any) -> None:
        """Store plain data: strings, numbers, lists and dictionaries."""
        self._new.setdefault(kind, {})[name] = (key, value)

    def cached(self, kind: str, name: str, key: str, make: Callable[[], Made]) -> Made:
        """The result whose inputs have the hash `key`, made and stored if it is new. `make` returns plain data."""
        known = self.get(kind, name, key)
        if known is None:
            known = make()
            self.put(kind, name, key, known)
        made: Made = known
        return made

    def recalled(self, kind: str, name: str, key: Any, make: Callable[[], Made]) -> Made:
        """The object made from `key`, made only once: frozen objects are shared by all builds of a process."""
        if not self.again:
            return make()
        known = self._made.get((kind, name))
        if known is None or known[0] != key:
            known = self._made[kind, name] = key, make()
        made: Made = known[1]
        return made

    def keep(self, kind: str) -> None:
        """Keep all results of a kind, even those that this run does not use."""
        self._new[kind] = {**self._read(kind), **self._new.get(kind, {})}

    def put_text(self, name: str, text: str) -> str | None:
        """Store a long text in a file of its own. Returns its hash, or None if it cannot be written."""
        if self.folder is None:
            return None
        data, file = text.encode(), _flat(name)
        try:
            if not self._texts:
                (self.folder / _TEXTS).mkdir(parents=True, exist_ok=True)
            (self.folder / _TEXTS / file).write_bytes(data)
        except OSError:
            return None
        self._texts.add(file)
        return bytes_hash(data)

    def text(self, name: str, hash_: str) -> str | None:
        """A stored long text, or None if it is missing or changed."""
        if self.folder is None:
            return None
        file = _flat(name)
        try:
            data = (self.folder / _TEXTS / file).read_bytes()
        except OSError:
            return None
        self._texts.add(file)
        return data.decode() if bytes_hash(data) == hash_ else None

    def settle(self, *kinds: str) -> None:
        """Flush these kinds to disk early and drop them from memory. What cannot be written stays."""
        for kind in kinds if self.folder and not self.again else ():
            with suppress(OSError):
                self._write(kind)
                self._old.pop(kind, None)
                self._settled.update([kind] if self._new.pop(kind, None) else [])

    def _write(self, kind: str) -> None:
        if kind in self._settled and kind in self._new:
            self.keep(kind)
        items = self._new.get(kind)
        if self.folder is not None and items and items != self._read(kind):
            self.folder.mkdir(parents=True, exist_ok=True)
            files.write_file(self.folder / f"{kind}.json", _sealed(self.version, items, self.secret))

    def close(self) -> None:
        """Write the results that this run used; the others belong to texts that are gone. Raises OSError."""
        for kind in self._new:
            if self.again:
                # Recalled results were not requested in this run.
                self.keep(kind)
            self._write(kind)
        for file in (self.folder / _TEXTS).glob("*") if self.folder else ():
            if file.name not in self._texts:
                file.unlink(missing_ok=True)
        self._old, self._new, self._texts, self._settled = self._new, {}, set(), set()

    def _read(self, kind: str) -> Items:
        if kind not in self._old:
            file = self.folder / f"{kind}.json" if self.folder else None
            self._old[kind] = _believed(file, self.version, self.secret) if file else {}
        return self._old[kind]


def _flat(name: str) -> str:
    """A file name without folders: to make a folder takes longer than to write the file."""
    return name.replace("/", "+")


def _sealed(version: str, items: Items, secret: bytes) -> Iterator[bytes]:
    """One line of JSON for each result, as an iterator to save memory. The last line is the seal of the others."""
    hash_ = hmac.new(secret, digestmod=sha256)
    for line in chain([version], ([name, *kept] for name, kept in items.items())):
        data = f"{_ENCODER.encode(line)}\n".encode()
        hash_.update(data)
        yield data
    yield hash_.hexdigest().encode()


def _believed(file: Path, version: str, secret: bytes) -> Items:
    try:
        text, _, seal = file.read_bytes().rpartition(b"\n")
        if not hmac.compare_digest(seal, hmac.new(secret, text + b"\n", sha256).hexdigest().encode()):
            return {}
        written_by, *found = json.loads(b"[%s]" % text.replace(b"\n", b","))
        if written_by != version:
            return {}
        return {name: (key, value) for name, key, value in found}
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
