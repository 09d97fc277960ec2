"""The booklet: the pages of a built site as one document for paper, with a title page, contents and page numbers.

It is printed twice. The first print has no numbers in its contents, and shows on which sheet each page begins. The
contents leave room for the numbers, so that the second print has the same sheets.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html as lxml_html
from lxml.html import HtmlElement
from markupsafe import Markup
from pypdf import PdfReader

from patientguide.core import i18n, templates
from patientguide.core.i18n import Words
from patientguide.markup.tokens import straight_quotes_curled, tokens
from patientguide.model import registry, routes
from patientguide.model.guide import Guide
from patientguide.pages.navigation import menu
from patientguide.review import signoff, status

SHEETS = ("letter", "A4")
"""The sizes of paper, as CSS names them."""

# -- which pages


class Chapter(NamedTuple):
    """A page of the booklet: the label of its group in the menu, and its HTML file in the site."""

    group: str
    file: str


def chapters(guide: Guide) -> list[Chapter]:
    """The pages of a guide, or of a translation, in the order of its menu, without those of no use on paper."""
    root = guide.edition.root if guide.edition else ""
    left_out = {one.uri for one in registry.known(guide.settings).values() if not one.printed}
    left_out |= {
        routes.target_of(page).uri
        for page in guide.pages
        if any(one.kind == "part" and one.group("part_name") in registry.FOR_EDITORS for one in tokens(page.body))
    }
    return [
        Chapter(label, root + routes.file(uri))
        for group in menu(guide)
        for label, uris in group.items()
        for uri in uris
        if uri.removeprefix(root) not in left_out
    ]


# -- one document


_DROPPED = (
    *("pg-contents", "headerlink", "footnote-backref", "pg-card", "pg-ways", "pg-scripted", "pg-screen", "pg-which"),
    *("pg-words", "pg-filter"),
)
"""Classes of elements that only a screen can use, or that each note would repeat."""
_STYLE = Path(__file__).parent.parent / "templates" / "booklet.css"
_ROOT = "http://site/"


class _Page(NamedTuple):
    """A page taken apart. `ids` are its ids in the booklet, by those in the site."""

    id: str
    group: str
    title: str
    url: str
    direction: str
    article: HtmlElement
    ids: Mapping[str, str]


class Line(NamedTuple):
    """A line of the contents: the id of a page, its title, and its number as far as it is known."""

    id: str
    title: str
    number: int | None


@dataclass(frozen=True)
class Booklet:
    """A guide, or a translation, with the HTML of its `chapters`.

    `site` is the address of the folder of the site, with a slash at the end.
    """

    guide: Guide
    pages: Sequence[tuple[Chapter, str]]
    site: str
    sheet: str = SHEETS[0]

    @cached_property
    def changed(self) -> str:
        """The day of its newest text."""
        return max(age.changed for age in status.ages(self.guide, self.guide.entries))

    def html(self, numbers: Mapping[str, int] | None = None) -> str:
        """The whole document, with page numbers in its contents if they are known by the id of each page.

        It loads the styles, fonts and pictures of the site, and nothing else.
        """
        numbers = numbers or {}
        guide, parts = self.guide, self._parts
        settings, said = guide.settings, i18n.catalog(guide.settings.language)
        lines = {
            group: [Line(page.id, page.title, numbers.get(page.id)) for page in found]
            for group, found in groupby(parts, lambda page: page.group)
        }
        safety = routes.file((guide.edition.root if guide.edition else "") + routes.target_of(guide.safety_page).uri)
        safe = next(
            (page for (chapter, _), page in zip(self.pages, parts, strict=True) if chapter.file == safety), None
        )
        values = {
            "_": said,
            "language": settings.language,
            "direction": parts[0].direction if parts else "ltr",
            "title": straight_quotes_curled(settings.title),
            "audience": straight_quotes_curled(settings.audience),
            "region": straight_quotes_curled(settings.region),
            "notice": status.review_notice(
                signoff.page_review(guide, tuple(entry.name for entry in guide.entries)), settings.language
            ),
            "changed": said.date(self.changed),
            "address": self.address,
            "styles": self._styles,
            "style": Markup(self._style),  # noqa: S704  # our own file, and titles without signs of HTML
            "groups": lines,
            "safety": safe and Line(safe.id, safe.title, numbers.get(safe.id)),
            "articles": [Markup(text) for text in self._articles],  # noqa: S704  # checked pages of the site
        }
        return templates.environment().get_template("booklet.html.j2").render(values)

    @cached_property
    def address(self) -> str:
        """The address of the guide, as its first page has it; empty if the site has none."""
        return self._parts[0].url if self._parts else ""

    @cached_property
    def _parts(self) -> list[_Page]:
        said = i18n.catalog(self.guide.settings.language)
        return [_taken_apart(number, *page, said) for number, page in enumerate(self.pages, 1)]

    @cached_property
    def _styles(self) -> list[str]:
        """The style sheets of the site, by their addresses."""
        found: dict[str, None] = {}
        for chapter, text in self.pages:
            for tag in re.findall(r"<link\b[^<>]*\brel=\"stylesheet\"[^<>]*>", text):
                address = re.search(r'href="([^"]*)"', tag)
                found |= {self._in_site(chapter.file, address[1]): None} if address else {}
        return list(found)

    @property
    def _style(self) -> str:
        """The rules for paper: its size, and the title of a page at the top of each of its sheets."""
        heads = [f"@page {page.id} {{ @top-right {{ content: {_css(page.title)}; }} }}" for page in self._parts]
        named = [f"#{page.id} {{ page: {page.id}; }}" for page in self._parts]
        title = f"@page {{ size: {self.sheet}; @top-left {{ content: {_css(self.guide.settings.title)}; }} }}"
        return "\n".join([title, _STYLE.read_text(encoding="utf-8"), *heads, *named])

    def _in_site(self, file: str, address: str) -> str:
        return self.site + urljoin(_ROOT + file, address).removeprefix(_ROOT)

    @cached_property
    def _articles(self) -> list[str]:
        by_file = {chapter.file: page for (chapter, _), page in zip(self.pages, self._parts, strict=True)}
        return [
            self._article(chapter.file, page, by_file)
            for (chapter, _), page in zip(self.pages, self._parts, strict=True)
        ]

    def _article(self, file: str, page: _Page, by_file: Mapping[str, _Page]) -> str:
        for element in page.article.iter(tag=lxml_html.etree.Element):
            if old := element.attrib.pop("id", None):
                element.set("id", page.ids[old])
            for name in ("aria-labelledby", "aria-describedby"):
                if old := element.get(name):
                    element.set(name, " ".join(page.ids.get(one, one) for one in old.split()))
            if src := element.get("src"):
                element.set("src", self._in_site(file, src))
            if element.tag == "a":
                self._link(element, file, by_file)
        page.article.set("id", page.id)
        text: str = lxml_html.tostring(page.article, encoding="unicode", with_tail=False)
        return text

    def _link(self, link: HtmlElement, file: str, by_file: Mapping[str, _Page]) -> None:
        """Lead a link to a page of the booklet, else to the same page online; without an address it is no link."""
        address = urljoin(_ROOT + file, link.get("href", ""))
        if not address.startswith(_ROOT):
            return
        parts = urlsplit(address.removeprefix(_ROOT))
        path = f"{parts.path}index.html" if parts.path.endswith("/") or not parts.path else parts.path
        if page := by_file.get(path):
            link.set("href", f"#{page.ids.get(unquote(parts.fragment), page.id)}")
        elif self.address:
            own = _ROOT + self.pages[0][0].file.removesuffix("index.html")
            link.set("href", urljoin(self.address, _relative(address, own)))
            link.set("class", "pg-online")
        else:
            link.drop_tag()


def _relative(address: str, own: str) -> str:
    """The way from the first page of the booklet to an address of the site."""
    up = own.removeprefix(_ROOT).count("/")
    return "../" * up + address.removeprefix(_ROOT) or "."


def _css(text: str) -> str:
    """A string of CSS that cannot end its style element."""
    return '"' + re.sub(r'[\\"<>&\n]', lambda sign: f"\\{ord(sign[0]):x} ", straight_quotes_curled(text)) + '"'


def _taken_apart(number: int, chapter: Chapter, text: str, said: Words) -> _Page:
    """A page of the site without what only a screen can use. `said` has the words of its language."""
    document = lxml_html.document_fromstring(text)
    article = document.find(".//article")
    if article is None:
        raise ValueError(f"{chapter.file} has no article.")
    _leave_out(article, said)
    ids = {old: f"p{number}-{place}" for place, old in enumerate(article.xpath(".//@id"), 1)}
    heading = article.find(".//h1")
    title = " ".join(heading.text_content().split()) if heading is not None else chapter.file
    canonical = document.xpath(".//link[@rel='canonical']/@href")
    direction, url = document.body.get("dir", "ltr"), str(canonical[0]) if canonical else ""
    return _Page(f"p{number}", chapter.group, title, url, direction, article, ids)


def _leave_out(article: HtmlElement, said: Words) -> None:
    """Remove what only a screen can use, and open folds, but for numbers that a reader may not want to see.

    A note keeps its whole reference; the words of its source stay on the site.
    """
    unused = [*article.iter("noscript", "script"), *article.xpath(".//*[@hidden]"), *_of_class(article, *_DROPPED)]
    unused += article.xpath(".//details[contains(@class, 'pg-state')]/*[position() > 1]")
    unused += article.xpath(".//*[@class='footnote']//a[not(starts-with(@href, 'http'))]")
    unused += [button for button in article.iter("button") if "pg-term" not in button.classes]
    # A picture of a number has its words above it; the table says them again.
    unused += article.xpath(".//details[normalize-space(summary) = $title]", title=said("The same as a table"))
    for element in unused:
        if element.getparent() is not None:
            element.drop_tree()
    for button in list(article.iter("button")):
        button.drop_tag()
    for details in article.iter("details"):
        if "pg-fold" not in details.classes:
            details.set("open", "")


def _of_class(root: HtmlElement, *names: str) -> Iterator[HtmlElement]:
    wanted = set(names)
    yield from [one for one in root.iter(tag=lxml_html.etree.Element) if wanted & set(one.get("class", "").split())]


# -- what was printed


class Printed(NamedTuple):
    """The number of sheets of a PDF, and the sheet of each link target, by its id."""

    sheets: int
    numbers: Mapping[str, int]


def printed(pdf: bytes) -> Printed:
    """The sheets of a PDF, and where the links inside it lead."""
    reader = PdfReader(io.BytesIO(pdf))
    places = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages, 1) if page.indirect_reference}
    found = {
        name.removeprefix("/"): places[target.page.idnum]
        for name, target in reader.named_destinations.items()
        if target.page is not None
    }
    return Printed(len(reader.pages), found)


_DATES = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}[+-]\d\d'\d\d'")


def dated(pdf: bytes, day: str) -> bytes:
    """A PDF with a day (YYYY-MM-DD) in place of the moment when it was printed, so that two prints are the same."""
    return _DATES.sub(lambda found: found[1] + f"{day.replace('-', '')}000000+00'00'".encode(), pdf)
