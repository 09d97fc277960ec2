"""The guard against lost words: a page must show everything that was written.

`written` turns a source text into the lines that a reader should see, `rendered` turns a page into the lines that it
shows, and `compare` finds what is missing.
"""
