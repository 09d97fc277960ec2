"""The command that packs a built site for readers without a network."""

from pathlib import Path

import click

from patientguide import safefile
from patientguide.offline.archive import archive


@click.command()
@click.argument("site", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write.")
def offline(site: Path, to: Path) -> None:
    """Pack a built SITE as one zip. Unpacked, it opens from a folder or a stick, without a server or a network."""
    if not (site / "index.html").is_file():
        raise click.UsageError(f"'{site}' is no built site: run make site first.")
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        safefile.replace(to, [archive(files, to.stem)])
    except OSError as error:
        raise click.UsageError(f"'{to}' was left as it is: it could not be written ({error.strerror}).") from None
    click.echo(f"Wrote {to}: unpack it and open {to.stem}/index.html.")
