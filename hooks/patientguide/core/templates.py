"""The Jinja environment for pages and exports, and a cache of compiled templates."""

from base64 import b64decode, b64encode
from functools import cache
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket

from patientguide.core.cache import BuildCache

# Where all texts are drawn from: templates, which hold the words that readers and programs are given.


@cache
def environment() -> Environment:
    """One for all builds of a preview: its templates are compiled once."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=select_autoescape(["html.j2", "xml.j2"]),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# Templates as an earlier run compiled them: a short build spends a tenth of its time on that.
#
# Jinja believes what it compiled only if the template and its own version are as they were; what it is stored in
# knows whether it is as it was written.


_KIND = "templates"


class TemplateCache(BytecodeCache):
    """Keeps compiled templates with everything else that a build found out."""

    def __init__(self, cache: BuildCache) -> None:
        """`cache` is that of one build."""
        self._cache = cache
        cache.keep(_KIND)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what is known of one template."""
        if known := self._cache.get(_KIND, bucket.key, bucket.checksum):
            bucket.bytecode_from_string(b64decode(known))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja compiled."""
        self._cache.put(_KIND, bucket.key, bucket.checksum, b64encode(bucket.bytecode_to_string()).decode())
