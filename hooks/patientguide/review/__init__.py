"""Sign-offs, their validity today, and the review status of pages.

A sign-off is bound to a hash of the text. The status of a page and the notice on it follow from sign-offs and dates.
"""
