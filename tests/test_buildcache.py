"""What builds find out is kept, given back, and let go of when this run does not need it any more."""

from datetime import date
from pathlib import Path

import pytest
from patientguide.build.prepare import prepare
from patientguide.core.cache import BuildCache
from patientguide.core.yaml import YamlFile, read_yaml
from support.project import FROZEN

DAY = date(2026, 11, 21)


def opened(folder: Path, again: bool = False) -> BuildCache:
    return BuildCache(folder, "this program", again)


def test_what_was_settled_is_there_for_the_next_build(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put("texts", "one", "key", {"words": "snow \u2028 in\nJune"})
    cache.settle("texts", "nothing-of-this-kind")
    cache.close()
    assert opened(tmp_path).get("texts", "one", "key") == {"words": "snow \u2028 in\nJune"}
    assert opened(tmp_path).get("texts", "one", "another key") is None


def test_what_is_asked_for_after_it_was_settled_is_read_again_and_nothing_is_lost(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put("texts", "one", "key", 1)
    cache.settle("texts")
    assert cache.get("texts", "one", "key") == 1
    cache.put("texts", "two", "key", 2)
    cache.close()
    assert [opened(tmp_path).get("texts", name, "key") for name in ("one", "two")] == [1, 2]


def test_what_this_run_did_not_use_is_dropped_when_it_is_settled(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for name in ("used", "left"):
        cache.put("texts", name, "key", name)
    cache.close()
    cache = opened(tmp_path)
    cache.get("texts", "used", "key")
    cache.settle("texts")
    cache.close()
    assert opened(tmp_path).get("texts", "used", "key") == "used"
    assert opened(tmp_path).get("texts", "left", "key") is None


def test_what_cannot_be_settled_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("This is no folder.")
    cache = opened(tmp_path / "file")
    cache.put("texts", "one", "key", 1)
    cache.settle("texts")
    assert cache.get("texts", "one", "key") == 1
    with pytest.raises(OSError, match="file"):
        cache.close()


def test_a_preview_settles_nothing_and_makes_nothing_twice(tmp_path: Path) -> None:
    cache = opened(tmp_path, again=True)
    cache.put("texts", "one", "key", 1)
    cache.settle("texts")
    assert not list(tmp_path.iterdir())
    made = [cache.recalled("read", "one", key, object) for key in ("a", "a", "b", "a")]
    assert made[0] is made[1]
    assert len(set(made)) == 3


def test_a_single_build_does_not_hold_on_to_what_it_makes(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    assert cache.recalled("read", "one", "a", object) is not cache.recalled("read", "one", "a", object)


def test_what_a_file_says_can_be_read_again_after_it_was_forgotten() -> None:
    file, problems = read_yaml('one: 1\nlist: [two, "three"]\n', "content/x.yml", first_line=3)
    assert file
    data, places = file.data, dict(file.places)
    file.forget("data", "places")
    assert "data" not in vars(file)
    assert (file.data, dict(file.places), problems) == (data, places, [])
    assert YamlFile("").data is None


@pytest.mark.parametrize("again", [False, True])
def test_a_build_lets_go_of_what_no_page_needs_and_a_preview_keeps_it(again: bool, tmp_path: Path) -> None:
    found = prepare(FROZEN / "content", DAY, opened(tmp_path, again))
    translated = {entry.name for one in found.editions.values() for entry in one.planner.guide.entries}
    others = [entry for entry in found.planner.guide.entries if entry.name not in translated]
    assert others
    assert {"data" in vars(entry.facts) for entry in others} == {again}
    assert (tmp_path / "texts.json").is_file() is not again
