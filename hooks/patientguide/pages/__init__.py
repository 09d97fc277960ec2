"""Which pages a guide has, and the Markdown of each.

`drafts` lists them, `compose` writes one. Nothing here knows an engine or HTML.
"""
