"""The pages of the floor for mkdocs-bibtex: its own citations, and a file of sources from which it writes the notes.

Only the notes at the end of a page differ: the plugin writes author, title, place and year of a source, and not what
our notes say of its strength. Everything else on the page is the same text.
"""

import re
from pathlib import Path
from typing import Any

import yaml

_NOTE = re.compile(r"^\[\^[^\]]+\]: .*\n?", re.MULTILINE)
_CITATION = re.compile(r"\[\^([^\]]+)\]")
_SIGNS = re.compile(r"[{}\\%$#&_~^]")


def page(text: str) -> str:
    """A page without its notes, whose citations are those of the plugin."""
    return _CITATION.sub(r"[@\1]", _NOTE.sub("", text))


def source(key: str, data: dict[str, Any]) -> str:
    """A reference of the guide as an entry of BibTeX."""
    names = (name.get("literal") or f"{name['family']}, {name.get('given', '')}" for name in data.get("author", ()))
    fields = {
        "author": " and ".join(names),
        "title": data["title"],
        "year": str(data.get("issued", ""))[:4],
        "journal": data.get("container-title", ""),
        "volume": data.get("volume", ""),
        "number": data.get("issue", ""),
        "pages": data.get("page", ""),
        "doi": data.get("DOI", ""),
        "url": data.get("URL", ""),
    }
    kind = "article" if fields["journal"] else "misc"
    lines = [f"  {name} = {{{_SIGNS.sub(' ', str(value))}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}\n"])


def make(docs: Path, references: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Rewrite the pages in `docs`, write refs.bib beside it, and answer the settings with the plugin."""
    for file in docs.rglob("*.md"):
        file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8")
    sources = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(references.glob("*.yml"))}
    written = "\n".join(source(key, data) for key, data in sources.items())
    (docs.parent / "refs.bib").write_text(written, encoding="utf-8")
    return {**config, "plugins": [*config["plugins"], {"bibtex": {"bib_file": "refs.bib"}}]}
