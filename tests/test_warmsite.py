"""Whole sites built warm: byte for byte those of a fresh build, whatever was edited or befell the cache."""

import hmac
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from patientguide.build.site import KeptFolders
from patientguide.core import cache
from support import sampling
from support.cases import sign
from support.programs import mkdocs
from support.project import DAY, ROOT, Shared, Tree, make_buildable, tree
from support.warm import EDITS, edit, grown

NEXT_DAY = {"SOURCE_DATE_EPOCH": "1795348800"}
CACHE = Path("build") / "cache"


def built(project: Path, *arguments: str, **environment: str) -> Tree:
    """The site, built strictly. Whatever befell the cache, nobody reads a traceback."""
    done = mkdocs(project, "build", "--strict", *arguments, **DAY | environment)
    assert done.returncode == 0, done.stderr[-1000:]
    assert "Traceback" not in done.stderr
    assert "WARNING" not in done.stderr
    return tree(project / "site")


def fresh(project: Path, **environment: str) -> Tree:
    """The same from a copy that has no cache, and leaves none."""
    copy = project.with_name("fresh")
    shutil.copytree(project, copy, symlinks=True, ignore=shutil.ignore_patterns("build", "site"))
    try:
        return built(copy, **environment)
    finally:
        shutil.rmtree(copy)


def same(one: Tree, other: Tree) -> None:
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


def keys(project: Path) -> dict[str, str]:
    """The key by which each page was kept, by its Markdown path."""
    (file,) = project.glob("build/cache/*/html.json")
    return {uri: key for uri, key, _ in kept(file)[1:]}


def kept(file: Path) -> list[Any]:
    """What a file of the cache says, its version first, without the seal at its end."""
    return [json.loads(line) for line in file.read_text().split("\n")[:-1]]


@pytest.fixture(scope="module")
def begun(shared: Shared) -> Path:
    """A guide that was built once, with templates of its own."""

    def make(folder: Path) -> None:
        project = make_buildable(grown(folder / "guide"))
        (project / "overrides").unlink()
        shutil.copytree(ROOT / "overrides", project / "overrides")
        built(project)

    return shared("warm", make) / "guide"


@pytest.fixture
def project(begun: Path, tmp_path: Path) -> Path:
    """The same, free to be changed."""
    shutil.copytree(begun, tmp_path / "guide", symlinks=True)
    return tmp_path / "guide"


def put(path: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda project: edit({"replace": {path: {old: new}}}, project)


def do(name: str) -> Callable[[Path], None]:
    return lambda project: edit(EDITS[name], project)


def sign_answer(project: Path) -> None:
    sign(project, [{"entry": "faqs/what-next", "by": "bob"}])


def withdraw(project: Path) -> None:
    file = project / "content/reviews.yml"
    file.write_text("".join(line for line in file.read_text().splitlines(True) if "faqs/what-next" not in line))


STEPS: list[tuple[Callable[[Path], None], dict[str, str]]] = [
    (do("a word of a text"), {}),
    (do("title of a medicine"), {}),
    (do("a new name of a therapy"), {}),
    (do("a question is gone"), {}),
    (do("title of a source"), {}),
    (do("a longer word that stands on pages"), {}),
    (put("overrides/partials/footer.html", "Back to the top", "Back to the start"), {}),
    (put("mkdocs.yml", "Information, not advice.", "Advice, not information."), {}),
    (put("docs/assets/page.css", "{", "{ color: red;"), {}),
    (sign_answer, {}),
    (put("content/people.yml", 'role: "doctor"', 'role: "retired doctor"'), {}),
    (withdraw, {}),
    (do("a new picture"), {"SITE_URL": "https://guide.example.org/g/"}),
    (do("a new name of a page"), {"SITE_URL": "https://guide.example.org/g/"}),
    (put("docs/care.md", "Rest.", "Rest well."), NEXT_DAY),
]
"""What is done one after another, and with what the site is built then."""


@pytest.mark.sampled
def test_after_any_step_the_site_is_that_of_a_fresh_build(project: Path) -> None:
    every = sampling.part(1, 3)
    for number, (step, environment) in enumerate(STEPS, start=1):
        step(project)
        site = built(project, **environment)
        if number % every == 0:
            same(site, fresh(project, **environment))


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("author of a source", b"Nose Society"),
        ("meaning of a word", b"pg-term-antihistamine"),
        ("meaning of a word with an apostrophe", b"pg-term-plan"),
    ],
)
def test_exactly_the_pages_that_show_it_are_built_again(name: str, sign: bytes, project: Path) -> None:
    """Which they are is read in the sites before and after. The two lists of everything rest on whole files."""
    was, before = tree(project / "site"), keys(project)
    do(name)(project)
    now, after = built(project), keys(project)
    page = {uri: f"{uri.removesuffix('.md').removesuffix('index')}/index.html".lstrip("/") for uri in after}
    page = {uri: path.replace("//", "/") for uri, path in page.items()}
    again = {uri for uri in after if before[uri] != after[uri]}
    differ = {uri for uri, path in page.items() if was[path] != now[path]}
    assert {uri for uri, path in page.items() if sign in was[path]} <= differ
    assert differ <= again
    assert again - differ <= {"a-z.md", "references.md"}


