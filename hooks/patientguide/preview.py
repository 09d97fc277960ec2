"""What a preview shows on top of its pages while something must be mended: a panel that says what, and where.

It is put into a page on its way to the browser (PEP 3333, middleware), never into a file: what stands in the site's
folder is the last good site and nothing else. All texts are escaped.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from patientguide import report
from patientguide.problems import Problem

MOST = 20
"""So many problems are shown; the terminal lists all."""
STYLES = "assets/preview.css"
_TEMPLATES = Path(__file__).parent / "templates"

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class Preview:
    """The panel over the pages of one server, whose site begins at the path `mount`. Without `panel`, there is none."""

    mount: str = "/"
    panel: str = ""

    def show(self, problems: Sequence[Problem] = (), text: str = "") -> None:
        """Say what is wrong: problems of the content, or the text of another fault."""
        self.panel = panel(problems, text, f"{self.mount}{STYLES}")

    def over(self, app: App) -> App:
        """The same application, with the panel in its pages."""

        def served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            if environ["PATH_INFO"] == f"{self.mount}{STYLES}":
                style = (_TEMPLATES / "preview.css").read_bytes()
                start("200 OK", [("Content-Type", "text/css"), ("Content-Length", str(len(style)))])
                return [style]
            begun: list[Any] = []
            body = app(environ, lambda *arguments: begun.extend(arguments))
            status, headers, *more = begun
            kinds = dict(headers)
            if not self.panel or not kinds.get("Content-Type", "").startswith("text/html"):
                start(status, headers, *more)
                return body
            text = with_panel(b"".join(body), self.panel)
            start(status, list({**kinds, "Content-Length": str(len(text))}.items()), *more)
            return [text]

        return served


def panel(problems: Sequence[Problem], text: str, styles: str) -> str:
    """The panel as HTML; `styles` is the address of its style sheet."""
    template = SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=lambda value: report.visible(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("preview.html.j2")
    more = max(0, len(problems) - MOST)
    return template.render(problems=problems[:MOST], more=more, lines=text.splitlines(), styles=styles)


def with_panel(page: bytes, panel: str) -> bytes:
    """A page with the panel as the last thing in its body."""
    before, end, after = page.rpartition(b"</body>")
    return before + panel.encode() + end + after if end else page + panel.encode()
