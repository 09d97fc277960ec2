"""Load a guide: read content/ and docs/, check them, apply waivers, add translations."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from patientguide.checks import runner
from patientguide.content.loader import Loader
from patientguide.core import git
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Place, Problem, Severity, has_errors
from patientguide.model import records
from patientguide.model.guide import Guide
from patientguide.model.settings import Settings
from patientguide.translations import checks
from patientguide.translations.loader import editions, languages

# A build would take files in build/ that came with a checkout for those of an earlier build.
_FOLDER = "build"


def foreign_build_problems(root: Path) -> list[Problem]:
    """Problems of the folder build/ of a project: tracked-build."""
    folder = root / _FOLDER
    if not (folder.is_symlink() or folder.exists()):
        return []
    listed = (git.git(root, "ls-files", "-z", "--", _FOLDER) or b"").decode(errors="replace")
    if not listed:
        return []
    first, *others = listed.rstrip("\0").split("\0")
    more = f", and {len(others)} more of {_FOLDER}/" if others else ""
    message = f"Git tracks this file{more}. Only a build writes to {_FOLDER}/, and takes what is there for its own."
    return [Problem(Place(first), "tracked-build", message, f"Run: git rm -r --cached {_FOLDER}")]


def load(content: Path, today: date, cache: BuildCache | None = None) -> tuple[Guide | None, list[Problem]]:
    """Load and check the guide in `content` and the hand-written pages in `docs` beside it.

    `today` decides what is overdue. Results in `cache` are reused. Returns the guide, or None if there are errors, and
    every problem of every file. Paths start with `content/` or `docs/`, whatever the name of the folder.
    """
    guide, problems = read_guide(content, today, cache=cache)
    problems += foreign_build_problems(content.resolve().parent)
    return (None if has_errors(problems) else guide), problems


def read_guide(
    content: Path, today: date, fallback: Settings | None = None, cache: BuildCache | None = None
) -> tuple[Guide | None, list[Problem]]:
    """Load the guide despite errors: to look at it, never to publish it.

    It is None only without settings. `fallback` replaces a guide.yml that cannot be read; then nothing is checked.
    """
    content = content.resolve()
    cache = cache or BuildCache()
    loader = Loader(content.parent, content.name, cache)
    whole = loader.guide(today, fallback)
    if whole is None or "content/guide.yml" in whole.unread:
        return whole, loader.problems
    guide, drafts = _published(whole)
    guide, found = runner.run_checks(guide, cache)
    if drafts:
        found += [_of_draft(p) for p in runner.run_checks(whole, BuildCache())[1] if p.place.path in drafts]
    found = records.apply_waivers(found, _waivers(whole), runner.severities(), today)
    guide, more = _in_other_languages(guide, whole, content, cache, found)
    found += more
    # A source is not reported as unused while a file that may cite it could not be read.
    problems = loader.problems + [p for p in found if p.severity is Severity.ERROR or not guide.unread]
    problems += [_draft(path) for path in drafts]
    return guide, problems


def _in_other_languages(
    guide: Guide, whole: Guide, content: Path, cache: BuildCache, of_source: list[Problem]
) -> tuple[Guide, list[Problem]]:
    """The guide with its translations, and their problems."""
    if not languages(content, guide.settings.language):
        return guide, []
    found, problems = editions(guide, whole, content, cache)
    checked = [checks.check_translation(edition, cache, of_source) for edition in found]
    return replace(guide, editions=tuple(edition for edition, _ in checked)), [
        *problems,
        *(problem for _, own in checked for problem in own),
    ]


def _published(guide: Guide) -> tuple[Guide, list[str]]:
    """The guide without drafts, and the paths of the drafts."""
    drafts = [entry.path for entry in guide.entries if entry.front.draft]
    if not drafts:
        return guide, []
    by_kind = {kind: tuple(e for e in entries if not e.front.draft) for kind, entries in guide.by_kind.items()}
    return replace(guide, by_kind=by_kind), drafts


def _of_draft(problem: Problem) -> Problem:
    """The problem as a warning: a draft is not published, so its errors stop nothing."""
    return replace(problem, severity=Severity.WARNING) if problem.severity is Severity.ERROR else problem


def _draft(path: str) -> Problem:
    advice = "Take out the line draft: true when it is done."
    return Problem(Place(path), "draft", "This is a draft: it is not published.", advice, Severity.WARNING)


def _waivers(guide: Guide) -> list[records.Placed]:
    """Every waiver of the guide with its place."""
    found: list[records.Placed] = []
    for entry in guide.entries:
        found += [(w, entry.facts.place(("waivers", number))) for number, w in enumerate(entry.front.waivers)]
    for key, reference in guide.references.items():
        file = guide.records[f"content/references/{key}.yml"]
        found += [(w, file.place(("custom", "waivers", number))) for number, w in enumerate(reference.custom.waivers)]
    if guide.glossary:
        file = guide.records["content/glossary.yml"]
        found += [(w, file.place(("waivers", number))) for number, w in enumerate(guide.glossary.waivers)]
    return found
