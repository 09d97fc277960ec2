"""The workflows under a linter that knows their traps, and the scripts that keep one issue and one pull request."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.project import ROOT
from support.workflows import linted

GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$GH_LOG"
while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cp "$2" "$GH_LOG.body"; shift; done
case "$(tail -1 "$GH_LOG")" in
  "issue list"*|"pr list"*) printf '%s' "$GH_OPEN" ;;
  "repo view"*) echo main ;;
  "run list"*) printf '%s\\n' $GH_OPEN ;;
  "run download 7 "*) exit 1 ;;
esac
"""


def test_zizmor_finds_nothing() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout


def watch() -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "watch.yml").read_text())


def test_the_watch_runs_weekly_by_hand_and_never_on_forks() -> None:
    assert set(watch()[True]) == {"schedule", "workflow_dispatch"}  # YAML 1.1 reads the key `on` as true
    assert len(watch()[True]["schedule"]) == 1
    for job in watch()["jobs"].values():
        assert "github.event.repository.fork == false" in job["if"]


def test_only_one_step_of_each_job_has_the_token_and_no_new_action_is_used() -> None:
    known = {
        step["uses"]
        for name in ("check.yml", "publish.yml")
        for job in yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())["jobs"].values()
        for step in job.get("steps", [])
        if "uses" in step
    }
    for job in watch()["jobs"].values():
        assert "GH_TOKEN" not in job.get("env", {})
        for step in job["steps"]:
            # Our code and what it depends on never runs where the token is.
            assert ("GH_TOKEN" in step.get("env", {})) is (".ci/" in step.get("run", ""))
            assert "|| true" not in step.get("run", "")
            assert "continue-on-error" not in step
        assert {step["uses"] for step in job["steps"] if "uses" in step} <= known
    rights = {name: job["permissions"] for name, job in watch()["jobs"].items()}
    assert rights == {
        "watch": {"actions": "read", "contents": "read", "issues": "write"},
        "snapshots": {"actions": "read", "contents": "write", "pull-requests": "write"},
    }


def test_every_job_and_every_workflow_has_a_limit_and_no_right_of_its_own() -> None:
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {}, path
        assert not {"pull_request_target", "workflow_run"} & set(workflow[True]), path
        for job in workflow["jobs"].values():
            if "uses" in job:  # another workflow of ours, with limits of its own
                continue
            assert job["timeout-minutes"] <= 60
            for step in job["steps"]:
                assert "@" not in step.get("uses", "") or len(step["uses"].partition("@")[2]) == 40
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False


def jobs(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())["jobs"]
    return found


def test_both_versions_of_python_are_tested() -> None:
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    assert least in jobs("check.yml")["unit"]["strategy"]["matrix"]["python"]
    assert len(jobs("check.yml")["unit"]["strategy"]["matrix"]["python"]) > 1


def test_the_last_job_knows_every_other_and_always_runs() -> None:
    every = jobs("check.yml")
    assert set(every["passed"]["needs"]) == set(every) - {"passed"}
    assert every["passed"]["if"] == "always()"


def test_the_parts_of_the_tests_are_all_of_them() -> None:
    """Each test is in exactly one part, whatever its markers."""
    parts = [part["tests"] for part in jobs("check.yml")["rest"]["strategy"]["matrix"]["include"]]
    for browser, process in product([True, False], repeat=2):
        chosen = [part for part in parts if eval(part, {"browser": browser, "process": process})]
        assert len(chosen) == 1, (browser, process, chosen)


@pytest.mark.parametrize(
    ("code", "results", "passed"),
    [
        ("true", "success success success success", True),
        ("false", "success success skipped skipped", True),
        ("true", "success success skipped skipped", False),
        ("true", "success success success failure", False),
        ("true", "success success cancelled success", False),
        ("true", "success failure success success", False),
        ("false", "success failure skipped skipped", False),
        ("false", "success skipped skipped skipped", False),
        ("", "failure success skipped skipped", False),
        ("", "success success skipped skipped", False),
    ],
)
def test_a_pull_request_passes_only_if_all_that_it_needs_did(code: str, results: str, passed: bool) -> None:
    (step,) = jobs("check.yml")["passed"]["steps"]
    environment = dict(zip(("SCOPE", "CONTENT", "UNIT", "REST"), results.split(), strict=True), CODE=code)
    assert set(step["env"]) == set(environment)
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env={**os.environ, **environment}, capture_output=True)
    assert (done.returncode == 0) is passed


