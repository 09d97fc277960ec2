"""Whether a guide holds together. Each check yields located problems; its docstring is the rule in plain words."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from patientguide import citations, links, outline, prose, routes
from patientguide.guide import Entry, Guide
from patientguide.models import Dated, Medication, Phase, Treatment
from patientguide.problems import Place, Problem, Severity, suggest
from patientguide.yamlfile import Path, YamlFile

PAGE_PARTS = ("pathway", "trials")
"""What a hand-written page may ask for with {part:NAME}."""


def texts(guide: Guide) -> Iterator[tuple[str, str, Callable[[int], Place]]]:
    """Every text an editor wrote, with its file and a way to find the place of a character in it."""
    files = [entry.facts for entry in guide.entries] + list(guide.records.values())
    for file in files:
        for path, text in _strings(file.data, ()):
            place = file.place(path)
            yield file.path, text, lambda _, place=place: place  # type: ignore[misc]
    for entry in guide.entries:
        yield entry.path, entry.body, entry.body_place


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, (*path, number))


def check_text(guide: Guide) -> Iterator[Problem]:
    """Citations, links and {local:...} must name something that exists; HTML and template signs are not allowed."""
    table = routes.sources(guide)
    pages = {entry.path for entry in guide.pages}
    for path, text, place in texts(guide):
        for token in prose.tokens(text):
            at = place(token.start)
            for code, message, advice in _faults(token, path, path in pages, guide, table):
                yield Problem(at, code, message, advice)


def _faults(
    token: prose.Token, path: str, is_page: bool, guide: Guide, table: dict[str, routes.Target] | Any
) -> Iterator[tuple[str, str, str]]:
    match token.kind:
        case "cite":
            yield from _citation_faults(token.text, guide)
        case "link":
            if wrong := links.fault(token.group("target"), path, table):
                yield "broken-link", *wrong
        case "local" if token.group("name") not in guide.settings.local:
            yield (
                "unknown-local",
                f"'{token.text}' is not a local setting.",
                suggest(token.group("name"), guide.settings.local),
            )
        case "part" if not is_page or token.group("part_name") not in PAGE_PARTS:
            yield "unknown-part", f"'{token.text}' cannot stand here.", "Parts belong into pages of docs/: " + ", ".join(
                f"{{part:{name}}}" for name in PAGE_PARTS
            )
        case "tag" | "svg":
            yield "html", f"'{token.text[:40]}' is HTML.", "Write plain Markdown. A smaller-than sign is written as words."
        case "footnote":
            yield "hand-made-note", f"'{token.text}' is a note made by hand.", "Cite a source instead: [@key]."
        case "plain":
            for sign in ("{{", "{%", "]("):
                if sign in token.text:
                    yield "stray-sign", f"'{sign}' would be shown as it stands.", "Remove it, or mend the link."


def _citation_faults(text: str, guide: Guide) -> Iterator[tuple[str, str, str]]:
    group = citations.read(text)
    if group is None:
        yield "bad-citation", f"'{text}' is not a citation.", "Write [@key], [@one; @two] or [@key, p. 4]."
    for citation in group or []:
        if citation.key not in guide.references:
            yield (
                "unknown-citation",
                f"There is no source '{citation.key}' in content/references/.",
                suggest(citation.key, guide.references),
            )


def check_headings(guide: Guide) -> Iterator[Problem]:
    """A heading carries no citation, and a page has no second main title."""
    for entry in guide.entries:
        for number, line in enumerate(entry.body.split("\n")):
            if line.startswith("# "):
                place = Place(entry.path, entry.body_line + number)
                yield Problem(place, "second-title", "A page has one title.", "Start the line with ## instead.")
            elif line.startswith("#") and "[@" in line:
                place = Place(entry.path, entry.body_line + number, line.index("[@") + 1)
                yield Problem(
                    place, "citation-in-heading", "A heading carries no citation.", "Move it to the text below."
                )


def check_outline(guide: Guide) -> Iterator[Problem]:
    """An entry has the sections that guide.yml lists for its kind, in that order, none of them empty."""
    for entry in guide.entries:
        kind = guide.settings.kinds.get(entry.kind)  # type: ignore[call-overload]
        if kind and kind.outline:
            yield from outline.check(entry, kind.outline)
        elif not entry.body.strip():
            yield Problem(Place(entry.path, entry.body_line), "empty-section", "There is no text.", "Write it.")


def check_vocabulary(guide: Guide) -> Iterator[Problem]:
    """Facets, urgencies, topics, treatments and kinds of evidence must be ones that the guide knows."""
    facets = {facet.id: {value.id for value in facet.values} for facet in guide.settings.facets}
    urgencies = {urgency.id for urgency in guide.settings.urgency}
    faqs = guide.settings.kinds.get("faqs")
    for entry in guide.entries:
        for facet, values in entry.front.facets.items():
            yield from _known(entry.facts, ("facets", facet), facet, facets, "facet")
            for number, value in enumerate(values):
                yield from _known(entry.facts, ("facets", facet, number), value, facets.get(facet, {value}), "value")
        if isinstance(entry.front, Treatment):
            for field in ("side_effects", "call"):
                for number, item in enumerate(getattr(entry.front, field)):
                    yield from _known(entry.facts, (field, number, "act"), item.act, urgencies, "urgency")
    for faq in guide.faqs:
        yield from _known(faq.facts, ("topic",), faq.front.topic, faqs.topics if faqs else [], "topic")
    for phase in guide.phases:
        yield from _branches(phase, guide)
    for medicine in guide.medications:
        yield from _relations(medicine, guide)
    for key, reference in guide.references.items():
        file = guide.records[f"content/references/{key}.yml"]
        yield from _known(file, ("custom", "evidence"), reference.custom.evidence, guide.evidence, "kind of evidence")
    terms = {term.id for term in guide.terms}
    for index, term in enumerate(guide.terms):
        for number, name in enumerate(term.see):
            yield from _known(guide.records["content/glossary.yml"], (index, "see", number), name, terms, "word")
    yield from _known(
        guide.records["content/guide.yml"], ("names_source",), guide.settings.names_source, guide.references, "source"
    )


def _branches(phase: Entry[Phase], guide: Guide) -> Iterator[Problem]:
    for number, branch in enumerate(phase.front.branches):
        yield from _known(phase.facts, ("branches", number, "value"), branch.value, guide.facet_values, "value")


def _relations(medicine: Entry[Medication], guide: Guide) -> Iterator[Problem]:
    for field, entries in (("therapies", guide.therapies), ("phases", guide.phases)):
        ids = {entry.id for entry in entries}
        for number, name in enumerate(getattr(medicine.front, field)):
            yield from _known(medicine.facts, (field, number), name, ids, f"file in {field}/")


def _known(file: YamlFile, path: Path, word: str, known: Any, what: str) -> Iterator[Problem]:
    if word not in known:
        yield Problem(file.place(path), "unknown-name", f"'{word}' is not a {what} of this guide.", suggest(word, known))


def check_menu(guide: Guide) -> Iterator[Problem]:
    """The menu names pages that exist, and every hand-written page stands in it once."""
    file = guide.records["content/guide.yml"]
    pages = {f"{entry.id}.md" for entry in guide.pages}
    listed: Counter[str] = Counter()
    for number, group in enumerate(guide.settings.navigation):
        for position, item in enumerate(group.items):
            known = pages if item.endswith(".md") else set(routes.COLLECTIONS)
            yield from _known(file, ("navigation", number, "items", position), item, known, "page")
            listed[item] += 1
    for entry in guide.pages:
        if listed[f"{entry.id}.md"] != 1:
            yield Problem(
                Place(entry.path),
                "not-in-menu",
                f"The menu in content/guide.yml has this page {listed[f'{entry.id}.md']} times.",
                f"Add {entry.id}.md under navigation, once.",
            )


def check_duplicates(guide: Guide) -> Iterator[Problem]:
    """No two files may want the same address, and no two words of the glossary the same id or form."""
    taken: dict[str, str] = {}
    for address, source in routes.claims(guide):
        if address in taken:
            yield Problem(
                Place(source),
                "duplicate-address",
                f"{address} is already the address of {taken[address]}.",
                "Rename one of the two.",
            )
        taken.setdefault(address, source)
    file = guide.records.get("content/glossary.yml")
    seen: dict[str, str] = {}
    for index, term in enumerate(guide.terms):
        for name in dict.fromkeys([f"#{term.id}", *(form.casefold() for form in term.forms)]):
            if file and name in seen:
                yield Problem(
                    file.place((index,)),
                    "duplicate-word",
                    f"'{name.lstrip('#')}' stands at '{term.id}' and at '{seen[name]}'.",
                    "Keep it at one of the two.",
                )
            seen.setdefault(name, term.id)


def check_use(guide: Guide) -> Iterator[Problem]:
    """Every source in content/references/ should be cited somewhere."""
    used = {guide.settings.names_source}
    for _, text, _ in texts(guide):
        used.update(citations.keys(text))
    for key in guide.references:
        if key not in used:
            yield Problem(
                Place(f"content/references/{key}.yml"),
                "unused-source",
                f"Nothing cites '{key}'.",
                "Cite it, or delete the file.",
                Severity.WARNING,
            )


CHECKS: tuple[Callable[[Guide], Iterator[Problem]], ...] = (
    check_text,
    check_headings,
    check_outline,
    check_vocabulary,
    check_menu,
    check_duplicates,
    check_use,
)


def run(guide: Guide) -> list[Problem]:
    """Every problem of every check."""
    return [problem for check in CHECKS for problem in check(guide)]

