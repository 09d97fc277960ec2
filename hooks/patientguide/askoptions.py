"""What the commands that ask other hosts share: who asks, and which addresses replace those of the services."""

import os
from collections.abc import Mapping

import click

from patientguide.net import etiquette
from patientguide.net.etiquette import SERVICES, AddressError


def _contact(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return etiquette.contact(value)
    except AddressError as error:
        raise click.BadParameter(str(error)) from None


def _bases(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Mapping[str, str]:
    named = dict(text.partition("=")[::2] for text in values)
    if unknown := set(named) - set(SERVICES):
        raise click.BadParameter(f"There is no service '{min(unknown)}'. There are: {', '.join(SERVICES)}.")
    try:
        return etiquette.bases(named, os.environ)
    except AddressError as error:
        raise click.UsageError(str(error)) from None


contact_option = click.option(
    "--contact",
    envvar=etiquette.CONTACT,
    callback=_contact,
    metavar="EMAIL",
    help=f"Whom hosts may write to; else {etiquette.CONTACT}.",
)
base_option = click.option(
    "--base",
    "bases",
    multiple=True,
    callback=_bases,
    metavar="SERVICE=ADDRESS",
    help=f"Ask this address instead: one of {', '.join(SERVICES)}, an equals sign and the address.",
)
