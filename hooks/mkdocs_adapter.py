"""The hook that mkdocs.yml of this project names: all of it is in patientguide.build.mkdocs."""

from patientguide.build.mkdocs import EVENTS

globals().update({event.__name__: event for event in EVENTS})
