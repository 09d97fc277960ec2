"""What the page of sources says about notices and trials, with the day and who was asked, as Markdown."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from patientguide import dates, nlm
from patientguide.guide import Guide
from patientguide.prose import escape
from patientguide.sourcewatch import notices, watch
from patientguide.sourcewatch.watchfile import Answer, Notice, TrialState

NOBODY = (
    f"Nobody has asked {' or '.join(watch.KNOW_NOTICES)} yet whether one of these sources was retracted or corrected."
)
"""What stands at the top of the page while there is no content/watch.yml."""


def lines(guide: Guide) -> Mapping[str, list[str]]:
    """The lines of each source that was asked about: its notices or "none known", and its trial's state."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for key, _, answer in watch.current(guide):
        found[key].append(answer)
    return {key: list(_of(answers, watch.is_record(guide.references[key]))) for key, answers in found.items()}


def _of(answers: list[Answer], is_record: bool) -> Iterator[str]:
    # What is said of another work says nothing about this one.
    about = [answer for answer in answers if answer.exists and not answer.other]
    if asked := [answer for answer in about if set(answer.by) & set(watch.KNOW_NOTICES)]:
        yield _notices(asked)
    for answer in answers:
        if answer.trial and is_record:
            yield _trial(answer, answer.trial)


def _notices(answers: list[Answer]) -> str:
    """Every notice once. The day is that of the oldest answer: nothing newer is known of all."""
    day = dates.in_words(min(answer.asked for answer in answers))
    who = ", ".join(dict.fromkeys(name for answer in answers for name in answer.by if name in watch.KNOW_NOTICES))
    found = notices.merged(notice for answer in answers for notice in answer.notices)
    if not found:
        return f"Notices of retraction or correction: none known on {day} ({who})."
    return f"Notices of retraction or correction: {'; '.join(map(_notice, found))}. Asked on {day} ({who})."


def _notice(notice: Notice) -> str:
    said = escape(notice.type.replace("_", " "))
    on = f" of {dates.in_words(notice.date)}" if notice.date else ""
    if notice.doi:
        return f"**{said}**{on}, doi: {nlm.doi_link(notice.doi)}"
    return f"**{said}**{on}" + (f", PubMed PMID: {notice.pmid}" if notice.pmid else "")


def _trial(answer: Answer, state: TrialState) -> str:
    why = f" ({escape(state.why)})" if state.why else ""
    updated = f", its record last updated on {dates.in_words(state.updated)}" if state.updated else ""
    results = " Results are posted." if state.results else ""
    word = escape(state.status.replace("_", " ").lower())
    return f"State in {answer.by[0]} on {dates.in_words(answer.asked)}: {word}{why}{updated}.{results}"
