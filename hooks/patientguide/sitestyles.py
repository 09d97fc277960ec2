"""The style sheets of a site as one. What becomes a part of it is not copied, and neither are the theme's scripts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from patientguide import stylesheet
from patientguide.buildcache import BuildCache, digest

URI = "assets/site.css"
_THEME = ("assets/stylesheets/", "assets/javascripts/")
_MAIN = "assets/stylesheets/main."


class Source(Protocol):
    """A file that an engine would copy into the site."""

    @property
    def src_uri(self) -> str:
        """Its path."""

    @property
    def content_string(self) -> str:
        """Its text."""


S = TypeVar("S", bound=Source)


class Sheets(NamedTuple):
    """The texts of the sheets in their order, and the classes that scripts may set."""

    texts: tuple[str, ...]
    scripted: frozenset[str]

    def joined(self, classes: Iterable[str], cache: BuildCache) -> str:
        """One sheet, for pages that have these classes."""
        used = {*self.scripted, *classes}
        key = digest(self.texts, sorted(used))
        joined: str = cache.get("styles", URI, key) or stylesheet.join(self.texts, used)
        cache.put("styles", URI, key, joined)
        return joined


def taken(files: Iterable[S], own: Sequence[str]) -> tuple[Sheets, list[S]]:
    """The sheets of the theme and, by their paths, our `own`; and the files that the site does not need then."""
    by_uri = {file.src_uri: file for file in files}
    theme = [uri for uri in by_uri if uri.startswith(_THEME)]
    sheets = [*sorted(u for u in theme if u.startswith(_MAIN) and u.endswith(".css")), *(u for u in own if u in by_uri)]
    scripts = [file for uri, file in by_uri.items() if uri.endswith(".js") and uri not in theme]
    scripted = frozenset(name for file in scripts for name in stylesheet.scripted(file.content_string))
    left_out = [by_uri[uri] for uri in dict.fromkeys([*theme, *sheets])]
    return Sheets(tuple(by_uri[uri].content_string for uri in sheets), scripted), left_out
