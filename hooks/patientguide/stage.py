"""The guide as a plain Markdown project: any engine that reads Markdown and mkdocs.yml can build it, without hooks."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from patientguide import words
from patientguide.navigation import Menu
from patientguide.page import Page
from patientguide.prose import straight_quotes_curled

OURS = ("hooks", "watch", "repo_url", "edit_uri")
"""Settings of mkdocs.yml that only a build from entries needs: staged pages are not what an editor changes."""


def page_text(page: Page, languages: Collection[str] = ()) -> str:
    """A page as a Markdown file: title, description and what it needs of assets/ at the top, then its text.

    The page of a translation says its language as well.
    """
    language = page.language if page.language in languages else ""
    more = {"description": page.description, "assets": list(page.assets), "language": language}
    front = {"title": page.title, **{name: value for name, value in more.items() if value}}
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)}---\n\n{page.markdown}"


MARK = ".patientguide-stage"
"""A file that says that a folder was written by `write`, and may be replaced by it."""


class StageError(Exception):
    """Why nothing was written, in a sentence for people."""


@dataclass(frozen=True)
class Project:
    """What is staged: the guide's name, its pages, the files beside them, assets to copy, and the menu."""

    name: str
    pages: Iterable[Page]
    files: Mapping[str, str]
    assets: Iterable[str]
    menu: Menu
    languages: Sequence[str] = ()
    """The languages that it is translated into."""


def write(target: Path, root: Path, project: Project) -> None:
    """Write docs/ and mkdocs.yml for a guide to `target`, from the project at `root`.

    What was staged there before is replaced, and only once the new project is whole.
    Raises StageError when anything else stands there, or mkdocs.yml cannot be read.
    """
    if root.is_relative_to(target) or any(
        target.is_relative_to(root / name) for name in ("content", "docs", "hooks", "overrides")
    ):
        raise StageError(f"{target} holds the guide itself, or is a part of it; name another folder.")
    if target.exists() and any(target.iterdir()) and not (target / MARK).is_file():
        raise StageError(f"{target} holds other files; name a new folder.")
    config = {**_config(root / "mkdocs.yml"), "site_name": straight_quotes_curled(project.name)}
    if project.languages:
        config["not_in_nav"] = "".join(f"/{language}/\n" for language in project.languages)
        config["extra"] = {**config.get("extra", {}), "words": {x: dict(words.of(x).texts) for x in project.languages}}
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        staged = Path(folder) / "staged"
        docs = staged / "docs"
        for uri, text in (
            {page.uri: page_text(page, project.languages) for page in project.pages} | dict(project.files)
        ).items():
            file = docs / uri
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for asset in project.assets:
            (docs / asset).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / "docs" / asset, docs / asset)
        if (root / "overrides").is_dir():
            shutil.copytree(root / "overrides", staged / "overrides")
        text = yaml.safe_dump({**config, "nav": project.menu}, allow_unicode=True, sort_keys=False)
        (staged / "mkdocs.yml").write_text(text, encoding="utf-8")
        (staged / MARK).touch()
        if target.exists():
            shutil.rmtree(target)
        staged.rename(target)


def _config(file: Path) -> dict[str, Any]:
    try:
        config = yaml.load(file.read_text(encoding="utf-8"), Loader=_ConfigLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise StageError(f"{file} cannot be staged: {error}") from None
    config = {name: value for name, value in config.items() if name not in OURS}
    extensions = config.get("markdown_extensions", [])
    config["markdown_extensions"] = [name for name in extensions if not str(name).startswith("patientguide.")]
    return config


class _ConfigLoader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose !ENV tag names an environment variable and a value to fall back on."""


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        *names, fallback = loader.construct_sequence(node)
    else:
        names, fallback = [loader.construct_scalar(node)], None  # type: ignore[arg-type]
    return next((os.environ[name] for name in names if name in os.environ), fallback)


_ConfigLoader.add_constructor("!ENV", _environment)
