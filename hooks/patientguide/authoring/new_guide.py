"""A new guide for any condition: all its files, with one example of each kind, as the text that they start with.

The files stand in the folder `newguide`, each as a template of its own name. No example passes for a fact: each begins
with the words that the rule `example` looks for, and rests on a source that says that it is none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent.parent / "newguide"
_SUFFIX = ".j2"
_HIDDEN = "dot-"  # some tools leave out files whose names begin with a point


@dataclass(frozen=True)
class NewGuide:
    """What is known of a guide on its first day; `requirement` says where its program comes from, as pip reads it."""

    title: str
    condition: str
    region: str
    language: str
    requirement: str


def title(condition: str) -> str:
    """A name for a guide on a condition."""
    return f"{condition[:1].upper()}{condition[1:]} guide"


def requirement(version: str, origin: str | None) -> str:
    """How pip finds this program again: from where it was installed (PEP 610), or by its version."""
    if origin is None:
        return f"patientguide>={version}"
    found = json.loads(origin)
    vcs = found.get("vcs_info", {})
    revision = f"@{vcs['requested_revision']}" if "requested_revision" in vcs else ""
    return f"patientguide @ {vcs['vcs'] + '+' if vcs else ''}{found['url']}{revision}"


def guide_files(guide: NewGuide, today: date) -> Mapping[str, str]:
    """The text of each file of a new guide, by its path."""
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
