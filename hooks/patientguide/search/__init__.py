"""The search index and the engine that reads it.

docs/assets/searchrank.js is the same engine for the browser.
"""
