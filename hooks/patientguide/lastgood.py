"""The last good site stays, whatever becomes of the next."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def replaced(site: Path, build: Callable[[], object]) -> None:
    """Let `build` fill the empty folder `site`. When it fails, with any exception, what stood there is there again."""
    with tempfile.TemporaryDirectory(dir=site.parent) as folder:
        last_good = Path(folder) / "site"
        site.rename(last_good)
        site.mkdir()
        try:
            build()
        except BaseException:
            shutil.rmtree(site)
            last_good.rename(site)
            raise
