"""What is wrong with a built page: tags, attributes, addresses and scripts that no editor's text may bring in."""

import hashlib
import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

ADDRESSES = ("href", "src", "action", "formaction", "srcset", "poster", "data", "background", "cite", "xlink:href")
# What could run, load or lead away outside of the article, where the theme has some of each.
POWERFUL = "script, style, iframe, frame, object, embed, base, form, link, template, meta[http-equiv], [style]"
COMMON = {"class", "id"}


def tree(html: str) -> BeautifulSoup:
    """The page as a browser without scripts would see it."""
    return BeautifulSoup(html, "html.parser")


def faults_inside(part: Tag, tags: dict[str, list[str]], schemes: set[str]) -> Iterator[str]:
    """What an article holds although no article may."""
    for tag in [part, *part.find_all(True)]:
        if tag.name not in tags:
            yield f"tag {tag.name}"
            continue
        for name, value in tag.attrs.items():
            if name not in COMMON and name not in tags[tag.name]:
                yield f"attribute {name} of {tag.name}"
            elif name in ADDRESSES and (scheme := _scheme(str(value))) not in schemes:
                yield f"scheme {scheme} in {tag.name}"


def _scheme(address: str) -> str:
    # Browsers drop control characters and spaces around and inside a scheme.
    return urlsplit(re.sub(r"[\x00-\x20]", "", address)).scheme.lower()


def powers(page: Tag) -> set[str]:
    """Everything on a page that runs, loads, leads away or styles, without what differs from page to page."""
    found = set()
    for tag in page.select(POWERFUL):
        # What a link stands for in the menu of another page differs, but not what kind of link it is.
        attributes = {name: _same_everywhere(str(value)) for name, value in tag.attrs.items()}
        if tag.name == "link" and set(tag.get("rel", [])) <= {"prev", "next", "canonical", "edit"}:
            attributes.pop("href", None)
        kind, data = tag.get("type"), tag.get_text()
        is_ours = kind == "application/ld+json" or (kind == "application/json" and tag.get("class") == ["pg-data"])
        if is_ours and "<" not in data and json.loads(data):
            tag.string = ""  # data of a page of ours is never run, and differs from guide to guide
        text = hashlib.sha256(_same_everywhere(tag.get_text()).encode()).hexdigest()[:12] if tag.get_text() else ""
        shown = tag.name if tag.name in ("script", "style", "form") or not tag.has_attr("style") else "[style]"
        found.add(f"{shown} {sorted(attributes.items())} {text if tag.name in ('script', 'style') else ''}")
    for tag in page.find_all(True):
        found |= {f"{name} of {tag.name}: {value}" for name, value in tag.attrs.items() if name.startswith("on")}
        schemes = {_scheme(str(tag[name])) for name in set(ADDRESSES) & set(tag.attrs)}
        found |= {f"scheme {scheme} in {tag.name}" for scheme in schemes - {"", "https", "mailto", "tel"}}
    return found


def _same_everywhere(text: str) -> str:
    return re.sub(r"(?<![\w.])\.{1,2}(/\.\.)*(?=[/\"'\]]|$)/?", "", text)
