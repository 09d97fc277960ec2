"""Compare two versions of a guide for a reviewer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from patientguide.changes.files import STATES, FileChange, Files, changed_assets
from patientguide.checks import runner
from patientguide.content import readability
from patientguide.content.blocks import sections
from patientguide.core.problems import Place, Problem, Severity, has_errors, worst_first
from patientguide.model import routes
from patientguide.model.guide import Guide
from patientguide.model.records import Review
from patientguide.model.reference import Reference
from patientguide.pages import drafts
from patientguide.pages.page import Page
from patientguide.review import signoff

# -- reading grades: a section that is not easy may become at most half a year harder


MOST = 0.5
"""How many years of school harder a change may make a section."""
EASY = 6.0
"""Up to this grade a section is easy, and may become harder."""

Key = tuple[str, str]
"""A section by its file and heading."""


@dataclass(frozen=True)
class Grade:
    """A section with its grade before and after, to a tenth. None if it is new, or was or is too short."""

    title: str
    section: str
    place: Place
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """The change of the grade; negative if it became easier."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 1)

    @property
    def harder(self) -> bool:
        """Whether it became harder than allowed, and is not easy."""
        return self.difference is not None and self.difference > MOST and (self.after or 0) > EASY

    @property
    def problem(self) -> Problem:
        """The finding for a section that became too hard."""
        message = f"'{self.section}' went from {self.before:.1f} to {self.after:.1f} years of school."
        advice = f"Use shorter sentences and words: above {EASY:.0f}, a section may become at most half a year harder."
        return Problem(self.place, "harder-to-read", message, advice)


def grade_changes(before: Guide, after: Guide, changed: Iterable[Key], old: Mapping[Key, Key]) -> Iterator[Grade]:
    """The sections whose text is in `changed`, or whose grade changed, for example by an unexplained word.

    `old` has the former file and heading of sections that were moved.
    """
    was, now = readability.reading_grades(before), readability.reading_grades(after)
    touched = set(changed)
    titles = {entry.path: entry.front.title for entry in after.entries}
    for key, blocks in sections(after).items():
        first, second = (
            None if grade is None else round(grade, 1) for grade in (was.get(old.get(key, key)), now.get(key))
        )
        if (key in touched or first != second) and (first, second) != (None, None):
            title = titles.get(key[0], key[0])
            yield Grade(title, key[1] or title, blocks[0].place(), first, second)


# -- sign-offs that a change makes invalid, with the reason


REVIEWS = "content/reviews.yml"


@dataclass(frozen=True)
class Voided:
    """A lost sign-off: its text, person, date, and why it is no longer valid."""

    name: str
    by: str
    on: str
    reasons: tuple[str, ...]


def voided_signoffs(before: Guide, after: Guide) -> Iterator[Voided]:
    """Every review that is valid in `before` but has no valid one by the same person in `after`.

    Unreadable texts are skipped: they have a problem of their own.
    """
    people = {person.id: person.name for person in before.people}
    for review in before.reviews:
        if signoff.state(before, review) is not signoff.State.VALID or _holds(after, review):
            continue
        if REVIEWS not in after.unread and (reasons := tuple(_reasons(before, after, review))):
            yield Voided(review.entry, people.get(review.by, review.by), review.on, reasons)


def _holds(guide: Guide, review: Review) -> bool:
    """Whether the same person has a valid review of the same text, this one or a newer one."""
    return any(
        other.entry == review.entry and other.by == review.by and signoff.state(guide, other) is signoff.State.VALID
        for other in guide.reviews
    )


def _reasons(before: Guide, after: Guide, review: Review) -> Iterator[str]:
    if review.entry not in signoff.signable(after):
        if _file(before, review.entry) not in after.unread:
            yield "What was signed is gone, or has another name."
        return
    old, new = signoff.bound(before, review.entry), signoff.bound(after, review.entry)
    if new.written != old.written:
        yield "Its text or facts changed."
    if new.drawn != old.drawn:
        yield "How soon to act, or the list of trials, is said in other words."
    yield from _sources(old, new, after)
    for name in sorted({*old.local} & {*new.local}):
        if new.local[name] != old.local[name]:
            yield f"The local setting '{name}' changed from '{old.local[name]}' to '{new.local[name]}'."
    if not any(review == other for other in after.reviews):
        yield f"Its record in {REVIEWS} was changed or removed."


def _sources(old: signoff.Bound, new: signoff.Bound, after: Guide) -> Iterator[str]:
    for key in sorted(old.sources):
        path = f"content/references/{key}.yml"
        if path not in after.unread and key in new.sources and new.sources[key] != old.sources[key]:
            yield f"The source '{key}' changed."
        elif path not in {*after.unread, *after.records}:
            yield f"The source '{key}' is gone."


