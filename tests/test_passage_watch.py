"""Passages on the pages of their sources: whether they are as quoted, moved, changed, gone, or cannot be read."""

import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from patientguide.cli.main import main
from patientguide.core.http import Answer
from patientguide.model import records
from patientguide.model.reference import Passage
from patientguide.sources import client, passages, registries
from patientguide.sources.passages import Kind, Text
from support.pages import HTML, PDF, Page, Pages, pdf, serving
from support.project import ROOT

DATA = yaml.safe_load((ROOT / "tests" / "passages.yml").read_text())
DAY, NEXT = "2026-11-21", "2026-11-28"


@pytest.fixture
def guide(mini: Path, monkeypatch: pytest.MonkeyPatch, only_loopback: None) -> Path:  # noqa: ARG001
    monkeypatch.chdir(mini)
    return mini


@pytest.fixture
def web() -> Iterator[Pages]:
    with serving() as server:
        yield server


def run(web: Pages, *arguments: str, day: str = DAY) -> Result:
    base = f"pages={web.base}"
    return CliRunner().invoke(main, ["sources", "--passages", "--as-of", day, "--base", base, *arguments])


def source(guide: Path, key: str, url: str, *found: dict[str, Any]) -> None:
    usual = {"where": "Section 1", "seen": DAY, "in": "full"}
    data = {"type": "webpage", "title": f"Page {key}", "URL": url, "issued": "2026", "accessed": DAY}
    data |= {"custom": {"evidence": "trial"}, "passages": [{**usual, **one} for one in found]}
    (guide / "content" / "references" / f"{key}.yml").write_text(json.dumps(data))


def states(guide: Path) -> dict[tuple[str, str], str]:
    """What is known of each passage of content/watch.yml."""
    watched = yaml.safe_load((guide / "content" / "watch.yml").read_text())["passages"]
    return {
        (key, id_): kind
        for key, groups in watched.items()
        for group in groups
        for kind in Kind
        for id_ in group.get(kind, ())
    }


# -- two hundred passages on pages of real size, before and after a week in which forty of them changed

SOURCES, EACH, PDFS = 40, 5, 4
EDITS = ("changed", "moved", "removed", "reworded")
EXPECTED = {"changed": Kind.CHANGED, "moved": Kind.MOVED, "removed": Kind.GONE, "reworded": Kind.CHANGED}


def sentence(chance: random.Random) -> dict[str, str]:
    """A sentence with its blanks filled in, and the same in other words."""
    words = {blank: chance.choice(choices) for blank, choices in DATA["blanks"].items()}
    return {kind: text.format(**words) for kind, text in chance.choice(DATA["sentences"]).items()}


def plain(chance: random.Random) -> str:
    """A sentence of words that mean nothing, as the rest of a page is to who looks for a passage."""
    words = [
        "".join(chance.choices(DATA["syllables"], k=chance.choice((1, 2, 2, 3))))
        for _ in range(chance.randrange(5, 22))
    ]
    return f"{' '.join(words).capitalize()}."


def any_sentence(chance: random.Random) -> str:
    return plain(chance) if chance.random() < 0.7 else sentence(chance)["text"]


