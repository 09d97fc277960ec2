"""Check links inside a built site, and addresses outside.

`graph` checks a site without a network; `external` makes requests to other hosts.
"""
