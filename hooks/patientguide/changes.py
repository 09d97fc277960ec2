"""What a change does to a guide: two versions of it in, everything a reviewer needs to see out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from patientguide import checks, filechanges, pages, ratchet, routes, voided
from patientguide.filechanges import FileChange, Files
from patientguide.guide import Guide
from patientguide.page import Page
from patientguide.problems import Problem, Severity, has_errors, worst_first
from patientguide.ratchet import Grade
from patientguide.textchanges import STATES
from patientguide.voided import Voided


class Side(NamedTuple):
    """One version: the guide as far as it could be put together, its problems, and the hash of each published file.

    `borrowed` says that its guide.yml could not be read, and that of the other version stood in.
    """

    guide: Guide | None
    problems: Sequence[Problem]
    assets: Mapping[str, str]
    borrowed: bool = False


class PageChange(NamedTuple):
    """A page of the site: added, removed, changed in its text, or only in its state, explained words or sources."""

    what: str
    address: str
    title: str


class Problems(NamedTuple):
    """Problems that are new, errors that stood before, what was solved, and what is newly waived."""

    new: tuple[Problem, ...]
    standing: tuple[Problem, ...]
    solved: tuple[Problem, ...]
    waived: tuple[Problem, ...]


@dataclass(frozen=True)
class Changes:
    """All that differs between two versions. `uncompared` says in sentences what could not be looked at, and why."""

    problems: Problems
    uncompared: tuple[str, ...]
    base_errors: int
    entries: tuple[FileChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    voided: tuple[Voided, ...] = ()
    grades: tuple[Grade, ...] = ()
    pages: tuple[PageChange, ...] = ()

    @property
    def harder(self) -> tuple[Grade, ...]:
        """The sections that became harder to read than a change may make them."""
        return tuple(grade for grade in self.grades if grade.harder)

    @property
    def failed(self) -> bool:
        """Whether this must not be merged: there are errors, the ratchet among them."""
        return has_errors((*self.problems.new, *self.problems.standing))

    @property
    def nothing(self) -> bool:
        """Whether both versions could be compared as a whole, and are the same."""
        found = self.problems
        problems = (found.new, found.solved, found.waived)
        return not any((self.uncompared, self.entries, self.files, self.voided, self.grades, self.pages, *problems))

    @property
    def headlines(self) -> tuple[str, ...]:
        """One sentence for each number that matters most."""
        if self.nothing:
            return ("Nothing changed.",)
        errors = sum(problem.severity is Severity.ERROR for problem in self.problems.new)
        files = Counter(file.what for file in self.files)
        changes = [change for file in (*self.entries, *self.files) for change in file.changes]
        statements = Counter(change.state for change in changes if change.statement)
        facts = Counter(change.state for change in changes if not change.statement)
        return (
            f"Entries: {_counted(Counter(e.what for e in self.entries), ('added', 'changed', 'renamed', 'removed'))}.",
            f"Statements: {_counted(statements, STATES)}.",
            f"Facts and other short texts: {_counted(facts, STATES)}.",
            f"Sources and other files: {_counted(files, ('added', 'changed', 'removed'))}.",
            f"Sign-offs voided: {len(self.voided)}.",
            f"Problems: {len(self.problems.new)} new (errors: {errors}), {len(self.problems.solved)} solved.",
            f"Sections that became harder to read by more than half a year of school: {len(self.harder)}.",
        )


def _counted(counts: Mapping[str, int], names: Sequence[str]) -> str:
    return ", ".join(f"{counts.get(name, 0)} {name}" for name in names)


def compare(before: Side, after: Side) -> Changes:
    """What changed from `before` to `after`, the working tree."""
    old_pages, new_pages = _built(before), _built(after)
    uncompared = tuple(_uncompared((before, old_pages is not None), (after, new_pages is not None)))
    errors = sum(problem.severity is Severity.ERROR for problem in before.problems)
    if before.guide is None or after.guide is None:
        return Changes(_problems(before, after, {}), uncompared, errors)
    files = Files(before.guide, after.guide)
    entries, others = tuple(files.entries()), tuple(files.others())
    touched = {section for entry in entries for section in entry.sections}
    had = {new: old for entry in entries for new, old in entry.old_sections.items()}
    grades = tuple(ratchet.grades(before.guide, after.guide, touched, had))
    problems = _problems(before, after, {entry.was: entry.path for entry in entries if entry.was})
    new = worst_first([*problems.new, *(grade.problem for grade in grades if grade.harder)])
    return Changes(
        problems._replace(new=tuple(new)),
        uncompared,
        errors,
        entries,
        (*others, *filechanges.assets(before.assets, after.assets)),
        tuple(voided.voided(before.guide, after.guide)),
        grades,
        tuple(_pages(old_pages, new_pages)) if old_pages and new_pages else (),
    )


def _uncompared(before: tuple[Side, bool], after: tuple[Side, bool]) -> Iterator[str]:
    """What cannot be compared, from both sides and whether their pages could be built."""
    for (side, is_built), name in ((before, "BASE"), (after, "the working tree")):
        if side.guide is None:
            yield f"No text was compared: content/guide.yml cannot be read in {name}."
            continue
        if side.borrowed:
            yield f"content/guide.yml cannot be read in {name}. That of the other version was used to read the rest."
        if lost := sorted(side.guide.unread - set(side.guide.records)):
            yield f"Not compared, because they cannot be read in {name}: {', '.join(lost)}."
        if not is_built:
            yield f"The pages of the site were not compared: with its errors {name} cannot be built."
    if not _is_whole(before[0]):
        yield "BASE cannot be read as a whole, so some of the new problems may have been there before."
    if not _is_whole(after[0]):
        yield "What was solved cannot be said, because the working tree cannot be read as a whole."


def _is_whole(side: Side) -> bool:
    """Whether every check could run, so that a problem that is not named is not there."""
    return side.guide is not None and not side.guide.unread


def _problems(before: Side, after: Side, renamed: Mapping[str, str]) -> Problems:
    """Problems of both versions held against each other. Lines do not count: they move."""

    def key(problem: Problem) -> tuple[str, str, str]:
        path = problem.place.path
        return renamed.get(path, path), problem.code, problem.message

    def without(problems: Sequence[Problem], others: Sequence[Problem]) -> list[Problem]:
        """Those that are not among the others; a message that stands twice needs two of them."""
        left = Counter(map(key, others))
        found = []
        for problem in problems:
            if left[key(problem)] > 0:
                left[key(problem)] -= 1
            else:
                found.append(problem)
        return found

    old, now = worst_first(before.problems), worst_first(after.problems)
    open_old, open_now = ([p for p in side if p.severity is not Severity.WAIVED] for side in (old, now))
    new = without(open_now, open_old)
    standing = [p for p in open_now if p.severity is Severity.ERROR and p not in new]
    known = {(key(p), p.advice) for p in old if p.severity is Severity.WAIVED}
    waived = [p for p in now if p.severity is Severity.WAIVED and (key(p), p.advice) not in known]
    solved = without(open_old, now) if _is_whole(after) else []
    return Problems(tuple(new), tuple(standing), tuple(solved), tuple(waived))


def _built(side: Side) -> Mapping[str, Page] | None:
    """The pages by their path; None when they cannot be made, because more than content rules is broken."""
    rules = checks.severities()
    if side.guide is None or any(p.severity is Severity.ERROR and p.code not in rules for p in side.problems):
        return None
    try:
        return {page.uri: page for page in pages.build(side.guide, side.problems)}
    except LookupError:  # something is named that does not exist, as in the source of a number
        return None


def _pages(before: Mapping[str, Page], after: Mapping[str, Page]) -> Iterator[PageChange]:
    for uri in dict.fromkeys([*after, *before]):
        old, new = before.get(uri), after.get(uri)
        if old is None or new is None:
            page = new or old
            yield PageChange("added" if old is None else "removed", routes.address(uri), page.title if page else "")
        elif (old.title, old.text) != (new.title, new.text):
            yield PageChange("text", routes.address(uri), new.title)
        elif old.markdown != new.markdown:
            yield PageChange("frame", routes.address(uri), new.title)
