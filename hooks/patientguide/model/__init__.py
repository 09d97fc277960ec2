"""The frozen data of a guide: settings, entries, references and records.

Also the roles of their fields, the registry of page types, and the addresses of pages. Nothing here reads files.
"""
