"""Reviewed, cited, structured content into a list of pages and a list of problems. Knows no site engine.

guide, problems = load(Path("content"), today)   # every entry, parsed and checked
pages = build(guide, problems)                   # finished Markdown, page by page
files(guide)                                     # what stands beside them, for search
menu(guide)                                      # the order they stand in
"""

from patientguide.editionpages import files
from patientguide.guide import Guide
from patientguide.load import load
from patientguide.navigation import menu
from patientguide.page import Page
from patientguide.pages import build
from patientguide.problems import Problem

__all__ = ["Guide", "Page", "Problem", "build", "files", "load", "menu"]
