"""The picture of all phases on a page, with the same in words."""

from collections.abc import Callable, Mapping
from typing import Any

from patientguide import pathway, words
from patientguide.guide import Guide


def drawn(page: Guide, draw: Callable[[str, Mapping[str, Any]], str], shared: Mapping[str, Any]) -> str:
    """The picture as Markdown. It stands in the language of the source, and says so, unless all are translated."""
    guide = _with_all_phases(page)
    said = words.of(guide.settings.language)
    values = {
        "picture": pathway.draw(guide),
        "_": said,
        "title": f"{guide.settings.title}: {guide.settings.kinds.phases.title}",
        "in_order": guide.settings.kinds.phases.in_order,
        "width": pathway.WIDTH,
        "padding": pathway.PADDING,
        "gap": pathway.GAP,
    }
    picture = draw("parts/pathway.html.j2", values)
    own = {"guide": guide, "facet_values": guide.facet_values, "_": said, "picture": picture}
    text = draw("parts/pathway.md.j2", {**shared, **own})
    return text if guide is page else f'<div lang="{guide.settings.language}" markdown="1">\n\n{text}\n\n</div>'


def _with_all_phases(guide: Guide) -> Guide:
    source = guide.edition.source if guide.edition else guide
    return guide if len(guide.phases) == len(source.phases) else source
