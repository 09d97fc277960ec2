"""What the tests of the review pack share: a guide in a git repository, the command, and what it wrote."""

import subprocess
from datetime import date
from pathlib import Path

from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from patientguide.cli.main import main

TODAY = date(2026, 11, 21)


def git(folder: Path, *arguments: str) -> None:
    settings = ("user.name=T", "user.email=t@example.org", "commit.gpgsign=false", "init.defaultBranch=main")
    command = ["git", *(part for setting in settings for part in ("-c", setting)), *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")


def diff(guide: Path, *arguments: str, content: str = "content") -> Result:
    options = ["--content", str(guide / content), "--to", str(guide.parent / "pack"), "--as-of", TODAY.isoformat()]
    done = CliRunner().invoke(main, ["diff", *options, *(arguments or ("HEAD",))])
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def summary(guide: Path) -> list[str]:
    """The lines of the summary after the first three, which name BASE and the day."""
    return [line for line in (guide.parent / "pack" / "summary.md").read_text().split("\n")[3:] if line]


def page(guide: Path) -> BeautifulSoup:
    return BeautifulSoup((guide.parent / "pack" / "index.html").read_text(), "lxml")
