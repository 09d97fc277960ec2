"""The commands that use registries: the source watch, a new source, the list of trials."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import BaseModel

from patientguide.checks.sources import WATCH
from patientguide.cli.common import (
    as_of_option,
    base_option,
    check_evidence,
    contact_option,
    content_option,
    guide_as_it_is,
    show_problems,
)
from patientguide.content import documents
from patientguide.core import files, yaml
from patientguide.core import problems as problem_report
from patientguide.core.problems import Problem, worst_first
from patientguide.core.text import github, github_code
from patientguide.model import records
from patientguide.model.entries import Trials
from patientguide.model.fields import ID_PATTERN
from patientguide.model.guide import Guide
from patientguide.model.records import Watch
from patientguide.model.reference import Reference
from patientguide.sources import registries, watch
from patientguide.sources import trials as trial_list
from patientguide.sources.cite import Pasted, fetched, key_of, most_careful, recognize, source_file_text, there_already
from patientguide.sources.metadata import SourceFacts
from patientguide.sources.passages import LONGEST, Kind, hear, page_address
from patientguide.sources.records import Study
from patientguide.sources.registries import Fault

if TYPE_CHECKING:
    from patientguide.sources.client import Client, Pages

# What the source watch found, as text for people, JSON for programs, and Markdown for one rolling issue.


_PASSAGES = "passage-changed"


@dataclass(frozen=True)
class Found:
    """The result of a run: the guide with its new watch, the findings of the rules, and what could not be looked up."""

    guide: Guide
    unasked: Sequence[Problem]
    is_of_pages: bool = False
    """Whether pages were asked for passages, and not services for numbers."""

    @property
    def problems(self) -> list[Problem]:
        """Findings of the rules, then what could not be asked."""
        rules = [rule for rule in WATCH.rules if (rule.code == _PASSAGES) is self.is_of_pages]
        found = [problem for rule in rules for problem in rule(self.guide)]
        return [*worst_first(found), *worst_first(self.unasked)]

    @property
    def summary(self) -> list[str]:
        """What was asked and what is known, in sentences."""
        return self._of_pages() if self.is_of_pages else self._of_numbers()

    def _of_pages(self) -> list[str]:
        known = watch.known_passages(self.guide)
        count = Counter(one.kind for one in known)
        late = [one for one in known if one.tried]
        without = sum(len(reference.passages) for reference in self.guide.references.values()) - len(known)
        pages = {page_address(one.address) for one in known}
        day = self.guide.today.isoformat()
        found = (Kind.CHANGED, Kind.GONE, Kind.MOVED, Kind.SAME, Kind.UNREAD)
        return [
            f"Asked on {day}. Passages: {len(known)}, pages: {len(pages)}. Passages without an address: {without}.",
            ", ".join(f"{kind}: {count[kind]}" for kind in found).capitalize() + ".",
            f"Passages whose page could not be read: {len(late)}. What was known of them before is kept.",
        ]

    def _of_numbers(self) -> list[str]:
        day, references = self.guide.today.isoformat(), self.guide.references
        numbers = sum(len(found) for found in watch.questions(references).values())
        without = sum(not watch.numbers_of(reference) for reference in references.values())
        asked: dict[str, bool] = {}
        for key, _, answer in watch.current(self.guide):
            # An answer about another work says nothing about this one.
            if set(answer.by) & set(watch.KNOW_NOTICES) and answer.asked == day and answer.exists and not answer.other:
                asked[key] = asked.get(key, False) or bool(answer.notices)
        known, clean = len(asked), list(asked.values()).count(False)
        return [
            f"Asked on {day}. Numbers: {numbers}. Sources with one: {len(references) - without}, without: {without}.",
            f"Notices of retraction or correction: none known on {day} for {clean} of {known} sources.",
            f"Numbers without an answer: {len(self.unasked)}. What was known of them before is kept.",
        ]


def as_text(found: Found) -> str:
    """Each finding on two lines, then a summary."""
    lines = [problem_report.as_text(found.problems)] if found.problems else []
    return "\n".join([*lines, *found.summary])


def as_json(found: Found) -> str:
    """An object with the day, a summary, the findings, and every answer by source."""
    state = found.guide.watch or Watch()
    answers: Mapping[str, Sequence[BaseModel]] = state.passages if found.is_of_pages else state.sources
    return json.dumps(
        {
            "asked": found.guide.today.isoformat(),
            "summary": found.summary,
            "problems": json.loads(problem_report.as_json(found.problems)),
            "passages" if found.is_of_pages else "sources": {
                key: [answer.model_dump(exclude_defaults=True) for answer in given]
                for key, given in sorted(answers.items())
            },
        },
        indent=2,
        ensure_ascii=False,
    )


def as_markdown(found: Found) -> str:
    """A report for an issue. Foreign text is in code, where it cannot become a link or a mention."""
    title = "## Passages of sources" if found.is_of_pages else "## Sources"
    lines = [title, "", *(f"{sentence}  " for sentence in found.summary), ""]
    for problem in found.problems:
        lines += [f"- **{problem.severity}** `{problem.code}` in {github_code(problem.place.path)}", ""]
        lines += [f"    {github_code(problem.message)}", "", f"    {github(problem.advice)}", ""]
    return "\n".join(lines if found.problems else [*lines, problem_report.CLEAN, ""])


FORMATS: Mapping[str, Callable[[Found], str]] = {"text": as_text, "json": as_json, "markdown": as_markdown}


# -- the commands


def _asks(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that uses services."""
    deadline = click.option(
        "--deadline", type=click.FloatRange(0.1, 600), default=20.0, show_default=True, help="Seconds for one request."
    )
    return contact_option(deadline(base_option(command)))