@pytest.mark.parametrize(
    ("event", "files", "code"),
    [
        ("pull_request", ["content/faqs/a.md", "docs/about.md", "docs/pictures/a.svg"], "false"),
        ("pull_request", ["content/faqs/ü b.md"], "false"),
        ("pull_request", ["content/faqs/a.md", "hooks/a.py"], "true"),
        ("pull_request", ["docs/assets/search.js"], "true"),
        ("pull_request", ["docs/assets/page.css"], "true"),
        ("pull_request", ["overrides/content/a.html"], "true"),
        ("pull_request", ["content.py"], "true"),
        ("push", ["content/faqs/a.md"], "true"),
    ],
)
def test_only_what_editors_write_needs_no_tests_of_the_code(
    event: str, files: list[str], code: str, tmp_path: Path
) -> None:
    commit(tmp_path, "hooks/first.py")
    commit(tmp_path, *files)
    assert scope(tmp_path, event) == f"code={code}"


def test_a_file_that_moves_out_of_the_code_is_a_change_of_the_code(tmp_path: Path) -> None:
    commit(tmp_path, "hooks/first.py", "content/b.md")
    (tmp_path / "hooks" / "first.py").rename(tmp_path / "content" / "first.md")
    commit(tmp_path)
    assert scope(tmp_path, "pull_request") == "code=true"


