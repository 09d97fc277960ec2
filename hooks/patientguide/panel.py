"""What a preview shows on top of its pages while something must be mended: what, where, and what to write instead.

All texts are escaped, and hidden characters in them are named.
"""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from patientguide import report
from patientguide.problems import Problem

MOST = 20
"""So many problems are shown; the terminal lists all."""
_TEMPLATES = Path(__file__).parent / "templates"
STYLES = (_TEMPLATES / "panel.css").read_bytes()


def html(problems: Sequence[Problem], text: str, styles: str) -> str:
    """The panel for problems of the content, or for the text of another fault; `styles` is where its styles are."""
    template = SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=lambda value: report.visible(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("panel.html.j2")
    more = max(0, len(problems) - MOST)
    return template.render(problems=problems[:MOST], more=more, lines=text.splitlines(), styles=styles)


def over(page: bytes, panel: str) -> bytes:
    """A page with the panel as the last thing in its body."""
    before, end, after = page.rpartition(b"</body>")
    return before + panel.encode() + end + after if end else page + panel.encode()
