"""axe-core in a page: the rules of WCAG 2.x A and AA and of best practice, each finding as one line."""

import json
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

SCRIPT = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]
EVERYTHING = ("light", "document", {"runOnly": RULES})
LAYOUT = ("light", "document", {"runOnly": RULES, "rules": {"color-contrast": {"enabled": False}}})

Run = tuple[str, str, dict[str, object]]
"""What to set on the root element, where to look (as JavaScript), and which rules."""


def colors(scheme: str, where: str = "document") -> Run:
    """The rules on colors alone: nothing else differs between light and dark."""
    return scheme, where, {"runOnly": {"type": "rule", "values": COLORS}}


def start(page: Page, runs: list[Run]) -> None:
    """Begin to look at what a page shows now, without waiting, so that two pages can be looked at side by side."""
    page.evaluate(f"{SCRIPT};0")
    looks = ",".join(f"[{json.dumps(scheme)}, {where}, {json.dumps(rules)}]" for scheme, where, rules in runs)
    page.evaluate(
        f"""() => {{ window.found = (async () => {{
             const found = [];
             for (const [scheme, where, rules] of [{looks}]) {{
               document.documentElement.dataset.pgColors = scheme;
               const done = await axe.run(where, {{...rules, resultTypes: ["violations"], preload: false}});
               for (const rule of done.violations)
                 for (const node of rule.nodes) found.push(`${{scheme}} ${{rule.id}}: ${{node.html.slice(0, 120)}}`);
             }}
             return found;
           }})(); }}"""
    )


def found(page: Page) -> list[str]:
    """What was found, once it is done."""
    return list(page.evaluate("window.found"))


def look(page: Page, run: Run) -> list[str]:
    """What one run finds in the state a page is in."""
    start(page, [run])
    return found(page)
