"""The source watch: the dated answers of registries and pages about each source. It uses no network itself."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from patientguide.core import i18n, text
from patientguide.core.cache import data_hash
from patientguide.core.problems import Place, Problem, Severity
from patientguide.markup.tokens import escape
from patientguide.markup.words import word_diff
from patientguide.model.guide import Guide
from patientguide.model.records import (
    KINDS,
    Answer,
    ChangedPassage,
    Notice,
    OtherWork,
    PassagesSeen,
    TrialState,
    Watch,
)
from patientguide.model.reference import Passage, Reference
from patientguide.sources import matching, nlm
from patientguide.sources.matching import Facts, is_same, trials_agree
from patientguide.sources.passages import (
    ALARMS,
    NOWHERE,
    TOO_LONG,
    Around,
    Asked,
    Kind,
    Looked,
    PassageKey,
    Seen,
    page_address,
)
from patientguide.sources.records import Study, Summary, Work
from patientguide.sources.registries import Fault, Heard, Missing

# A number that could not be looked up keeps its old answer and date.


CROSSREF, PUBMED, PMC, DOI_ORG, REGISTRY = "Crossref", "PubMed", "PubMed Central", "doi.org", "ClinicalTrials.gov"
KNOW_NOTICES = (CROSSREF, PUBMED)
"""The services that record retractions and corrections."""

_ASKED = {"DOI": CROSSREF, "PMID": PUBMED, "PMCID": PMC, "NCT": REGISTRY}


def numbers_of(reference: Reference) -> Mapping[str, str]:
    """The numbers of a source that services know, by kind."""
    values = (reference.DOI, reference.PMID, reference.PMCID, reference.custom.nct)
    return {kind: value for kind, value in zip(KINDS, values, strict=True) if value}


def is_record(reference: Reference) -> bool:
    """Whether the source is a trial record, not an article about a trial."""
    return bool(reference.custom.nct and reference.URL and reference.custom.nct in reference.URL)


def questions(references: Mapping[str, Reference]) -> dict[str, list[str]]:
    """Every number to look up, by kind, each once."""
    found: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    for reference in references.values():
        for kind, number in numbers_of(reference).items():
            found[kind][number] = None
    return {kind: list(numbers) for kind, numbers in found.items()}


def current(guide: Guide) -> Iterator[tuple[str, Reference, Answer]]:
    """The answers about numbers that the sources still have."""
    for key, reference in guide.references.items():
        numbers = numbers_of(reference)
        for answer in guide.watch.sources.get(key, ()) if guide.watch else ():
            kind, number = answer.number
            if numbers.get(kind) == number:
                yield key, reference, answer


def place(guide: Guide, key: str, kind: str) -> Place:
    """The place of a number in the file of its source."""
    path = ("custom", "nct") if kind == "NCT" else (kind,)
    return guide.records[f"content/references/{key}.yml"].place(path)


def renewed(guide: Guide, heard: Heard) -> tuple[Watch, list[Problem]]:
    """The new state of the watch, and what could not be looked up. Problems: not-asked.

    Answers about files that cannot be read now are kept.
    """
    old = guide.watch.sources if guide.watch else {}
    sources = {key: answers for key, answers in old.items() if f"content/references/{key}.yml" in guide.unread}
    problems = []
    for key, reference in guide.references.items():
        known = {answer.number: answer for answer in old.get(key, ())}
        found: list[Answer] = []
        for kind, number in numbers_of(reference).items():
            answer = _read(kind, reference, number, heard, guide.today.isoformat())
            before = known.get((kind, number))
            if isinstance(answer, Fault):
                kept = f"What was known on {before.asked} is kept." if before else "Nothing is known about it yet."
                message = f"{_ASKED[kind]} gave no answer about {kind} {number}. {answer.reason}"
                problems.append(Problem(place(guide, key, kind), "not-asked", message, kept, Severity.WARNING))
            found += [answer] if isinstance(answer, Answer) else [before] if before else []
        if found:
            sources[key] = found
    return Watch(sources=sources, passages=guide.watch.passages if guide.watch else {}), problems


def _read(kind: str, reference: Reference, number: str, heard: Heard, day: str) -> Answer | Fault:
    try:
        return _READ[kind](reference, number, heard, day)
    except ValidationError:
        # An unexpected record must not affect the answers about other sources.
        return Fault("Its answer contains something that content/watch.yml cannot hold.")


def _doi(reference: Reference, doi: str, heard: Heard, day: str) -> Answer | Fault:
    work = heard.works[doi]
    if isinstance(work, Fault):
        return work
    if isinstance(work, Work):
        other = None if is_same(reference, of_work(work)) else _named(of_work(work))
        return Answer(DOI=doi, asked=day, by=[CROSSREF], other=other, notices=matching.of_work(work))
    handle = heard.handles[doi]
    if isinstance(handle, Fault):
        return Fault(f"It does not know it, and {DOI_ORG} gave no answer either. {handle.reason}")
    if isinstance(handle, Missing):
        return Answer(DOI=doi, asked=day, by=[CROSSREF, DOI_ORG], exists=False)
    agency = text.label_text(heard.agencies.get(doi) or "", 60)
    return Answer(DOI=doi, asked=day, by=[f"{DOI_ORG}, for {agency}" if agency else DOI_ORG])


def _pmid(reference: Reference, pmid: str, heard: Heard, day: str) -> Answer | Fault:
    summary = heard.summaries[pmid]
    if isinstance(summary, Fault):
        return summary
    if isinstance(summary, Missing):
        return Answer(PMID=pmid, asked=day, by=[PUBMED], exists=False)
    other = None if is_same(reference, of_summary(summary)) else _named(of_summary(summary))
    belongs = {"DOI": summary.other("doi"), "PMCID": summary.other("pmc")}
    found = matching.of_summary(summary)
    return Answer(PMID=pmid, asked=day, by=[PUBMED], other=other, belongs=_unlike(reference, belongs), notices=found)


def _pmcid(reference: Reference, pmcid: str, heard: Heard, day: str) -> Answer | Fault:
    record = heard.pmc[pmcid]
    if isinstance(record, Fault):
        return record
    if isinstance(record, Missing):
        return Answer(PMCID=pmcid, asked=day, by=[PMC], exists=False)
    belongs = {"DOI": record.doi, "PMID": record.pmid}
    return Answer(PMCID=pmcid, asked=day, by=[PMC], belongs=_unlike(reference, belongs))


def _nct(reference: Reference, number: str, heard: Heard, day: str) -> Answer | Fault:
    study = heard.studies[number]
    if isinstance(study, Fault):
        return study
    if isinstance(study, Missing):
        return Answer(NCT=number, asked=day, by=[REGISTRY], exists=False)
    named = study.protocolSection.identificationModule
    titles = tuple(filter(None, (named.briefTitle, named.officialTitle)))
    differs = is_record(reference) and titles and not trials_agree(reference.title, titles)
    other = _named(Facts(titles)) if differs else None
    return Answer(NCT=number, asked=day, by=[REGISTRY], other=other, trial=trial_state(study))


_READ: Mapping[str, Callable[[Reference, str, Heard, str], Answer | Fault]] = {
    "DOI": _doi,
    "PMID": _pmid,
    "PMCID": _pmcid,
    "NCT": _nct,
}


def of_work(work: Work) -> Facts:
    """Title with and without subtitle, first author and year of a work at Crossref."""
    titles = [title for title in work.title[:1] if title]
    titles += [f"{title}: {work.subtitle[0]}" for title in titles if work.subtitle]
    first = work.author[0] if work.author else None
    author = (first.family or first.name or "") if first else ""
    return Facts(tuple(titles), author, (work.issued.text or "")[:4] if work.issued else "")


def of_summary(summary: Summary) -> Facts:
    """Title, first author and year of an article at PubMed, whose authors are "Family AB"."""
    persons = [name.name for name in summary.authors[:1] if name.authtype == "Author"]
    author = persons[0].rpartition(" ")[0] or persons[0] if persons else ""
    return Facts((summary.title,) if summary.title else (), author, summary.pubdate[:4])


def trial_state(study: Study) -> TrialState:
    """The status of a trial in its registry."""
    status = study.protocolSection.statusModule
    return TrialState(
        status=text.label_text(status.overallStatus, 60) or "UNKNOWN",
        why=text.label_text(status.whyStopped) or None,
        updated=study.updated,
        results=study.hasResults,
    )


def _named(facts: Facts) -> OtherWork:
    return OtherWork(
        title=next(filter(None, map(text.plain_text, reversed(facts.titles))), "no title"),
        author=text.label_text(facts.author) or None,
        year=text.label_text(facts.year, 10) or None,
    )


def _unlike(reference: Reference, belongs: Mapping[str, str | None]) -> dict[str, str]:
    """The numbers of the same work at a service that differ from those in the file."""
    ours = numbers_of(reference)
    return {
        kind: text.label_text(number, 90)
        for kind, number in belongs.items()
        if number and kind in ours and number.casefold() != ours[kind].casefold()
    }


# What is known of passages, as dated state. What could not be read keeps its old answer and its old day.


@dataclass(frozen=True)
class KnownPassage:
    """What is known of a passage: on which page it is, since which day, and its words now if they changed.

    `tried` and `why` say when and why the page could not be read since; `around` is as in `Seen`.
    """

    key: PassageKey
    passage: Passage
    address: str
    kind: Kind
    asked: str | None = None
    around: Around = NOWHERE
    now: str = ""
    tried: str | None = None
    why: str | None = None

    @property
    def name(self) -> str:
        """How texts cite it, without brackets."""
        return "#".join(self.key)

    @property
    def difference(self) -> str:
        """What changed, word by word: [-removed-] and {+added+}."""
        marks = {"removed": "[-{}-]", "added": "{{+{}+}}", "same": "{}"}
        return "".join(marks[piece.kind].format(piece.text) for piece in word_diff(self.passage.exact, self.now))


def address_of(reference: Reference, passage: Passage) -> str:
    """Where a passage was read, without a spot on the page; empty when nobody says."""
    return (passage.url or reference.URL or "").partition("#")[0]


def known_passages(guide: Guide) -> list[KnownPassage]:
    """What is known of each passage that has an address. Of words that were corrected since, nothing is."""
    return [
        _known(guide, key, passage, address)
        for key, reference in guide.references.items()
        for passage in reference.passages
        if (address := address_of(reference, passage))
    ]


def changed_passages(guide: Guide) -> list[KnownPassage]:
    """The passages that a person must read again: their words changed, or are gone."""
    watched = guide.watch.passages.values() if guide.watch else ()
    # Every check asks: where nothing changed, no passage is looked at.
    if not any(seen.changed or seen.gone for group in watched for seen in group):
        return []
    return [one for one in known_passages(guide) if one.kind in ALARMS]


def _known(guide: Guide, key: str, passage: Passage, address: str) -> KnownPassage:
    one = KnownPassage((key, passage.id), passage, address, Kind.UNREAD)
    for seen in guide.watch.passages.get(key, ()) if guide.watch else ():
        for kind in Kind:
            found = getattr(seen, kind).get(passage.id)
            mark = found.mark if isinstance(found, ChangedPassage) else found
            if mark and mark.split()[0] == _asked_hash(address, passage):
                now = found.now if isinstance(found, ChangedPassage) else ""
                one = replace(one, kind=kind, asked=seen.asked, around=Around(*mark.split()[1:]), now=now)
                return replace(one, tried=seen.tried, why=seen.why)
    return one


def _asked_hash(address: str, passage: Passage) -> str:
    return data_hash([address, passage.exact, passage.prefix, passage.suffix])[:8]


def passage_questions(guide: Guide) -> Mapping[str, list[Asked]]:
    """The passages to look for, by the address that has the text of their page."""
    found: dict[str, list[Asked]] = defaultdict(list)
    for one in known_passages(guide):
        found[page_address(one.address)].append(Asked(one.key, one.passage, one.around))
    return found


def passages_renewed(guide: Guide, looked: Mapping[str, Looked]) -> tuple[Watch, list[Problem]]:
    """The watch as of today, and the pages that could not be read. Problems: not-asked.

    What is known of passages of files that cannot be read now is kept as it is.
    """
    old, day = guide.watch or Watch(), guide.today.isoformat()
    passages = {key: seen for key, seen in old.passages.items() if f"content/references/{key}.yml" in guide.unread}
    found: dict[str, list[KnownPassage]] = defaultdict(list)
    faults: dict[tuple[str, str, str], list[KnownPassage]] = defaultdict(list)
    for one in known_passages(guide):
        answer = looked.get(page_address(one.address), _NOT_ASKED)
        seen = answer if isinstance(answer, Fault) else answer[one.key]
        if isinstance(seen, Seen) and seen.kind is not Kind.UNREAD:
            new = replace(one, kind=seen.kind, asked=day, around=seen.around, now=seen.now, tried=None, why=None)
        else:
            new = replace(one, tried=day, why=seen.reason if isinstance(seen, Fault) else TOO_LONG)
            faults[one.key[0], one.address, new.why or ""].append(new)
        found[one.key[0]].append(new)
    passages |= {key: _grouped(group) for key, group in found.items()}
    return Watch(sources=old.sources, passages=passages), [_not_read(guide, group) for group in faults.values()]


_NOT_ASKED = Fault("It was not asked.")


def _grouped(found: Sequence[KnownPassage]) -> list[PassagesSeen]:
    """In the order of the file: those of one day together."""
    groups: dict[tuple[str | None, str | None, str | None], dict[str, dict[str, Any]]] = {}
    for one in found:
        mark = " ".join((_asked_hash(one.address, one.passage), *one.around))
        answer = ChangedPassage(mark=mark, now=one.now) if one.kind is Kind.CHANGED else mark
        groups.setdefault((one.asked, one.tried, one.why), {}).setdefault(one.kind, {})[one.passage.id] = answer
    return [PassagesSeen(asked=asked, tried=tried, why=why, **g) for (asked, tried, why), g in groups.items()]


def _not_read(guide: Guide, found: Sequence[KnownPassage]) -> Problem:
    first, days = found[0], sorted(one.asked for one in found if one.asked)
    count = f"{len(found)} passage{'s' * (len(found) != 1)}"
    message = f"{count} of '{first.key[0]}' could not be looked for at {first.address}. {first.why}"
    kept = f"What was known on {days[0]} is kept." if days else "Nothing is known about it yet."
    return Problem(passage_place(guide, first), "not-asked", message, kept, Severity.WARNING)


def passage_place(guide: Guide, one: KnownPassage) -> Place:
    """The place of a passage in the file of its source."""
    number = guide.references[one.key[0]].passages.index(one.passage)
    return guide.records[f"content/references/{one.key[0]}.yml"].place(("passages", number, "exact"))


# -- lines about notices and trials for the page of sources, as Markdown


NOBODY = f"Nobody has asked {' or '.join(KNOW_NOTICES)} yet whether one of these sources was retracted or corrected."
"""The notice at the top of the page while there is no content/watch.yml."""


_Date = Callable[[str], str]
"""Writes a date in the language of the guide."""


def lines(guide: Guide) -> Mapping[str, list[str]]:
    """The lines of each source that was looked up: its notices or "none known", and its trial's status."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for key, _, answer in current(guide):
        found[key].append(answer)
    date = i18n.catalog(guide.settings.language).date
    return {key: list(_of(answers, is_record(guide.references[key]), date)) for key, answers in found.items()}