def cached(project: Path) -> list[Path]:
    return sorted(file for file in (project / CACHE).rglob("*") if file.is_file())


def sealed(file: Path, version: str | None, items: list[Any]) -> None:
    """Write a file of the cache as the program would: with its own version, or another."""
    text = "".join(f"{json.dumps(line)}\n" for line in [kept(file)[0] if version is None else version, *items])
    file.write_text(f"{text}{hmac.new(cache.cache_key(), text.encode(), sha256).hexdigest()}")


def forged(file: Path) -> None:
    """What somebody without the key can do: other words, under a plain hash of them."""
    if file.suffix == ".json":
        text = file.read_bytes().rpartition(b"\n")[0].replace(b"Nosefine", b"FORGED") + b"\n"
        file.write_bytes(text + sha256(text).hexdigest().encode())


def forged_with_an_empty_key(file: Path) -> None:
    if file.suffix == ".json":
        text = file.read_bytes().rpartition(b"\n")[0].replace(b"Nosefine", b"FORGED") + b"\n"
        file.write_bytes(text + hmac.new(b"", text, sha256).hexdigest().encode())


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def folder(file: Path) -> None:
    file.unlink()
    (file / "inside").mkdir(parents=True)


def gone(file: Path) -> None:
    file.unlink()


def no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")


def nested(file: Path) -> None:
    text = "[" * 100_000 + "\n"
    file.write_text(f"{text}{sha256(text.encode()).hexdigest()}")


def of_another_program(file: Path) -> None:
    if file.suffix == ".json":
        lie = {"made_of": "", "words": [], "cites": ["label"]}
        sealed(file, "another", [[name, key, lie] for name, key, _ in kept(file)[1:]])


def a_list(file: Path) -> None:
    if file.suffix == ".json":
        sealed(file, None, [1, 2])


def no_pairs(file: Path) -> None:
    if file.suffix == ".json":
        sealed(file, None, ["index.md", ["docs/index.md", 2], {"assets/site.css": "ab"}])


def nothing_inside(file: Path) -> None:
    if file.suffix == ".json":
        sealed(file, None, [None])


def other_page(file: Path) -> None:
    if file.suffix == ".html":
        file.write_text("<p>Take ten times as much.</p>")


