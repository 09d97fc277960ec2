"""The guide as data in a built site: a file that rests on nothing that changed is left as it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patientguide import datafiles, datarecords, routes
from patientguide.buildcache import BuildCache, bytes_hash, digest
from patientguide.datafiles import DataFiles
from patientguide.entry import Entry
from patientguide.guide import Guide
from patientguide.pageplan import Planned

_KIND = "data"


@dataclass(frozen=True)
class DataSite:
    """A site, and what its pages were made of."""

    site: Path
    guide: Guide
    plan: Sequence[Planned]
    cache: BuildCache
    site_url: str = ""

    def write(self) -> None:
        """Write what changed. The file of the whole guide is written piece by piece: it may not fit into memory."""
        data = DataFiles(self.guide, {page.draft.uri: page.cites for page in self.plan}, self.site_url)
        for folder in {(self.site / uri).parent for uri in datafiles.uris(self.guide)}:
            folder.mkdir(parents=True, exist_ok=True)
        with (self.site / datafiles.GUIDE).open("wb") as whole:
            whole.write(data.before(datafiles.GUIDE).encode())
            for number, text in enumerate(self._entries(data)):
                whole.write(datafiles.BETWEEN.encode() + text if number else text)
            whole.write(data.after().encode())
        (self.site / datafiles.SCHEMA).write_bytes(datafiles.schema().encode())

    def _entries(self, data: DataFiles) -> Iterator[bytes]:
        """Every entry, when its own file is as it should be."""
        keys, common = {page.draft.uri: page.key for page in self.plan}, digest(data.facts, self.site_url)
        for entry in self.guide.entries:
            # A page of many answers says less of their reviews than each file does.
            standing = repr(datarecords.standing(self.guide, entry))
            key = digest(common, keys.get(routes.of(entry).uri), entry.digest, standing)
            yield self._there(entry, key) or self._written(entry, key, data)

    def _there(self, entry: Entry[Any], key: str) -> bytes | None:
        """An entry as its file says it, if an earlier build wrote this of the same."""
        known = self.cache.get(_KIND, entry.path, key)
        if known is None:
            return None
        try:
            found = (self.site / routes.data_uri(entry)).read_bytes()
        except OSError:
            return None
        hash_, start, end = known
        return found[start:end] if bytes_hash(found) == hash_ else None

    def _written(self, entry: Entry[Any], key: str, data: DataFiles) -> bytes:
        uri = routes.data_uri(entry)
        before, text = data.before(uri).encode(), data.entry(entry).encode()
        whole = b"".join((before, text, data.after(entry).encode()))
        (self.site / uri).write_bytes(whole)
        self.cache.put(_KIND, entry.path, key, [bytes_hash(whole), len(before), len(before) + len(text)])
        return text
