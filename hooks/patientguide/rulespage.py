"""The rules page of CONTRIBUTING.md, made from the rules themselves."""

from collections.abc import Iterator

from patientguide import checks, rules

FORM = {
    "encoding, file-size, not-a-file, hidden-character, conflict": "A file is an ordinary UTF-8 text of at most "
    "200 kB, without hidden characters and without the marks of two versions.",
    "file-name, unknown-file": "A file stands in its folder, and its name is small letters, digits and hyphens. So is "
    "that of a picture.",
    "file-kind, picture": "A file of docs/ is what its name says, and a drawing holds nothing but a drawing.",
    "front-matter": "A Markdown file starts with its facts, between two lines of ---.",
    "yaml-syntax, yaml-size, yaml-depth, yaml-key, yaml-tag, yaml-alias, yaml-duplicate-key, yaml-ambiguous, "
    "yaml-comment, yaml-quotes": "Facts are plain names and values; what could be read in two ways stands in double "
    "quotes.",
    "missing, unknown-field, wrong-value": "Every field is known, no needed one is missing, each holds what it is for.",
    "tracked-build": "No file of build/ is tracked by Git: only a build writes there.",
    "draft": "A draft is listed, and is not published.",
    "waiver-unknown, waiver-too-long": "A warning may stand for at most a year: in place, with a reason and a "
    "last day.",
    "waiver-ended, waiver-unused": "What a waiver covers is corrected by its last day, and then the waiver is removed.",
}
"""What is looked at while files are read, by code."""


def text() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "An **error** stops the build. A **warning** is listed; it may be waived in place, with a reason and a day."
    for subject in rules.SUBJECTS:
        yield from ("", f"### {subject.title}", "", "| rule | | code | comes from |", "|---|---|---|---|")
        for rule in subject.rules:
            yield f"| {rule.sentence} | {rule.severity} | `{rule.code}` | {rule.standard} |"
    yield from ("", "### How it is written", "")
    yield "All of these are errors, but for `draft`, `waiver-ended` and `waiver-unused`."
    yield from ("", "| rule | code |", "|---|---|")
    for check in checks.CHECKS:
        codes = ", ".join(f"`{code}`" for code in check.codes)
        yield f"| {check.sentence} | {codes} |"
    for form, sentence in FORM.items():
        yield f"| {sentence} | {', '.join(f'`{code}`' for code in form.split(', '))} |"