DAMAGE = [
    *(cut, flipped, emptied, folder, gone, no_text, nested),
    *(of_another_program, a_list, no_pairs, nothing_inside, other_page, forged, forged_with_an_empty_key),
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_or_foreign_cache_is_not_believed(damage: Callable[[Path], None], project: Path) -> None:
    site = tree(project / "site")
    for file in cached(project):
        damage(file)
    same(built(project), site)
    same(built(project), site)


@pytest.mark.parametrize("damage", [cut, folder, other_page, gone], ids=lambda damage: damage.__name__)
def test_a_damaged_page_is_not_believed(damage: Callable[[Path], None], project: Path) -> None:
    """Though all that is said of it is whole."""
    site = tree(project / "site")
    for file in cached(project):
        if file.suffix == ".html":
            damage(file)
    same(built(project), site)


@pytest.mark.parametrize("place", ["build", "build/cache", "build/cache/*", "build/cache/*/files"])
def test_a_file_in_place_of_the_folder_costs_only_time(place: str, project: Path) -> None:
    site = tree(project / "site")
    (path,) = project.glob(place)
    shutil.rmtree(path)
    path.write_text("This is a file.")
    same(built(project), site)
    assert path.read_text() == "This is a file."


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_closed_folder_costs_only_time(mode: int, project: Path) -> None:
    site = tree(project / "site")
    do("a word of a text")(project)
    now = fresh(project)
    assert now != site
    closed = sorted(path for path in (project / CACHE).rglob("*") if path.is_dir())
    try:
        for path in reversed(closed):
            path.chmod(mode)
        same(built(project), now)
    finally:
        for path in closed:
            path.chmod(0o700)


@pytest.mark.process
def test_two_builds_at_once_end_well(project: Path) -> None:
    """One cold and one warm at first, later each with what the other wrote."""
    expected = tree(project / "site")
    shutil.rmtree(project / CACHE)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **DAY}
    for _ in range(2):
        sites = [project.with_name(name) for name in ("one", "two")]
        runs = [
            subprocess.Popen([*command, str(site)], cwd=project, env=environment, stderr=subprocess.PIPE, text=True)
            for site in sites
        ]
        for run, site in zip(runs, sites, strict=True):
            assert run.communicate()[1] == ""
            assert run.returncode == 0
            same(tree(site), expected)
    same(built(project), expected)


def test_clean_on_the_command_line_forgets(project: Path) -> None:
    """What was kept is not looked at, not even where it is whole: here each page was kept as another."""
    site = tree(project / "site")
    (folder,) = (project / CACHE).iterdir()
    (folder / "left").write_text("over")
    same(built(project, "--clean"), site)
    assert not (folder / "left").exists()
    same(built(project), site)


VANISH = """\
import os, pathlib, shutil

def on_env(env, config, files):
    if os.environ.get("VANISH"):
        [shutil.rmtree(folder) for folder in pathlib.Path("build/cache").glob("*/files")]
"""


def test_a_page_that_another_build_takes_away_is_made_anew(project: Path) -> None:
    """After it was found, and before it is shown."""
    (project / "vanish.py").write_text(VANISH)
    put("mkdocs.yml", "hooks: [hooks/mkdocs_adapter.py]", "hooks: [hooks/mkdocs_adapter.py, vanish.py]")(project)
    site = built(project)
    same(built(project, VANISH="yes"), site)
    assert any((project / CACHE).glob("*/files/*.html"))


def test_a_setting_from_the_environment_shows_at_once(project: Path) -> None:
    """The text of mkdocs.yml stays the same."""
    file = project / "mkdocs.yml"
    file.write_text(file.read_text().replace("copyright: >-", "copyright: !ENV [NOTICE, none]\nsite_author: >-"))
    for notice in ("One notice.", "Another notice."):
        site = built(project, NOTICE=notice)
        assert notice in site["index.html"].decode()
        same(site, fresh(project, NOTICE=notice))


def test_what_is_kept_is_data_and_pages(project: Path) -> None:
    """Nothing that is read from the cache can be run by reading it."""
    assert {file.suffix for file in cached(project)} == {".json", ".html"}
    for file in cached(project):
        if file.suffix == ".json":
            assert kept(file)


KEPT = ".patientguide-kept"


def stray_files(site: Path) -> None:
    for name in ("medications/old.html", "medications/old/index.html", "data/medications/old.json", "data/old.json"):
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text("A page of long ago.")


def interrupted(site: Path) -> None:
    """As a build that was killed leaves it."""
    (site / KEPT).mkdir()
    (site / "medications").rename(site / KEPT / "medications")
    (site / KEPT / "old").mkdir()
    (site / KEPT / "old" / "index.html").write_text("A page of long ago.")


def file_for_a_folder(site: Path) -> None:
    shutil.rmtree(site / "medications")
    (site / "medications").write_text("This is a file.")
    shutil.rmtree(site / "data" / "medications")
    (site / "data" / "medications").write_text("This is a file.")


