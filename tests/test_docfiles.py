"""Files of docs/ are what their names say, small enough for every reader, and hold nothing active."""

import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from patientguide.content import assets
from patientguide.core import files
from patientguide.core.problems import Problem
from patientguide.project import load
from support.ordinary import mkdocs, patientguide
from support.project import DAY, ROOT, make_buildable

DATA: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "docfiles.yml").read_text(encoding="utf-8"))
FILES, DRAWINGS = DATA["files"], DATA["drawings"]
PNG = b"\x89PNG\r\n\x1a\n"


def problems(guide: Path) -> list[Problem]:
    return load(guide / "content", date(2026, 11, 21))[1]


def written(file: Path, case: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    data = case.get("bytes", "")
    file.write_bytes(
        data.encode() if isinstance(data, str) else bytes.fromhex(data["hex"]) + bytes(data.get("zeros", 0))
    )
    if "size" in case:
        with file.open("r+b") as opened:
            opened.truncate(case["size"])


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_published_or_refused_with_a_reason(name: str, mini: Path) -> None:
    case = FILES[name]
    written(mini / case["file"], case)
    found = [p for p in problems(mini) if p.place.path == case["file"]]
    assert [p.code for p in found] == ([case["code"]] if "code" in case else [])
    assert all(case.get("says", "") in f"{p.message} {p.advice}" for p in found), found


def test_a_file_of_2_gb_is_refused_without_being_read(mini: Path) -> None:
    written(mini / "docs" / "big.png", {"size": 2 << 30})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    assert [p.code for p in problems(mini)] == ["file-size"]
    assert time.process_time() - begin < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_all_files_together_have_a_limit_and_guide_yml_sets_it(mini: Path, change: Callable[..., Path]) -> None:
    for number in range(5):
        written(mini / "docs" / f"{number}.pdf", {"bytes": {"hex": "255044462d", "zeros": 4_200_000 + number}})
    (found,) = problems(mini)
    assert (found.code, found.place.path) == ("file-size", "docs/4.pdf")
    assert "21.0 MB together, more than 20.0 MB" in found.message
    change("content/guide.yml", 'language: "en"\n', 'language: "en"\nfile_limits: {total: 30000}\n')
    assert problems(mini) == []
    change("content/guide.yml", "{total: 30000}", "{total: 30000, other: 100}")
    assert [p.code for p in problems(mini)] == ["file-size"] * 5


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_holds_shapes_and_nothing_else(name: str) -> None:
    case = DRAWINGS[name]
    begins = case["svg"].startswith(("<?", "<!", "<svg"))
    text = case["svg"] if begins else f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{case["svg"]}</svg>'
    assert (assets.svg_fault(text.encode()) is None) == case.get("accepted", False), assets.svg_fault(text.encode())


def test_no_drawing_keeps_a_browser_busy() -> None:
    head, group = '<svg xmlns="http://www.w3.org/2000/svg">', "<path d='M0 0h1'/>" * 200
    use = '<use href="#a"/>'
    copies = f'{head}<g id="a">{group}</g>{use * 200}</svg>'
    assert assets.svg_fault(copies.encode()) == "it has more than 20,000 parts to draw"
    assert assets.svg_fault(f"{head}{'<g>' * 70}{'</g>' * 70}</svg>".encode()) == "it holds elements more than 60 deep"
    levels = "".join(f'<g id="a{n + 1}">{use.replace("#a", f"#a{n}") * 10}</g>' for n in range(9))
    begin = time.process_time()
    assert (
        assets.svg_fault(f'{head}<g id="a0"><path/></g>{levels}<use href="#a9"/></svg>'.encode())
        == "it holds copies of copies"
    )
    many = f'{head}<g id="a">{"<g/>" * 5_000}</g>{use * 5_000}</svg>'
    assert assets.svg_fault(many.encode())
    assert time.process_time() - begin < 5


def test_our_own_files_are_what_their_names_say() -> None:
    for file in (ROOT / "docs" / "assets").rglob("*"):
        if file.is_file() and file.suffix in files.SUFFIXES:
            assert files.file_kind_fault(file.suffix, file.read_bytes()[: files.HEAD]) is None, file


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("![](assets/nose.png)", "picture-words", "Say what is seen in it"),
        ("![ ](assets/nose.png)", "picture-words", "Say what is seen in it"),
        ("![nose.png](assets/nose.png)", "picture-words", "name of the file"),
        ("![Nose](assets/nose.png)", "picture-words", "name of the file"),
        ("![A leaflet on noses](assets/nose.pdf)", "picture", "is not a picture"),
        ("![A nose that is red and runs](assets/nose.png)", None, ""),
    ],
)
def test_a_picture_has_words_that_say_what_is_seen(text: str, code: str | None, says: str, mini: Path) -> None:
    (mini / "docs" / "assets").mkdir()
    (mini / "docs" / "assets" / "nose.png").write_bytes(PNG)
    (mini / "docs" / "assets" / "nose.pdf").write_bytes(b"%PDF-1.7")
    page = mini / "docs" / "index.md"
    page.write_text(f"{page.read_text()}\n{text}\n")
    found = [p for p in problems(mini) if p.severity == "error"]
    assert [p.code for p in found] == ([code] if code else [])
    assert all(says in f"{p.message} {p.advice}" for p in found)


@pytest.mark.parametrize(
    "name", ["docs/assets/guide.js", "docs/assets/favicon.svg", "docs/assets/page.css", "docs/x.png"]
)
def test_a_file_that_nobody_may_read_is_named_by_check_and_build(name: str, mini: Path) -> None:
    file = make_buildable(mini) / name
    file.touch()
    file.chmod(0)
    build = mkdocs(mini, "build", "--strict", **DAY)
    for done in (patientguide(mini, "check", "--as-of", "2026-11-21"), build):
        assert done.returncode == 1
        assert (
            f"{name}:1:1: error[not-a-file] The file cannot be opened: Permission denied." in done.stdout + done.stderr
        )
        assert "Traceback" not in done.stderr
