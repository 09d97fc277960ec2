"""The command that checks links inside a built site, or outside."""

import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patientguide.cli.common import as_of_option, base_option, contact_option, format_option, from_here, show_problems
from patientguide.core import files, http, process
from patientguide.core.problems import FORMATS, Problem, has_errors, worst_first
from patientguide.links import addresses, crawl, graph, report
from patientguide.links.addresses import Places
from patientguide.links.crawl import CrawlError
from patientguide.links.report import State
from patientguide.links.verdicts import Kind, Verdict
from patientguide.project import read_guide

if TYPE_CHECKING:
    from patientguide.core.fetch import Limits


SAVED_EVERY = 5.0


@dataclass(frozen=True)
class Options:
    """How to check, and where to store the results."""

    state: Path
    to: Path | None
    doi_base: str
    seconds: float
    limits: "Limits"


@click.command()
@click.argument("site", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--crawl", "crawls", is_flag=True, help="Serve SITE on this computer, and let linkchecker follow it too.")
@format_option
@click.option("--content", type=click.Path(file_okay=False, path_type=Path), default="content", help="The guide.")
@as_of_option
@click.option("--from", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Ask the addresses of this file instead, one on each line.")  # fmt: skip
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), default="build/links.json", show_default=True,
              help="What is known from one run to the next.")  # fmt: skip
