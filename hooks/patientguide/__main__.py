"""`python -m patientguide` is the command `patientguide`."""

from patientguide.cli.main import main

main()
