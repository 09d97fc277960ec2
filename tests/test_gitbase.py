"""What the review pack compares with, and the two small parts that match texts and words."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patientguide.changes import files
from patientguide.markup import words
from support.pack import commit, diff, git
from support.project import MINI


@pytest.fixture
def repo(mini: Path) -> Path:
    """The small guide, committed."""
    git(mini, "init", "--quiet")
    commit(mini)
    return mini


@pytest.mark.parametrize("base", ["nowhere", "--output=x", "-", "", "HEAD:content", "HEAD --output=x"])
def test_a_base_that_is_none(repo: Path, base: str) -> None:
    done = diff(repo, "--", base)
    assert done.exit_code == 2
    assert f"Error: '{base}' is no commit that git knows here, and no folder that holds content/." in done.stderr
    assert diff(repo, "--output=x").exit_code == 2
    assert not (repo.parent / "pack").exists()
    assert not list(repo.rglob("x"))


def test_a_folder_or_a_part_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        subprocess.run(["cp", "-r", MINI, tmp_path / name], check=True)
    (tmp_path / "one" / "content").rename(tmp_path / "one" / "hay fever")
    (tmp_path / "one" / "docs" / "link.md").symlink_to("/etc/hostname")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    (tmp_path / "one" / "docs" / "link.md").unlink()
    assert diff(tmp_path / "one", content="hay fever").stdout.startswith("Nothing changed.\n")
    assert diff(tmp_path / "one", str(tmp_path / "two"), content="hay fever").exit_code == 2
    monkeypatch.setenv("PATH", "")
    assert diff(tmp_path / "two", str(tmp_path / "two")).stdout.startswith("Nothing changed.\n")
    assert diff(tmp_path / "two").exit_code == 2
    assert diff(tmp_path / "two", str(tmp_path / "two"), "--to", str(tmp_path / "two" / "docs")).exit_code == 2


@given(st.text("ab 1.,@[]"), st.text("ab 1.,@[]"))
def test_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = words.word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


@given(*[st.lists(st.sampled_from(["one two", "one three", "four", ""]))] * 2)
def test_every_item_is_in_one_pair(old: list[str], new: list[str]) -> None:
    pairs = files.pairs(old, new)
    assert sorted(pair.old for pair in pairs if pair.old is not None) == list(range(len(old)))
    assert [pair.new for pair in pairs if pair.new is not None] == list(range(len(new)))
