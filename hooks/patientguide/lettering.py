"""Letters of lists from A to Z, where an accent makes no other letter."""

from unicodedata import combining, normalize


def unaccented(text: str) -> str:
    """The text without accents, as it is sorted in a list."""
    return text if text.isascii() else "".join(c for c in normalize("NFKD", text) if not combining(c))