def folder_for_a_file(site: Path) -> None:
    for name in ("about/index.html", "data/guide.json"):
        (site / name).unlink()
        (site / name / "inside").mkdir(parents=True)


def damaged_data(site: Path) -> None:
    for file in (site / "data").rglob("*.json"):
        file.write_text("Take ten times as much.")


@pytest.mark.parametrize(
    "befell", [stray_files, interrupted, file_for_a_folder, folder_for_a_file, damaged_data], ids=lambda f: f.__name__
)
def test_whatever_befell_the_site_it_is_whole_again(befell: Callable[[Path], None], project: Path) -> None:
    """Its folders are kept while MkDocs empties it; nothing is kept with them."""
    site = tree(project / "site")
    befell(project / "site")
    same(built(project), site)
    assert not (project / "site" / KEPT).exists()


@pytest.mark.parametrize(
    "setting", ["exclude_docs: /medications/cetirizine.md", "draft_docs: /medications/cetirizine.md"]
)
def test_a_page_that_mkdocs_does_not_write_goes(setting: str, project: Path) -> None:
    with (project / "mkdocs.yml").open("a") as settings:
        settings.write(f"\n{setting}\n")
    site = built(project)
    assert "medications/cetirizine/index.html" not in site
    same(site, fresh(project))


FAILS = """\
def on_page_context(context, page, config, nav):
    if page.file.src_uri == "therapies/index.md":
        raise ValueError("This build fails.")
"""


def test_a_build_that_fails_leaves_no_page_of_the_one_before(project: Path) -> None:
    was = built(project)
    (project / "fails.py").write_text(FAILS)
    put("mkdocs.yml", "hooks: [hooks/mkdocs_adapter.py]", "hooks: [hooks/mkdocs_adapter.py, fails.py]")(project)
    put("docs/assets/page.css", "{", "{ color: red;")(project)
    assert mkdocs(project, "build", **DAY).returncode == 1
    left = tree(project / "site")
    assert "about/index.html" in left
    assert "medications/index.html" not in left
    assert "data/guide.json" not in left
    assert b"" not in [left[name] for name in left if name.endswith(".html")]
    assert not (project / "site" / KEPT).exists()
    put("mkdocs.yml", ", fails.py]", "]")(project)
    same(built(project), fresh(project))
    assert sorted(tree(project / "site")) == sorted(was)


def test_what_cannot_be_emptied_goes_whole(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: str, length: int) -> None:
        raise PermissionError(path, length)

    kept = KeptFolders(project / "site", frozenset(["about/index.html"]), frozenset(["data/guide.json"]))
    kept.put_away()
    assert not (project / "site/about").exists()
    monkeypatch.setattr(os, "truncate", closed)
    kept.bring_back()
    assert not (project / "site/about").exists()
    kept.bring_back_data()
    assert [file.name for file in (project / "site/data").iterdir()] == ["guide.json"]
    kept.finish()
    assert not (project / "site" / KEPT).exists()


def test_data_of_an_entry_is_written_again_only_when_it_changed(project: Path) -> None:
    files = [file for file in (project / "site/data").rglob("*.json") if file.parent.name != "data"]
    before = {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}
    do("a word of a text")(project)
    built(project)
    again = {file for file in files if (file.stat().st_ino, file.stat().st_mtime_ns) != before[file]}
    assert 0 < len(again) < len(files)
    assert project / "site/data/therapies/shots.json" in again
    assert {file for file in files if "They always win" in file.read_text()} <= again


def test_what_a_file_of_the_site_is_tied_to_stays_as_it_was(project: Path) -> None:
    """A copy made of second names (`cp -al`), and what a link leads to."""
    site = tree(project / "site")
    page, data = project / "site/about/index.html", project / "site/data/guide.json"
    (project / "copy.html").hardlink_to(page)
    (project / "other.json").write_text("This is another's.")
    data.unlink()
    data.symlink_to(project / "other.json")
    do("a word of a text")(project)
    built(project)
    assert (project / "copy.html").read_bytes() == site["about/index.html"]
    assert (project / "other.json").read_text() == "This is another's."
    same(tree(project / "site"), fresh(project))
