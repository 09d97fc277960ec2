"""Links inside a built site, and links that leave it.

`graph` checks a site without a network; `external` asks other hosts.
"""
