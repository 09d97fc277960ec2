"""Who signed what, and what that is worth today.

Sign-offs are bound to hashes of the text; the status of a page and the strength of its evidence follow from them.
"""
