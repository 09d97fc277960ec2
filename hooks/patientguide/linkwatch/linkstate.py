"""What is known of each address from one run to the next, as a JSON file.

An address is dead only after three failures at least three days apart, as archivists of the web reckon it (one bad
night of a server is none); 410 says so by itself. Days are passed in; the file is replaced whole or not at all.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from patientguide import safefile
from patientguide.linkwatch import verdicts
from patientguide.linkwatch.verdicts import Kind, Verdict

FORMAT = "patientguide-links-1"
STRIKES = 3
BETWEEN_STRIKES = timedelta(days=3)
FRESH = timedelta(days=7)
KEPT = timedelta(days=90)
"""How long what is no longer asked for is remembered."""


@dataclass(frozen=True)
class Known:
    """What is known of one address: the last verdict and its day, and its row of failures. Days are ISO 8601."""

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
        """Whether it is time to act: it failed often enough, or the server says that it is gone for good."""
        return self.strikes >= STRIKES or (self.verdict == Kind.BROKEN and self.status == 410)


State = Mapping[str, Known]


def is_fresh(known: Known | None, today: date) -> bool:
    """Whether an address was found well so lately that it need not be asked."""
    if known is None or known.verdict != Kind.OK:
        return False
    return timedelta(0) <= today - date.fromisoformat(known.checked) < FRESH


def learn(known: Known | None, verdict: Verdict, today: date) -> Known:
    """What is known after one more verdict."""
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
    """The state without what nobody has asked for in a long time."""
    return {
        address: known
        for address, known in state.items()
        if address in wanted or today - date.fromisoformat(known.checked) < KEPT
    }


def read(file: Path) -> tuple[State, str]:
    """The state in a file, and a sentence when the file was set aside because it is none; both empty without a file.

    Raises OSError when there is a file that cannot be opened or set aside.
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
        return {}, f"{file} is damaged or not ours: it was set aside as {aside.name}, and all is asked anew."


def _known(values: dict[str, Any]) -> Known:
    known = Known(**values)
    Kind(known.verdict)
    for day in (known.checked, known.first_failed or known.checked, known.last_strike or known.checked):
        date.fromisoformat(day)
    # A value of another type is as damaged as a missing one.
    if any(type(value) is not type(default) for value, default in zip(asdict(known).values(), _TYPES, strict=True)):
        raise ValueError
    return known


_TYPES = asdict(Known("", "")).values()


def write(file: Path, state: State) -> None:
    """Replace the file whole: a crash, a kill or a full disk leaves the old one. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = {"format": FORMAT, "addresses": {address: asdict(known) for address, known in sorted(state.items())}}
    safefile.replace(file, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