@dataclass
class Site:
    """A page as paragraphs of sentences, and its passages: in which paragraph and sentence each is."""

    number: int
    paragraphs: list[list[str]]
    spots: list[tuple[int, int]]
    reworded: list[str]

    @classmethod
    def made(cls, number: int) -> "Site":
        chance = random.Random(f"page {number}")
        count = chance.randrange(60, 240)
        paragraphs = [[any_sentence(chance) for _ in range(3)] for _ in range(count)]
        spots, reworded = [], []
        for at in chance.sample(range(5, count - 5), EACH):
            taken = {text for paragraph in paragraphs for text in paragraph}
            found = next(one for _ in range(1000) if (one := sentence(chance))["text"] not in taken)
            # Some stand alone in a line of a list.
            paragraphs[at] = (
                [found["text"]] if chance.random() < 0.2 else [*paragraphs[at][:1], found["text"], *paragraphs[at][1:]]
            )
            spots.append((at, paragraphs[at].index(found["text"])))
            reworded.append(found["reworded"])
        return cls(number, paragraphs, spots, reworded)

    @property
    def quoted(self) -> list[str]:
        return [self.paragraphs[at][index] for at, index in self.spots]

    def edited(self) -> "Site":
        """The page after a week: one passage was edited, and much else around the others."""
        chance = random.Random(f"week {self.number}")
        later = [list(paragraph) for paragraph in self.paragraphs]
        kept = {at + step for at, _ in self.spots for step in (-1, 0, 1)}
        for at in set(range(len(later))) - kept:
            if chance.random() < 0.1:
                later[at] = [any_sentence(chance)]
        at, index = self.spots[0]
        text = later[at].pop(index)
        match EDITS[self.number % 4]:
            case "changed":
                later[at].insert(index, self.changed(text))
            case "reworded":
                later[at].insert(index, self.reworded[0])
            case "moved":
                far = next(n for n in range(len(later) - 3, 0, -1) if n not in kept)
                later[far].insert(1, text)
        return Site(self.number, later, self.spots, self.reworded)

    def changed(self, text: str) -> str:
        """The text with one number or word changed."""
        number = re.search(r"[0-9]+", text)
        if number and self.number % 8 < 4:
            return text[: number.start()] + str(int(number[0]) + 1) + text[number.end() :]
        words = text.split()
        words[len(words) // 2] = "seldom"
        return " ".join(words)

    def page(self, week: int) -> Page:
        chance = random.Random(f"look {self.number} {week}")
        if self.number >= SOURCES - PDFS:
            return Page(pdf(list(printed([" ".join(paragraph) for paragraph in self.paragraphs]))), PDF)
        return Page.html(markup(self.paragraphs, chance, week))


def printed(paragraphs: Sequence[str]) -> Iterator[list[str]]:
    """Pages of a leaflet: short lines, some ending within a word, with a head and a foot on each page."""
    lines = []
    for text in paragraphs:
        while len(text) > 90:
            cut = text.rfind(" ", 0, 86)
            word = text[cut + 1 :].split(" ")[0]
            broken = word.isalpha() and len(word) > 8
            lines.append(text[: cut + 5] + "-" if broken else text[:cut])
            text = text[cut + 5 if broken else cut + 1 :]
        lines += [text, " "]
    starts = range(0, len(lines), 55)
    for number, start in enumerate(starts, 1):
        yield ["Product information", *lines[start : start + 55], f"Page {number} of {len(starts)}"]


def markup(paragraphs: Sequence[Sequence[str]], chance: random.Random, week: int) -> str:
    """A page as hosts write it: scripts, a menu, tags and signs of typesetters within the words."""
    scripts = "".join(
        f"<script>window.data{n} = {json.dumps([sentence(chance)['text'] for _ in range(8)])};</script>"
        for n in range(chance.randrange(20, 300))
    )
    menu = "".join(
        f'<li><a href="/{n}/{week}">{chance.choice(["Home", "News", "Drugs A-Z"])} {n}</a>' for n in range(200)
    )
    body = "\n".join(
        f"<{tag}>{' '.join(marked(text, chance) for text in texts)}</{tag}>"
        for texts in paragraphs
        for tag in [chance.choice(["p", "li", "div", "td"])]
    )
    return (
        f"<!DOCTYPE html><html><head><title>Page</title><style>p {{ color: red }}</style>{scripts}</head>"
        f"<body><nav><ul>{menu}</ul></nav><!-- {week} --><main>{body}</main>"
        f"<footer>Last updated in week {week}. Cookies?<script>track('{week}')</script></footer></body></html>"
    )


def marked(text: str, chance: random.Random) -> str:
    return " ".join(markup_word(word, chance) for word in text.split(" "))


def markup_word(word: str, chance: random.Random) -> str:
    word = word.replace("&", "&amp;").replace("<", "&lt;")
    word = word.replace('"', chance.choice(["&quot;", "&ldquo;"])).replace("'", chance.choice(["'", "\u2019"]))
    word = word.replace("-", chance.choice(["-", "\u2011"]))
    match chance.randrange(30):
        case 0:
            return f"<b>{word}</b>"
        case 1:
            return f'<a href="/{len(word)}">{word}</a>'
        case 2 if word.isalpha() and len(word) > 6:
            return f"{word[:3]}<i>{word[3:]}</i>"
        case 3 if word.isalpha() and len(word) > 6:
            return f"{word[:4]}&shy;{word[4:]}"
        case 4:
            return f"{word}\n  <!-- x -->"
        case 5 if word[-1].isalpha():
            return f'{word}<sup><a href="#r7">7</a></sup>'
        case 6:
            return f"<span class=x>{word}</span>&nbsp;"
    return word


@pytest.fixture(scope="module")
def sites() -> list[Site]:
    return [Site.made(number) for number in range(SOURCES)]


def publish(web: Pages, sites: Sequence[Site], week: int) -> None:
    web.pages |= {f"h{site.number}.example.org/page": site.page(week) for site in sites}


def cite(guide: Path, sites: Sequence[Site]) -> None:
    for site in sites:
        found = [{"id": f"p{n}", "exact": text} for n, text in enumerate(site.quoted)]
        source(guide, f"s{site.number}", f"https://h{site.number}.example.org/page", *found)


def test_forty_of_two_hundred_passages_changed_and_no_other_is_said_to_have(
    guide: Path, web: Pages, sites: list[Site]
) -> None:
    cite(guide, sites)
    publish(web, sites, 1)
    sizes = [len(page.body) for page in web.pages.values() if page.kind == HTML]
    assert min(sizes) > 50_000
    assert max(sizes) > 300_000
    done = run(web)
    assert done.exit_code == 0, done.output
    assert {state for (key, _), state in states(guide).items() if key != "label"} <= {"same", "unread"}
    first = states(guide)
    ours = {key for key in first if re.fullmatch(r"s[0-9]+", key[0])}
    assert len(ours) == SOURCES * EACH
    assert {first[key] for key in ours} == {"same"}

    publish(web, [site.edited() for site in sites], 2)
    web.asked.clear()
    start = time.process_time()
    done = run(web, day=NEXT)
    assert time.process_time() - start < 20
    assert done.exit_code == 0, done.output
    assert sorted(name for name in web.asked if name.startswith("h")) == sorted(
        f"h{number}.example.org/page" for number in range(SOURCES)
    )
    found = {key: state for key, state in states(guide).items() if key in ours}
    expected = {(f"s{site.number}", "p0"): str(EXPECTED[EDITS[site.number % 4]]) for site in sites}
    differ = {key: (found[key], expected.get(key, "same")) for key in ours if found[key] != expected.get(key, "same")}
    assert differ == {}
    assert done.output.count("warning[passage-changed]") == 30


def test_without_an_earlier_run_nothing_changed_is_missed_and_nothing_else_is_named(sites: list[Site]) -> None:
    wrong = []
    for site in sites:
        page = site.edited().page(2)
        text = passages.read_page(Answer(status=200, content_type=page.kind, body=page.body))
        assert isinstance(text, Text)
        for number, quoted in enumerate(site.quoted):
            is_named = passages.look(text, passage(quoted)).kind in passages.ALARMS
            if is_named is not (number == 0 and EDITS[site.number % 4] != "moved"):
                wrong.append((site.number, number, quoted))
    assert wrong == []


def passage(exact: str, **more: str) -> Passage:
    return Passage.model_validate({"id": "x", "where": "1", "exact": exact, "seen": DAY, "in": "full", **more})


# -- one passage on one page

LONG = "<p>" + "And many more words stand around it. " * 10 + "</p>"


def page(html: str, kind: str = HTML, status: int = 200) -> Answer:
    return Answer(status=status, content_type=kind, body=f"<html><body>{LONG}{html}{LONG}</body></html>".encode())


def looked(html: str, one: Passage) -> tuple[Kind, str]:
    text = passages.read_page(page(html))
    assert isinstance(text, Text)
    seen = passages.look(text, one)
    return seen.kind, seen.now


@pytest.mark.parametrize("case", DATA["looks"], ids=lambda case: f"{case[0]}: {case[1]}")
def test_signs_and_marks_do_not_count_and_words_and_numbers_do(case: list[str]) -> None:
    kind, exact, html, now = [*case, ""][:4]
    assert looked(html, passage(exact)) == (kind, now)


@pytest.mark.parametrize("case", DATA["beside"], ids=lambda case: case[0])
def test_of_the_same_words_twice_those_in_their_place_count(case: list[str]) -> None:
    kind, exact, prefix, suffix, html, now = [*case, ""][:6]
    assert looked(html, passage(exact, prefix=prefix, suffix=suffix)) == (kind, now)


def test_other_kinds_of_pages() -> None:
    record = {"results": [{"dosage": ["Take 5 mg.", LONG], "warnings": {"boxed": "Call us at once."}}]}
    for kind, body in {
        "application/json; charset=utf-8": json.dumps(record).encode(),
        "text/plain": f"{LONG}\nCall us\nat once.".encode(),
        "application/xhtml+xml": f'<?xml version="1.0" encoding="utf-8"?><html>{LONG}Call us at once.</html>'.encode(),
        "text/html": f"<meta charset='windows-1252'>{LONG}Call us at once\x97".encode("latin-1"),
        PDF: pdf([[LONG], ["Call us"], ["at once."]]),
    }.items():
        text = passages.read_page(Answer(status=200, content_type=kind, body=body))
        assert isinstance(text, Text), kind
        assert passages.look(text, passage("Call us at once")).kind is Kind.SAME, kind


def test_a_page_that_the_parser_gives_up_is_not_half_read() -> None:
    assert isinstance(passages.read_page(page("<b>" * 1_000)), Text)
    assert passages.read_page(page("<b>" * 3_000)) == registries.Fault("No text could be read on it.")


def test_what_came_in_its_place_is_quoted_no_longer_than_a_passage() -> None:
    old = page("<p>One before all of the others. Take five a day. Ten after all of the others.</p>")
    others = "one\u202e " * 20
    new = page(f"<p>One before all of the others. Take {others} a day. Ten after all of the others.</p>")
    first, second = passages.read_page(old), passages.read_page(new)
    assert isinstance(first, Text)
    assert isinstance(second, Text)
    one = passage("Take five a day")
    seen = passages.look(second, one, passages.look(first, one).around)
    assert (seen.kind, len(seen.now.split())) == (Kind.CHANGED, 23)
    assert "\u202e" not in seen.now
    assert len(second.said(0, 60).split()) == 40


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 400_000,
        b"<sup><b>" * 200_000,
        b"<p" * 800_000,
        b"\n " * 900_000,
        b"a " * 900_000,
        b"1-" * 900_000,
        b"[1," * 600_000,
        b"<!--" * 400_000,
        b"&#0;&nosuch;" * 100_000,
    ],
    ids=range(9),
)
def test_a_hostile_page_costs_seconds_at_most(body: bytes) -> None:
    start = time.process_time()
    found = passages.read_page(Answer(status=200, content_type=HTML, body=body + LONG.encode()))
    if isinstance(found, Text):
        known = passages.Around("000000", "000000", "000")
        for exact in ("a " * 40, "1-1", "words stand around it"):
            passages.look(found, passage(exact.strip()), known._replace(part="fff"))
    assert time.process_time() - start < 12


