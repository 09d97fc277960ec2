"""What comes with a checkout cannot speak for the guide: no tracked build/, no cache of others, no kept page unseen."""

import subprocess
from pathlib import Path

import pytest
from patientguide.build.page import PageBuild, PolicyError
from patientguide.core.cache import BuildCache, bytes_hash, cache_key
from patientguide.model import registry
from patientguide.pages.page import Draft
from support.pack import commit, git
from support.programs import mkdocs, patientguide
from support.project import DAY, make_buildable

HEAD = """<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>"""


def check(project: Path) -> subprocess.CompletedProcess[str]:
    return patientguide(project, "check", "--as-of", "2026-11-21")


@pytest.mark.parametrize("name", ["build/cache/site-1/yaml.json", "build/site/index.html", "build"])
def test_a_tracked_build_is_refused(name: str, mini: Path) -> None:
    file = make_buildable(mini) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("Words of others")
    git(mini, "init", "--quiet")
    (mini / ".gitignore").write_text("build\n")
    commit(mini)
    assert check(mini).returncode == 0
    git(mini, "add", "--force", name)
    for done in (check(mini), mkdocs(mini, "build", "--strict", **DAY)):
        assert done.returncode == 1
        assert f"{name}:1:1: error[tracked-build]" in done.stdout + done.stderr
        assert "git rm -r --cached build" in done.stdout + done.stderr
    assert not (mini / "site").exists()


def test_a_guide_in_a_folder_of_a_repository_is_looked_at_as_well(mini: Path) -> None:
    (mini / "build").mkdir()
    (mini / "build" / "x").write_text("x")
    git(mini.parent, "init", "--quiet")
    commit(mini.parent)
    assert "error[tracked-build]" in check(mini).stdout


def draft(uri: str) -> Draft:
    return Draft(
        uri=uri, title="T", description="D", type=registry.HAND_WRITTEN, source="x", ages=(), texts=(), values={}
    )


@pytest.mark.parametrize(("body", "passes"), [("<p>Words</p>", True), ("<script>run()</script>", False)])
def test_a_kept_page_is_held_to_the_policy(body: str, passes: bool, tmp_path: Path) -> None:
    cache, html = BuildCache(tmp_path, "this program"), f"{HEAD}<body>{body}</body></html>"
    assert cache.put_text("x/index.html", html) == bytes_hash(html.encode())
    cache.put("html", "x.md", "key", {"hash": bytes_hash(html.encode())})
    page = PageBuild(draft("x.md"), lambda: "key", cache)
    kept = page.kept()
    assert kept == html
    if passes:
        assert page.finish(kept).hash
    else:
        with pytest.raises(PolicyError, match=r"x/index\.html would break"):
            page.finish(kept)


def test_the_key_is_made_once_for_one_user_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = cache_key()
    assert (len(found), cache_key()) == (32, found)
    (file,) = tmp_path.rglob("key")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"short")
    assert cache_key() != cache_key()
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    assert cache_key() != cache_key()


def test_a_build_without_a_cache_reads_none_and_leaves_none(mini: Path) -> None:
    make_buildable(mini)
    assert mkdocs(mini, "build", "--strict", PATIENTGUIDE_CACHE="no", **DAY).returncode == 0
    assert not (mini / "build").exists()
    assert mkdocs(mini, "build", "--strict", **DAY).returncode == 0
    assert (mini / "build" / "cache").is_dir()
