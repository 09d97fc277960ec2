"""Compose a page: template, links, explained words, numbered citations, status and sources."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from html import unescape
from itertools import groupby
from pathlib import PurePath
from typing import Any

from jinja2 import Environment

from patientguide.checks import runner
from patientguide.core import i18n, templates
from patientguide.core.i18n import Words
from patientguide.core.problems import Problem, Severity
from patientguide.fidelity import compare
from patientguide.fidelity.lines import Line, lines
from patientguide.markup.tokens import Token, escape, straight_quotes_curled, tokens, without_marks
from patientguide.markup.words import matcher
from patientguide.model import frequency, routes
from patientguide.model.entries import Dated, Entry
from patientguide.model.entries import Page as HandWritten
from patientguide.model.guide import Guide, brand_names, full_title
from patientguide.pages import footnotes, glossary, jsonld, lists, reader_tools, translated
from patientguide.pages.fragments import PageFragments, SharedParts
from patientguide.pages.page import Draft, Page
from patientguide.pages.pathway import phases_picture
from patientguide.review import signoff, status
from patientguide.review.signoff import PageReview
from patientguide.review.status import Status


def _fold(before: str, title: str) -> str:
    """The end of a fold and the start of the next; empty between two pictures under the same title."""
    if before == title:
        return ""
    start = f'\n<details class="note pg-fold" markdown="1">\n<summary markdown="span">{escape(title)}</summary>\n'
    return ("\n</details>\n" if before else "") + (start if title else "")


def further_brands(entry: Entry[Dated]) -> str:
    """The brand names of a medicine that are not in its title; empty for other entries."""
    shown = full_title(entry)
    return ", ".join(name for name in brand_names(entry) if name not in shown)


# -- results of the checks, for the page on how the guide is made


@dataclass(frozen=True)
class Card:
    """The check results of one entry."""

    entry: Entry[Dated]
    statements: int
    sourced: int
    unchecked: int
    grade: float | None
    review: signoff.State
    failed: tuple[tuple[str, int], ...]
    waived: int
    overdue: int


@dataclass(frozen=True)
class Tally:
    """A rule and how often the guide breaks it."""

    sentence: str
    standard: str
    findings: int


def quality_cards(guide: Guide, problems: Sequence[Problem]) -> Iterator[Card]:
    """One card for each entry, in reading order."""
    sentences = {rule.code: rule.sentence for rule in runner.RULES}
    failed: dict[str, Counter[str]] = defaultdict(Counter)
    for problem in problems:
        if problem.severity is Severity.WARNING and problem.code != "waiver-ended":
            failed[problem.place.path][sentences.get(problem.code, problem.message)] += 1
    waived = Counter(p.place.path for p in problems if p.severity is Severity.WAIVED)
    overdue = Counter(p.place.path for p in problems if p.code == "waiver-ended")
    for entry in guide.entries:
        path = entry.path
        state = signoff.best(signoff.signed(guide, entry.name))
        text = guide.texts[path]
        counts = (text.statements, text.sourced, text.unchecked, text.grade)
        yield Card(entry, *counts, state, tuple(failed[path].items()), waived[path], overdue[path])


def rule_tallies(problems: Sequence[Problem]) -> Iterator[Tally]:
    """Every rule, as editors read it, and the number of its findings."""
    found = Counter(problem.code for problem in problems)
    for rule in runner.RULES:
        yield Tally(rule.sentence, rule.standard, found[rule.code])


# -- composing


_SETTINGS = "content/guide.yml"


@dataclass(frozen=True)
class Composer:
    """Composes the pages of one guide, and has what they share. The pages of a translation are in its folder."""

    guide: Guide
    problems: Sequence[Problem]
    site_url: str = ""
    environment: Environment = field(init=False, default_factory=templates.environment)
    _settings: dict[str, tuple[Line, ...]] = field(init=False, default_factory=dict)

    @cached_property
    def parts(self) -> SharedParts:
        """The fragments that many pages share."""
        return SharedParts(self.guide, self.draw)

    @cached_property
    def numbers(self) -> Mapping[str, Mapping[str, frequency.Number]]:
        """The numbers of each text, those of the source included where a translation shows source texts."""
        edition = self.guide.edition
        return {**edition.source.numbers, **self.guide.numbers} if edition else self.guide.numbers

    @property
    def words(self) -> Words:
        """The interface words in the language of the guide."""
        return i18n.catalog(self.guide.settings.language)

    @property
    def table(self) -> Mapping[str, routes.Target]:
        """The page of each source file."""
        return routes.link_targets(self.guide)

    @cached_property
    def forms(self) -> glossary.Index:
        """The index of glossary words."""
        return glossary.index(self.guide.terms)

    def compose(self, draft: Draft) -> Page:
        """The finished Markdown of one page."""
        guide, said = self.guide, self.words
        here = draft.uri.removeprefix(guide.edition.root if guide.edition else "")
        review = signoff.page_review(guide, draft.texts)
        state = status.status_of(draft.ages, review.until, guide.today)
        placed = compare.Placed()
        shared = self._shared(draft, here, review, state, placed)
        text = self.draw(draft.type.template, {**shared, **draft.values})
        if guide.settings.support and draft.type.explains and not shared["is_safety"]:
            text += "\n\n" + self.draw("support.md.j2", shared)
        text, terms = glossary.explain(text, self.forms, _own_title(draft)) if draft.type.explains else (text, [])
        text, passages, statements, waiting = footnotes.expand(text, guide.references)
        used = list(passages)
        tail = {
            "title": draft.title,
            "about": _about(text) or without_marks(draft.description, guide.settings.local),
            "whom": reader_tools.labels(guide, draft.values.get("entry")),
            "worth": status.worth(guide, used),
            "statements": statements,
            "waiting": waiting,
        }
        text = text.strip()
        placed.run()
        head, about = (self.draw(name, {**shared, **tail}) for name in ("head.md.j2", "about.md.j2"))
        fragments = PageFragments()
        cards = self.parts.cards(terms, here, bool(used))
        pieces = [head, text, about, *map(fragments.put, cards)]
        if used:
            notes = footnotes.definitions(used, lambda key: fragments.put(self.parts.note(key, here)))
            kinds = {guide.references[key].custom.evidence for key in used}
            values = {**tail, "kinds": [one for one in guide.settings.evidence if one.id in kinds]}
            pieces += [self.draw("sources.md.j2", {**shared, **values}), notes]
        body = "\n\n".join(piece.strip() for piece in pieces) + "\n"
        numbers = {id_: frequency.short(n, said) for id_, n in guide.numbers.get(draft.source, {}).items()}
        # Break the reference cycle so that it is freed at once.
        shared.clear()
        description = straight_quotes_curled(without_marks(draft.description, guide.settings.local, numbers))
        return Page(
            *(draft.uri, draft.title, description, body, draft.edits, tuple(used), text, draft.assets),
            parts=fragments.parts,
            quotes=footnotes.quotes(guide.references, passages),
            linked_data=jsonld.json_ld(guide, draft, description, state, review, used, self.site_url),
            changed=draft.changed,
            language=guide.settings.language,
            placed=placed,
            bodies=tuple((entry.path, entry.body) for entry in draft.shown_whole),
        )

    def _shared(
        self, draft: Draft, here: str, review: PageReview, state: Status, placed: compare.Placed
    ) -> dict[str, Any]:
        """The common variables of templates. Texts that they take from files are recorded in `placed`."""
        guide, said = self.guide, self.words

        def prose(text: str, source: Entry[Dated] | str = draft.source) -> str:
            path = source if isinstance(source, str) else source.path
            if text:
                placed.text(path, text, self._lines(text, path))
            return self.prose(text, path, here)

        def plain(text: str, at: int | None = None) -> str:
            placed.name(text, at)
            return escape(text)

        def name(entry: Entry[Dated]) -> str:
            return plain(full_title(entry))

        def brands(entry: Entry[Dated]) -> str:
            found = further_brands(entry)
            placed.name(found)
            return f" ({escape(found)})" if found else ""

        shared = {
            **translated.View(guide, draft, here, self.draw).values,
            "guide": guide,
            "settings": guide.settings,
            "settings_file": _SETTINGS,
            "glossary_file": "content/glossary.yml",
            "facet_values": guide.facet_values,
            "urgencies": guide.settings.urgency,
            "state": state,
            "review": review,
            "safety": guide.safety_page,
            "is_safety": draft.source == guide.safety_page.path,
            "plain": plain,
            "placed_so_far": placed.so_far,
            "name": name,
            "brands": brands,
            "in_words": said.date,
            "_": said,
            "counted_strengths": partial(status.strength_counts, said),
            "by_letter": lambda entries: lists.entries_by_letter((entry.front.title, entry) for entry in entries),
            "link_to": partial(self.link_to, page=here),
            "is_page": self.table.__contains__,
            "phone_link": routes.phone_link,
            "prose": prose,
        }
        shared["pathway"] = partial(self.pathway, shared)
        shared["signs"] = partial(self.signs, shared)
        shared["part"] = partial(self.part, draft=draft, shared=shared)
        shared["written"] = partial(self.written, shared=shared)
        return shared

    def draw(self, template: str, values: Mapping[str, Any]) -> str:
        """A rendered template without empty lines at the ends."""
        return self.environment.get_template(template).render(values).strip()

    def link_to(self, path: str, page: str) -> str:
        """The link from a page to the page of a source file."""
        return routes.relative(self.table[path], page)

    def prose(self, text: str, path: str, page: str) -> str:
        """Text of a source file for a page: links are relative to the page, and placeholders are filled in."""
        parts, fold = [], ""
        for token in tokens(text):
            if token.kind == "figure" or token.text.strip():
                pictured = token.kind == "figure"
                title = self._fold_title(self.numbers[path][token.group("figure_name")]) if pictured else ""
                parts.append(_fold(fold, title))
                fold = title
            if token.kind == "link" and not routes.is_external(token.group("target")):
                target = routes.resolve_link(token.group("target"), path, self.table)
                if target is None:
                    raise LookupError(f"{path}: {token.text}: the checks should have refused this")
                address = routes.relative(target, page)
                shown = f"{token.group('text')}{self._filled(token, path)}"
                parts.append(f"{token.group('image')}[{shown}]({address}{token.group('title')})")
            elif token.kind in ("local", "number"):
                shown = self._filled(token, path)
                number = routes.phone_link(shown) if token.kind == "local" else ""
                parts.append(f"[{escape(shown)}]({number})" if number else escape(shown))
            elif token.kind == "figure":
                parts.append(self.figure(self.numbers[path][token.group("figure_name")], path))
            else:
                parts.append(token.text)
        return "".join([*parts, _fold(fold, "")]).strip()

    def _lines(self, text: str, path: str) -> tuple[Line, ...]:
        """The lines that a reader should see of a text. Cached for guide.yml, whose texts are on most pages."""
        if path == _SETTINGS and text in self._settings:
            return self._settings[text]
        found = tuple(lines(text, partial(self._filled, path=path)))
        if path == _SETTINGS:
            self._settings[text] = found
        return found

    def _filled(self, token: Token, path: str) -> str:
        """What a page shows for a placeholder, number or figure of a file, or adds to the words of a link."""
        if token.kind == "figure":
            return frequency.phrases(self.numbers[path][token.group("figure_name")], self.words)
        if token.kind == "local":
            return self.guide.settings.local[token.group("name")]
        if token.kind == "number":
            return frequency.short(self.numbers[path][token.group("number_name")], self.words)
        edition = self.guide.edition
        target = routes.resolve_link(token.group("target"), path, self.table) if edition else None
        return translated.language_mark(edition, target.uri) if edition and target else ""

    def figure(self, number: frequency.Number, path: str) -> str:
        """A frequency with both sides, in words, as a picture and as a table."""
        values = {
            "number": number,
            "stem": PurePath(path).stem,
            "count": frequency.count(number, self.words),
            "rest": frequency.rest(number, self.words),
            "_": self.words,
            "cites": frequency.cites(number),
            "plain": escape,
        }
        drawn = {
            "picture": frequency.draw(number),
            "radius": frequency.RADIUS,
            "title": frequency.title(number, self.words),
        }
        picture = self.draw("parts/figure.html.j2", {**values, **drawn})
        return f"\n{self.draw('parts/figure.md.j2', {**values, 'picture': picture})}\n"

    def _fold_title(self, number: frequency.Number) -> str:
        """What opens the picture of a number; empty if it lies open."""
        if number.fold or not self.guide.settings.folded:
            return number.fold or ""
        words, title = self.guide.settings.folded.words, self.guide.settings.folded.title
        return title if matcher(words).search(f"{number.what}; {number.otherwise}") else ""

    def part(self, name: str, draft: Draft, shared: Mapping[str, Any]) -> str:
        """A page part made from the fields of its entry; empty if there are none."""
        entry = draft.values["entry"]
        values = {**shared, **draft.values}
        if name == "summary-list":
            medicines = entry.kind == "medications"
            values["belongs_to"] = self.guide.homes_of(entry) if medicines else []
            given = tokens(entry.front.given) if medicines else ()
            values["given_cites"] = " ".join(token.text for token in given if token.kind == "cite")
            source = self.guide.settings.names_source
            values["names_source"] = f" [@{source}]" if source else ""
        elif name == "when-to-call":
            steps = [step for step in values["outline"] if step.part == "side-effects"]
            values["effects_anchor"] = routes.anchor(steps[0].heading) if steps else ""
            values["to_write"] = [line.label for line in self.guide.settings.alert_card if not line.number]
        elif name == "medicines":
            values["medicines"] = self.guide.medicines_of(entry)
        return self.draw(f"parts/{name}.md.j2", values)

    def written(self, entry: Entry[Dated], shared: Mapping[str, Any]) -> str:
        """The text of a hand-written page with its parts."""
        draw = {"pathway": self.pathway, "trials": self.trials, "checks": self.checks, "phones": self.phones}
        place, pieces, text = shared["prose"], [], ""
        for token in tokens(entry.body):
            if token.kind == "part":
                pieces += [place(text, entry), draw[token.group("part_name")](shared)]
                text = ""
            else:
                text += token.text
        return "\n\n".join([*pieces, place(text, entry)])

    def pathway(self, shared: Mapping[str, Any]) -> str:
        """The picture of the phases, and the same in words."""
        return phases_picture(self.guide, self.draw, shared)

    def signs(self, shared: Mapping[str, Any], entry: Entry[HandWritten], guide_name: str) -> str:
        """The warning signs of the page that says when to call, each once, by urgency and group."""
        front = entry.front
        by_act = {
            urgency.id: [
                (group, list(signs))
                for group, signs in groupby((s for s in front.signs if s.act == urgency.id), lambda sign: sign.group)
            ]
            for urgency in self.guide.settings.urgency
        }
        values = {
            "by_act": by_act,
            "leads": {lead.id: lead.text for lead in front.leads},
            "alert": [
                (line.act, number)
                for line, number in zip(
                    self.guide.settings.alert_card, reader_tools.alert_lines(self.guide), strict=True
                )
            ],
            "guide_name": guide_name,
        }
        return self.draw("parts/signs.md.j2", {**shared, **values})

    def phones(self, shared: Mapping[str, Any]) -> str:
        """The numbers that readers can call."""
        return self.draw("parts/phones.md.j2", shared)

    def trials(self, shared: Mapping[str, Any]) -> str:
        """The dated list of trials."""
        return self.draw("parts/trials.md.j2", {**shared, "trials_file": "content/trials.yml"})

    def checks(self, shared: Mapping[str, Any]) -> str:
        """The check results of each page."""
        found = {
            "cards": list(quality_cards(self.guide, self.problems)),
            "tallies": list(rule_tallies(self.problems)),
            "lettered": lambda cards: lists.entries_by_letter((card.entry.front.title, card) for card in cards),
        }
        return self.draw("parts/checks.md.j2", {**shared, **found, "today": self.guide.today.isoformat()})


def _own_title(draft: Draft) -> str:
    """The title of a page without the brand names of a medicine."""
    return str(draft.values["entry"].front.title) if "entry" in draft.values else draft.title


def _about(text: str) -> str:
    """The headings of a page, without those of an alphabet."""
    headings = [
        unescape(without_marks(found)) for found in re.findall(r"^## (?!. \{)(.{2,}?)(?: \{.*\})?$", text, re.MULTILINE)
    ]
    return "; ".join(headings)
