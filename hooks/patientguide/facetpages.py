"""The pages of what readers can tick: all of it, and one for each value."""

from patientguide import registry, routes, signoff, status
from patientguide.entry import Entry
from patientguide.guide import Guide, applies
from patientguide.models import Dated, Medication
from patientguide.page import Draft
from patientguide.settings import Facet, FacetValue

_FILE = "content/guide.yml"


def overview(guide: Guide) -> Draft:
    """The page that lists what readers can tick."""
    return Draft(
        uri=registry.FACETS.uri,
        title=guide.settings.facets_title,
        description="Choose what fits you, and see the pages that apply.",
        type=registry.FACETS.type,
        source=_FILE,
        edits=_FILE,
        ages=status.ages(guide, guide.entries),
        texts=[signoff.SETTINGS],
        values={},
    )


def of_value(guide: Guide, facet: Facet, value: FacetValue) -> Draft:
    """The page of something that readers can tick: what is for them."""

    def fits(entry: Entry[Dated]) -> bool:
        return applies(entry, facet.id, value.id)

    def medicines(therapy: Entry[Dated]) -> list[Entry[Medication]]:
        return list(filter(fits, guide.medicines_of(therapy)))

    return Draft(
        uri=routes.of_facet_value(value.id).uri,
        title=value.label,
        description=value.meaning,
        type=registry.FACET,
        source=_FILE,
        edits=_FILE,
        ages=status.ages(guide, filter(fits, guide.entries)),
        texts=[signoff.SETTINGS, *(entry.name for entry in filter(fits, guide.treatments))],
        values={
            "value": value,
            "phases": list(filter(fits, guide.phases)),
            "therapies": list(filter(fits, guide.therapies)),
            "medicines_of": medicines,
            "faqs": [faq for faq in guide.faqs if value.id in faq.front.facets.get(facet.id, [])],
        },
    )
