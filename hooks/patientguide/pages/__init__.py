"""The pages of a guide, as Markdown.

`drafts` lists them, `compose` writes one. Nothing here depends on a site engine.
"""
