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
_OPEN, _CLOSE = (
    "\u201c\u201d\u201e\u201f\u00ab\u2039\u2018\u201a\u2033\u300c",
    "\u201d\u201c\u00bb\u203a\u2019\u2018\u2033\u300d",
)
QUOTED = re.compile(
    rf"[{_OPEN}\u00b4].*[{_CLOSE}\u00ab\u00b4]|[{_OPEN}][^{_OPEN}{_CLOSE}]*|[^{_OPEN}{_CLOSE}]+[\u201d\u201c]"
)
"""A value between quotes that are none to YAML, such as those that Word makes, or after one that was never closed."""
HALF_QUOTED = re.compile(rf"(?<=[:,\[-] )(\"[^\"{_CLOSE}]*[{_CLOSE}]|[{_OPEN}][^\"]*\"?)\s*[,\]]?\s*$")
"""The same with a straight quote at one end, or with a colon in it: then the file cannot be read."""
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
