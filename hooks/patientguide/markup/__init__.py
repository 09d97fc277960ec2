"""The syntax of our Markdown dialect: tokens and blocks, citations, sentences and words.

It works on text and knows nothing about guides.
"""
