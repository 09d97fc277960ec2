"""Writes the rules into CONTRIBUTING.md, between its two marks."""

import re
from pathlib import Path

from patientguide.checks import runner

FILE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"
PART = re.compile(r"(<!-- begin rules.*?-->\n).*?(<!-- end rules -->)", re.DOTALL)


def renewed() -> str:
    """The file with the rules as they are now."""
    return PART.sub(lambda found: f"{found[1]}\n{runner.rules_table()}\n{found[2]}", FILE.read_text())


if __name__ == "__main__":
    FILE.write_text(renewed())