def scope(folder: Path, event: str) -> str:
    environment = {**os.environ, "GITHUB_EVENT_NAME": event}
    done = subprocess.run(
        [ROOT / ".ci" / "scope"], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, *files: str) -> None:
    """Commit files in a repository, which is made if need be."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "--quiet"], ["add", "--all"], [*identity, "commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)


def test_the_site_is_published_after_every_check_and_from_a_clean_build() -> None:
    publish = jobs("publish.yml")
    assert publish["check"]["uses"].endswith("/.github/workflows/check.yml")
    assert publish["build"]["needs"] == "check"
    runs = [step["run"] for step in publish["build"]["steps"] if "run" in step]
    assert runs == ["make clean site"]
    used = {step["uses"].partition("@")[0] for step in publish["build"]["steps"] if "uses" in step}
    assert used == {
        "actions/checkout",
        "actions/setup-python",
        "actions/configure-pages",
        "actions/upload-pages-artifact",
    }
    (python,) = [step for step in publish["build"]["steps"] if "setup-python" in step.get("uses", "")]
    assert "cache" not in python["with"]


def test_a_release_is_built_after_every_check_and_drafted_after_a_person_agreed() -> None:
    release = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())
    assert release[True] == {"push": {"tags": ["v*"]}}
    check, build, draft = release["jobs"].values()
    assert check["uses"].endswith("/.github/workflows/check.yml")
    assert (build["needs"], draft["needs"]) == ("check", "build")
    assert build["permissions"] == {"contents": "read"}
    assert draft["permissions"] == {"actions": "read", "contents": "write"}
    assert draft["environment"]["name"] == "release"
    (step,) = draft["steps"]  # the token that may write is where nothing of ours runs
    assert "uses" not in step
    assert not any(ours in step["run"] for ours in (".ci/", ".venv", "make", "python"))


def test_the_draft_of_a_release_has_the_files_that_were_built(
    gh: Callable[..., tuple[list[str], str]], tmp_path: Path
) -> None:
    (step,) = jobs("release.yml")["draft"]["steps"]
    (tmp_path / "draft").write_text(f"#!/usr/bin/env bash\nset -e\n{step['run']}")
    (tmp_path / "draft").chmod(0o755)
    (tmp_path / "release").mkdir()
    for name in ("a.whl", "a.tar.gz"):
        (tmp_path / "release" / name).write_text(name)
    hashes = subprocess.run(["sha256sum", "a.whl", "a.tar.gz"], cwd=tmp_path / "release", capture_output=True)
    (tmp_path / "release" / "SHA256SUMS").write_bytes(hashes.stdout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAG", "v1.2.3")
        patch.setenv("GITHUB_RUN_ID", "8")
        calls, _ = gh(str(tmp_path / "draft"))
        assert calls[0] == "run download 8 --name release --dir release"
        assert calls[1].startswith("release create v1.2.3 --draft --verify-tag --title Patient Guide 1.2.3 ")
        assert calls[1].endswith("SHA256SUMS ./a.whl ./a.tar.gz")
        (tmp_path / "release" / "a.whl").write_text("another")
        with pytest.raises(subprocess.CalledProcessError):
            gh(str(tmp_path / "draft"))


@pytest.fixture
def released(tmp_path: Path) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Run the script that builds a release, in a small project of version 1.2.3."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "release-files", tmp_path / ".ci")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "hatchling").symlink_to(Path(sys.executable).parent / "hatchling")
    (tmp_path / "small.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "small"\nversion = "1.2.3"\nrequires-python = ">=3.11"\n'
    )

    def run(tag: str, changelog: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "CHANGELOG.md").write_text(changelog)
        return subprocess.run([tmp_path / ".ci" / "release-files", tag], capture_output=True, text=True)

    return run


def test_a_release_has_its_files_their_hashes_and_its_notes(
    released: Callable[[str, str], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = released("v1.2.3", "# Log\n\n## 1.2.3 - 2026-11-29\n\nNew.\n\n### More\n\n## 1.2.2 - 2026-11-28\n\nOld.\n")
    assert done.returncode == 0, done.stderr
    files = {file.name: file.read_text(errors="replace") for file in (tmp_path / "build" / "release").iterdir()}
    assert set(files) == {"small-1.2.3-py3-none-any.whl", "small-1.2.3.tar.gz", "SHA256SUMS", "NOTES.md"}
    assert files["NOTES.md"].split() == ["New.", "###", "More"]
    assert {line.split()[1] for line in files["SHA256SUMS"].splitlines()} == set(files) - {"SHA256SUMS", "NOTES.md"}


@pytest.mark.parametrize(
    ("tag", "changelog", "said"),
    [
        ("v1.2.4", "## 1.2.3 - 2026-11-29\n\nNew.\n", "The tag is v1.2.4, but pyproject.toml has version 1.2.3."),
        ("v1.2.3", "## 1.2.2 - 2026-11-29\n\nOld.\n", "CHANGELOG.md has no heading"),
        ("v1.2.3", "## 1.2.3 - 2026-11-29\n\n## 1.2.2 - 2026-11-28\n\nOld.\n", "CHANGELOG.md has no heading"),
    ],
)
def test_a_release_that_is_not_what_it_says_is_refused(
    tag: str, changelog: str, said: str, released: Callable[[str, str], subprocess.CompletedProcess[str]]
) -> None:
    done = released(tag, changelog)
    assert done.returncode == 1
    assert said in done.stderr


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    heading = rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$"
    assert re.search(heading, (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


@pytest.fixture
def gh(tmp_path: Path) -> Callable[..., tuple[list[str], str]]:
    """Run a script of .ci/ with a gh that only writes down what it was asked."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH)
    (tmp_path / "bin" / "gh").chmod(0o755)
    log = tmp_path / "gh.log"

    def run(script: str, *arguments: str, found: str = "", cwd: Path = tmp_path) -> tuple[list[str], str]:
        log.write_text("")
        body = log.with_name("gh.log.body")
        body.unlink(missing_ok=True)
        subprocess.run(
            [ROOT / ".ci" / script, *arguments],
            cwd=cwd,
            check=True,
            capture_output=True,
            env={
                **os.environ,
                "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "GH_LOG": str(log),
                "GH_OPEN": found,
                "GITHUB_REF_NAME": "main",
            },
        )
        return log.read_text().splitlines(), body.read_text() if body.exists() else ""

    return run


