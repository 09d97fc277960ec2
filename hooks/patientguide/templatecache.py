"""Templates as an earlier run compiled them: a short build spends a tenth of its time on that.

Jinja believes what it compiled only if the template and its own version are as they were; what it is stored in knows
whether it is as it was written.
"""

from base64 import b64decode, b64encode

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from patientguide.buildcache import BuildCache

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
