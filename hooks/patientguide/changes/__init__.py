"""Compare two versions of a guide for a reviewer.

`compare` finds what changed, `report` writes the review pack.
"""
