"""What PyYAML says of a mistake, in plain words, and what to do about it."""

import yaml

# PyYAML's words for the mistakes people make most, the same in plain words, and what to do about them.
_SAID = {
    "mapping values are not allowed": (
        "A second colon on this line cannot be read.",
        "Put a text that has a colon in it between double quotes.",
    ),
    "could not find expected ':'": (
        "There is a name without a colon.",
        "Write a name, a colon and a space before the value. A text of several lines starts with >- and is indented.",
    ),
    "did not find expected key": (
        "This line does not fit the lines around it.",
        "Check the indent of this line and the quotes of the line before it.",
    ),
    "did not find expected ',' or": (
        "A list or {...} on one line is not closed.",
        "Put commas between its parts and a bracket at its end.",
    ),
    "found unexpected end of stream": (
        "A double quote that was opened is never closed.",
        "Close it at the end of the text.",
    ),
    "found character that cannot start": (
        "A text cannot start with this sign.",
        "Indent with spaces, not tabs, and put a text that starts with @, % or ` between double quotes.",
    ),
    "found unknown escape character": (
        "A backslash in double quotes means something else.",
        "In double quotes a backslash is written twice: \\\\.",
    ),
    "while parsing a block mapping": ("This line does not fit the lines around it.", "Check the indent of this line."),
}


def said(error: yaml.MarkedYAMLError) -> tuple[str, str]:
    """What is wrong and the advice."""
    words = f"{error.problem or ''} {error.context or ''}"
    unknown = (f"This cannot be read: {error.problem}.", "Compare it with the example in CONTRIBUTING.md.")
    return next((plain for start, plain in _SAID.items() if start in words), unknown)
