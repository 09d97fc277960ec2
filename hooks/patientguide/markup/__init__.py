"""The syntax of our Markdown dialect.

Tokens and blocks, citations, sentences and words. It reads text and knows no guide.
"""
