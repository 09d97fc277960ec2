"""Random texts of the dialect, as an editor may write them, and what can go wrong with them on the way to a page.

Every word and number of a text is of its own making, so that it can be told from what templates add.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

WORDS = [
    *(
        "zarmo",
        "zebli's",
        "zicka",
        "zo-ho",
        "zunder",
        "z\u00e9ta",
        "Z-drug",
        "zig/zag",
        "ze.g",
        "zwei",
        "z\u6f22\u5b57",
    ),
]
NUMBERS = [
    *(
        "2.5",
        "-7",
        "1,000",
        "12 mg",
        "\u22123",
        "0.05",
        "100%",
        "38\u00a0kg",
        "\u2264 5",
        "\u2265 3",
        "5\u201310",
        "1/2",
        "B-12",
        "\u00b1 4",
    ),
    *("3-weekly", "1e9", "$20", "20mg", "1:30", "+6", "(9)", "n=44", "'71", "#8", "~15", "x3", "7th", "2\u00d7200"),
]
CITES = [
    "[@label#words]",
    "[@pollen-trial#words]",
    "[@label#words; @pollen-trial#words]",
    "[@pollen-trial#words, p. 4]",
    "[@label#words, tables 2-3; @pollen-trial#words]",
]
LINKS = ["[{}](../content/faqs/what-next.md)", "[{}](https://example.org/a_b?x=1)", "[{}](../content/phases)"]
FILLED = [
    "{{local:emergency}}",
    "`{}`",
    "\\*{}\\*",
    "\\_{}",
    "**{}**",
    "*{}*",
    "_{}_",
    "***{}***",
    "**{}:**",
    '"{}"',
    "({})",
    "{}'s",
    "{}",
]

word, number = st.sampled_from(WORDS), st.sampled_from(NUMBERS)
plain = st.lists(st.one_of(word, word, word, number), min_size=1, max_size=5).map(" ".join)


def _within(shape: str, text: str) -> str:
    return shape.replace("{{local:emergency}}", "{local:emergency}").replace("{}", text)


piece = st.one_of(
    plain, plain, st.builds(_within, st.sampled_from(FILLED), plain), st.builds(_within, st.sampled_from(LINKS), plain)
)
sentence = st.builds(
    lambda start, pieces, cite, stop: f"{start} {' '.join(pieces)} {cite}{stop}",
    word,
    st.lists(piece, min_size=1, max_size=4),
    st.sampled_from(CITES),
    st.sampled_from([".", ".", ".", "?", ", zand so.", ": zyes.", "; zno."]),
)
prose = st.lists(sentence, min_size=1, max_size=3).flatmap(
    lambda found: st.sampled_from([" ".join(found), "\n".join(found)])
)
heading = plain.map("### {}".format)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


def _items(kind: str, items: list[tuple[str, str]]) -> str:
    lines = []
    for number, (text, under) in enumerate(items, 1):
        sign = f"{number}." if kind == "1." else kind
        lines.append(f"{sign} {' '.join(text.split())}")
        lines += [_indented(under)] if under else []
    return "\n".join(lines)


under = st.one_of(
    st.just(""),
    st.just(""),
    st.lists(sentence, min_size=1, max_size=2).map(lambda found: "\n".join(f"- {text}" for text in found)),
    st.lists(sentence, min_size=2, max_size=2).map(lambda found: f"1. {found[0]}\n2. {found[1]}"),
)
listed = st.builds(
    _items, st.sampled_from(["-", "-", "*", "1."]), st.lists(st.tuples(sentence, under), min_size=1, max_size=4)
)
cell = st.one_of(plain, plain, sentence, st.builds(_within, st.sampled_from(LINKS[:2]), plain))


def _table(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], f"|{'---|' * len(rows[0])}", *lines[1:]])


table = st.integers(2, 3).flatmap(
    lambda wide: st.lists(st.lists(cell, min_size=wide, max_size=wide), min_size=2, max_size=4).map(
        lambda rows: _table([[re.sub(r" ?\[@.*?\]", "", text) for text in rows[0]], *rows[1:]])
    )
)
inside = st.one_of(prose, listed)
box = st.builds(
    lambda sign, title, text: f'{sign} "{title}"\n{_indented(text)}',
    st.sampled_from(["!!! warning", "!!! note", "??? note"]),
    plain.map(lambda text: text.replace('"', "").lstrip("#")),
    inside,
)
code = plain.map(lambda text: f"```\n{text}\n```")
block = st.one_of(prose, prose, listed, table, box)


def _joined(blocks: list[str]) -> str:
    """Blocks as a text, with a paragraph between two lists: without it they would be one."""
    parted = [blocks[0]]
    for one, other in pairwise(blocks):
        parted += ["zwei zarmo [@label#words].", other] if _LIST.match(one) and _LIST.match(other) else [other]
    return "\n\n".join(parted)


_LIST = re.compile(r"[-*] |1\. ")
texts = st.lists(st.one_of(block, block, block, heading, code), min_size=1, max_size=5).map(_joined)
answers = st.lists(block, min_size=1, max_size=4).map(_joined)


class Mutant(NamedTuple):
    """A page that lost something: what was done to it."""

    kind: str
    html: str


_TAGS = re.compile(r"(<[^<>]*>)")
_OWN = re.compile(r"[zZ]|\d")
_MARK = re.compile(r'<sup id="fnref[^"]*"><a [^<>]*href="#fn:([^"]+)"[^<>]*>(\d+)</a></sup>')
_START = ('id="tried"', 'class="pg-main"')


def mutants(html: str, random: Random) -> Iterator[Mutant]:
    """One mutant of each kind that a page allows, of the text that stands on it under the name of `tried`."""
    start, end = html.index(_START[0] if _START[0] in html else _START[1]), html.index('<div class="pg-about"')
    parts = _TAGS.split(html[start:end])
    spots = [
        number for number in range(2, len(parts), 2) if _OWN.search(parts[number]) and "fnref" not in parts[number - 3]
    ]

    def made(kind: str, *new: tuple[int, str]) -> Mutant:
        changed = list(parts)
        for number, piece in new:
            changed[number] = piece
        return Mutant(kind, html[:start] + "".join(changed) + html[end:])

    for change in (_dropped, _altered, _glued, _swapped, _number_altered, _sign_dropped, _case_altered):
        if found := [(number, new) for number in spots for new in change(parts[number], random)]:
            yield made(change.__name__.strip("_"), random.choice(found))
    pairs = [(a, b) for a in spots for b in spots if a < b and parts[a].split() != parts[b].split()]
    if pairs:
        a, b = random.choice(pairs)
        yield made("texts swapped", (a, parts[b]), (b, parts[a]))
    if spots:
        yield made("text dropped", (random.choice(spots), ""))
    yield from _of_marks(html, start, end, random)


KINDS = (
    *("dropped", "altered", "glued", "swapped", "number_altered", "sign_dropped", "case_altered", "texts swapped"),
    *("text dropped", "mark dropped", "mark leads elsewhere", "mark renumbered", "marks swapped"),
)
"""What may be done to a page."""


def _words(piece: str) -> list[re.Match[str]]:
    return [found for found in re.finditer(r"[^\s<>&;]+", piece) if _OWN.search(found[0])]


def _dropped(piece: str, random: Random) -> Iterator[str]:
    if words := _words(piece):
        found = random.choice(words)
        yield piece[: found.start()] + piece[found.end() :]


def _altered(piece: str, random: Random) -> Iterator[str]:
    if words := _words(piece):
        found = random.choice(words)
        yield piece[: found.end()] + random.choice(["s", "un", "0"]) + piece[found.end() :]


def _glued(piece: str, random: Random) -> Iterator[str]:
    if spaces := list(re.finditer(r"(?<=\w)[ \n](?=\w)", piece)):
        found = random.choice(spaces)
        yield piece[: found.start()] + piece[found.end() :]


def _swapped(piece: str, random: Random) -> Iterator[str]:
    words = _words(piece)
    pairs = [(a, b) for a, b in pairwise(words) if a[0] != b[0]]
    if pairs:
        a, b = random.choice(pairs)
        yield piece[: a.start()] + b[0] + piece[a.end() : b.start()] + a[0] + piece[b.end() :]


def _number_altered(piece: str, random: Random) -> Iterator[str]:
    if digits := [found for found in re.finditer(r"\d", piece) if not piece[: found.start()].endswith("&#")]:
        found = random.choice(digits)
        new = random.choice(["", str((int(found[0]) + 1) % 10), f"{found[0]}0", f"{found[0]}."])
        yield piece[: found.start()] + new + piece[found.end() :]


def _sign_dropped(piece: str, random: Random) -> Iterator[str]:
    if signs := list(re.finditer(r"(?<=\d)[.,%/\u2013:^-](?=\d|\s|$)|[-\u2212\u00b1\u2265+~$#'=](?=\d)|&lt;", piece)):
        found = random.choice(signs)
        yield piece[: found.start()] + piece[found.end() :]


def _case_altered(piece: str, random: Random) -> Iterator[str]:
    if letters := list(re.finditer(r"[zZ]", piece)):
        found = random.choice(letters)
        yield piece[: found.start()] + found[0].swapcase() + piece[found.end() :]


def _of_marks(html: str, start: int, end: int, random: Random) -> Iterator[Mutant]:
    marks = list(_MARK.finditer(html, start, end))
    if not marks:
        return
    found = random.choice(marks)
    yield Mutant("mark dropped", html[: found.start()] + html[found.end() :])
    other = "label" if found[1] != "label" else "pollen-trial"
    led = found[0].replace(f'href="#fn:{found[1]}"', f'href="#fn:{other}"')
    yield Mutant("mark leads elsewhere", html[: found.start()] + led + html[found.end() :])
    renumbered = found[0].replace(f">{found[2]}</a>", f">{int(found[2]) + 1}</a>")
    yield Mutant("mark renumbered", html[: found.start()] + renumbered + html[found.end() :])
    pairs = [(a, b) for a in marks for b in marks if a.start() < b.start() and a[1] != b[1]]
    if pairs:
        a, b = random.choice(pairs)
        swapped = html[: a.start()] + b[0] + html[a.end() : b.start()] + a[0] + html[b.end() :]
        yield Mutant("marks swapped", swapped)
