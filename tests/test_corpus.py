"""The guide that the benchmark builds: always the same, valid, and as large as was asked."""

import re
from datetime import date
from pathlib import Path

import corpus
import pytest
from patientguide.project import load
from support.programs import mkdocs


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus.write(tmp_path_factory.mktemp("corpus") / "20", 20)


def test_the_same_size_gives_the_same_bytes(guide: Path, tmp_path: Path) -> None:
    assert tree(corpus.write(tmp_path / "again", 20) / "content") == tree(guide / "content")


def test_it_has_as_many_entries_as_asked_and_none_is_found_fault_with(guide: Path) -> None:
    found, problems = load(guide / "content", date.fromisoformat(corpus.DAY))
    # Its words are drawn by chance, so the made-up passages cannot bear all of them out.
    assert {problem.code for problem in problems} <= {"not-in-passage"}
    assert found is not None
    assert len([entry for entry in found.entries if entry.kind != "pages"]) == 20


def test_it_builds_without_a_warning(guide: Path, tmp_path: Path) -> None:
    done = mkdocs(guide, "build", "--strict", "--site-dir", str(tmp_path / "site"), SOURCE_DATE_EPOCH="1795219200")
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_an_entry_is_what_the_issue_asks_for(guide: Path) -> None:
    for file in (guide / "content/medications").glob("*.md"):
        text = file.read_text()
        body = text.split("\n---\n", 1)[1]
        assert 500 < len(re.sub(r"\[@[^]]+\]|[|#-]", "", body).split()) < 700
        assert len(set(re.findall(r"@([a-z0-9-]+)", text))) == corpus.SOURCES
        assert body.count("!!! ") == 2
        assert body.count("|---|---|") == 1
        assert "](../glossary.yml#" in body
        assert re.search(r"\]\(\.\./(medications|therapies)/", body)


@pytest.mark.parametrize("count", [8, 20, 200, 1000, 4000, corpus.MOST])
def test_names_and_words_suffice_for_every_size(count: int) -> None:
    shape = corpus.Shape.of(count)
    assert shape.phases + shape.therapies + shape.medications + shape.faqs == count
    assert shape.phases <= 12
    assert shape.terms <= len(set(corpus.TERMS))
    assert shape.medications <= corpus.FIELD**2


def test_any_two_names_differ_in_three_places() -> None:
    names = [corpus.name_of(number) for number in range(0, corpus.FIELD**2, 9)]
    for at, name in enumerate(names):
        for other in names[:at]:
            assert sum(a != b for a, b in zip(name, other, strict=True)) >= 3


@pytest.mark.parametrize("count", [0, 7, corpus.MOST + 1])
def test_a_size_without_words_is_refused(count: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no size"):
        corpus.write(tmp_path / "guide", count)
    assert not (tmp_path / "guide").exists()
