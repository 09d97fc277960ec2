"""`python -m patientguide` is the command `patientguide`."""

from patientguide.cli import main

main()