# -- pages that cannot be read, and what is known of them


def test_why_a_page_cannot_be_read_and_what_was_known_is_kept(guide: Path, web: Pages) -> None:
    words = {"id": "p", "exact": "The words of the passage"}
    good = page("The words of the passage are here.")
    names = DATA["unreadable"]
    for name in names:
        source(guide, name, f"https://{name}.example.org/page", words)
        web.pages[f"{name}.example.org/page"] = Page(good.body)
    assert run(web).exit_code == 0
    before = states(guide)
    assert {before[name, "p"] for name in names} == {"same"}

    web.pages["robots.txt"] = Page(b"User-agent: patientguide\nDisallow: /robots.example.org/\n", "text/plain")
    for name, case in names.items():
        to = case.get("to", "")
        headers = {"Location": to if "://" in to else f"/{to}"} if to else {}
        body = case.get("html", "").encode()
        web.pages[f"{name}.example.org/page"] = Page(body, case.get("kind", HTML), case.get("status", 200), headers)
    # Something must answer, or nothing is written.
    source(guide, "well", "https://well.example.org/page", words)
    web.pages["well.example.org/page"] = Page(status=301, headers={"Location": "/moved.example.org/new"})
    web.pages["moved.example.org/new"] = Page(good.body)
    done = run(web, "--format", "json", day=NEXT)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)["passages"]
    for name, case in names.items():
        (seen,) = found[name]
        assert (seen["why"], seen["asked"], seen["tried"]) == (case["why"], DAY, NEXT), name
        assert list(seen["same"]) == ["p"]
    assert found["well"][0]["asked"] == NEXT
    assert "tried" not in found["well"][0]
    assert states(guide) == {**before, ("well", "p"): "same"}
    said = [problem["message"] for problem in json.loads(done.output)["problems"]]
    where = "1 passage of 'lost' could not be looked for at https://lost.example.org/page."
    assert f"{where} {names['lost']['why']}" in said
    assert not any("changed" in message for message in said)


