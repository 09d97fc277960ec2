"""Reviewed, cited, structured content into a list of pages and a list of problems. Knows no site engine.

guide, problems = load(Path("content"), today)   # every entry, parsed and checked
pages = build(guide, problems)                   # finished Markdown, page by page
files(guide, cites)                              # what stands beside them, for search and for programs
menu(guide)                                      # the order they stand in
"""

from patientguide.guide import Guide
from patientguide.load import load
from patientguide.navigation import menu
from patientguide.page import Page
from patientguide.pages import build
from patientguide.problems import Problem
from patientguide.twins import files

__all__ = ["Guide", "Page", "Problem", "build", "files", "load", "menu"]
