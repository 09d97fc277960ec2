"""robots.txt as RFC 9309 reads it: whether a page may be asked for by a robot of some name."""

import re
from urllib.parse import unquote, urlsplit

_LINE = re.compile(r"\s*(user-agent|allow|disallow)\s*:\s*([^#]*)", re.IGNORECASE)


def allows(text: str, agent: str, address: str) -> bool:
    """Whether the rules in `text` let the robot named `agent` ask for `address`: the longest rule that fits decides.

    What is no address is not for robots.txt to judge.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    rules = _rules(text, agent.lower())
    fitting = [(len(pattern), allowed) for pattern, allowed in rules if pattern and _fits(pattern, path)]
    return max(fitting)[1] if fitting else True


def _rules(text: str, agent: str) -> list[tuple[str, bool]]:
    """The rules of the groups that name this robot, else those for all."""
    ours: list[tuple[str, bool]] = []
    for_all: list[tuple[str, bool]] = []
    is_named = False
    names: set[str] = set()
    heading = False
    for line in text.splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            names = names | {value.lower()} if heading else {value.lower()}
            heading = True
            is_named |= value.lower() == agent
            continue
        heading = False
        for name, rules in ((agent, ours), ("*", for_all)):
            if name in names:
                rules.append((_plain(value), key == "allow"))
    return ours if is_named else for_all


def _fits(pattern: str, path: str) -> bool:
    """Whether a path starts as the pattern says; * is anything, $ at the end is the end. Takes linear time."""
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, piece in enumerate(rest):
        if is_whole and number == len(rest) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return not is_whole or at == len(path)


def _plain(text: str) -> str:
    return unquote(text)
