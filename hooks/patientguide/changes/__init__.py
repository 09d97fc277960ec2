"""Two versions of a guide compared for a reviewer.

`compare` finds what changed, `report` writes the review pack.
"""
