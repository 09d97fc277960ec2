"""Source watch: what services said of the sources, as `patientguide sources` wrote it down. Nobody is asked here."""

from collections.abc import Iterator

from patientguide.dates import is_old
from patientguide.guide import Guide
from patientguide.problems import Place
from patientguide.rule import Finding, Subject
from patientguide.sourcewatch import notices, watch
from patientguide.sourcewatch.sameness import Facts, is_same, trials_agree
from patientguide.sourcewatch.watchfile import FRESH, Answer

WATCH = Subject("Source watch")

FILE = "content/watch.yml"
STOPPED = {"WITHDRAWN": "stopped", "TERMINATED": "stopped", "SUSPENDED": "stopped", "UNKNOWN": "unknown"}
"""States of the registry in which a trial takes nobody, and how trials.yml says the same."""


@WATCH.error("retracted-work", "ICMJE: retracted articles; COPE: retraction guidelines")
def retracted(guide: Guide) -> Iterator[Finding]:
    """A source that was retracted, withdrawn or removed says so in its file."""
    used = guide.cited
    for key, reference, answer in watch.current(guide):
        found = next(notices.grave(answer.notices), None)
        if found and used[key] and reference.custom.status not in ("retracted", "withdrawn"):
            message = f"'{key}' has a notice: {notices.in_words(found)}. {_said(answer)}"
            advice = "Read the notice, write status: retracted under custom, and take the source out of the text."
            yield Finding(watch.place(guide, key, answer.number[0]), message, advice)


@WATCH.error("other-work", "DOI handbook; ICMJE: references are checked against the work")
def other_work(guide: Guide) -> Iterator[Finding]:
    """A DOI, PubMed or trial number is that of the work which the file names, and they all belong to one work."""
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
    """A DOI, PubMed, PubMed Central or trial number is one that its service knows."""
    for key, _, answer in watch.current(guide):
        if not answer.exists:
            kind, number = answer.number
            message = f"There is no {kind} {number}. {_said(answer)}"
            yield Finding(watch.place(guide, key, kind), message, "Copy it from the work once more.")


@WATCH.warning("concern", "COPE: expressions of concern and corrections")
def concern(guide: Guide) -> Iterator[Finding]:
    """A correction, an expression of concern or a new version of a source has been read."""
    for key, _, answer in watch.current(guide):
        for notice in answer.notices:
            if notice.type not in notices.GRAVE:
                words = notices.in_words(notice)
                message = f"'{key}' has a notice: {words}. {_said(answer)}"
                advice = (
                    f'Read it; if what the guide says still holds, waive this with the reason and words: "{words}".'
                )
                yield Finding(watch.place(guide, key, answer.number[0]), message, advice)


@WATCH.warning("stopped-trial", "IPDAS: up-to-date evidence")
def stopped(guide: Guide) -> Iterator[Finding]:
    """A trial that stopped, or whose state its registry no longer knows, is not shown as one that goes on."""
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
def old(guide: Guide) -> Iterator[Finding]:
    """Services are asked about the sources every month."""
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
