"""A word without quotes in YAML: what it means, or that versions of YAML read it differently."""

import re
from typing import Any

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)$")
_AMBIGUOUS = re.compile(
    r"""(?ix) (y|yes|n|no|on|off)$ | (true|false|null)$        # words that YAML versions read differently
      | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$          # 1:30 is read as 90
      | [-+]?0[0-9_]+$ | [-+]?0[xob][0-9a-f_]+$                # 012 is read as 10
      | [-+]?([0-9][0-9_]*)?\.[0-9_]*(e[-+]?[0-9]+)?$          # 1.10 is read as 1.1
      | [-+]?\.(inf|nan)$ | [-+][0-9]+$ | [0-9][0-9_]*_[0-9_]*$ | =$ | <<$"""
)
_PLAIN_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WORDS_FOR_TRUTH = {"y", "yes", "n", "no", "on", "off", "true", "false"}


def meaning(text: str) -> tuple[Any, str]:
    """Its value, and what to write instead if it can be read in more than one way."""
    if text in _PLAIN_WORDS:
        return _PLAIN_WORDS[text], ""
    if _INTEGER.match(text) and len(text) <= 9:
        return int(text), ""
    if not _AMBIGUOUS.match(text):
        return text, ""
    more = ", or true or false in small letters" if text.lower() in _WORDS_FOR_TRUTH else ""
    return text, f'Write "{text}" with double quotes if it is text{more}.'
