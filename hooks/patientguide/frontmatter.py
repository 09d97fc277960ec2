"""The front matter of a Markdown file: YAML between two lines of ---, before the text."""

from dataclasses import dataclass

from patientguide import yamlfile
from patientguide.buildcache import BuildCache
from patientguide.problems import Place, Problem


@dataclass(frozen=True)
class Document:
    """The facts at the top of a file, its text, and the line of the file that the text starts on."""

    facts: yamlfile.YamlFile
    body: str
    body_line: int


def read(text: str, path: str, cache: BuildCache | None = None) -> tuple[Document | None, list[Problem]]:
    """Split the `text` of the file `path`. Problems: front-matter, and those of `yamlfile.read`."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None, [
            Problem(
                Place(path),
                "front-matter",
                "The file does not start with its facts.",
                "Start the first line with ---, then name: value lines, then a line --- again.",
            )
        ]
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        return None, [
            Problem(Place(path), "front-matter", "The facts at the top have no end.", "Put a line --- after them.")
        ]
    facts, problems = yamlfile.read("\n".join(lines[1:end]) + "\n", path, first_line=2, cache=cache)
    if facts is None:
        return None, problems
    return Document(facts, "\n".join(lines[end + 1 :]), end + 2), problems
