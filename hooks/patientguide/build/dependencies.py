"""Dependency tracking: which pages to compose again, by the hashes of all their inputs.

A page whose inputs did not change is taken from the last build.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from patientguide.core.cache import BuildCache, digest
from patientguide.core.problems import Problem
from patientguide.model.entries import Entry, Medication
from patientguide.model.guide import Guide
from patientguide.model.registry import Input
from patientguide.pages import glossary
from patientguide.pages.compose import Composer
from patientguide.pages.drafts import drafts, references
from patientguide.pages.page import Draft, Page
from patientguide.review import signoff


class Found(NamedTuple):
    """The inputs of a page: `key` is their hash. `page` is set if it had to be composed."""

    draft: Draft
    key: str
    cites: tuple[str, ...]
    page: Page | None = None


@dataclass
class Planned:
    """A page to build. Its inputs are determined on demand, to save memory."""

    draft: Draft
    look: Callable[[], Found]
    _found: Found | None = None
    _taken: bool = False

    @property
    def found(self) -> Found:
        """Its inputs."""
        if self._found is None:
            self._found = self.look()
        return self._found

    @property
    def key(self) -> str:
        """The hash of its inputs."""
        return self.found.key

    @property
    def cites(self) -> tuple[str, ...]:
        """The keys of the sources that it cites."""
        return self.found.cites

    def taken(self, composer: Composer) -> Page:
        """The composed page. It and its inputs are no longer kept here."""
        found = self.look() if self._taken else self.found
        self._found, self._taken = found._replace(draft=self.draft, page=None), True
        return found.page or composer.compose(found.draft)


@dataclass(frozen=True)
class Planner:
    """Plans the pages of one guide. `problems` are the findings for the page with check results."""

    guide: Guide
    problems: Sequence[Problem]
    cache: BuildCache
    site_url: str = ""

    @cached_property
    def composer(self) -> Composer:
        """One composer for all pages."""
        return Composer(self.guide, tuple(self.problems), self.site_url)

    @cached_property
    def drafts(self) -> Mapping[str, Draft]:
        """The drafts of all pages except the list of sources, by Markdown path."""
        return {draft.uri: draft for draft in drafts(self.guide)}

    def pages(self) -> Iterator[Planned]:
        """Every page in order; last the list of sources, which needs the citations of all others."""
        planned = [Planned(draft, partial(self._found, draft)) for draft in self.drafts.values()]
        yield from planned
        if not self.guide.edition:
            yield Planned(references(self.guide, []), partial(self._of_sources, planned))

    def _of_sources(self, others: Sequence[Planned]) -> Found:
        draft = references(self.guide, [(one.draft.uri, one.draft.title, one.cites) for one in others])
        translated = [sorted(edition.cited) for edition in self.guide.editions]
        return self._made(draft, [self._inputs(draft), [[one.draft.uri, one.cites] for one in others], translated])

    def _found(self, draft: Draft) -> Found:
        return self._made(draft, self._inputs(draft))

    def _inputs(self, draft: Draft) -> list[Any]:
        """The inputs that the page type declares."""
        return [_HASHED[name](self, draft) for name in Input if name in draft.type.depends_on]

    def _made(self, draft: Draft, rests_on: Any) -> Found:
        ages = [[age.changed, age.evidence_checked, age.months] for age in draft.ages]
        review = signoff.page_review(self.guide, draft.texts)
        base = digest(self._common, draft.type.template, list(draft.assets), ages, repr(review), rests_on)
        known = self.cache.get("pages", draft.uri, base)
        if known is not None and known["made_of"] == (made_of := self._made_of(known["cites"], known["words"].split())):
            return Found(draft, digest(base, made_of), tuple(known["cites"]))
        page = self.composer.compose(draft)
        words = sorted(glossary.first_words(page.text)) if draft.type.explains else []
        made_of = self._made_of(page.cites, words)
        self.cache.put(
            "pages", draft.uri, base, {"cites": list(page.cites), "words": " ".join(words), "made_of": made_of}
        )
        return Found(draft, digest(base, made_of), page.cites, page)

    def _made_of(self, cites: Sequence[str], words: Sequence[str]) -> str:
        """The hash of the sources that a page cites, and of the glossary words that it may explain."""
        sources = [self.guide.records[f"content/references/{key}.yml"].digest for key in cites]
        return digest(sources, [self._terms[word] for word in words if word in self._terms])

    @cached_property
    def _common(self) -> list[Any]:
        """Inputs that invalidate every page."""
        safety = self.guide.safety_page
        day, ready = self.guide.today.isoformat(), not self.guide.examples
        found = [day, ready, self.record("guide"), safety.path, safety.front.title]
        if edition := self.guide.edition:
            # Links depend on which pages are translated, and source texts in translations are marked.
            fits = {name: [fit.stale, sorted(fit.given_way)] for name, fit in sorted(edition.fits.items())}
            found.append(digest(edition.language, fits))
        return found

    def record(self, name: str) -> str:
        """The hash of a single YAML file of content/, or an empty string."""
        file = self.guide.records.get(f"content/{name}.yml")
        return file.digest if file else ""

    @cached_property
    def _terms(self) -> Mapping[str, str]:
        """The hash of the glossary words with forms that start with a word."""
        found: dict[str, str] = {}
        for first, forms in glossary.index(self.guide.terms).items():
            found[first] = digest([[form.length, form.term.model_dump(mode="json")] for form in forms])
        return found

    @cached_property
    def fronts(self) -> str:
        """The hash of the front matter of every entry, in order."""
        return digest([[entry.path, entry.facts.digest] for entry in self.guide.entries])

    @cached_property
    def found(self) -> str:
        """The hash of the findings of the checks."""
        said = [[*problem.place, problem.code, problem.message, problem.severity.value] for problem in self.problems]
        texts = [[text.statements, text.sourced, text.unchecked, text.grade] for text in self.guide.texts.values()]
        reviews = [signoff.best(signoff.signed(self.guide, entry.name)).value for entry in self.guide.entries]
        return digest(said, texts, reviews)


def _entry(_: Planner, draft: Draft) -> Any:
    entry: Entry[Any] = draft.values["entry"]
    return entry.digest


def _related(planner: Planner, draft: Draft) -> Any:
    entry: Entry[Any] = draft.values["entry"]
    guide = planner.guide
    medicines = [[m.path, m.facts.digest] for m in guide.medicines_of(entry)]
    homes = guide.homes_of(entry) if isinstance(entry.front, Medication) else []
    return [medicines, [[home.path, home.front.title] for home in homes]]


def _findings(planner: Planner, draft: Draft) -> Any:
    return planner.found if "{part:checks}" in draft.values["entry"].body else ""


_HASHED: Mapping[Input, Callable[[Planner, Draft], Any]] = {
    Input.ENTRY: _entry,
    Input.RELATED: _related,
    Input.FACTS: lambda planner, _: planner.fronts,
    Input.ANSWERS: lambda planner, _: [entry.digest for entry in planner.guide.faqs],
    Input.GLOSSARY: lambda planner, _: planner.record("glossary"),
    Input.TRIALS: lambda planner, _: planner.record("trials"),
    Input.FINDINGS: _findings,
    Input.RECORDS: lambda planner, _: [file.digest for file in planner.guide.records.values()],
    Input.VALUES: lambda _, draft: repr(draft.values["data"]),
}
"""The hash of each input of a page."""
