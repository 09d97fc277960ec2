"""The benchmark: its arithmetic on made-up figures, and one whole run on a tiny guide."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise
from pathlib import Path

import bench_bibtex
import bench_picture as picture
import bench_process as process
import bench_results as results
import bench_subjects as subjects
import bench_summary as summary
import pytest
from bench_process import Cost, Weight
from bench_summary import COLD, FLOOR, REAL, SOURCE, WARM, Run
from support.project import ROOT


def run(subject: str, turn: int, cpu: float, guide: str = "200", memory: float = 100, written: str = "x") -> Run:
    entries = 74 if guide == REAL else int(guide)
    return Run(guide, entries, subject, turn, Cost(cpu, memory), Weight(1000, 10, 100, written))


# -- arithmetic


def test_the_ratio_is_the_median_of_pairs_and_not_the_ratio_of_medians() -> None:
    ours, floor = (2.0, 40.0, 9.0), (1.0, 10.0, 3.0)
    runs = [run(COLD, turn, cpu) for turn, cpu in enumerate(ours)]
    runs += [run(FLOOR, turn, cpu) for turn, cpu in reversed(list(enumerate(floor)))]
    assert summary.ratio(runs, "200", COLD, FLOOR) == 3
    assert summary.cpu(runs, "200", COLD) == 9
    assert summary.ratio(runs, "200", WARM, FLOOR) is None


def test_a_row_measured_once_is_compared_with_its_own_round() -> None:
    runs = [run(FLOOR, 1, 2), run(FLOOR, 2, 5), run("Zensical", 1, 3)]
    assert summary.ratio(runs, "200", "Zensical", FLOOR) == 1.5


@pytest.mark.parametrize("power", [0.9, 1.0, 2.0])
def test_the_exponent_is_that_of_the_growth(power: float) -> None:
    assert summary.exponent([(n, 0.01 * n**power) for n in (200, 1000, 4000)]) == pytest.approx(power)


def test_one_size_has_no_exponent() -> None:
    assert summary.exponent([(200, 3.0)]) is None


def test_growth_leaves_out_small_guides_and_the_real_one() -> None:
    sizes = {"20": 9.0, "200": 2.0, "1000": 10.0, REAL: 99.0}
    assert summary.growth([run(COLD, 1, cpu, guide) for guide, cpu in sizes.items()], COLD) == pytest.approx(1)


def test_a_figure_that_was_not_measured_is_neither_met_nor_missed() -> None:
    figures = {figure.what: figure for figure in summary.figures([run(COLD, 1, 4), run(FLOOR, 1, 5)])}
    assert figures["cold build of 200 entries, against the floor"].met is False
    assert [figure.met for figure in figures.values()].count(None) == len(figures) - 1


def test_the_output_after_edits_is_compared_with_the_cold_build_of_the_next_round() -> None:
    rounds = [run(COLD, 1, 1, written="old"), run(SOURCE, 1, 1, written="new")]
    assert summary.identical(rounds, "200") is None
    assert summary.identical([*rounds, run(COLD, 2, 1, written="new")], "200") is True
    assert summary.identical([*rounds, run(COLD, 2, 1, written="other")], "200") is False


# -- measuring


def test_the_cost_is_that_of_the_whole_process_tree() -> None:
    busy = "end = time.process_time() + 0.3\nwhile time.process_time() < end: sum(range(10**5))"
    child = f"import time; held = bytearray(150_000_000); {busy}"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    found = process.cost([sys.executable, "-c", parent], ROOT, {})
    assert found.cpu >= 0.3
    assert found.memory > 150


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(process.RunError, match="so it is"):
        process.cost([sys.executable, "-c", "import sys; sys.exit('so it is')"], ROOT, {})


def test_the_weight_tells_the_pages_of_entries_from_the_rest(tmp_path: Path) -> None:
    for name, size in (("index.html", 900), ("medications/index.html", 5000), ("assets/site.css", 70)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    for name, size in (("medications/a", 100), ("therapies/b", 300)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "index.html").write_bytes(b"x" * size)
    found = process.weight(tmp_path)
    assert (found.written, found.pages, found.entry) == (6370, 4, 200)
    (tmp_path / "index.html").write_bytes(b"y" * 900)
    assert process.weight(tmp_path).digest != found.digest


# -- what is compared


def test_an_edit_is_undone_by_the_next(tmp_path: Path) -> None:
    work = subjects.Workspace(tmp_path)
    entry, source = work.guide / "content/medications/a.md", work.guide / "content/references/b.yml"
    for file, text in ((entry, "---\ntitle: A\n---\n\n## H\n\nIt helps [@b].\n"), (source, 'title: "Noses"\n')):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    for edit, file in ((subjects.edit_entry, entry), (subjects.edit_source, source)):
        before = file.read_text()
        edit(work)
        assert file.read_text() != before
        edit(work)
        assert file.read_text() == before


def test_the_floor_has_nothing_of_ours_and_no_single_entries_in_its_menu() -> None:
    menu = subjects._without_entries(
        [{"All": ["index.md", "medications/index.md", "medications/a.md"]}, {"B": ["x/y.md"]}]
    )
    assert menu == [{"All": ["index.md", "medications/index.md"]}]
    staged = {"site_name": "G", "theme": {"custom_dir": "overrides"}, "hooks": ["h"], "markdown_extensions": ["toc"]}
    floor = subjects.floor_config({**staged, "extra_css": ["a.css"], "plugins": []}, menu)
    assert floor["theme"] == {"name": "material", "font": False, "features": ["navigation.prune"]}
    assert floor["plugins"] == ["search"]
    assert not {"hooks", "extra_css", "extra_javascript"} & set(floor)


def test_mkdocs_bibtex_is_given_the_same_citations_and_writes_the_notes() -> None:
    assert bench_bibtex.page("You rest.[^a]<sup>,</sup>[^b-1]\n\n[^a]: Nase N. *Noses*.\n") == (
        "You rest.[@a]<sup>,</sup>[@b-1]\n\n"
    )
    author = [{"family": "Nase", "given": "N."}, {"literal": "The {Club}"}]
    written = bench_bibtex.source("a", {"title": "Noses & eyes", "author": author, "issued": "2020-05-01"})
    assert written.startswith("@misc{a,\n  author = {Nase, N. and The  Club },\n")
    assert "  year = {2020},\n" in written


# -- results


def made(*names: str) -> results.Results:
    runs = [
        run(name, turn, turn * int(size) / 100, size) for size in ("200", "1000") for name in names for turn in (1, 2)
    ]
    return results.Results(date(2026, 11, 21), 2, {"processor": "made up"}, runs, {"200": 3, "1000": 9}, ["Zensical"])


def test_a_peer_that_is_not_installed_has_a_name_and_no_figure() -> None:
    page = results.markdown(made(COLD, FLOOR))
    assert page.count("| Zensical | not installed |  |  |  |  |\n") == 2
    assert "| Zensical |" not in page.replace("| Zensical | not installed |  |  |  |  |", "")


def test_a_module_that_is_missing_is_not_installed() -> None:
    assert subjects._not_installed("no_such_module_anywhere")()
    assert not subjects._not_installed("mkdocs")()


def test_the_picture_says_in_words_what_it_shows() -> None:
    svg = ET.fromstring(picture.draw(results.lines_of_growth(made(COLD, FLOOR, "R & D").runs)))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.findtext(f"{space}title") == picture.TITLE
    assert "floor: 3.00 s at 200, 15.00 s at 1000" in svg.findtext(f"{space}desc", "")
    labels = {text.text: float(text.get("y", "")) for text in svg.iter(f"{space}text")}
    names = sorted(labels[name] for name in (COLD, FLOOR, "R & D"))
    assert all(lower - upper >= picture.LABEL_STEP for upper, lower in pairwise(names))
    assert "prefers-color-scheme:dark" in svg.findtext(f"{space}style", "")


def test_the_real_guide_alone_has_no_growth_to_draw(tmp_path: Path) -> None:
    runs = [run(COLD, 1, 3, REAL), run(FLOOR, 1, 4, REAL)]
    results.write(tmp_path, results.Results(date(2026, 11, 21), 1, {}, runs, {REAL: 5}, []))
    assert "growth.svg" not in (tmp_path / "results.md").read_text()
    assert not (tmp_path / "growth.svg").exists()


@pytest.mark.parametrize("sizes", ["3", "20,x", "99999"])
def test_a_wrong_size_is_told_at_once_without_a_traceback(sizes: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/bench.py"), "--sizes", sizes], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_line_of_proportional_growth_is_straight() -> None:
    svg = picture.draw({COLD: [(10, 1), (100, 10), (1000, 100)]})
    (a, b), (c, d), (e, f) = (map(float, pair.split(",")) for pair in re.search(r'points="([^"]+)', svg)[1].split())
    assert (c - a, d - b) == pytest.approx((e - c, f - d), abs=0.2)


@pytest.mark.process
def test_a_whole_run_keeps_a_page_a_picture_and_every_row(tmp_path: Path) -> None:
    arguments = ["--sizes", "8", "--rounds", "1", "--no-real", "--as-of", "2026-11-21", "--write", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/bench.py"), *arguments], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    raw = json.loads((tmp_path / "results.json").read_text())
    present = [subject for subject in (*subjects.SUBJECTS, *subjects.PEERS) if not subject.missing()]
    assert [found["subject"] for found in raw["runs"]] == [subject.name for subject in present]
    assert all(found["cost"]["cpu"] > 0.1 and found["cost"]["memory"] > 10 for found in raw["runs"])
    assert all(found["weight"]["entry"] > 10_000 for found in raw["runs"] if found["weight"])
    assert raw["missing"] == [peer.name for peer in subjects.PEERS if peer.missing()]
    assert raw["machine"]["processor"]
    assert done.stdout.strip() == (tmp_path / "results.md").read_text().strip()
    assert ET.parse(tmp_path / "growth.svg").getroot().tag.endswith("svg")
    assert len(done.stderr.splitlines()) == len(present) + 1, "one line a run tells how far it is"
