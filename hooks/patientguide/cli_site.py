"""The command that puts a built site in the place of the last one; `make site` ends with it."""

from pathlib import Path

import click

from patientguide import lastgood


@click.command(name="replace-site", hidden=True)
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("site", type=click.Path(path_type=Path))
def replace_site(new: Path, site: Path) -> None:
    """Put the built site NEW in the place of SITE: either the old one is there, whole, or the new one."""
    try:
        left = lastgood.swap(new, site)
    except lastgood.SiteError as error:
        raise click.ClickException(str(error)) from None
    if left:
        click.echo(f"The new site is in place. Parts of the last one could not be removed: {left}", err=True)
