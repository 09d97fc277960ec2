"""What the benchmark builds, and how: our own build, the floor, and other generators where they are installed.

The floor is what MkDocs and Material take for the very same pages without this project: `patientguide stage` writes
them as plain Markdown (which is not counted), and they are built with the theme's own templates, its own search,
pruned navigation, and the Markdown extensions that the pages need. So that the comparison does not flatter us, the
menu of that floor leaves out the pages of single entries: pruned navigation still lists all pages of the open section
on each of them, which costs more with every entry. Two more rows say what that and our own templates cost.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench_bibtex
import bench_summary as summary
import yaml
from support.project import ROOT, make_buildable

PYTHON = sys.executable
MKDOCS = (PYTHON, "-m", "mkdocs", "build", "--quiet")
OF_OUR_TEMPLATES = (".css", ".js", ".woff2", ".txt")
_CITED = re.compile(r"[\[;] ?@([a-z0-9-]+)")
_PARAGRAPH = re.compile(r"^(?:You can ask\. )?(?=[A-Z][^\n]*\[@)", re.MULTILINE)
_TITLE = re.compile(r"""^title: *["']?(?:New )?(?=\w)""", re.MULTILINE)


@dataclass(frozen=True)
class Workspace:
    """A folder of its own with a copy of a guide, which may be edited, and what was made of it."""

    root: Path

    @property
    def guide(self) -> Path:
        """The guide that our build reads."""
        return self.root / "guide"

    def site(self, project: str) -> Path:
        """Where a project is built to."""
        return self.root / project / "site"


@dataclass(frozen=True)
class Subject:
    """A row of the results: which project of the workspace is built, by what, and what is done before, uncounted."""

    name: str
    project: str
    command: tuple[str, ...]
    before: Callable[[Workspace], None]
    builds: bool = True
    every_round: bool = True
    missing: Callable[[], bool] = lambda: False
    make: Callable[[Workspace], None] = lambda _: None


def prepare(root: Path, guide: Path, environment: Mapping[str, str]) -> Workspace:
    """Copy a guide, stage it, and make the projects of the floor from what was staged."""
    work = Workspace(root)
    work.guide.mkdir(parents=True)
    for name in ("content", "docs"):
        shutil.copytree(guide / name, work.guide / name)
    make_buildable(work.guide, ROOT)
    staged = root / "staged"
    command = [PYTHON, "-m", "patientguide", "stage", str(staged)]
    subprocess.run(command, cwd=work.guide, env=environment, check=True)
    config = yaml.safe_load((staged / "mkdocs.yml").read_text(encoding="utf-8"))
    for name, menu in (("floor", _without_entries(config["nav"])), ("floor-menu", config["nav"])):
        shutil.copytree(staged / "docs", root / name / "docs", ignore=_no_parts_of_our_templates)
        text = yaml.safe_dump(floor_config(config, menu), allow_unicode=True, sort_keys=False)
        (root / name / "mkdocs.yml").write_text(text, encoding="utf-8")
    for peer in PEERS:
        if not peer.missing():
            peer.make(work)
    return work


def floor_config(staged: Mapping[str, Any], menu: list[Any]) -> dict[str, Any]:
    """The plainest mkdocs.yml that builds the staged pages: no templates, hooks or styles of ours."""
    return {
        "site_name": staged["site_name"],
        "theme": {"name": "material", "font": False, "features": ["navigation.prune"]},
        "plugins": ["search"],
        "markdown_extensions": staged["markdown_extensions"],
        "validation": {"nav": {"omitted_files": "ignore"}},
        "nav": menu,
    }


def _without_entries(menu: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """A menu without the pages of single entries: hand-written pages and the lists of collections stay."""
    kept = [
        {label: [uri for uri in uris if "/" not in uri or uri.endswith("/index.md")]}
        for group in menu
        for label, uris in group.items()
    ]
    return [group for group in kept if any(group.values())]


def _no_parts_of_our_templates(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder, name).suffix in OF_OUR_TEMPLATES]


def forget(work: Workspace) -> None:
    """Remove what earlier builds left: what was built, and what they remember."""
    for left in (work.guide / "build", *work.root.glob("*/site"), *work.root.glob("*/.cache")):
        shutil.rmtree(left, ignore_errors=True)


def edit_entry(work: Workspace) -> None:
    """Change a sentence of one entry, and back the next time."""
    entries = sorted((work.guide / "content/medications").glob("*.md"))
    _toggle(entries[len(entries) // 2], _PARAGRAPH, "You can ask. ")


def edit_source(work: Workspace) -> None:
    """Change the title of the source that most entries cite, and back the next time."""
    _toggle(work.guide / "content/references" / f"{most_cited(work.guide)[0]}.yml", _TITLE, "New ")


def most_cited(guide: Path) -> tuple[str, int]:
    """The source that most entries cite, and how many do."""
    cited = Counter(
        key for file in guide.glob("content/*/*.md") for key in set(_CITED.findall(file.read_text(encoding="utf-8")))
    )
    return min(cited.items(), key=lambda item: (-item[1], item[0]))


def _toggle(file: Path, place: re.Pattern[str], words: str) -> None:
    """Put words at the first such place of a file, or take them out if they stand there."""
    text = file.read_text(encoding="utf-8")
    found = place.search(text)
    if found is None:
        raise ValueError(f"{file} has no place for an edit.")
    new = found[0].replace(words, "") if words in found[0] else found[0] + words
    file.write_text(text[: found.start()] + new + text[found.end() :], encoding="utf-8")


def _nothing(work: Workspace) -> None:
    """Build again what is there."""


def _make_bibtex(work: Workspace) -> None:
    shutil.copytree(work.root / "floor", work.root / "bibtex")
    file = work.root / "bibtex/mkdocs.yml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    config = bench_bibtex.make(file.parent / "docs", work.guide / "content/references", config)
    file.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _not_installed(module: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(module) is None


SUBJECTS = (
    Subject(summary.FLOOR, "floor", MKDOCS, forget),
    Subject(summary.COLD, "guide", MKDOCS, forget),
    Subject(summary.WARM, "guide", MKDOCS, edit_entry),
    Subject(summary.SOURCE, "guide", MKDOCS, edit_source),
    Subject(summary.CHECK, "guide", (PYTHON, "-m", "patientguide", "check"), _nothing, builds=False),
    Subject("floor, all pages in its menu", "floor-menu", MKDOCS, forget, every_round=False),
    Subject("floor, our templates", "staged", MKDOCS, forget, every_round=False),
)
"""In the order of a round. No figure rests on a row that is only there to judge the floor by."""

PEERS = (
    Subject(
        "Zensical",
        "floor",
        (PYTHON, "-m", "zensical", "build"),
        forget,
        every_round=False,
        missing=_not_installed("zensical"),
    ),
    Subject(
        "mkdocs-bibtex",
        "bibtex",
        MKDOCS,
        forget,
        every_round=False,
        missing=_not_installed("mkdocs_bibtex"),
        make=_make_bibtex,
    ),
)
"""Other generators, on the pages and settings of the floor. One that is not installed is named, without a figure."""