def _file(guide: Guide, name: str) -> str:
    """The file of a signed text."""
    paths = {entry.name: entry.path for entry in guide.entries}
    return paths.get(name, f"content/{name}.yml")


# -- the comparison


class Side(NamedTuple):
    """One version: the guide as far as it could be loaded, its problems, and the hash of each published file.

    `borrowed` says that its guide.yml was unreadable, and that of the other version was used.
    """

    guide: Guide | None
    problems: Sequence[Problem]
    assets: Mapping[str, str]
    borrowed: bool = False


class PageChange(NamedTuple):
    """A page of the site: added, removed, changed in its text, or only in its status, explained words or sources."""

    what: str
    address: str
    title: str


class Problems(NamedTuple):
    """New problems, errors that existed before, solved problems, and newly waived ones."""

    new: tuple[Problem, ...]
    standing: tuple[Problem, ...]
    solved: tuple[Problem, ...]
    waived: tuple[Problem, ...]


@dataclass(frozen=True)
class Changes:
    """All differences between two versions. `uncompared` says in sentences what could not be compared, and why."""

    problems: Problems
    uncompared: tuple[str, ...]
    base_errors: int
    entries: tuple[FileChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    voided: tuple[Voided, ...] = ()
    grades: tuple[Grade, ...] = ()
    pages: tuple[PageChange, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    """The sources of the working tree, for the passages that a changed statement cites."""

    @property
    def harder(self) -> tuple[Grade, ...]:
        """The sections that became harder than allowed."""
        return tuple(grade for grade in self.grades if grade.harder)

    @property
    def failed(self) -> bool:
        """Whether this must not be merged: it has errors, or sections that became too hard."""
        return has_errors((*self.problems.new, *self.problems.standing))

    @property
    def nothing(self) -> bool:
        """Whether both versions could be compared completely, and are the same."""
        found = self.problems
        problems = (found.new, found.solved, found.waived)
        return not any((self.uncompared, self.entries, self.files, self.voided, self.grades, self.pages, *problems))

    @property
    def headlines(self) -> tuple[str, ...]:
        """One sentence for each of the most important numbers."""
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
    """Compare `before` with `after`, the working tree."""
    old_pages, new_pages = _built(before), _built(after)
    uncompared = tuple(_uncompared((before, old_pages is not None), (after, new_pages is not None)))
    errors = sum(problem.severity is Severity.ERROR for problem in before.problems)
    if before.guide is None or after.guide is None:
        return Changes(_problems(before, after, {}), uncompared, errors)
    files = Files(before.guide, after.guide)
    entries, others = tuple(files.entries()), tuple(files.others())
    touched = {section for entry in entries for section in entry.sections}
    had = {new: old for entry in entries for new, old in entry.old_sections.items()}
    grades = tuple(grade_changes(before.guide, after.guide, touched, had))
    problems = _problems(before, after, {entry.was: entry.path for entry in entries if entry.was})
    new = worst_first([*problems.new, *(grade.problem for grade in grades if grade.harder)])
    return Changes(
        problems._replace(new=tuple(new)),
        uncompared,
        errors,
        entries,
        (*others, *changed_assets(before.assets, after.assets)),
        tuple(voided_signoffs(before.guide, after.guide)),
        grades,
        tuple(_pages(old_pages, new_pages)) if old_pages and new_pages else (),
        after.guide.references,
    )


def _uncompared(before: tuple[Side, bool], after: tuple[Side, bool]) -> Iterator[str]:
    """What cannot be compared, given both sides and whether their pages could be built."""
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
    """Whether every check could run, so that no report of a problem means that there is none."""
    return side.guide is not None and not side.guide.unread


def _problems(before: Side, after: Side, renamed: Mapping[str, str]) -> Problems:
    """Compare the problems of both versions, without line numbers, since lines move."""

    def key(problem: Problem) -> tuple[str, str, str]:
        path = problem.place.path
        return renamed.get(path, path), problem.code, problem.message

    def without(problems: Sequence[Problem], others: Sequence[Problem]) -> list[Problem]:
        """Those that are not among the others. A message that appears twice needs two matches."""
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
    """The pages by path, or None if they cannot be built, because more than content rules is broken."""
    rules = runner.severities()
    if side.guide is None or any(p.severity is Severity.ERROR and p.code not in rules for p in side.problems):
        return None
    try:
        return {page.uri: page for page in drafts.build(side.guide, side.problems)}
    except LookupError:  # a name does not exist, such as the source of a number
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