_report_option = click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what was found to a Markdown file as well."
)


def _client(contact: str | None, deadline: float, bases: Mapping[str, str]) -> Any:
    # Only these commands need the network, and loading it takes a while: the others start without.
    from patientguide.sources.client import Client

    return Client(contact, bases, deadline)


def _prove(kind: type[BaseModel], text: str, file: Path, content: Path, otherwise: str) -> None:
    """Exit unless a new text can be parsed again: a foreign record must not stop the build."""
    data, problems = yaml.read_yaml(text, f"content/{file.relative_to(content).as_posix()}")
    problems += documents.validate(kind, data)[1] if data else []
    if problems:
        show_problems(problems, "text", content)
        raise click.UsageError(f"Nothing was written: {otherwise}.")


def _save(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        files.write_file(file, text)
    except OSError as error:
        raise click.UsageError(f"{file} was left as it is: it could not be written ({error.strerror}).") from None


@click.command()
@content_option
@as_of_option
@_asks
@click.option(
    "--passages", is_flag=True, help="Look for the passages of the sources on their pages instead: are they as quoted?"
)
@click.option(
    "--run-deadline",
    type=click.FloatRange(1, 36_000),
    default=540.0,
    show_default=True,
    help="Seconds for all pages, with --passages.",
)
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="text", help="How to report.")
@_report_option
def sources(
    content: Path,
    as_of: date,
    contact: str | None,
    deadline: float,
    bases: Mapping[str, str],
    passages: bool,
    run_deadline: float,
    form: str,
    report: Path | None,
) -> None:
    """Look up whether sources were retracted or corrected.

    Asks Crossref, doi.org, PubMed, PubMed Central and ClinicalTrials.gov about every number. With --passages, reads
    each page that a passage was read on, once, as far as its host lets programs, and says whether the words are still
    there, moved, changed or gone. Writes the answers to content/watch.yml, which the rules read. Exits with 0 whatever
    was found, and with 2 when nobody could be asked.
    """
    client = _client(contact, deadline, bases)
    guide = guide_as_it_is(content, as_of, "content/watch.yml")
    if passages:
        from patientguide.sources.client import Pages

        pages = Pages(contact, bases.get("pages"), deadline, run_deadline, LONGEST)
        found, is_answered = _asked_pages(guide, pages)
    else:
        found, is_answered = _asked_services(guide, client)
    text = FORMATS[form](found)
    if not is_answered:
        click.echo(text, err=True)
        raise click.UsageError("Nobody answered: content/watch.yml is as it was.")
    file = content / "watch.yml"
    kept = records.watch_text(found.guide.watch or Watch())
    _prove(Watch, kept, file, content, "these answers cannot be kept")
    _save(file, kept)
    click.echo(text.rstrip("\n"))
    if report:
        _save(report, as_markdown(found))


def _asked_services(guide: Guide, client: "Client") -> tuple[Found, bool]:
    """What services said about the numbers, and whether any of them answered, if any was asked."""
    wanted = watch.questions(guide.references)
    _say("Asking, not faster than the services allow: this takes a minute or two.")
    renewed, unasked = watch.renewed(guide, registries.ask(client, wanted))
    found = Found(replace(guide, watch=renewed), unasked)
    is_asked = any(wanted.values())
    day = guide.today.isoformat()
    return found, not is_asked or any(answer.asked == day for _, _, answer in watch.current(found.guide))


def _asked_pages(guide: Guide, pages: "Pages") -> tuple[Found, bool]:
    """What became of the passages, and whether any page could be read, if any was asked for."""
    wanted = watch.passage_questions(guide)
    _say(f"Reading {len(wanted)} pages, not more than one of a host in a second: this takes some minutes.")
    looked = pages.visit(wanted, lambda address, answer: hear(wanted[address], answer))
    renewed, unread = watch.passages_renewed(guide, looked)
    found = Found(replace(guide, watch=renewed), unread, is_of_pages=True)
    return found, not wanted or any(not isinstance(one, Fault) for one in looked.values())


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(text, err=True)


