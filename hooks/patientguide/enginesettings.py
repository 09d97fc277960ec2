"""The settings of an engine, as they stand in a file mkdocs.yml."""

import os
from pathlib import Path
from typing import Any

import yaml


def read(file: Path) -> dict[str, Any]:
    """The settings by their names. Raises YAMLError."""
    found: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    return found


class _Loader(yaml.SafeLoader):
    """Knows the tag !ENV, which names environment variables and a value to fall back on."""


def _environment(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        *names, fallback = loader.construct_sequence(node)
    else:
        names, fallback = [loader.construct_scalar(node)], None  # type: ignore[arg-type]
    return next((os.environ[name] for name in names if name in os.environ), fallback)


_Loader.add_constructor("!ENV", _environment)