def test_of_a_page_without_end_the_first_part_is_read(guide: Path, web: Pages) -> None:
    first, last = {"id": "first", "exact": "Words that come first"}, {"id": "last", "exact": "Nobody will find these"}
    source(guide, "x", "https://x.example.org/page", first, last)
    body = page("Words that come first").body
    web.pages["x.example.org/page"] = Page(body + b"<!-- " + b"x" * 30_000_000 + b" --> Nobody will find these")
    source(guide, "y", "https://y.example.org/page", first)
    web.pages["y.example.org/page"] = Page(b"<script>" + b"x" * 30_000_000)
    done = run(web)
    assert done.exit_code == 0, done.output
    assert states(guide)["x", "first"] == "same"
    assert states(guide)["x", "last"] == states(guide)["y", "first"] == "unread"
    assert done.output.count("It has more than 10,000,000 bytes.") == 2
    assert "passage-changed" not in done.output


def test_when_no_page_answers_nothing_is_written(guide: Path, web: Pages) -> None:
    source(guide, "x", "https://x.example.org/page", {"id": "p", "exact": "words"})
    done = run(web)
    assert done.exit_code == 2
    assert "Nobody answered: content/watch.yml is as it was." in done.output
    assert not (guide / "content" / "watch.yml").exists()


def test_one_address_is_asked_once_whoever_names_it(guide: Path, web: Pages) -> None:
    shared = "https://x.example.org/page"
    one, other = ({"id": n, "exact": f"Words number {n} of it", "url": f"{shared}#{n}"} for n in ("1", "2"))
    source(guide, "x", "https://x.example.org/other", one, other)
    source(guide, "y", shared, {"id": "1", "exact": "Words number 1 of it"})
    web.pages["x.example.org/page"] = Page(page("Words number 1 of it. Words number 2 of it.").body)
    done = run(web)
    assert web.asked.count("x.example.org/page") == 1
    assert "x.example.org/other" not in web.asked
    assert {states(guide)[key] for key in (("x", "1"), ("x", "2"), ("y", "1"))} == {"same"}, done.output


