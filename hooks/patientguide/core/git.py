"""The base version of a comparison: a commit, unpacked into a temporary folder, or another checkout.

Only files of the guide are unpacked, and none of them is run.
"""

import io
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

DOCS = "docs"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class BaseError(Exception):
    """The reason why there is no base version, as a sentence for people."""


class Base(NamedTuple):
    """The content folder of the base version, and its name for people."""

    content: Path
    name: str


@contextmanager
def unpacked(base: str, content: Path) -> Iterator[Base]:
    """The version `base` of the guide in `content`: a revision of its git repository, or a folder with a checkout.

    Raises BaseError if there is no such version, or no guide in it.
    """
    root = content.resolve().parent
    if commit := _commit(base, root):
        with tempfile.TemporaryDirectory() as folder:
            _unpack(commit, root, content.resolve().name, Path(folder))
            yield Base(Path(folder) / content.resolve().name, f"{base} ({commit[:12]})")
        return
    choices = [Path(base) / name for name in (content, content.resolve().name) if not Path(name).is_absolute()]
    found = next((choice for choice in choices if base and base[0] != "-" and choice.is_dir()), None)
    if found is None:
        raise BaseError(
            f"'{base}' is no commit that git knows here, and no folder that holds {content.name}/. "
            "Is git installed, and was the commit fetched?"
        )
    yield Base(found, base)


def git(root: Path, *arguments: str) -> bytes | None:
    """The output of git in `root`, or None if it fails or is not installed."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S603, S607
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _commit(base: str, root: Path) -> str | None:
    """The full name of a commit. --end-of-options keeps a `base` such as --output=x from being read as an option."""
    answer = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    name = (answer or b"").decode().strip()
    return name if _COMMIT.fullmatch(name) else None


def _unpack(commit: str, root: Path, content: str, target: Path) -> None:
    """Write the content and docs folders of a commit, side by side as in `root`, to `target`."""
    listed = git(root, "ls-tree", "-z", "--name-only", commit, "--", content, DOCS)
    names = [name for name in (listed or b"").decode().split("\0") if name]
    archive = (
        git(root, "--literal-pathspecs", "archive", "--format=tar", commit, "--", *names) if content in names else None
    )
    if archive is None:
        raise BaseError(f"{commit[:12]} has no folder {content}/ that git can read.")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        # Links are left out: the loader does not follow them, and nothing outside may be reached.
        members = [member for member in tar if member.isreg() or member.isdir()]
        tar.extractall(target, members, filter="data")
