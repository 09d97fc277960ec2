"""The files of a new guide for any condition, with one example of each kind.

Their templates are in the folder `newguide`. No example can pass for a fact: each starts with the words that the rule
`example` looks for, and cites a source that says that it is not one.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent.parent / "newguide"
_SUFFIX = ".j2"
_HIDDEN = "dot-"  # some tools skip files whose names start with a point


@dataclass(frozen=True)
class NewGuide:
    """The settings of a new guide. `requirement` is the pip requirement of the program."""

    title: str
    condition: str
    region: str
    language: str
    requirement: str


def title(condition: str) -> str:
    """The default title of a guide about a condition."""
    return f"{condition[:1].upper()}{condition[1:]} guide"


def requirement(version: str, origin: str | None) -> str:
    """The pip requirement of this program: its origin (PEP 610), or its version."""
    if origin is None:
        return f"patientguide>={version}"
    found = json.loads(origin)
    vcs = found.get("vcs_info", {})
    revision = f"@{vcs['requested_revision']}" if "requested_revision" in vcs else ""
    return f"patientguide @ {vcs['vcs'] + '+' if vcs else ''}{found['url']}{revision}"


def guide_files(guide: NewGuide, today: date) -> Mapping[str, str]:
    """The text of each file of a new guide, by path."""
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(_FOLDER),
        variable_start_string="<<",
        variable_end_string=">>",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    days = {"today": today.isoformat(), "month": today.isoformat()[:7]}
    return {
        _path(name): environment.get_template(name).render(asdict(guide) | days)
        for name in environment.list_templates(extensions=[_SUFFIX[1:]])
    }


def _path(template: str) -> str:
    parts = template.removesuffix(_SUFFIX).split("/")
    return "/".join(f".{part.removeprefix(_HIDDEN)}" if part.startswith(_HIDDEN) else part for part in parts)
