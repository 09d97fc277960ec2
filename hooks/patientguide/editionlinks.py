"""Where the links of a translation lead: to the page in its own language, or else to that of the source.

A link stands as the source has it, or is the way to a file from where the translation stands; both lead to the same.
"""

from collections.abc import Iterator, Mapping

from patientguide import registry, routes
from patientguide.guide import Guide
from patientguide.routes import UP, Target


def table(guide: Guide, source: Guide, prefix: str) -> Mapping[str, Target]:
    """Every path that a link of a translation may point to. `prefix` is the folder of its files."""
    found = {
        path: target if target == routes.UNREAD else Target(f"{UP}{target.uri}", target.anchor)
        for path, target in routes.sources(source).items()
    }
    own = routes.sources(guide)
    names = {entry.path: guide.by_name[entry.name] for entry in source.entries if entry.name in guide.by_name}
    for path, entry in names.items():
        target = routes.of(entry)
        pairs = zip(_spots(path, source), _spots(entry.path, guide), strict=False)
        found |= {path: target} | {one: Target(target.uri, other.partition("#")[2]) for one, other in pairs}
    lists = tuple(one.source for one in registry.COLLECTIONS.values() if one.translated)
    found |= {path: target for path, target in own.items() if path.startswith(lists)}
    return {**{other: target for path, target in found.items() for other in _ways(path, prefix)}, **found, **own}


def _spots(path: str, guide: Guide) -> list[str]:
    return [name for name in routes.sources(guide) if name.startswith(f"{path}#")]


def _ways(path: str, prefix: str) -> Iterator[str]:
    """What a link of the source to `path` becomes when it stands in a file of the translation."""
    folder, _, rest = path.partition("/")
    if folder == "content":
        yield f"{prefix}/{rest}"
        yield f"{prefix}/content/{rest}"
    elif folder == "docs":
        yield f"{prefix}/pages/{rest}"
        yield f"content/docs/{rest}"
        yield f"{prefix}/docs/{rest}"
