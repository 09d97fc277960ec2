"""Stage the guide as a plain Markdown project for any engine that reads mkdocs.yml, without hooks."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from patientguide.build import defaults, prepare
from patientguide.core import i18n
from patientguide.core.files import replace_dir
from patientguide.export import offline
from patientguide.markup.tokens import straight_quotes_curled
from patientguide.pages.navigation import Menu
from patientguide.pages.page import Page

OURS = ("hooks", "watch", "repo_url", "edit_uri")
"""Settings of mkdocs.yml that only a build from entries needs: staged pages are not what an editor changes."""


def page_text(page: Page, front_matter: Mapping[str, Any] = MappingProxyType({})) -> str:
    """A page as a Markdown file, with the variables of its template as front matter.

    `front_matter` holds those about other languages: see `prepare.front_matter`.
    """
    more = {"changed": page.changed, **page.head, "assets": list(page.assets), **front_matter}
    front = {"title": page.title, **{name: value for name, value in more.items() if value}}
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)}---\n\n{page.markdown}"


_OFFLINE = "assets/offline.js"
"""The script for offline copies, which only our build can plan."""
_SEARCH_BOX = "assets/search-box.css"
_TEMPLATES = Path(__file__).parent.parent / "templates"
_LOOK = {"variant": "classic"}
_NOT_STAGED = ("kept.html",)
"""Templates for cached pages: see mkdocs.py."""

MARK = ".patientguide-stage"
"""The marker of a folder that `write` made and may replace."""


class StageError(Exception):
    """The reason why nothing was written, as a sentence for people."""


@dataclass(frozen=True)
class Project:
    """The content of a staged project: title, pages, files beside them, assets to copy, and menu."""

    name: str
    language: str
    pages: Iterable[Page]
    files: Mapping[str, str]
    assets: Iterable[str]
    menu: Menu
    front_matter: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The template variables about other languages, by Markdown path."""
    safety_page: str = ""
    """The address of the page on when to call, for the page that says that there is none."""


def address(root: Path) -> str:
    """The address of the site of the project at `root`, with a slash at the end; empty if mkdocs.yml has none.

    Raises StageError.
    """
    return _with_slash(str(_given(root / "mkdocs.yml").get("site_url") or ""))


def _with_slash(url: str) -> str:
    return url and f"{url.rstrip('/')}/"


def write(target: Path, root: Path, project: Project) -> None:
    """Write docs/ and mkdocs.yml for a guide to `target`, from the project at `root`.

    A project that was staged there before is replaced once the new one is complete.
    Raises StageError if anything else is there, or mkdocs.yml cannot be read.
    """
    if root.is_relative_to(target) or any(
        target.is_relative_to(root / name) for name in ("content", "docs", "hooks", "overrides")
    ):
        raise StageError(f"{target} holds the guide itself, or is a part of it; name another folder.")
    if target.exists() and any(target.iterdir()) and not (target / MARK).is_file():
        raise StageError(f"{target} holds other files; name a new folder.")
    config = _config(root / "mkdocs.yml", project)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        staged = Path(folder) / "staged"
        docs = staged / "docs"
        pages = {page.uri: page_text(page, project.front_matter.get(page.uri, {})) for page in project.pages}
        beside = {
            offline.URI: offline.farewell(),
            _SEARCH_BOX: (_TEMPLATES / "search-box.css").read_text(encoding="utf-8"),
        }
        for uri, text in {**pages, **project.files, **beside}.items():
            file = docs / uri
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        for asset in project.assets:
            (docs / asset).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / "docs" / asset, docs / asset)
        if (root / "overrides").is_dir():
            shutil.copytree(root / "overrides", staged / "overrides")
        listed = {uri for group in project.menu for uris in group.values() for uri in uris}
        config |= {"nav": project.menu, "not_in_nav": "".join(f"/{uri}\n" for uri in pages if uri not in listed)}
        text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
        (staged / "mkdocs.yml").write_text(text, encoding="utf-8")
        defaults.copy_defaults(staged)
        for name in _NOT_STAGED:
            (staged / "overrides" / name).unlink(missing_ok=True)
        (staged / MARK).touch()
        replace_dir(staged, target)


def _given(file: Path) -> dict[str, Any]:
    try:
        return defaults.read_engine_settings(file)
    except yaml.YAMLError as error:
        raise StageError(f"{file} cannot be staged: {error}") from None


def _config(file: Path, project: Project) -> dict[str, Any]:
    """The settings of mkdocs.yml that any engine understands, with those that only the guide has."""
    given = _given(file)
    config = {**defaults.default_settings(given), **given}
    # Without an address there is none: Zensical would take an empty one for the root of a host.
    config = {name: value for name, value in config.items() if name not in OURS and value not in ("", None)}
    config["plugins"] = [plugin for plugin in config.get("plugins", []) if plugin != "patientguide"]
    if "site_url" in config:
        config["site_url"] = _with_slash(config["site_url"])
    config["site_name"] = straight_quotes_curled(project.name)
    # Before our own, which extend it.
    config["extra_css"] = [_SEARCH_BOX, *config.get("extra_css", [])]
    config["extra_javascript"] = [name for name in config.get("extra_javascript", []) if name != _OFFLINE]
    theme = config.get("theme", {})
    # The look that the templates and styles were made for; Zensical has another, which is its default.
    config["theme"] = {**({"name": theme} if isinstance(theme, str) else theme), **_LOOK, "language": project.language}
    config["extra"] = {**config.get("extra", {}), "safety_page": project.safety_page}
    pages = project.front_matter.values()
    translated = {page["language"]: page["root"] for page in pages if "language" in page}
    if translated:
        said = {language: dict(i18n.catalog(language).texts) for language in translated}
        config["extra"] |= {"words": said, **project.front_matter[prepare.OTHERS]}
    extensions = config.get("markdown_extensions", [])
    config["markdown_extensions"] = [name for name in extensions if not str(name).startswith("patientguide.")]
    return config
