"""Rules on sources, and on what the source watch found."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from patientguide.checks.rule import Finding, Subject
from patientguide.content.blocks import Block, sources_of, statements
from patientguide.core import dates
from patientguide.core.dates import is_old
from patientguide.core.problems import Place
from patientguide.model import identifiers
from patientguide.model.guide import Guide
from patientguide.model.records import FRESH, Answer
from patientguide.model.reference import Reference, is_checked
from patientguide.sources import matching, watch
from patientguide.sources.matching import Facts, is_same, trials_agree
from patientguide.sources.passages import Kind

SOURCES = Subject("Sources")

_NAMED = "title and year"


def _place(guide: Guide, key: str, *field: str) -> Place:
    return guide.records[f"content/references/{key}.yml"].place(field)


@SOURCES.warning("unused-source", "IPDAS: citations")
def unused(guide: Guide) -> Iterator[Finding]:
    """Every source is cited."""
    used = guide.cited
    for key in guide.references:
        if not used[key]:
            yield Finding(_place(guide, key), f"Nothing cites '{key}'.", "Cite it, or delete the file.")


@SOURCES.error("duplicate-source", "ICMJE: one entry per work")
def duplicates(guide: Guide) -> Iterator[Finding]:
    """Each work has one file: no two files have the same DOI, PubMed number, address, or title and year."""
    seen: dict[tuple[str, str], str] = {}
    for key, reference in guide.references.items():
        for what, value in _marks(reference).items():
            first = seen.setdefault((what, value), key)
            if first != key and not (what == _NAMED and _differ(reference, guide.references[first])):
                message = f"'{key}' and '{first}' have the same {what}."
                yield Finding(_place(guide, key), message, f"Cite {first} everywhere and delete this file.")
                break


def _differ(one: Reference, other: Reference) -> bool:
    """Whether two works of the same title and year are different, such as "Hay fever" by two institutes."""
    return any(
        mine.casefold() != theirs.casefold()
        for name in ("DOI", "PMID", "PMCID", "ISBN", "publisher", "container_title")
        if (mine := getattr(one, name)) and (theirs := getattr(other, name))
    )


def _marks(reference: Reference) -> Mapping[str, str]:
    marks = {
        "DOI": (reference.DOI or "").casefold(),
        "PubMed number": reference.PMID or "",
        "address": identifiers.folded_address(reference.URL) if reference.URL else "",
    }
    if reference.issued and reference.custom.title_confirmed:
        title = re.sub(r"\W+", " ", reference.title.casefold()).strip()
        marks[_NAMED] = f"{title} {reference.issued[:4]}"
    return {what: value for what, value in marks.items() if value}


@SOURCES.warning("unfindable-source", "ICMJE: references that readers can find")
def unfindable(guide: Guide) -> Iterator[Finding]:
    """Readers can find every source: it has an address, or a number by which libraries know it."""
    for key, reference in guide.references.items():
        known = (reference.DOI, reference.PMID, reference.PMCID, reference.ISBN, reference.URL, reference.custom.nct)
        if not any(known):
            message = f"Nobody can find '{key}': it has no DOI, PMID, PMCID, ISBN, URL or nct."
            yield Finding(_place(guide, key), message, "Add one of them. patientguide cite finds the others.")


@SOURCES.error("undated-source", "DISCERN 5; Citing Medicine: date of publication")
def undated(guide: Guide) -> Iterator[Finding]:
    """A source has a date, or a reason why it has none."""
    for key, reference in guide.references.items():
        if not reference.issued and not reference.custom.undated:
            advice = 'Add issued: "2026-05", or undated: under custom with the reason.'
            yield Finding(_place(guide, key), f"'{key}' has no date.", advice)


@SOURCES.error("no-access-date", "Citing Medicine: date cited")
def not_opened(guide: Guide) -> Iterator[Finding]:
    """A web page has the date when somebody opened it, or a reason why nobody did."""
    for key, reference in guide.references.items():
        if reference.type == "webpage" and not reference.accessed and not reference.custom.not_opened:
            advice = 'Add accessed: "2026-11-21", or not_opened: under custom with the reason.'
            yield Finding(_place(guide, key), f"There is no date when the page '{key}' was opened.", advice)


@SOURCES.error("access-date", "Citing Medicine: date cited")
def opened_in_time(guide: Guide) -> Iterator[Finding]:
    """The date when a page was opened is not in the future, and not before the page was published."""
    for key, reference in guide.references.items():
        if opened := reference.accessed:
            place = _place(guide, key, "accessed")
            if dates.is_to_come(opened, guide.today):
                yield Finding(place, f"{opened} is in the future.", "Write the day somebody opened the page.")
            elif reference.issued and opened < reference.issued[: len(opened)]:
                message = f"It was opened on {opened}, before it was published on {reference.issued}."
                yield Finding(place, message, "Correct one of the two dates.")


@SOURCES.error("withdrawn-source", "ICMJE: retracted articles")
def withdrawn(guide: Guide) -> Iterator[Finding]:
    """No statement cites a source that was retracted, withdrawn or replaced."""
    used = guide.cited
    for key, reference in guide.references.items():
        if reference.custom.status != "current" and used[key]:
            other = reference.custom.replaced_by
            advice = f"Cite {other} instead, if it says the same." if other else "Cite another source, or remove it."
            message = f"'{key}' is {reference.custom.status}, but cited by {_statements(used[key])}."
            yield Finding(_place(guide, key, "custom", "status"), message, advice)


@SOURCES.error("unknown-replacement", "the contract of this project")
def replacements(guide: Guide) -> Iterator[Finding]:
    """A source named under replaced_by exists."""
    for key, reference in guide.references.items():
        other = reference.custom.replaced_by
        if other and other not in guide.references and f"content/references/{other}.yml" not in guide.unread:
            place = _place(guide, key, "custom", "replaced_by")
            yield Finding(place, f"There is no source '{other}'.", "Write the name of a file in content/references/.")


@SOURCES.warning("old-source", "DISCERN 4 and 5; IPDAS: up-to-date evidence")
def old(guide: Guide) -> Iterator[Finding]:
    """A source that is older than guide.yml allows for its kind of evidence is checked again."""
    for key, reference in guide.references.items():
        evidence = guide.evidence.get(reference.custom.evidence)
        if not (evidence and evidence.max_years and reference.issued):
            continue
        # A source from 2016 may be from December: if only the year is known, the whole year counts.
        due = dates.months_later(reference.issued, 12 * evidence.max_years)[: len(reference.issued)]
        if dates.is_past(due, guide.today):
            message = f"'{key}' is from {reference.issued}, more than {evidence.max_years} years ago."
            yield Finding(_place(guide, key, "issued"), message, "Look for a newer one, or waive this with the reason.")


@SOURCES.warning("unchecked", "CIViC: a person must read the source", each=True)
def unchecked(guide: Guide) -> Iterator[Finding]:
    """Every statement cites a passage of its source: words that somebody read there, or in its abstract."""
    found: dict[str, list[Block]] = defaultdict(list)
    counts = Counter[str]()
    for block in statements(guide):
        if sources_of(guide, block):
            counts[block.path] += 1
            if not is_checked(guide.references, block.citations):
                found[block.path].append(block)
    for path, blocks in found.items():
        message = f"{len(blocks)} of {counts[path]} statements wait for a check, first: '{blocks[0].quote()}'"
        advice = "Read the source, put the words under passages: in its file, and cite them: [@key#passage]."
        yield Finding(blocks[0].place(), message, advice)


@SOURCES.warning("unused-passage", "no data without use")
def unused_passages(guide: Guide) -> Iterator[Finding]:
    """Every passage of a source is cited somewhere."""
    cited = {passage for text in guide.texts.values() for passage in text.passages.split()}
    cited |= {source for numbers in guide.numbers.values() for number in numbers.values() for source in number.source}
    for key, reference in guide.references.items():
        for number, passage in enumerate(reference.passages):
            if f"{key}#{passage.id}" not in cited:
                place = guide.records[f"content/references/{key}.yml"].place(("passages", number))
                yield Finding(place, f"Nothing cites [@{key}#{passage.id}].", "Cite it, or remove it.")


def _statements(count: int) -> str:
    return f"{count} statement{'s' * (count != 1)}"


@SOURCES.error("doi-as-address", "DOI handbook: a DOI is not an address")
def doi_as_address(guide: Guide) -> Iterator[Finding]:
    """A DOI is written under DOI, not as an address."""
    for key, reference in guide.references.items():
        if reference.URL and identifiers.is_doi_link(reference.URL):
            message = f"The address of '{key}' only leads to its DOI."
            yield Finding(_place(guide, key, "URL"), message, "Write the DOI under DOI, and remove URL.")


# -- source watch: the answers that `patientguide sources` stored; no network here


WATCH = Subject("Source watch")

FILE = "content/watch.yml"
STOPPED = {"WITHDRAWN": "stopped", "TERMINATED": "stopped", "SUSPENDED": "stopped", "UNKNOWN": "unknown"}
"""Statuses of the registry for trials that do not recruit, with those of trials.yml."""


@WATCH.error("retracted-work", "ICMJE: retracted articles; COPE: retraction guidelines")
def retracted(guide: Guide) -> Iterator[Finding]:
    """The file of a source that was retracted, withdrawn or removed says so."""
    used = guide.cited
    for key, reference, answer in watch.current(guide):
        found = next(matching.grave(answer.notices), None)
        if found and used[key] and reference.custom.status not in ("retracted", "withdrawn"):
            message = f"'{key}' has a notice: {matching.notice_in_words(found)}. {_said(answer)}"
            advice = "Read the notice, write status: retracted under custom, and take the source out of the text."
            yield Finding(watch.place(guide, key, answer.number[0]), message, advice)


@WATCH.error("other-work", "DOI handbook; ICMJE: references are checked against the work")
def other_work(guide: Guide) -> Iterator[Finding]:
    """The DOI, PubMed number and trial number in a file are all those of the work that the file names."""
    for key, reference, answer in watch.current(guide):
        kind, number = answer.number
        place = watch.place(guide, key, kind)
        if (other := answer.other) and not (
            trials_agree(reference.title, (other.title,))
            if kind == "NCT"
            else is_same(reference, Facts((other.title,), other.author or "", other.year or ""))
        ):
            message = f"{kind} {number} is '{other.title}', but the file says '{reference.title}'. {_said(answer)}"
            yield Finding(place, message, f"Look up the {kind} of the work that is meant, or correct the title.")
        ours = watch.numbers_of(reference)
        for name, theirs in answer.belongs.items():
            if name in ours and ours[name].casefold() != theirs.casefold():
                message = f"{kind} {number} belongs to {name} {theirs}, but the file says {ours[name]}. {_said(answer)}"
                yield Finding(place, message, "Keep the numbers of the work that is meant.")


@WATCH.error("unknown-identifier", "DOI handbook: a DOI resolves")
def unknown(guide: Guide) -> Iterator[Finding]:
    """Every DOI, PubMed, PubMed Central and trial number is known to its service."""
    for key, _, answer in watch.current(guide):
        if not answer.exists:
            kind, number = answer.number
            message = f"There is no {kind} {number}. {_said(answer)}"
            yield Finding(watch.place(guide, key, kind), message, "Copy it from the work once more.")


@WATCH.warning("concern", "COPE: expressions of concern and corrections")
def concern(guide: Guide) -> Iterator[Finding]:
    """Somebody has read each correction, expression of concern and new version of a source."""
    for key, _, answer in watch.current(guide):
        for notice in answer.notices:
            if notice.type not in matching.GRAVE:
                words = matching.notice_in_words(notice)
                message = f"'{key}' has a notice: {words}. {_said(answer)}"
                advice = (
                    f'Read it; if what the guide says still holds, waive this with the reason and words: "{words}".'
                )
                yield Finding(watch.place(guide, key, answer.number[0]), message, advice)


@WATCH.warning("passage-changed", "DISCERN 4: what the information rests on")
def passage_changed(guide: Guide) -> Iterator[Finding]:
    """The words that a statement rests on are still in its source. If not, a person reads both again."""
    changed = {one.name: one for one in watch.changed_passages(guide)}
    for one in changed.values():
        how = f"is gone: '{one.passage.exact}'" if one.kind is Kind.GONE else f"changed: '{one.difference}'"
        message = f"The passage [@{one.name}] {how}. Seen on {one.asked} at {one.address}."
        advice = "Read the source again, and correct the passage and what rests on it. That voids their sign-offs."
        yield Finding(watch.passage_place(guide, one), message, advice)
    for place, said, name in _resting(guide, changed) if changed else ():
        state = "is gone from its source" if changed[name].kind is Kind.GONE else "changed in its source"
        yield Finding(place, f"{said} rests on [@{name}], which {state}.", "Read it against the source as it is now.")


def _resting(guide: Guide, changed: Collection[str]) -> Iterator[tuple[Place, str, str]]:
    """Each statement and number that rests on one of these passages: where, in words, and which passage."""
    paths = {path for path, text in guide.texts.items() if not set(text.passages.split()).isdisjoint(changed)}
    for block in statements(replace(guide, focus=frozenset(paths))) if paths else ():
        for name in dict.fromkeys(f"{citation.key}#{citation.passage}" for citation in block.citations):
            if name in changed:
                yield block.place(), f"'{block.quote()}'", name
    for entry in guide.entries:
        for index, number in enumerate(entry.front.numbers):
            for at, name in enumerate(number.source):
                if name in changed:
                    yield entry.facts.place(("numbers", index, "source", at)), f"The number '{number.id}'", name


@WATCH.warning("stopped-trial", "IPDAS: up-to-date evidence")
def stopped(guide: Guide) -> Iterator[Finding]:
    """A trial that has stopped, or whose status its registry no longer knows, is not shown as running."""
    listed = {trial.nct: (number, trial.status) for number, trial in enumerate(guide.trials.trials) if trial.nct}
    for key, reference, answer in watch.current(guide):
        state, number = answer.trial, answer.number[1]
        if state is None or state.status not in STOPPED or not (watch.is_record(reference) or number in listed):
            continue
        index, ours = listed.get(number, (None, ""))
        if ours == STOPPED[state.status]:
            continue
        place = watch.place(guide, key, "NCT")
        if index is not None:
            place = guide.records["content/trials.yml"].place(("trials", index, "status"))
        why = f" ({state.why})" if state.why else ""
        message = f"{number} is {state.status.lower()} in its registry{why}. {_said(answer)}"
        advice = f"Write status: {STOPPED[state.status]} in trials.yml, and look at what is said of the trial."
        yield Finding(place, message, advice)


@WATCH.warning("old-watch", "Crossref: retractions are recorded every working day")
def old_watch(guide: Guide) -> Iterator[Finding]:
    """The services are asked about the sources every month."""
    days = [answer.asked for _, _, answer in watch.current(guide)]
    late = [day for day in days if is_old(day, FRESH, guide.today)]
    if late:
        message = f"{len(late)} of {len(days)} answers about sources are more than {FRESH} days old: {min(late)}."
        yield Finding(Place(FILE), message, "Run: patientguide sources")


@WATCH.warning("old-trials", "IPDAS: up-to-date evidence")
def old_trials(guide: Guide) -> Iterator[Finding]:
    """The registry is asked about the list of trials every month."""
    if guide.trials_are_old:
        place = guide.records["content/trials.yml"].place(("checked",))
        message = f"The list of trials is of {guide.trials.checked}, more than {FRESH} days ago."
        yield Finding(place, message, "Run: patientguide trials")


def _said(answer: Answer) -> str:
    return f"{' and '.join(answer.by)} said so on {answer.asked}."
