"""The frozen data of a guide.

Settings, entries, references and records; the roles of their fields; the registry of page types; and the address of
everything. Nothing here reads files.
"""
