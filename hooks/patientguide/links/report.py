"""The state of external links between runs, and the report of a run."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from patientguide.core import files
from patientguide.core.problems import CLEAN, Place, Problem, Severity
from patientguide.core.text import github_code, visible
from patientguide.links import verdicts
from patientguide.links.addresses import Places
from patientguide.links.verdicts import FAILED, Kind, Verdict

# -- the state, as a JSON file that is replaced atomically
#
# An address is dead only after three failures at least three days apart, as web archivists count (one bad night of a
# server does not matter), or at once after status 410.


FORMAT = "patientguide-links-1"
STRIKES = 3
BETWEEN_STRIKES = timedelta(days=3)
FRESH = timedelta(days=7)
KEPT = timedelta(days=90)
"""How long addresses that are no longer used are remembered."""


@dataclass(frozen=True)
class Known:
    """The state of an address: the last verdict and its day, and consecutive failures. Days are ISO 8601."""

    verdict: str
    checked: str
    detail: str = ""
    fix: str = ""
    status: int = 0
    first_failed: str = ""
    last_ok: str = ""
    strikes: int = 0
    last_strike: str = ""

    @property
    def is_dead(self) -> bool:
        """Whether it is dead: it failed often enough, or the server says that it is gone."""
        return self.strikes >= STRIKES or (self.verdict == Kind.BROKEN and self.status == 410)


State = Mapping[str, Known]


def is_fresh(known: Known | None, today: date) -> bool:
    """Whether an address worked so recently that it need not be checked."""
    if known is None or known.verdict != Kind.OK:
        return False
    return timedelta(0) <= today - date.fromisoformat(known.checked) < FRESH


def learn(known: Known | None, verdict: Verdict, today: date) -> Known:
    """The state after another verdict."""
    day = today.isoformat()
    old = known or Known(verdict.kind, day)
    new = replace(old, verdict=verdict.kind, checked=day, detail=verdict.detail, fix=verdict.fix, status=verdict.status)
    if verdict.kind in verdicts.REACHED:
        return replace(new, first_failed="", last_ok=day, strikes=0, last_strike="")
    if verdict.kind not in verdicts.FAILED:
        return new
    if old.last_strike and today - date.fromisoformat(old.last_strike) < BETWEEN_STRIKES:
        return new
    return replace(new, first_failed=old.first_failed or day, strikes=old.strikes + 1, last_strike=day)


def prune(state: State, wanted: Collection[str], today: date) -> State:
    """The state without addresses that were not used for a long time."""
    return {
        address: known
        for address, known in state.items()
        if address in wanted or today - date.fromisoformat(known.checked) < KEPT
    }


def read(file: Path) -> tuple[State, str]:
    """The state in a file, and a notice if the file was invalid and moved aside; both empty without a file.

    Raises OSError if a file cannot be opened or moved.
    """
    try:
        data = json.loads(file.read_bytes())
        if data["format"] != FORMAT:
            raise ValueError
        return {str(address): _known(values) for address, values in data["addresses"].items()}, ""
    except FileNotFoundError:
        return {}, ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        aside = file.with_name(f"{file.name}.set-aside")
        file.replace(aside)
        notice = f"{file} is damaged or from another program. It was moved to {aside.name}; all is checked again."
        return {}, notice


def _known(values: dict[str, Any]) -> Known:
    known = Known(**values)
    Kind(known.verdict)
    for day in (known.checked, known.first_failed or known.checked, known.last_strike or known.checked):
        date.fromisoformat(day)
    # A value of the wrong type counts as damaged, like a missing one.
    if any(type(value) is not type(default) for value, default in zip(asdict(known).values(), _TYPES, strict=True)):
        raise ValueError
    return known


_TYPES = asdict(Known("", "")).values()


def write(file: Path, state: State) -> None:
    """Replace the file atomically. Raises OSError; then the old one is unchanged."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = {"format": FORMAT, "addresses": {address: asdict(known) for address, known in sorted(state.items())}}
    files.write_file(file, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


# -- the report: problems, JSON, and Markdown for the issue of the weekly watch
#
# Titles and redirects are foreign text, and escaped character by character.


ADVICE = {
    Kind.INVALID: "Write another address, or take it out.",
    Kind.BROKEN: "Look for the page's new address, or name an archived copy in the source.",
    Kind.SOFT_404: "Open it: the page you meant seems to be gone.",
    Kind.REDIRECT_LOOP: "Open it in a browser, and write the address you arrive at.",
    Kind.TLS_ERROR: "Open it in a browser; if it warns you, look for another address.",
    Kind.SERVER_ERROR: "It may come back. Look again in some days.",
    Kind.CONNECTION: "It may come back. Look again in some days.",
    Kind.ANCHOR_MISSING: "Open it, and link to a spot that is there, or to the whole page.",
    Kind.EMPTY: "Open it, and see whether there is something to read.",
    Kind.MOVED: "Write {fix}",
    Kind.TIMEOUT: "Nothing is known. It is asked again next time.",
    Kind.RATE_LIMITED: "Nothing is known. It is asked again next time.",
    Kind.BLOCKED: "Nothing is known: the host does not answer programs. Open it yourself.",
    Kind.SKIPPED: "Nothing is known: the host asks programs to stay away. Open it yourself.",
}
"""The advice for each verdict except ok."""

QUIET = {Kind.OK, Kind.TIMEOUT, Kind.RATE_LIMITED, Kind.BLOCKED, Kind.SKIPPED}
"""Verdicts that are counted and need no action."""

TO_DO = {"Dead", "Not allowed", "Moved", "To look at"}
"""Parts of the Markdown report that need action; without one of them it says CLEAN."""

DEAD = "It is dead: write a working address, or the archived copy and the day (archive_url and dead, under custom)."
_HEAD = ("| address | where | what | since | do |", "|---|---|---|---|---|")
_ROWS = 200
_LENGTH = 300


def problems(places: Places, state: State) -> list[Problem]:
    """The problems that need action, at each place of their address. Only invalid addresses are errors.

    Problems: the name of each verdict that is not quiet.
    """
    return [
        Problem(place, known.verdict, f"{_said(address, known)}.", _advice(known), _severity(known))
        for address, found in places.items()
        if (known := state.get(address)) and Kind(known.verdict) not in QUIET
        for place in found
    ]


def counts(places: Places, state: State) -> str:
    """One line with the numbers of addresses and of each verdict."""
    tally = Counter(state[address].verdict for address in places if address in state)
    parts = [f"{tally[kind]} {kind}" for kind in reversed(Kind) if tally[kind]]
    if unknown := sum(address not in state for address in places):
        parts.append(f"{unknown} not asked yet")
    return f"{len(places)} address{'es' * (len(places) != 1)}: {', '.join(parts) or 'none'}"


def as_json(places: Places, state: State) -> str:
    """A list of objects: each address with its state and its places."""
    return json.dumps(
        [
            {"address": address, **_fields(state.get(address)), "places": [place._asdict() for place in found]}
            for address, found in places.items()
        ],
        indent=2,
        ensure_ascii=False,
    )


def as_markdown(places: Places, state: State, day: str) -> str:
    """A self-contained report: dead addresses, those to look at, moved ones, and unknown ones."""
    lines = ["## Links out of the guide", "", f"As of {day}. {counts(places, state)}.", ""]
    parts = dict(_parts(places, state))
    if not parts.keys() & TO_DO:
        lines += [CLEAN, ""]
    for title, chosen in parts.items():
        lines += [
            f"### {title} ({len(chosen)})",
            "",
            "| address | where | what | since | do |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(address, known, places[address]) for address, known in chosen[:_ROWS]]
        lines += [f"\nAnd {len(chosen) - _ROWS} more."] if len(chosen) > _ROWS else []
        lines.append("")
    return "\n".join(lines)


def _parts(places: Places, state: State) -> Iterator[tuple[str, list[tuple[str, Known]]]]:
    known = [(address, state[address]) for address in places if address in state]
    dead = [pair for pair in known if pair[1].is_dead]
    rest = [pair for pair in known if not pair[1].is_dead]
    kinds = {
        "Not allowed": {Kind.INVALID},
        "Moved": {Kind.MOVED},
        "To look at": {Kind.ANCHOR_MISSING, Kind.EMPTY},
        "Failed, and not yet often enough to be sure": FAILED,
        "Not known": QUIET - {Kind.OK},
    }
    wanted: Mapping[str, list[tuple[str, Known]]] = {
        "Dead": dead,
        **{title: [pair for pair in rest if Kind(pair[1].verdict) in chosen] for title, chosen in kinds.items()},
    }
    yield from ((title, sorted(chosen, key=_order)) for title, chosen in wanted.items() if chosen)


def _order(pair: tuple[str, Known]) -> tuple[int, str]:
    return list(Kind).index(Kind(pair[1].verdict)), pair[0]


def _row(address: str, known: Known, places: tuple[Place, ...]) -> str:
    where = ", ".join(f"{place.path}:{place.line}" for place in places[:3])
    where += f" and {len(places) - 3} more" if len(places) > 3 else ""
    what = f"{known.verdict}: {known.detail}" if known.detail else known.verdict
    since = f"{known.first_failed}, {known.strikes} of 3" if known.strikes else ""
    return "| " + " | ".join(_cell(text) for text in (address, where, what, since, _advice(known))) + " |"


def _cell(text: str) -> str:
    """Words of a stranger, cut when they are long."""
    line = " ".join(text.split())
    return github_code(line if len(line) <= _LENGTH else line[:_LENGTH] + "…")


def _severity(known: Known) -> Severity:
    return Severity.ERROR if known.verdict == Kind.INVALID else Severity.WARNING


def _said(address: str, known: Known) -> str:
    what = f"{address}: {known.detail or known.verdict}"
    what += f", for the {_NTH[min(known.strikes, 3)]} time since {known.first_failed}" if known.strikes else ""
    return visible(" ".join(what.split())).rstrip(".")


_NTH = ("", "first", "second", "third or a later")


def _advice(known: Known) -> str:
    return DEAD if known.is_dead else ADVICE.get(Kind(known.verdict), "").format(fix=known.fix)


def _fields(known: Known | None) -> dict[str, object]:
    if known is None:
        return {"verdict": "unknown"}
    return {
        "verdict": known.verdict,
        "detail": known.detail,
        "fix": known.fix,
        "status": known.status,
        "checked": known.checked,
        "first_failed": known.first_failed,
        "last_ok": known.last_ok,
        "strikes": known.strikes,
        "dead": known.is_dead,
    }
