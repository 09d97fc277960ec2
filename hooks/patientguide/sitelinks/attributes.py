"""Attributes of HTML that hold addresses and ids."""

import re
from collections.abc import Iterator, Mapping

from patientguide.sitelinks import styles

Attributes = Mapping[str, str]

_ATTRIBUTES = {
    "a": {"href": "link", "xlink:href": "link", "ping": "file"},
    "area": {"href": "link"},
    "form": {"action": "link"},
    "button": {"formaction": "link"},
    "blockquote": {"cite": "link"},
    "q": {"cite": "link"},
    "del": {"cite": "link"},
    "ins": {"cite": "link"},
    "img": {"src": "file"},
    "script": {"src": "file"},
    "source": {"src": "file"},
    "video": {"src": "file", "poster": "file"},
    "audio": {"src": "file"},
    "track": {"src": "file"},
    "embed": {"src": "file"},
    "iframe": {"src": "file"},
    "object": {"data": "file"},
    "input": {"src": "file", "formaction": "link"},
    "frame": {"src": "file"},
    "body": {"background": "file"},
    "table": {"background": "file"},
    "td": {"background": "file"},
    "use": {"href": "file", "xlink:href": "file"},
    "image": {"href": "file", "xlink:href": "file"},
}
"""Attributes that hold one address, and whether a reader follows it (link) or a browser loads or tells it (file)."""

_LISTS = ("srcset", "imagesrcset")
_LOADED = {
    *("stylesheet", "icon", "apple-touch-icon", "mask-icon", "manifest"),
    *("preload", "modulepreload", "prefetch", "prerender", "preconnect", "dns-prefetch"),
}
_SHARED = {"og:image", "og:image:url", "og:image:secure_url", "twitter:image", "og:url"}
_DRAWN = {"style", "fill", "stroke", "mask", "filter", "clip-path", "marker-start", "marker-mid", "marker-end"}
"""Attributes that hold styles, in which url() names a file or an id."""

_IDS = {
    "for",
    "list",
    "form",
    "headers",
    "popovertarget",
    "commandfor",
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
}
"""Attributes that hold ids of the same page, parted by spaces."""

_LOADED_LATER = "data-pg-file"
"""How the names of attributes start from which a script of ours takes the address of a file."""

_UNUSED = {("for", "__toc")}
"""Material for MkDocs makes the title of a list of contents the label of a switch, and leaves the switch out where the
list stands open. Nobody meets it: the label only shows words."""


def uses(tag: str, values: Attributes) -> Iterator[tuple[str, str, str]]:
    """What the attributes of a tag use: a kind (link, file, id), what mentions it, and the address or id."""
    for name, kind in _ATTRIBUTES.get(tag, _NONE).items():
        if name in values:
            yield kind, f"{tag} {name}", values[name]
    if tag in ("link", "meta"):
        yield from _of_head(values)
    for name, value in values.items():
        if name in _LISTS:
            yield from (("file", f"{tag} {name}", one) for one in _CANDIDATE.findall(value))
        elif name in _DRAWN:
            yield from (("file", "url()", one) for one, _ in styles.urls(value))
        elif name.startswith(_LOADED_LATER):
            yield "file", name, value
        elif name == "usemap":
            yield "id", name, value.removeprefix("#")
        elif name in _IDS:
            yield from (("id", name, one) for one in value.split() if (name, one) not in _UNUSED)


_NONE: Mapping[str, str] = {}
_CANDIDATE = re.compile(r"[\s,]*([^\s,](?:\S*[^\s,])?)(?:\s[^,(]*(?:\([^)]*\)[^,(]*)*)?(?:,|$)")
"""An address of a srcset and what follows it up to the comma (HTML: parsing a srcset attribute)."""


def _of_head(values: Attributes) -> Iterator[tuple[str, str, str]]:
    """What stands in the head: links to other addresses of the page, and what is shown when it is shared."""
    rel = set(values.get("rel", "").lower().split())
    if "href" in values:
        yield "file" if rel & _LOADED else "link", f"link {' '.join(sorted(rel))}".strip(), values["href"]
    if values.get("property", values.get("name", "")).lower() in _SHARED:
        yield "link", "meta content", values.get("content", "")