@click.command()
@click.argument("pasted", metavar="DOI|PMID|PMCID|NCT|URL")
@content_option
@as_of_option
@_asks
@click.option("--key", help="The name of the file; without it, from author, title and year.")
@click.option("--evidence", metavar="KIND", help="What kind of evidence it is: one of guide.yml.")
def cite(
    pasted: str,
    content: Path,
    as_of: date,
    contact: str | None,
    deadline: float,
    bases: Mapping[str, str],
    key: str | None,
    evidence: str | None,
) -> None:
    """Write the file for a new source from its number or address.

    Takes a DOI, a PubMed or PubMed Central number, a trial number or a web address, also as pasted from a browser.
    Never replaces a file, and writes none for a work that the guide has already.
    """
    known = recognize(pasted)
    if not isinstance(known, Pasted):
        raise click.BadParameter(". ".join(known))
    client = _client(contact, deadline, bases)
    guide = guide_as_it_is(content, as_of)
    check_evidence(guide, evidence)
    taken = {path.stem for path in (content / "references").glob("*.yml")}
    if key and (key in taken or not re.fullmatch(ID_PATTERN, key) or len(key) > 80):
        raise click.BadParameter(f"'{key}' is taken, or is not small letters, digits and single hyphens.")
    _stop_if_there(guide, {known.kind: known.value})
    facts = fetched(client, known)
    if not isinstance(facts, SourceFacts):
        why = facts.reason if isinstance(facts, Fault) else "There is no such record."
        raise click.UsageError(f"Nothing was written. {known.kind} {known.value}: {why}")
    _stop_if_there(guide, {**facts.fields, "NCT": facts.custom.get("nct")})
    kind = evidence or most_careful(guide.settings.evidence).id
    name = key or key_of(facts, taken)
    file = content / "references" / f"{name}.yml"
    text = source_file_text(facts, kind, as_of.isoformat())
    _prove(Reference, text, file, content, "this record cannot become a source")
    try:
        file.parent.mkdir(exist_ok=True)
        files.create_file(file, text)
    except OSError as error:
        raise click.UsageError(f"{file} was not written ({error.strerror}).") from None
    click.echo(f"Wrote {file}. Cite it as [@{name}].")
    guessed = [] if evidence else [f"Choose its kind of evidence: '{kind}' is only the most careful one."]
    for note in [*facts.notes, *guessed, "Read it, and put the words that you rest on under passages:."]:
        click.echo(f"- {note}")


@click.command()
@content_option
@as_of_option
@_asks
@_report_option
def trials(
    content: Path, as_of: date, contact: str | None, deadline: float, bases: Mapping[str, str], report: Path | None
) -> None:
    """Update content/trials.yml from ClinicalTrials.gov.

    The query is under trials: in guide.yml. Trials that were entered by hand stay unchanged, except that those with an
    NCT number get the status in the registry. Nothing is written unless the list is complete.
    """
    client = _client(contact, deadline, bases)
    guide = guide_as_it_is(content, as_of, "content/trials.yml")
    query = guide.settings.trials
    if query is None:
        raise click.UsageError("guide.yml has no trials: with a condition to ask for.")
    found, faults = registries.search(client, trial_list.question(query))
    mine = {number: registries.study(client, number) for number in trial_list.by_hand(guide.trials)}
    faults += [answer for answer in mine.values() if isinstance(answer, Fault)]
    if not found and any(trial.fetched for trial in guide.trials.trials):
        raise click.UsageError("Nothing was written. The registry lists none of the trials it had: look at the query.")
    if faults:
        raise click.UsageError(f"Nothing was written. ClinicalTrials.gov: {faults[0].reason}")
    known = {number: study for number, study in mine.items() if isinstance(study, Study)}
    entries = trial_list.renewed(guide.trials, found, known, query.places)
    file = content / "trials.yml"
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    text = trial_list.trials_text(before, entries, as_of.isoformat())
    _prove(Trials, text, file, content, "these records cannot become a list")
    _save(file, text)
    click.echo(f"Wrote {file}: {len(found)} trials found, {len(mine)} written by hand looked up.")
    changes = trial_list.changes(guide.trials, entries, known)
    if report:
        _save(report, trial_list.as_markdown(changes, as_of.isoformat()))
    for sentence in changes:
        click.echo(f"- {sentence}")


def _stop_if_there(guide: Guide, numbers: Mapping[str, Any]) -> None:
    if there := there_already(guide, numbers):
        click.echo(f"It is there already: cite it as [@{there}]. Nothing was written.")
        sys.exit(0)
