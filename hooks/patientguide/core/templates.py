"""The Jinja environment for pages and exports, and a cache of compiled templates."""

from base64 import b64decode, b64encode
from functools import cache
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket

from patientguide.core.cache import BuildCache


@cache
def environment() -> Environment:
    """The environment, shared by all builds of a preview, so that templates are compiled once."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=select_autoescape(["html.j2", "xml.j2"]),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# Compiling templates takes a tenth of a short build. Jinja itself checks that the template and its own version are
# the same; the cache checks that the stored bytes are.


_KIND = "templates"


class TemplateCache(BytecodeCache):
    """Jinja's bytecode cache on top of the build cache."""

    def __init__(self, cache: BuildCache) -> None:
        """Store bytecode in the `cache` of one build."""
        self._cache = cache
        cache.keep(_KIND)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the bytecode of a template, if it is known."""
        if known := self._cache.get(_KIND, bucket.key, bucket.checksum):
            bucket.bytecode_from_string(b64decode(known))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the bytecode of a template."""
        self._cache.put(_KIND, bucket.key, bucket.checksum, b64encode(bucket.bytecode_to_string()).decode())
