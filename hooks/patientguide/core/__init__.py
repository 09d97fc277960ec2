"""Tools that know nothing about guides.

Problems, files, YAML with positions, the build cache, dates, i18n catalogs, templates and HTTP. Every other package
may use them.
"""