def _of(answers: list[Answer], is_record: bool, date: _Date) -> Iterator[str]:
    # What is said of another work says nothing about this one.
    about = [answer for answer in answers if answer.exists and not answer.other]
    if asked := [answer for answer in about if set(answer.by) & set(KNOW_NOTICES)]:
        yield _notices(asked, date)
    for answer in answers:
        if answer.trial and is_record:
            yield _trial(answer, answer.trial, date)


def _notices(answers: list[Answer], date: _Date) -> str:
    """Every notice once. The day is that of the oldest answer: nothing newer is known of all."""
    day = date(min(answer.asked for answer in answers))
    who = ", ".join(dict.fromkeys(name for answer in answers for name in answer.by if name in KNOW_NOTICES))
    found = matching.merged(notice for answer in answers for notice in answer.notices)
    if not found:
        return f"Notices of retraction or correction: none known on {day} ({who})."
    shown = "; ".join(_notice(notice, date) for notice in found)
    return f"Notices of retraction or correction: {shown}. Asked on {day} ({who})."


def _notice(notice: Notice, date: _Date) -> str:
    said = escape(notice.type.replace("_", " "))
    on = f" of {date(notice.date)}" if notice.date else ""
    if notice.doi:
        return f"**{said}**{on}, doi: {nlm.doi_link(notice.doi)}"
    return f"**{said}**{on}" + (f", PubMed PMID: {notice.pmid}" if notice.pmid else "")


def _trial(answer: Answer, state: TrialState, date: _Date) -> str:
    why = f" ({escape(state.why)})" if state.why else ""
    updated = f", its record last updated on {date(state.updated)}" if state.updated else ""
    results = " Results are posted." if state.results else ""
    word = escape(state.status.replace("_", " ").lower())
    return f"State in {answer.by[0]} on {date(answer.asked)}: {word}{why}{updated}.{results}"
