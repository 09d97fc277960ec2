"""Reading: how many school years a section asks of its readers."""

from collections.abc import Iterator

from patientguide import reading
from patientguide.blocks import sections
from patientguide.guide import Guide
from patientguide.rule import Finding, Subject

READING = Subject("Reading")


@READING.warning("reading-grade", "CDC and NIH: grade 6 to 8; NHS: a number to look at, not a seal", each=True)
def grade(guide: Guide) -> Iterator[Finding]:
    """A section can be read after eight years of school, or what guide.yml says. Explained words do not count."""
    limit = guide.settings.limits.reading_grade
    for (path, heading), found in reading.grades(guide).items():
        if found > limit:
            what = f"'{heading}'" if heading else "This text"
            message = f"{what} asks for {found:.1f} years of school."
            advice = f"Use shorter sentences and words, until it is {limit} or less."
            yield Finding(sections(guide)[path, heading][0].place(), message, advice)
