"""Names of medicines for the search field, so that a reader's misspelt word can be met with the right one."""

import json
from collections.abc import Mapping

from patientguide import syllables
from patientguide.guide import NAME, Guide

URI = "assets/names.json"


def files(guide: Guide) -> Mapping[str, str]:
    """Files beside the pages, by their path: the names as JSON, when the guide has medicines."""
    titles = {word for medicine in guide.medications for word in NAME.findall(medicine.front.title.casefold())}
    spelt = guide.medicine_names.items()
    # A part of a full name such as "bound" is an ordinary word, and no medicine.
    names = sorted(name for word, name in spelt if word in titles or not syllables.is_word(word))
    return {URI: json.dumps(names, ensure_ascii=False)} if names else {}
