"""The list of trials from the registry: the query of the guide, and the new content/trials.yml.

Entries by editors stay unchanged, except for a status that the registry knows. Fetched entries are replaced by what the
registry has now.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from patientguide.core.problems import CLEAN
from patientguide.core.text import label_text
from patientguide.model.entries import Trial, Trials
from patientguide.model.records import flow
from patientguide.model.settings import TrialQuery
from patientguide.sources.records import Study

MOST_PLACES = 4  # cities named for the guide's own country, before "and n more"
MOST_COUNTRIES = 6
_STATES = {
    "RECRUITING": "recruiting",
    "NOT_YET_RECRUITING": "not yet recruiting",
    "ENROLLING_BY_INVITATION": "by invitation",
    "ACTIVE_NOT_RECRUITING": "not recruiting",
    "COMPLETED": "completed",
    "TERMINATED": "stopped",
    "SUSPENDED": "stopped",
    "WITHDRAWN": "stopped",
    "UNKNOWN": "unknown",
}
"""The registry's words for the status of a trial, with ours."""
_PHASES = {
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}
NO_PHASE = "No phase"


def question(query: TrialQuery) -> dict[str, str]:
    """The guide's query as parameters of ClinicalTrials.gov v2."""
    asked = {
        "query.cond": query.condition,
        "query.term": query.terms,
        "query.locn": query.places,
        "filter.overallStatus": ",".join(query.statuses),
    }
    return {name: value for name, value in asked.items() if value}


def by_hand(trials: Trials) -> list[str]:
    """The numbers of the trials that editors entered."""
    return [trial.nct for trial in trials.trials if trial.nct and not trial.fetched]


def state(study: Study) -> str:
    """The status of a trial in our words."""
    return _STATES.get(study.protocolSection.statusModule.overallStatus, "unknown")


def entry(study: Study, home: str | None) -> dict[str, Any]:
    """A fetched trial as an entry of trials.yml; `home` is the country whose cities are named."""
    protocol = study.protocolSection
    phases = [_PHASES[phase] for phase in protocol.designModule.phases if phase in _PHASES]
    named = "; ".join(protocol.conditionsModule.conditions)
    found = {
        "title": label_text(protocol.identificationModule.briefTitle) or study.nct,
        "nct": study.nct,
        "phase": " and ".join(phases).replace(" and Phase", " and phase") or NO_PHASE,
        "for": label_text(named) or "The registry lists no condition",
        "status": state(study),
        "places": places(study, home),
        "updated": study.updated,
        "fetched": True,
    }
    return {name: value for name, value in found.items() if value}


def places(study: Study, home: str | None) -> str | None:
    """The countries, with some cities of the guide's own: `United States (Boston, Houston and 2 more), Germany`."""
    cities: dict[str, dict[str, None]] = {}
    for location in study.protocolSection.contactsLocationsModule.locations:
        if country := label_text(location.country, 60):
            cities.setdefault(country, {})[label_text(location.city, 60)] = None
    names = sorted(cities, key=lambda country: (country != home, country))
    shown = [_country(name, sorted(filter(None, cities[name])) if name == home else []) for name in names]
    if len(shown) > MOST_COUNTRIES:
        shown = [*shown[:MOST_COUNTRIES], f"{len(shown) - MOST_COUNTRIES} more countries"]
    return label_text(", ".join(shown)) or None


def _country(name: str, cities: Sequence[str]) -> str:
    if not cities:
        return name
    more = f" and {len(cities) - MOST_PLACES} more" if len(cities) > MOST_PLACES else ""
    return f"{name} ({', '.join(cities[:MOST_PLACES])}{more})"


def renewed(
    trials: Trials, found: Sequence[Study], known: Mapping[str, Study], home: str | None
) -> list[dict[str, Any]]:
    """The entries of the new snapshot: first those by editors, with the status in `known`, then those found.

    A trial that an editor entered is not listed twice.
    """
    mine = [_mine(trial, known) for trial in trials.trials if not trial.fetched]
    listed = {entry.get("nct") for entry in mine}
    fetched = {study.nct: entry(study, home) for study in found if study.nct not in listed}
    return [*mine, *(fetched[number] for number in sorted(fetched))]


def _mine(trial: Trial, known: Mapping[str, Study]) -> dict[str, Any]:
    written = trial.model_dump(exclude_unset=True, by_alias=True)
    study = known.get(trial.nct or "")
    if study is None:
        return written
    return {**written, "status": state(study), **({"updated": study.updated} if study.updated else {})}


def trials_text(before: str, entries: Sequence[Mapping[str, Any]], day: str) -> str:
    """The text of the file: the comments at the top of the old one, the day of the snapshot, and the entries."""
    head = []
    for line in before.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        head.append(line)
    lines = [*head, f"checked: {flow(day)}", "trials:" if entries else "trials: []"]
    for written in entries:
        first, *rest = [f"{name}: {flow(value)}" for name, value in written.items()]
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines) + "\n"


def changes(trials: Trials, entries: Sequence[Mapping[str, Any]], known: Collection[str]) -> list[str]:
    """The differences between the old list and the new `entries`, and trials by editors that the registry lacks.

    `known` has the numbers of those that it has. Sentences name trials by number, since titles are foreign text.
    """
    old = {trial.nct: trial for trial in trials.trials if trial.nct}
    new = {entry["nct"]: entry for entry in entries if entry.get("nct")}
    found = [
        f"{number} was '{old[number].status}' and is '{entry['status']}'."
        for number, entry in new.items()
        if number in old and old[number].status != entry["status"]
    ]
    found += [f"{number} is new on the list." for number in new if number not in old]
    found += [f"{number} is no longer on the list." for number in old if number not in new]
    return found + [
        f"The registry does not know {number}: look it up." for number in sorted({*by_hand(trials)} - {*known})
    ]


def as_markdown(sentences: Sequence[str], day: str) -> str:
    """The changes as Markdown for the issue of the weekly watch."""
    lines = ["## Trials", "", f"The registry was asked on {day}. The new list comes as a pull request.", ""]
    return "\n".join([*lines, *([f"- {sentence}" for sentence in sentences] or [CLEAN]), ""])
