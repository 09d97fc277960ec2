"""Nothing to edit: here MkDocs finds the program that makes this guide. See requirements.txt for its version."""

from mkdocs_adapter import *  # noqa: F403
