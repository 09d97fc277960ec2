"""The guard against lost words: a page must show everything that was written.

`lines` turns a source text into the lines that a reader should see, and a page into the lines that it shows; `compare`
finds what is missing.
"""
