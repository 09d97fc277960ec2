"""`make site` leaves the old site whole, or the new one, whatever stands in its way."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from patientguide.core.files import SiteError, swap_site
from support.ordinary import patientguide
from support.project import ROOT, tree

OLD = {"index.html": b"old", "faq/index.html": b"old answers", "gone/index.html": b"old page"}
NEW = {"index.html": b"new", "faq/index.html": b"new answers"}


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / "site", OLD)
    write(tmp_path / "build" / "site", NEW)
    return tmp_path


def replaced(project: Path) -> tuple[int, str]:
    done = patientguide(project, "replace-site", "build/site", "site")
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_the_new_site_takes_the_place_of_the_old_and_nothing_else_stays(project: Path) -> None:
    assert replaced(project) == (0, "")
    assert tree(project / "site") == NEW
    assert sorted(path.name for path in project.iterdir()) == ["build", "site"]
    assert not (project / "build" / "site").exists()


def test_the_first_site_needs_no_other(project: Path) -> None:
    shutil.rmtree(project / "site")
    assert replaced(project) == (0, "")
    assert tree(project / "site") == NEW


@pytest.mark.parametrize("closed", ["faq", ".", "gone/index.html"])
def test_a_part_that_nobody_may_write_to_stops_nothing(closed: str, project: Path) -> None:
    (project / "site" / closed).chmod(0o555)
    assert replaced(project)[0] == 0
    assert tree(project / "site") == NEW
    assert sorted(path.name for path in project.iterdir()) == ["build", "site"]


def closed_folder(project: Path) -> None:
    project.chmod(0o555)


def link(project: Path) -> None:
    (project / "site").rename(project / "published")
    (project / "site").symlink_to("published")


def dead_link(project: Path) -> None:
    shutil.rmtree(project / "site")
    (project / "site").symlink_to("nowhere")


def file(project: Path) -> None:
    shutil.rmtree(project / "site")
    (project / "site").write_text("mine")


def nothing_built(project: Path) -> None:
    (project / "build" / "site" / "index.html").unlink()


def state(project: Path) -> tuple[dict[str, bytes], Path | None]:
    site = project / "site"
    return tree(project), site.readlink() if site.is_symlink() else None


@pytest.mark.parametrize("block", [closed_folder, link, dead_link, file, nothing_built])
def test_what_cannot_be_replaced_is_left_as_it_was(block: Callable[[Path], None], project: Path) -> None:
    block(project)
    before = state(project)
    try:
        code, said = replaced(project)
    finally:
        project.chmod(0o755)
    assert code == 1
    assert "was left as it is" in said
    assert said.count("\n") == 1
    assert state(project) == before


def test_a_move_that_fails_is_taken_back(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that is full, or where a program holds a file open."""
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.parent.name == "build":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(SiteError, match="No space left on device"):
        swap_site(project / "build" / "site", project / "site")
    assert (tree(project / "site"), tree(project / "build" / "site")) == (OLD, NEW)
    assert sorted(path.name for path in project.iterdir()) == ["build", "site"]


def test_what_a_killed_run_left_aside_is_no_loss(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between its two moves, a run leaves the old site under another name: it is put back, then replaced."""
    (project / "site").rename(project / ".site.last-12345678")
    rename = Path.rename
    moved = []

    def recorded(self: Path, target: Path) -> Path:
        moved.append((self.name, target.name))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", recorded)
    assert swap_site(project / "build" / "site", project / "site") is None
    assert moved[0] == (".site.last-12345678", "site")
    assert tree(project / "site") == NEW
    assert sorted(path.name for path in project.iterdir()) == ["build", "site"]


def test_a_site_built_on_another_disk_is_copied_first(project: Path) -> None:
    other = Path("/dev/shm") / f"patientguide-{os.getpid()}"
    if not other.parent.is_dir() or other.parent.stat().st_dev == project.stat().st_dev:
        pytest.skip("There is no other disk here.")
    try:
        shutil.move(project / "build" / "site", other)
        assert swap_site(other, project / "site") is None
        assert tree(project / "site") == NEW
        assert not other.exists()
    finally:
        shutil.rmtree(other, ignore_errors=True)


@pytest.mark.parametrize("recipe", ["Makefile", "hooks/patientguide/newguide/Makefile.j2"])
def test_no_recipe_removes_the_site_before_the_next_is_there(recipe: str) -> None:
    lines = (ROOT / recipe).read_text().split("\nsite: ")[1].split("\n\n")[0]
    assert "replace-site build/site site" in lines
    assert "rm " not in lines
