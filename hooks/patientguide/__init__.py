"""Reviewed, cited, structured content into a list of pages and a list of problems. Knows no site engine.

guide, problems = load(Path("content"), today)   # every entry, parsed and checked
pages = build(guide, problems)                   # finished Markdown, page by page
files(guide, cites)                              # what stands beside them, for search and for programs
menu(guide)                                      # the order they stand in
"""

__all__ = ["Guide", "Page", "Problem", "build", "files", "load", "menu"]
