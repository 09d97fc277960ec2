"""What MkDocs needs besides the content of a guide, taken from the project that this file stands in."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def make_buildable(project: Path, source: Path = ROOT) -> Path:
    """Give a guide what MkDocs needs besides its content."""
    shutil.copy(source / "mkdocs.yml", project)
    for name in ("hooks", "overrides"):
        (project / name).symlink_to(source / name)
    shutil.copytree(source / "docs" / "assets", project / "docs" / "assets", dirs_exist_ok=True)
    return project
