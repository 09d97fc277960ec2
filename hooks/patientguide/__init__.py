"""Reviewed, cited, structured content into a list of pages and a list of problems. Knows no site engine.

guide, problems = load(Path("content"), today)   # every entry, parsed and checked
pages = build(guide, problems)                   # finished Markdown, page by page
files(guide, cites)                              # the files beside them, for search and for programs
menu(guide)                                      # their order
"""

from patientguide.core.problems import Problem
from patientguide.export.feeds import files
from patientguide.model.guide import Guide
from patientguide.pages.drafts import build
from patientguide.pages.navigation import menu
from patientguide.pages.page import Page
from patientguide.project import load

__all__ = ["Guide", "Page", "Problem", "build", "files", "load", "menu"]
