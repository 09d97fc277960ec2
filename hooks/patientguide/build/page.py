"""A page of a build: its cached or new HTML, and the guard against lost words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from sys import intern

from patientguide.build import csp, markdown, stylesheet
from patientguide.build.dependencies import Planned
from patientguide.build.markdown import Rendered, Renderer
from patientguide.build.prepare import ContentError
from patientguide.core.cache import BuildCache
from patientguide.core.problems import Place, Problem, as_text, worst_first
from patientguide.core.yaml import YamlFile, strings
from patientguide.fidelity import compare
from patientguide.fidelity.compare import Loss
from patientguide.model import routes
from patientguide.model.entries import Dated, Entry
from patientguide.model.guide import Guide
from patientguide.pages.compose import Composer
from patientguide.pages.page import Draft

# -- lost words as problems with places in files


CODE = "lost-words"
ADVICE = (
    "Write them in another way: 'times' instead of *, 'less than' instead of <, as many cells in a row as the table "
    "has headings, one kind of list at a time, and nothing between square brackets but sources and links."
)


class LostWordsError(ContentError):
    """The words that a page would lose. Raised while pages are rendered, so that the site is incomplete."""

    halfway = True

    def __init__(self, problems: Iterable[Problem]) -> None:
        """`problems` may name a text several times, since it may be on many pages."""
        listed = worst_first(problems)
        super().__init__(as_text(listed), listed)


def loss_problems(guide: Guide, source: str, losses: Iterable[Loss]) -> Iterator[Problem]:
    """A problem for each text that a page would not show as written. `source` is the page's own file."""
    for loss in losses:
        said = " ... ".join(loss.words)
        message = f"The page would not show this as it is written: {said}"
        yield Problem(_place(guide, source, loss), CODE, message, ADVICE)


def _place(guide: Guide, source: str, loss: Loss) -> Place:
    """The place of the first lost word, as precisely as possible."""
    guides = [guide, guide.edition.source] if guide.edition else [guide]
    for path in (loss.path or source, *([] if loss.path else _others(guide, source))):
        for one in guides:
            found = _in_body(one.by_path.get(path), loss) if loss.path else None
            found = found or _in_fields(_fields(one, path), loss)
            if found:
                return found
    return Place(loss.path or source)


def _in_body(entry: Entry[Dated] | None, loss: Loss) -> Place | None:
    text = loss.text.strip()
    start = entry.body.find(text) if entry else -1
    if entry is None or start < 0:
        return None
    at = start + max(0, loss.start - (len(loss.text) - len(loss.text.lstrip())))
    first = loss.words[0].split()[0].rstrip(".,?!")
    return entry.body_place(max(entry.body.find(first, at, start + len(text)), at))


def _in_fields(file: YamlFile | None, loss: Loss) -> Place | None:
    wanted = " ".join(loss.text.split())
    for path, text in strings(file.data) if file else ():
        if " ".join(text.split()) == wanted and file:
            return file.place(path)
    return None


def _fields(guide: Guide, path: str) -> YamlFile | None:
    entry = guide.by_path.get(path)
    return entry.facts if entry else guide.records.get(path)


def _others(guide: Guide, source: str) -> Iterator[str]:
    """The files that may contain a name on a page."""
    yield from (path for path in (*guide.by_path, *guide.records) if path != source)


# -- from plan to HTML


class PolicyError(Exception):
    """The parts of a page that a browser would block."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A page's classes, ids except those of notes, links to anchors on other pages, and the hash of its HTML.

    An anchor is `path#id`. Classes, ids and anchors are one string each, with spaces between, to save memory until the
    last page is finished.
    """

    classes: str = ""
    ids: str = ""
    anchors: str = ""
    hash: str = ""


class PageBuild:
    """A page of a build, rendered or from the cache."""

    def __init__(self, draft: Draft, key: Callable[[], str], cache: BuildCache, planned: Planned | None = None) -> None:
        """`key` returns the hash of its inputs. If it was `planned`, it may be composed already."""
        self.draft, self.file = draft, routes.file(draft.uri)
        self._uri, self._look, self._planned, self._cache = draft.uri, key, planned, cache
        self.key, self._ids, self._anchors = "", "", ""
        self._known: Finished | None = None

    def kept(self) -> str | None:
        """The cached HTML if it is still valid, else None."""
        self.key = self._look()
        found = self._cache.get("html", self._uri, self.key)
        known = Finished(**found) if found else None
        html = self._cache.text(self.file, known.hash) if known else None
        self._known = known if html is not None else None
        return html

    def render(self, composer: Composer, renderer: Renderer) -> tuple[dict[str, str], Rendered]:
        """The variables of its template, and its text as HTML. Raises LostWordsError."""
        draft = self.draft
        page = self._planned.taken(composer) if self._planned else composer.compose(draft)
        rendered = renderer.render(page)
        if losses := [*compare.lost(page.placed, rendered.html), *compare.left_out(page.placed, page.bodies)]:
            raise LostWordsError(loss_problems(composer.guide, draft.source, losses))
        led_to = {f"{uri}#{id_}" for uri, id_ in rendered.anchors if uri != draft.uri or id_ not in rendered.ids}
        # Only notes link to notes.
        ids = (id_ for id_ in rendered.ids if not id_.startswith(markdown.IDS))
        self._ids, self._anchors = " ".join(sorted(ids)), " ".join(sorted(led_to))
        return page.head, rendered

    def finish(self, html: str) -> Finished:
        """Check the page, cached or new, against the policy, and cache it. Raises PolicyError."""
        if self._known:
            _hold_to_policy(html, self.file)
            return self._known
        classes, hash_ = looked_at(html, self.file), self._cache.put_text(self.file, html)
        done = Finished(classes, self._ids, self._anchors, hash_ or "")
        if hash_:
            self._cache.put("html", self._uri, self.key, asdict(done))
        return done


def looked_at(html: str, file: str) -> str:
    """The classes of a page. Raises PolicyError if the policy would block a part of it."""
    _hold_to_policy(html, file)
    return intern(" ".join(sorted(stylesheet.classes(html))))


def _hold_to_policy(html: str, file: str) -> None:
    if faults := list(csp.faults(html)):
        raise PolicyError(f"{file} would break in a browser, under the policy in its head:\n" + "\n".join(faults))
