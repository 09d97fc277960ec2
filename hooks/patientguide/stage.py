"""The guide as a plain Markdown project: any engine that reads Markdown and mkdocs.yml can build it, without hooks."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from patientguide.compose import Page
from patientguide.navigation import Menu

OURS = ("hooks", "watch", "repo_url", "edit_uri")
"""Settings of mkdocs.yml that only a build from entries needs: staged pages are not what an editor changes."""


def page_text(page: Page) -> str:
    """A page as a Markdown file: title and description at the top, then its text."""
    front = {"title": page.title, **({"description": page.description} if page.description else {})}
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)}---\n\n{page.markdown}"


def write(target: Path, root: Path, pages: Iterable[Page], assets: Iterable[str], navigation: Menu) -> None:
    """Write docs/ and mkdocs.yml under `target`, from the project at `root`. What stood there before is replaced."""
    if target.exists():
        shutil.rmtree(target)
    docs = target / "docs"
    for page in pages:
        file = docs / page.uri
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page_text(page), encoding="utf-8")
    for asset in assets:
        (docs / asset).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / "docs" / asset, docs / asset)
    if (root / "overrides").is_dir():
        shutil.copytree(root / "overrides", target / "overrides")
    config = yaml.load((root / "mkdocs.yml").read_text(encoding="utf-8"), Loader=_ConfigLoader)  # noqa: S506
    config = {name: value for name, value in config.items() if name not in OURS}
    config["nav"] = navigation
    config["markdown_extensions"] = [
        extension for extension in config["markdown_extensions"] if not str(extension).startswith("patientguide.")
    ]
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    (target / "mkdocs.yml").write_text(text, encoding="utf-8")


class _ConfigLoader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose !ENV tag names an environment variable and a value to fall back on."""


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        *names, fallback = loader.construct_sequence(node)
    else:
        names, fallback = [loader.construct_scalar(node)], None  # type: ignore[arg-type]
    return next((os.environ[name] for name in names if name in os.environ), fallback)


_ConfigLoader.add_constructor("!ENV", _environment)
