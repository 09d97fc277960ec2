"""The guard: a page shows what was written.

`written` says what a reader should see of a text, `rendered` what a page shows, and `compare` finds what was lost
between the two.
"""