@click.option("--report", "to", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write a report in Markdown too.")  # fmt: skip
@contact_option
@base_option
@click.option("--deadline", type=click.FloatRange(0.1, 600), default=20.0, show_default=True,
              help="Seconds for one address, all tries included.")  # fmt: skip
@click.option("--run-deadline", type=click.FloatRange(1, 36_000), default=540.0, show_default=True,
              help="Seconds for all.")  # fmt: skip
@click.option("--interval", type=click.FloatRange(0, 60), default=1.0, show_default=True,
              help="Seconds between two requests to one host.")  # fmt: skip
@click.option("--allow-loopback", is_flag=True, hidden=True)
def links(
    site: Path | None,
    crawls: bool,
    form: str,
    content: Path,
    as_of: date,
    file: Path | None,
    state: Path,
    to: Path | None,
    contact: str | None,
    bases: Mapping[str, str],
    deadline: float,
    run_deadline: float,
    interval: float,
    allow_loopback: bool,
) -> None:
    """Check links inside a built SITE, or to other hosts.

    Inside, every page, anchor, picture, script and list entry must exist. Outside, each address is requested once, and
    its state is stored: it is dead after three failures at least three days apart. Exits with 0, with 1 if something
    inside is wrong or an address is invalid, private or forbidden, and with 2 if it could not run.
    """
    if site is not None:
        found = [_in(problem, site) for problem in _inside(site, crawls)]
        show_problems(found, form)
        sys.exit(1 if has_errors(found) else 0)
    if crawls:
        raise click.UsageError("Only a built SITE can be crawled: name its folder.")
    if not file and not content.is_dir():
        raise click.BadParameter(f"'{content}' is no folder.", param_hint="--content")
    if interval < 1 and not allow_loopback:
        raise click.BadParameter("Hosts of others are asked at most once a second.", param_hint="--interval")
    if state.suffix != ".json":
        raise click.BadParameter(f"'{state}' does not end in .json.", param_hint="--state")
    if to and to.resolve() == state.resolve():
        raise click.BadParameter("It is the file of --state.", param_hint="--report")
    places, is_whole = (_listed(file), True) if file else _of_guide(content, as_of)
    # Only who asks other hosts needs the network, and loading it takes a while: the other commands start without.
    from patientguide.core.fetch import Limits

    limits = Limits(http.user_agent(contact), deadline=deadline, interval=interval, loopback=allow_loopback)
    doi_base = bases.get("doi", http.SERVICES["doi"].base)
    good = _ask(places, Options(state, to, doi_base, run_deadline, limits), form, as_of)
    sys.exit(0 if good and is_whole else 1)


def _inside(site: Path, crawls: bool) -> list[Problem]:
    read = graph.read_site(site)
    found = graph.site_faults(read)
    # linkchecker would report what the graph found again.
    if not crawls or has_errors(found):
        return found
    try:
        return found + crawl.problems(site, read.address)
    except CrawlError as error:
        raise click.UsageError(str(error)) from None


def _in(problem: Problem, folder: Path) -> Problem:
    """The problem with its path relative to the working directory."""
    return replace(problem, place=problem.place._replace(path=(folder / problem.place.path).as_posix()))


def _of_guide(content: Path, as_of: date) -> tuple[Places, bool]:
    """The addresses of a guide, and whether they are complete: a guide with errors is read as far as possible."""
    guide, problems = read_guide(content, as_of)
    if guide is None:
        show_problems(problems, "text", content)
        sys.exit(1)
    is_whole = not has_errors(problems)
    if not is_whole:
        click.echo("The guide has errors, so addresses may be missing here. Run: patientguide check", err=True)
    places = addresses.collect(guide)
    return {a: tuple(from_here(p, content) for p in found) for a, found in places.items()}, is_whole


def _listed(file: Path) -> Places:
    text, problems = files.read_text(file, file.as_posix())
    if text is None:
        raise click.UsageError(problems[0].message)
    return addresses.listed(text, file.as_posix())


def _ask(places: Places, options: Options, form: str, today: date) -> bool:
    """Ask what is due, keep what is learned, and print it; answers whether no address is invalid or refused."""
    refused = {} if options.limits.loopback else {a: why for a in places if (why := addresses.fault(a))}
    try:
        known, note = report.read(options.state)
    except OSError as error:
        raise click.UsageError(f"'{options.state}' cannot be read: {error.strerror}.") from None
    if note:
        click.echo(note, err=True)
    due = [a for a in places if a not in refused and not report.is_fresh(known.get(a), today)]
    found, left, is_stopped = _run(due, known, options, today)
    invalid = {a: report.learn(known.get(a), Verdict(Kind.INVALID, why[0]), today) for a, why in refused.items()}
    state = {**found, **invalid}
    lost = _keep(places, state, options, today)
    problems = addresses.faults({address: places[address] for address in refused})
    problems += report.problems({a: at for a, at in places.items() if a not in refused}, state)
    _say(places, state, worst_first(problems), form)
    if fresh := len(places) - len(refused) - len(due):
        click.echo(f"{fresh} not asked: found well in the last {report.FRESH.days} days.", err=True)
    if left:
        end = "it was stopped" if is_stopped else f"the {options.seconds:g} seconds for all were over"
        click.echo(
            f"{left} not asked: {end}. {'' if lost else 'What was found is kept: the next run goes on.'}", err=True
        )
    if lost:
        raise click.UsageError(lost)
    if is_stopped:
        sys.exit(2)
    return not has_errors(problems)


def _keep(places: Places, state: State, options: Options, today: date) -> str:
    """Write the state and the report. Returns a sentence if that failed."""
    try:
        report.write(options.state, report.prune(state, places.keys(), today))
        if options.to:
            options.to.parent.mkdir(parents=True, exist_ok=True)
            files.write_file(options.to, report.as_markdown(places, state, today.isoformat()))
    except OSError as error:
        return f"What was found cannot be kept: {error.strerror or error}."
    return ""


def _say(places: Places, state: State, problems: list[Problem], form: str) -> None:
    if form == "json":
        click.echo(report.as_json(places, state))
        return
    if problems:
        click.echo(FORMATS[form](problems))
    click.echo(report.counts(places, state), err=form == "github")


def _run(due: list[str], known: State, options: Options, today: date) -> tuple[State, int, bool]:
    """The new state, the number of addresses left, and whether Ctrl-C stopped the run.

    Results are stored every few seconds, so that a kill loses no more.
    """
    from patientguide.links.external import Run

    state, left, saved = dict(known), len(due), time.monotonic()
    run = Run(due, options.limits, options.seconds, options.doi_base)
    try:
        for address, verdict in run:
            state[address] = report.learn(state.get(address), verdict, today)
            left -= 1
            process.progress_line(f"{len(due) - left} of {len(due)} asked")
            if time.monotonic() - saved > SAVED_EVERY:
                # The last write reports errors.
                with suppress(OSError):
                    report.write(options.state, state)
                saved = time.monotonic()
    except KeyboardInterrupt:
        run.stop()
        return state, left, True
    finally:
        process.progress_line()
    return state, left, False
