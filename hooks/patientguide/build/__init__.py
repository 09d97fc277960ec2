"""A site from a guide: incremental build, Markdown to HTML, styles, policy, preview.

`mkdocs` is the only module of the package that imports MkDocs.
"""
