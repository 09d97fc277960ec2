"""What a run found, as problems in place, as JSON, and as one Markdown report for a rolling issue.

Titles and redirects come from strangers: what is shown of them is escaped sign by sign.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from patientguide.linkwatch.addresses import Places
from patientguide.linkwatch.linkstate import Known, State
from patientguide.linkwatch.verdicts import FAILED, Kind
from patientguide.problems import Place, Problem, Severity
from patientguide.report import CLEAN

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
"""What to do about each verdict but ok."""

QUIET = {Kind.OK, Kind.TIMEOUT, Kind.RATE_LIMITED, Kind.BLOCKED, Kind.SKIPPED}
"""Verdicts that are counted and need nobody's hand."""

TO_DO = {"Dead", "Not allowed", "Moved", "To look at"}
"""Parts of the Markdown report that need somebody's hand; without one of them it says CLEAN."""

DEAD = "It is dead: write a working address, or the archived copy and the day (archive_url and dead, under custom)."
_HEAD = ("| address | where | what | since | do |", "|---|---|---|---|---|")
_ROWS = 200
_LENGTH = 300


def problems(places: Places, state: State) -> list[Problem]:
    """What needs a hand, at each place of its address. Only an invalid address is an error.

    Problems: the name of each verdict that is not quiet.
    """
    return [
        Problem(place, known.verdict, f"{_said(address, known)}.", _advice(known), _severity(known))
        for address, found in places.items()
        if (known := state.get(address)) and Kind(known.verdict) not in QUIET
        for place in found
    ]


def counts(places: Places, state: State) -> str:
    """One line: how many addresses, and how many of each verdict."""
    tally = Counter(state[address].verdict for address in places if address in state)
    parts = [f"{tally[kind]} {kind}" for kind in reversed(Kind) if tally[kind]]
    if unknown := sum(address not in state for address in places):
        parts.append(f"{unknown} not asked yet")
    return f"{len(places)} address{'es' * (len(places) != 1)}: {', '.join(parts) or 'none'}"


def as_json(places: Places, state: State) -> str:
    """A list of objects: each address with what is known of it, and its places."""
    return json.dumps(
        [
            {"address": address, **_fields(state.get(address)), "places": [place._asdict() for place in found]}
            for address, found in places.items()
        ],
        indent=2,
        ensure_ascii=False,
    )


def as_markdown(places: Places, state: State, day: str) -> str:
    """A report that stands by itself: what is dead, what needs a look, what has moved, and what is not known."""
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
    return "| " + " | ".join(plain(text) for text in (address, where, what, since, _advice(known))) + " |"


def plain(text: str) -> str:
    """Words of a stranger as Markdown that shows exactly them: no tag, link, picture, mention or issue number."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    cut = line if len(line) <= _LENGTH else line[:_LENGTH] + "…"
    # A mention is found in the finished page too, unless it stands in code.
    safe = "".join(sign if sign.isalnum() or sign in " …" else f"&#{ord(sign)};" for sign in cut)
    return f"<code>{safe}</code>" if safe else ""


def _severity(known: Known) -> Severity:
    return Severity.ERROR if known.verdict == Kind.INVALID else Severity.WARNING


def _said(address: str, known: Known) -> str:
    what = f"{address}: {known.detail or known.verdict}"
    what += f", for the {_NTH[min(known.strikes, 3)]} time since {known.first_failed}" if known.strikes else ""
    return "".join(sign if sign.isprintable() else " " for sign in what).rstrip(".")


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