def test_a_file_shown_at_github_is_read_as_it_is() -> None:
    shown = "https://github.com/owner/name/blob/main/a/b.md"
    assert passages.page_address(shown) == "https://raw.githubusercontent.com/owner/name/main/a/b.md"
    assert passages.page_address("https://github.com/owner/name") == "https://github.com/owner/name"


def test_no_private_page_is_asked(web: Pages, only_loopback: None) -> None:  # noqa: ARG001
    asked = [f"http://127.0.0.1:{web.server_port}/page", f"http://localhost:{web.server_port}/page"]
    found = client.Pages().visit(asked, lambda _, answer: passages.read_page(answer))
    assert found == dict.fromkeys(asked, registries.Fault("Its host is unknown, or no public one."))
    assert web.asked == []


def test_a_run_ends_in_time(web: Pages) -> None:
    asked = [f"https://x.example.org/{number}" for number in range(3)]
    assert client.Pages(base=web.base, seconds=0.0).visit(asked, lambda *_: "") == {}
    assert web.asked == []


# -- what editors are told


def told(guide: Path, web: Pages, text: str, day: str) -> Result:
    web.pages["x.example.org/page"] = Page(page(text).body)
    source(guide, "x", "https://x.example.org/page", {"id": "p", "exact": "Take 5 mg of it once a day"})
    return run(web, "--report", "passages.md", day=day)


