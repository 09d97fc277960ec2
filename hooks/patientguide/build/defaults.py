"""What the program brings to every guide: templates, styles, scripts and engine settings."""

import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import yaml
from yaml_env_tag import add_env_tag

from patientguide.core.files import ROOT

# The settings of an engine, as in a file mkdocs.yml.


def read_engine_settings(file: Path) -> dict[str, Any]:
    """The settings by their names. Raises YAMLError."""
    found: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    return found


class _Loader(yaml.SafeLoader):
    """Knows the tag !ENV, which names environment variables and a value to fall back on, as MkDocs reads it."""


add_env_tag(_Loader)


# What this program brings to every guide besides its code: templates, styles, scripts and the engine's settings.
#
# They are in this repository as in any guide (`mkdocs.yml`, `overrides/`, `docs/assets/`), and in a wheel in the
# same order in the folder `shipped` of this package (see pyproject.toml). A guide that is a repository of its own
# names none of them, so that a new version of this program reaches it without an edit.


_TEMPLATES = "overrides"
_WORDS = "partials/languages/{}.html"
INHERITED = ("theme", "extra_css", "extra_javascript", "extra", "markdown_extensions", "validation")
"""Settings of an engine that are the program's own. What a guide sets itself holds instead."""


class Option(Protocol):
    """How an engine reads one of its settings."""

    def pre_validation(self, config: Any, key_name: str) -> None:
        """What it does before."""

    def validate(self, value: object) -> Any:
        """The setting as the engine uses it."""

    def post_validation(self, config: Any, key_name: str) -> None:
        """What it does afterwards."""


def default_settings(given: Collection[str]) -> dict[str, Any]:
    """The engine's settings that a guide inherits: those of this program that are not `given`."""
    wanted = [name for name in INHERITED if name not in given]
    if not wanted:
        return {}
    own = read_engine_settings(ROOT / "mkdocs.yml")
    return {name: own[name] for name in wanted if name in own}


def copy_defaults(project: Path) -> None:
    """Copy templates, styles and scripts to a project of an engine's that has none of its own."""
    if not (project / _TEMPLATES).is_dir():
        shutil.copytree(ROOT / _TEMPLATES, project / _TEMPLATES)
        there = {path.relative_to(project / "docs") for path in (project / "docs").rglob("*")}
        for file in (ROOT / "docs" / "assets").rglob("*"):
            path = file.relative_to(ROOT / "docs")
            if file.is_file() and path not in there:
                (project / "docs" / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, project / "docs" / path)


def fill(config: Any, options: Mapping[str, Option]) -> None:
    """Give an engine's `config` what its guide inherits, read by its `options` as if the guide had set it."""
    found = default_settings(set().union(*config.user_configs))
    if "theme" in found:
        found["theme"]["custom_dir"] = str(ROOT / _TEMPLATES)
    for name, value in found.items():
        options[name].pre_validation(config, name)
        config[name] = options[name].validate(value)
        options[name].post_validation(config, name)
    if "theme" in found:
        # The engine publishes what a folder of its theme holds, but for Markdown and templates.
        config["theme"].dirs.insert(1, str(ROOT / "docs"))


def spoken(language: str, folders: Iterable[str]) -> str:
    """The language of a theme's own words: that of the guide, without its country if need be, or else English."""
    wanted = [language, language.partition("-")[0]]
    there = [code for code in wanted for folder in folders if Path(folder, _WORDS.format(code)).is_file()]
    return next(iter(there), "en")
