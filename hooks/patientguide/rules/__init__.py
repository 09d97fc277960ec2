"""Every content rule, by subject. Each is one function whose docstring is the sentence that editors read."""

from patientguide.rule import Rule
from patientguide.rules.claims import CLAIMS
from patientguide.rules.completeness import COMPLETENESS
from patientguide.rules.medicines import MEDICINES
from patientguide.rules.numbers import NUMBERS
from patientguide.rules.people import PEOPLE
from patientguide.rules.reading import READING
from patientguide.rules.sources import SOURCES
from patientguide.rules.watch import WATCH
from patientguide.rules.words import WORDS

SUBJECTS = (SOURCES, WATCH, CLAIMS, COMPLETENESS, WORDS, MEDICINES, READING, NUMBERS, PEOPLE)
"""The subjects in the order of CONTRIBUTING.md."""
RULES: tuple[Rule, ...] = tuple(rule for subject in SUBJECTS for rule in subject.rules)
