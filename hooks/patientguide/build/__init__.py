"""Build the site of a guide: incremental build, Markdown to HTML, styles, policy, preview.

`mkdocs` is the only module of the whole package that imports MkDocs.
"""