@pytest.mark.parametrize(("found", "last"), [("", "run list"), ("7", "run download 7"), ("7 6 5", "run download 6")])
def test_the_newest_state_that_there_is_goes_on(
    found: str, last: str, gh: Callable[..., tuple[list[str], str]], tmp_path: Path
) -> None:
    calls, _ = gh("last-watch", "links", "state", found=found)
    asked = [call for call in calls if call.startswith("run list")]
    own = [f"--branch main --status completed --event {event} " for event in ("schedule", "workflow_dispatch")]
    # A pull request from a fork, with a branch of the same name, starts runs of other events.
    assert [call.partition("--workflow watch.yml ")[2].partition("--limit")[0] for call in asked] == own
    assert calls[-1].startswith(last)
    assert (tmp_path / "state").is_dir()


@pytest.mark.parametrize(
    ("reports", "found", "asked"),
    [
        (("Nothing to do.\n", "- error\n"), "", "issue create --title Addresses, "),
        (("- error\n", "Nothing to do.\n"), "7", "issue edit 7 --title Addresses, "),
        (("Nothing to do.\n", "Nothing to do.\n"), "7", "issue close 7 "),
        (("Nothing to do.\n", "Nothing to do.\n"), "", "issue list "),
        (("Nothing to do.\n", None), "", "issue create "),
        (("Nothing to do.\n", ""), "7", "issue edit 7 "),
    ],
)
def test_one_issue_is_opened_edited_and_closed(
    reports: tuple[str | None, ...], found: str, asked: str, gh: Callable[..., tuple[list[str], str]], tmp_path: Path
) -> None:
    for number, report in enumerate(reports):
        if report is not None:
            (tmp_path / f"{number}.md").write_text(report)
    calls, body = gh("rolling-issue", "0.md", "1.md", found=found)
    assert calls[-1].startswith(asked)
    assert ("There is no report 1.md" in body) is (reports[1] in (None, ""))


def test_a_long_report_is_cut_between_lines(gh: Callable[..., tuple[list[str], str]], tmp_path: Path) -> None:
    (tmp_path / "0.md").write_text(("- `" + "ö" * 50 + "`\n") * 2000)
    _, body = gh("rolling-issue", "0.md")
    assert len(body.encode()) < 65_000
    assert "The rest is left out" in body
    assert all(line.count("`") in (0, 2) for line in body.splitlines())


def test_one_branch_carries_the_snapshots(gh: Callable[..., tuple[list[str], str]], tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
            cwd=work,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    work = tmp_path / "work"
    subprocess.run(["git", "init", "--quiet", "--bare", "far"], cwd=tmp_path, check=True)
    work.mkdir()
    git("init", "--quiet", "--initial-branch", "main")
    git("remote", "add", "origin", str(tmp_path / "far"))
    (work / "a.yml").write_text("one\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    calls, _ = gh("pull-request", "a.yml", "none.yml", cwd=work)
    assert calls == []
    (work / "a.yml").write_text("two\n")
    (work / "other.yml").write_text("not meant\n")
    calls, _ = gh("pull-request", "a.yml", "none.yml", cwd=work)
    assert calls[0] == "auth setup-git"
    assert any(call.startswith("pr create --head watch/snapshots --base main --title New snapshots") for call in calls)
    (work / "a.yml").write_text("three\n")
    calls, _ = gh("pull-request", "a.yml", found="9", cwd=work)
    assert any(call.startswith("pr edit 9 --title New snapshots") for call in calls)
    assert not any(call.startswith("pr create") for call in calls)
    assert git("ls-remote", "--heads", "origin").split()[1::2] == ["refs/heads/watch/snapshots"]
    assert git("show", "--name-only", "--format=", "HEAD").split() == ["a.yml"]
