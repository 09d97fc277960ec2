"""Translations of a guide.

`marks` has fingerprints of the source texts, `overlay` merges a translation over its source, `loader` loads it, and
`checks` compares the two.
"""
