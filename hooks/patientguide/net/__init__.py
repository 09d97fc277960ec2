"""All that reaches other hosts, and within which limits."""