def test_a_changed_passage_is_told_where_it_is_quoted_and_where_it_is_cited(guide: Path, web: Pages) -> None:
    file = guide / "content" / "faqs" / "what-next.md"
    file.write_text(file.read_text() + "\nSome take one tablet [@x#p].\n\nOthers take none [@x].\n")
    assert "passage-changed" not in told(guide, web, "Take 5 mg of it once a day.", DAY).output
    done = told(guide, web, "Take 15 mg of it once a day.", NEXT)
    assert done.exit_code == 0
    found = [line for line in done.output.split("\n") if "passage-changed" in line]
    assert [line.partition(":")[0] for line in found] == ["content/faqs/what-next.md", "content/references/x.yml"]
    assert "'Some take one tablet.' rests on [@x#p], which changed in its source." in found[0]
    assert "changed: 'Take [-5-]{+15+} mg of it once a day'." in found[1]
    assert "Seen on 2026-11-28 at https://x.example.org/page." in found[1]
    assert (guide / "passages.md").read_text().startswith("## Passages of sources\n")
    checked = CliRunner().invoke(main, ["check", "--as-of", NEXT]).output
    assert all(line.partition(": ")[2] in checked for line in found)

    shown = CliRunner().invoke(main, ["evidence", "faqs/what-next", "--as-of", NEXT]).output
    assert "Some take one tablet" in shown.split("\n")[0]
    assert "x#p on 2026-11-28: Take [-5-]{+15+} mg of it once a day" in shown
    assert "statements, at the top, rest on words that changed in the source." in shown

    # Who corrects the passage is done: what is known was of other words.
    ref = guide / "content" / "references" / "x.yml"
    ref.write_text(ref.read_text().replace("5 mg", "15 mg"))
    assert "passage-changed" not in CliRunner().invoke(main, ["check", "--as-of", NEXT]).output


def test_one_run_does_not_undo_the_other(guide: Path, web: Pages) -> None:
    told(guide, web, "Take 5 mg of it once a day.", DAY)
    file = guide / "content" / "watch.yml"
    answer = 'sources:\n  x:\n    - {PMID: "1", asked: "2026-11-01", by: ["PubMed"]}'
    file.write_text(file.read_text().replace("sources: {}", answer))
    told(guide, web, "Take 5 mg of it once a day.", NEXT)
    after = yaml.safe_load(file.read_text())
    assert after["sources"] == {"x": [{"PMID": "1", "asked": "2026-11-01", "by": ["PubMed"]}]}
    assert after["passages"]["x"][0]["asked"] == NEXT
    first = file.read_bytes()
    told(guide, web, "Take 5 mg of it once a day.", NEXT)
    assert file.read_bytes() == first


def test_thousands_of_passages_fit_into_the_file() -> None:
    mark = "01234567 012345 012345 012"
    seen = records.PassagesSeen(asked=DAY, same={f"section-{n}": mark for n in range(12)})
    watch = records.Watch(passages={f"some-key-of-{number}": [seen] for number in range(270)})
    assert len(records.watch_text(watch).encode()) < 200_000
