"""The search index and the engine that reads it.

docs/assets/searchrank.js holds the same engine for the browser.
"""
